-- A start known only by its day has no hour to count from: then the whole of the day on which it falls due remains.
select
    case
        when started_precision = 'date' then (
            select calendar_day.day_ends_at
            from {{ ref('calendar_days') }} as calendar_day
            where calendar_day.date_day = (exact.due_at at time zone '{{ var("local_timezone") }}')::date
        )
        else exact.due_at
    end
from (
    select
        case unit
            when 'elapsed_hours' then started_at + make_interval(secs => amount * 3600)
            when 'working_days' then {{ function('working_day_due') }}(started_at, amount::integer, true)
            when 'working_days_at_once' then {{ function('working_day_due') }}(started_at, amount::integer, false)
            when 'same_time_working_days'
                then {{ function('same_time_working_day_due') }}(started_at, amount::integer)
            when 'opening_hours' then {{ function('opening_hours_due') }}(started_at, amount)
        end as due_at
) as exact
