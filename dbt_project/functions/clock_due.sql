declare
    due_at timestamptz;
begin
    if started_at is null or not amount >= 0 then
        return null;
    end if;
    due_at := case unit
        when 'elapsed_hours' then started_at + make_interval(secs => amount * 3600)
        when 'working_days' then {{ function('working_day_due') }}(started_at, amount::integer, true)
        when 'working_days_at_once' then {{ function('working_day_due') }}(started_at, amount::integer, false)
        when 'same_time_working_days' then {{ function('same_time_working_day_due') }}(started_at, amount::integer)
        when 'opening_hours' then {{ function('opening_hours_due') }}(started_at, amount)
    end;
    -- A start known only by its day has no hour to count from, so the whole of the day it falls due remains.
    if started_precision = 'date' then
        return ((due_at at time zone '{{ var("local_timezone") }}')::date + time '23:59:59')
            at time zone '{{ var("local_timezone") }}';
    end if;
    return due_at;
end
