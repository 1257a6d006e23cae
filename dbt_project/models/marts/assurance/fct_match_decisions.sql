{{ config(
    unique_key='match_decision_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

pairs as (

    select * from {{ ref('int_matches__pairs') }}

),

members as (

    select * from {{ ref('int_children__members') }}

),

pairs_in_question as (

    {{ pairs_in_question() }}

),

decided as (

    select
        pairs_in_question.*,
        earlier.record_key as left_record_key,
        later.record_key as right_record_key,
        earlier.child_key as left_child_key,
        later.child_key as right_child_key,
        {{ agency_of('earlier.person_scope') }} as left_agency_code,
        {{ agency_of('later.person_scope') }} as right_agency_code,
        {{ outcome_of_pair('pairs_in_question', 'earlier', 'later') }} as outcome_code,
        {{ why_of_pair('pairs_in_question', 'earlier', 'later') }} as why_code
    from pairs_in_question
    inner join members as earlier on pairs_in_question.left_record_no = earlier.record_no
    inner join members as later on pairs_in_question.right_record_no = later.record_no

),

fct_match_decisions as (

    select
        {{ mart_key('match_decision', "decided.left_record_key || '|' || decided.right_record_key") }}
            as match_decision_key,
        outcome_code as decision_code,
        {{ match_rule_code('rule_no') }} as match_rule_code,
        why_code as reason_code,
        round(weight::numeric, 3) as match_weight,
        -- Who was adopted, and as whom, is in no mart.
        case when coalesce(why_code, '') <> 'ADOPTION' then left_child_key end as left_child_key,
        case when coalesce(why_code, '') <> 'ADOPTION' then right_child_key end as right_child_key,
        case when coalesce(why_code, '') <> 'ADOPTION' then left_agency_code end as left_agency_code,
        case when coalesce(why_code, '') <> 'ADOPTION' then right_agency_code end as right_agency_code,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from decided

)

select * from fct_match_decisions
