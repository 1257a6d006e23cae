{%- set pair_key -%}
    left(encode(sha256(convert_to(left_record_key || '|' || right_record_key, 'UTF8')), 'hex'), 32)
{%- endset -%}
{{ config(materialized='view') }}

with

review_pairs as (

    select * from {{ ref('int_review_pairs') }}

),

members as (

    select * from {{ ref('int_children__members') }}

),

-- What a person decided last holds, whether or not a build has taken it up. A link that a build took up between two who
-- are still two holds no longer: something outweighs it, and what it answered is a question again.
decided as (

    select
        least(one.child_key, other.child_key) as one_child_key,
        greatest(one.child_key, other.child_key) as other_child_key
    from {{ source('linkage', 'effective_decisions') }} as decisions
    inner join members as one on decisions.left_record_key = one.record_key
    inner join members as other on decisions.right_record_key = other.record_key
    where decisions.ended_by_no is null
        and not decisions.is_suspended
        and (decisions.kind = 'separate' or decisions.effective_from_no > {{ decided_up_to(published=true) }})

),

-- One question for two children: their strongest pair.
reviews as (

    select distinct on (least(left_child_key, right_child_key), greatest(left_child_key, right_child_key))
        -- The key that alerts and marts know it by, so that a steward finds it from there.
        {{ mart_key('link_review', pair_key) }} as review_key,
        left_record_key,
        right_record_key,
        left_child_key,
        right_child_key,
        reason_code,
        weight,
        is_restricted,
        raised_at
    from review_pairs
    where not review_pairs._is_retracted
        and not exists (
            select 1 from decided
            where decided.one_child_key = least(review_pairs.left_child_key, review_pairs.right_child_key)
                and decided.other_child_key = greatest(review_pairs.left_child_key, review_pairs.right_child_key)
        )
    order by
        least(left_child_key, right_child_key) asc,
        greatest(left_child_key, right_child_key) asc,
        weight desc,
        left_record_key asc,
        right_record_key asc

)

select * from reviews
