{{ config(
    unique_key='child_key',
    indexes=[
        {'columns': ['child_key'], 'unique': true},
        {'columns': ['_built_in']}
    ]
) }}

with

members as (

    select * from {{ ref('int_children__members') }}

),

person_records as (

    select * from {{ ref('int_person_records') }}

),

standardised as (

    select * from {{ ref('int_person_records__standardised') }}

),

children_in_question as (

    select members.child_key
    from members
    {% if is_incremental() %}
        where {{ is_touched('members') }}
        union
        -- Whom a record has left.
        select history.child_key
        from {{ source('child_registry', 'child_key_history') }} as history
        where history.until_build > {{ last_published_build() }}
    {% else %}
        group by members.child_key
    {% endif %}

),

described as (

    select
        members.child_key,
        mode() within group (order by extract(year from standardised.evident_birth_date)::integer) as birth_year,
        mode() within group (order by person_records.sex_code) as sex_code,
        mode() within group (order by person_records.ethnicity_code) as ethnicity_code,
        bool_or(person_records.is_unborn) and count(standardised.evident_birth_date) = 0 as is_unborn,
        bool_or(standardised.is_restricted) as is_restricted,
        count(*)::integer as record_count,
        count(distinct members.person_scope)::integer as agency_count,
        min(person_records.first_recorded_at) as first_recorded_at,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from children_in_question
    inner join members on children_in_question.child_key = members.child_key
    inner join person_records on members.record_key = person_records.record_key
    inner join standardised on members.record_key = standardised.record_key
    where not members._is_retracted
    group by members.child_key

),

children as (

    select * from described

    {% if is_incremental() %}

        union all

        -- A key that nobody bears any longer.
        select
            gone.child_key,
            gone.birth_year,
            gone.sex_code,
            gone.ethnicity_code,
            gone.is_unborn,
            gone.is_restricted,
            gone.record_count,
            gone.agency_count,
            gone.first_recorded_at,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from {{ this }} as gone
        inner join children_in_question on gone.child_key = children_in_question.child_key
        where not exists (
            select 1 from described
            where described.child_key = gone.child_key
        )

    {% endif %}

)

select * from children
