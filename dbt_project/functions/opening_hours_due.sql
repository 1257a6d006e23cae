-- Every day knows how many seconds the front door had been open before it, so hours later is one look-up away.
select due_day.opens_at + make_interval(secs => started.open_seconds + amount * 3600 - due_day.open_seconds_before)
from (
    select
        calendar_day.open_seconds_before
        + coalesce(
            extract(
                epoch from least(greatest(started_at, calendar_day.opens_at), calendar_day.closes_at)
                - calendar_day.opens_at
            ),
            0
        ) as open_seconds
    from {{ ref('calendar_days') }} as calendar_day
    where calendar_day.date_day = (started_at at time zone '{{ var("local_timezone") }}')::date
) as started
cross join lateral (
    select
        open_day.opens_at,
        open_day.open_seconds_before
    from {{ ref('calendar_days') }} as open_day
    where open_day.opens_at is not null
        and open_day.open_seconds_through >= started.open_seconds + amount * 3600
    order by open_day.open_seconds_through
    limit 1
) as due_day
where amount > 0
