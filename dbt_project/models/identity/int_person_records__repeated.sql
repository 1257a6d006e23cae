{%- set more_than, at_most = linkage_model().statement_caps -%}
{{ config(
    unique_key='record_no',
    indexes=[
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['record_key']},
        {'columns': ['statement_hash']},
        {'columns': ['_built_in']}
    ],
    pre_hook="{{ plan_by_size() }}"
) }}

with

standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

-- Whom people decided about is told apart from those who say the same.
decided as (

    {{ records_decided_about() }}

),

{% if is_incremental() %}

earlier as not materialized (

    select * from {{ this }}

),

-- What is said by somebody new, was said by somebody who says something else now, or by whom somebody decided.
questioned as (

    select standardised.statement_hash
    from standardised
    where {{ is_touched('standardised') }} and standardised.statement_hash is not null
    union
    select vacated.detail_hash
    from {{ source('child_registry', 'vacated_details') }} as vacated
    where vacated.detail_code = 'statement'
    union
    select standardised.statement_hash
    from ({{ records_in_new_decisions() }}) as newly_decided
    inner join standardised on newly_decided.record_no = standardised.record_no
    where standardised.statement_hash is not null

),

statements as (

    select
        standardised.statement_hash,
        standardised.record_no,
        standardised.record_key,
        {{ may_be_repeated() }} as may_be_repeated
    from questioned
    inner join standardised on questioned.statement_hash = standardised.statement_hash

),

{% else %}

statements as (

    select
        statement_hash,
        record_no,
        record_key,
        {{ may_be_repeated() }} as may_be_repeated
    from standardised
    where statement_hash is not null

),

{% endif %}

often_said as (

    select
        statement_hash,
        min(record_no) filter (where may_be_repeated) as first_record_no
    from statements
    group by statement_hash
    -- Whom something sets apart is said no less often.
    having count(*) filter (where may_be_repeated) > {{ more_than }} and count(*) <= {{ at_most }}

),

repeated as (

    select
        statements.record_no,
        statements.record_key,
        often_said.first_record_no as repeated_record_no,
        statements.statement_hash
    from often_said
    inner join statements on often_said.statement_hash = statements.statement_hash
    where statements.may_be_repeated and statements.record_no <> often_said.first_record_no

),

changed as (

    select
        repeated.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from repeated
    {{ unless_built('repeated', 'record_no', ['repeated_record_no', 'statement_hash']) }}

    {% if is_incremental() %}

        union all

        -- Those that say it alone again.
        select
            earlier.record_no,
            earlier.record_key,
            earlier.repeated_record_no,
            earlier.statement_hash,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from questioned
        inner join earlier on questioned.statement_hash = earlier.statement_hash
        left join repeated on earlier.record_no = repeated.record_no
        where not earlier._is_retracted and repeated.record_no is null

    {% endif %}

)

select * from changed
