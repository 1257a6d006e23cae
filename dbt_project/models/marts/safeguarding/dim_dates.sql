{{ config(
    unique_key='date_day',
    indexes=[{'columns': ['_built_in']}]
) }}

with

calendar_days as (

    select * from {{ ref('calendar_days') }}

),

days as (

    select
        calendar_days.date_day,
        calendar_days.is_working_day,
        calendar_days.is_bank_holiday,
        extract(isodow from calendar_days.date_day)::integer as weekday_number,
        date_trunc('week', calendar_days.date_day)::date as week_start_date,
        date_trunc('month', calendar_days.date_day)::date as month_start_date,
        next_day.date_day as next_working_date
    from calendar_days
    -- The calendar's last working day knows of no later one.
    inner join calendar_days as next_day
        on next_day.is_working_day
        and next_day.working_day_no = calendar_days.working_day_no + 1

),

dim_dates as (

    select
        days.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from days
    {{ unless_built('days', 'date_day', [
        'is_working_day', 'is_bank_holiday', 'weekday_number', 'week_start_date', 'month_start_date', 'next_working_date'
    ]) }}

)

select * from dim_dates
