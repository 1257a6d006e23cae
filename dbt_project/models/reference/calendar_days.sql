with

bank_holidays as (

    select * from {{ ref('bank_holidays') }}

),

opening_hours as (

    select * from {{ ref('opening_hours') }}

),

working_day_rules as (

    select * from {{ ref('working_day_rules') }}

),

-- From the first year the bank holidays are known for to the last: past its end a day is unknown, not ordinary.
days as (

    select listed.date_day::date as date_day
    from (
        select
            date_trunc('year', min(holiday_date)) as first_day,
            date_trunc('year', max(holiday_date)) + interval '1 year - 1 day' as last_day
        from bank_holidays
    ) as span
    cross join lateral generate_series(span.first_day, span.last_day, interval '1 day') as listed (date_day)

),

classified_days as (

    select
        days.date_day,
        bank_holidays.holiday_date is not null as is_bank_holiday,
        bank_holidays.holiday_date is null and extract(isodow from days.date_day) <= 5 as is_working_day
    from days
    left join bank_holidays on days.date_day = bank_holidays.holiday_date

),

-- The rule in force on a day is the latest one that had begun by then.
ruled_days as (

    select
        classified_days.*,
        cut_off.cut_off_time,
        hours.opens_time,
        hours.closes_time
    from classified_days
    left join lateral (
        select working_day_rules.cut_off_time
        from working_day_rules
        where working_day_rules.effective_from_date <= classified_days.date_day
        order by working_day_rules.effective_from_date desc
        limit 1
    ) as cut_off on true
    -- A bank holiday has no opening hours, so it stays closed.
    left join lateral (
        select
            opening_hours.opens_time,
            opening_hours.closes_time
        from opening_hours
        where opening_hours.effective_from_date <= classified_days.date_day
            and opening_hours.iso_weekday = extract(isodow from classified_days.date_day)
            and not classified_days.is_bank_holiday
        order by opening_hours.effective_from_date desc
        limit 1
    ) as hours on true

),

timed_days as (

    select
        date_day,
        is_bank_holiday,
        is_working_day,
        (count(*) filter (where is_working_day) over (order by date_day))::integer as working_day_no,
        (date_day + time '23:59:59') at time zone '{{ var("local_timezone") }}' as day_ends_at,
        (date_day + cut_off_time) at time zone '{{ var("local_timezone") }}' as cut_off_at,
        (date_day + opens_time) at time zone '{{ var("local_timezone") }}' as opens_at,
        (date_day + closes_time) at time zone '{{ var("local_timezone") }}' as closes_at
    from ruled_days

),

calendar_days as (

    select
        *,
        (
            sum(coalesce(extract(epoch from closes_at - opens_at), 0)) over (order by date_day)
            - coalesce(extract(epoch from closes_at - opens_at), 0)
        )::bigint as open_seconds_before,
        sum(coalesce(extract(epoch from closes_at - opens_at), 0)) over (order by date_day)::bigint
            as open_seconds_through
    from timed_days

)

select * from calendar_days
