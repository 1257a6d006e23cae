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

{% if is_incremental() %}

touched_members as (

    select members.record_key from members
    where {{ is_touched('members') }}

),

pairs_in_question as (

    select pairs.* from pairs
    where {{ is_touched('pairs') }}
        or pairs.left_record_key in (select touched_members.record_key from touched_members)
        or pairs.right_record_key in (select touched_members.record_key from touched_members)

),

{% else %}

pairs_in_question as (

    select * from pairs

),

{% endif %}

decided as (

    select
        pairs_in_question.*,
        earlier.child_key as left_child_key,
        later.child_key as right_child_key,
        {{ agency_of('earlier.person_scope') }} as left_agency_code,
        {{ agency_of('later.person_scope') }} as right_agency_code,
        case
            when not pairs_in_question.is_linked then 'vetoed'
            when earlier.child_key = later.child_key then 'linked'
            else 'separated'
        end as decision_code,
        case
            when not pairs_in_question.is_linked then pairs_in_question.veto_code
            when earlier.child_key <> later.child_key then earlier.conflict_code
        end as reason_code
    from pairs_in_question
    inner join members as earlier on pairs_in_question.left_record_key = earlier.record_key
    inner join members as later on pairs_in_question.right_record_key = later.record_key

),

fct_match_decisions as (

    select
        {{ mart_key('match_decision', "decided.left_record_key || '|' || decided.right_record_key") }}
            as match_decision_key,
        decision_code,
        match_rule_code,
        reason_code as veto_code,
        -- Who was adopted, and as whom, is in no mart.
        case when coalesce(reason_code, '') <> 'ADOPTION' then left_child_key end as left_child_key,
        case when coalesce(reason_code, '') <> 'ADOPTION' then right_child_key end as right_child_key,
        case when coalesce(reason_code, '') <> 'ADOPTION' then left_agency_code end as left_agency_code,
        case when coalesce(reason_code, '') <> 'ADOPTION' then right_agency_code end as right_agency_code,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from decided

)

select * from fct_match_decisions
