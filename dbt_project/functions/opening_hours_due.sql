-- Every day knows how many seconds the front door had been open before it, so hours later is one look-up away.
declare
    day_zero record;
    due_seconds numeric;
    due_at timestamptz;
begin
    select opens_at, closes_at, open_seconds_before into day_zero
    from {{ ref('calendar_days') }}
    where date_day = (started_at at time zone '{{ var("local_timezone") }}')::date;
    due_seconds := day_zero.open_seconds_before + amount * 3600 + coalesce(
        extract(epoch from least(greatest(started_at, day_zero.opens_at), day_zero.closes_at) - day_zero.opens_at),
        0
    );
    select opens_at + make_interval(secs => due_seconds - open_seconds_before) into due_at
    from {{ ref('calendar_days') }}
    where opens_at is not null and open_seconds_through >= ceil(due_seconds)::bigint
    order by open_seconds_through
    limit 1;
    return due_at;
end
