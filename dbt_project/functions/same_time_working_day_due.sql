-- Working days are never the Sundays on which clocks change, so the local time exists exactly once on the day due.
select
    (due_day.date_day + (started_at at time zone '{{ var("local_timezone") }}')::time)
        at time zone '{{ var("local_timezone") }}'
from {{ ref('calendar_days') }} as day_zero
inner join {{ ref('calendar_days') }} as due_day
    on due_day.is_working_day
    and due_day.working_day_no = day_zero.working_day_no + amount
where day_zero.date_day = (started_at at time zone '{{ var("local_timezone") }}')::date
    and amount > 0
