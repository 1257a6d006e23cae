{{ config(materialized='view') }}

with

standardised as (

    select * from {{ ref('int_person_records__standardised') }}

),

oversized as (

    -- The kind only: the value itself is a person's.
    select
        left(encode(sha256(convert_to(own.block_key, 'UTF8')), 'hex'), 32) as block_hash,
        split_part(min(own.block_key), ':', 1) as block_kind_code,
        count(*) as record_count
    from standardised
    cross join lateral unnest(standardised.block_keys) as own (block_key)
    group by own.block_key
    having count(*) > {{ var('block_cap', 50) }}

)

select * from oversized
