{%- set crowds = linkage_model().crowds -%}
{{ config(
    unique_key=['detail_code', 'detail_hash'],
    indexes=[
        {'columns': ['detail_code', 'detail_hash'], 'unique': true},
        {'columns': ['_built_in']}
    ],
    pre_hook="{{ plan_by_size() }}"
) }}

with

standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

{% if is_incremental() %}

repeated as not materialized (

    select * from {{ ref('int_person_records__repeated') }}

),

earlier as not materialized (

    select * from {{ this }}

),

-- Values that somebody has now, or counts for, and those of crowds that somebody may have left.
questioned as (

    {% for detail in crowds %}
        select
            '{{ detail }}' as detail_code,
            {{ detail_hash(detail, 'standardised.') }} as detail_hash
        from standardised
        where {{ is_touched('standardised') }} and standardised.evident_{{ detail }} is not null
        union
        select
            '{{ detail }}' as detail_code,
            {{ detail_hash(detail, 'standardised.') }} as detail_hash
        from repeated
        inner join standardised on repeated.record_no = standardised.record_no
        where {{ is_touched('repeated') }} and standardised.evident_{{ detail }} is not null
        union
    {% endfor %}
    select
        earlier.detail_code,
        earlier.detail_hash
    from {{ source('child_registry', 'vacated_details') }} as vacated
    inner join earlier on vacated.detail_code = earlier.detail_code and vacated.detail_hash = earlier.detail_hash
    where not earlier._is_retracted

),

-- Counted only as far as it matters.
counted as (

    {% for detail, cap in crowds.items() %}
        select
            questioned.detail_code,
            questioned.detail_hash,
            -- Whether there is one more after so many.
            exists(
                select
                    {% if is_number(detail) %}
                        distinct {{ person_under_a_number('standardised') }} as person
                    {% else %}
                        1 as person
                    {% endif %}
                from standardised
                where {{ detail_hash(detail, 'standardised.') }} = questioned.detail_hash
                    and not standardised.is_left_out
                    {% if is_number(detail) %}
                        and {{ person_under_a_number('standardised') }} is not null
                    {% else %}
                        and not {{ is_repeated('standardised') }}
                    {% endif %}
                offset {{ cap }}
            ) as is_crowd
        from questioned
        where questioned.detail_code = '{{ detail }}'
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Only what became a crowd's, or no longer is.
crowded as (

    select
        counted.detail_code,
        counted.detail_hash,
        {{ build_no() }}::bigint as _built_in,
        not counted.is_crowd as _is_retracted
    from counted
    left join earlier on counted.detail_code = earlier.detail_code and counted.detail_hash = earlier.detail_hash
    where counted.is_crowd = coalesce(earlier._is_retracted, true)

)

{% else %}

crowded as (

    {% for detail, cap in crowds.items() %}
        select
            '{{ detail }}' as detail_code,
            {{ detail_hash(detail, 'standardised.') }} as detail_hash,
            {{ build_no() }}::bigint as _built_in,
            false as _is_retracted
        from standardised
        where standardised.evident_{{ detail }} is not null
            and not standardised.is_left_out
            {% if is_number(detail) %}
                -- Most are on few records: only the others' birth dates are sorted.
                and {{ detail_hash(detail, 'standardised.') }} in (
                    select {{ detail_hash(detail, 'shared.') }} from standardised as shared
                    where shared.evident_{{ detail }} is not null
                    group by {{ detail_hash(detail, 'shared.') }}
                    having count(*) > {{ cap }}
                )
            {% else %}
                and not {{ is_repeated('standardised') }}
            {% endif %}
        group by {{ detail_hash(detail, 'standardised.') }}
        having
            count({{ 'distinct ' ~ person_under_a_number('standardised') if is_number(detail) else '*' }}) > {{ cap }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

{% endif %}

select * from crowded
