-- Day 0 is the local day of the start. Outside working hours it moves to the next working day, unless told not to:
-- what is RED does not wait for Monday. Days are numbered by working days so far, so the n-th is one look-up away.
select
    case
        when amount = 0 and not day_zero.is_moved then day_zero.day_ends_at
        else (
            select due_day.day_ends_at
            from {{ ref('calendar_days') }} as due_day
            where due_day.is_working_day
                and due_day.working_day_no = day_zero.working_day_no + amount + day_zero.is_moved::integer
        )
    end
from (
    select
        calendar_day.working_day_no,
        calendar_day.day_ends_at,
        is_moved_outside_hours
        and (not calendar_day.is_working_day or started_at > calendar_day.cut_off_at) as is_moved
    from {{ ref('calendar_days') }} as calendar_day
    where calendar_day.date_day = (started_at at time zone '{{ var("local_timezone") }}')::date
) as day_zero
where amount >= 0
