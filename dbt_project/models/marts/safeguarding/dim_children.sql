{{ config(
    unique_key='child_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

children as (

    select * from {{ ref('int_children') }}
    {% if is_incremental() %}
        where {{ is_touched('int_children') }}
    {% endif %}

),

dim_children as (

    select
        child_key,
        birth_year,
        sex_code,
        ethnicity_code,
        is_unborn,
        is_restricted,
        record_count,
        agency_count,
        first_recorded_at,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from children

)

select * from dim_children
