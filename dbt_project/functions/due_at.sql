-- The limit in force when it started, for its rating or else for any.
declare
    sla_limit record;
begin
    select unit, amount into sla_limit
    from {{ ref('sla_limits') }}
    where clock = clock_name
        and rating in (rating_code, '*')
        and effective_from_date <= (started_at at time zone '{{ var("local_timezone") }}')::date
    order by rating = '*', effective_from_date desc
    limit 1;
    return {{ function('clock_due') }}(started_at, sla_limit.unit, sla_limit.amount, started_precision);
end
