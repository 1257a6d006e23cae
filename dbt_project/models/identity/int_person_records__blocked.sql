{{ config(
    unique_key=['record_key', 'block_key'],
    indexes=[
        {'columns': ['record_key', 'block_key'], 'unique': true},
        {'columns': ['block_key']},
        {'columns': ['_built_in']}
    ]
) }}

with

standardised as (

    select * from {{ ref('int_person_records__standardised') }}
    {% if is_incremental() %}
        where {{ is_touched('int_person_records__standardised') }}
    {% endif %}

),

-- Who shares one of these values is worth comparing; a null value makes no block.
valued as (

    select
        standardised.record_key,
        block.block_kind_code,
        block.block_kind_code || ':' || block.block_value as block_key
    from standardised
    cross join lateral (
        values
        ('nhs', standardised.evident_nhs_number),
        ('upn', standardised.evident_upn),
        ('council', case when standardised.person_scope = 'council' then standardised.agency_person_id end),
        ('council', standardised.legacy_person_id),
        (
            'home',
            case
                when standardised.is_birth_date_exact and not standardised.is_restricted
                    then standardised.evident_surname || '|' || standardised.evident_birth_date
                        || '|' || standardised.evident_postcode
            end
        )
    ) as block (block_kind_code, block_value)
    where block.block_value is not null
        and not standardised._is_retracted
        -- On adoption the old record leaves the index for good; domain.md 7.7.
        and standardised.adoption_side_code is distinct from 'PRE'

),

current_blocks as (

    select
        record_key,
        block_kind_code,
        block_key
    from valued
    group by record_key, block_kind_code, block_key

),

blocked as (

    select
        current_blocks.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from current_blocks

    {% if is_incremental() %}

        union all

        -- Who shared a value with the record before must be looked at again as well.
        select
            earlier.record_key,
            earlier.block_kind_code,
            earlier.block_key,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from standardised
        inner join {{ this }} as earlier on standardised.record_key = earlier.record_key
        where not exists (
            select 1 from current_blocks
            where current_blocks.record_key = earlier.record_key
                and current_blocks.block_key = earlier.block_key
        )

    {% endif %}

)

select * from blocked
