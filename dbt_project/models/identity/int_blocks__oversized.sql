{{ config(materialized='view') }}

with

blocked as (

    select * from {{ ref('int_person_records__blocked') }}

),

oversized as (

    -- The kind only: the value itself is a person's.
    select
        left(encode(sha256(convert_to(block_key, 'UTF8')), 'hex'), 32) as block_hash,
        block_kind_code,
        count(*) as record_count
    from blocked
    where not _is_retracted
    group by block_key, block_kind_code
    having count(*) > {{ var('block_cap', 50) }}

)

select * from oversized
