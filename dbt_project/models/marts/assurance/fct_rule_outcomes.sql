{{ config(
    unique_key='rule_outcome_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

rule_outcomes as (

    select * from {{ source('ledger', 'rule_outcomes') }}

),

deliveries as (

    select * from {{ source('ledger', 'deliveries') }}

),

fct_deliveries as (

    select * from {{ ref('fct_deliveries') }}
    {% if is_incremental() %}
        where {{ is_touched('fct_deliveries') }}
    {% endif %}

),

fct_rule_outcomes as (

    select
        left(
            encode(sha256(convert_to(deliveries.sha256 || '|' || rule_outcomes.rule_id, 'UTF8')), 'hex'), 32
        ) as rule_outcome_key,
        fct_deliveries.delivery_key,
        deliveries.feed,
        rule_outcomes.rule_id,
        rule_outcomes.severity as severity_code,
        rule_outcomes.is_met,
        rule_outcomes.broken_count,
        rule_outcomes.judged_at,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from fct_deliveries
    inner join deliveries on fct_deliveries.delivery_key = left(deliveries.sha256, 32)
    inner join rule_outcomes on deliveries.delivery_id = rule_outcomes.delivery_id

)

select * from fct_rule_outcomes
