-- Days are numbered by the working days so far, so the n-th is one look-up away.
declare
    day_zero record;
    is_moved boolean;
    due_day_ends_at timestamptz;
begin
    select working_day_no, day_ends_at, is_working_day, cut_off_at into day_zero
    from {{ ref('calendar_days') }}
    where date_day = (started_at at time zone '{{ var("local_timezone") }}')::date;
    -- Outside working hours day 0 is the next working day, but what is urgent does not wait for Monday.
    is_moved := is_moved_outside_hours and (not day_zero.is_working_day or started_at > day_zero.cut_off_at);
    if amount = 0 and not is_moved then
        return day_zero.day_ends_at;
    end if;
    select day_ends_at into due_day_ends_at
    from {{ ref('calendar_days') }}
    where is_working_day and working_day_no = day_zero.working_day_no + amount + is_moved::integer;
    return due_day_ends_at;
end
