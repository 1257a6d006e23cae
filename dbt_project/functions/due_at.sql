-- The limit in force when it started, for its rating or else for any.
select
    {{ function('clock_due') }}(
        started_at, sla_limit.unit, sla_limit.amount, started_precision
    )
from {{ ref('sla_limits') }} as sla_limit
where sla_limit.clock = clock_name
    and sla_limit.rating in (rating_code, '*')
    and sla_limit.effective_from_date <= (started_at at time zone '{{ var("local_timezone") }}')::date
order by sla_limit.rating = '*', sla_limit.effective_from_date desc
limit 1
