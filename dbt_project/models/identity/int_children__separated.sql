{{ config(materialized='view') }}

with

members as (

    select * from {{ ref('int_children__members') }}

),

separated as (

    select
        component_no,
        min(conflict_code) as conflict_code,
        count(*) as record_count,
        count(distinct child_key) as child_count
    from members
    where conflict_code is not null and not _is_retracted
    group by component_no

)

select * from separated
