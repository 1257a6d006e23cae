-- Clocks change on Sundays, so on a working day the local time exists exactly once.
declare
    local_at timestamp := started_at at time zone '{{ var("local_timezone") }}';
    due_day date;
begin
    select due.date_day into due_day
    from {{ ref('calendar_days') }} as day_zero
    inner join {{ ref('calendar_days') }} as due
        on due.is_working_day
        and due.working_day_no = day_zero.working_day_no + amount
    where day_zero.date_day = local_at::date;
    return (due_day + local_at::time) at time zone '{{ var("local_timezone") }}';
end
