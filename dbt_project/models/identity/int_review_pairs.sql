{{ config(
    unique_key=['left_record_no', 'right_record_no'],
    indexes=[
        {'columns': ['left_record_no', 'right_record_no'], 'unique': true},
        {'columns': ['_built_in']}
    ],
    pre_hook=["{{ forget_what_is_gone() }}", "{{ plan_by_size() }}"],
    post_hook="{{ index_what_is_gone() }}"
) }}

with

pairs as not materialized (

    select * from {{ ref('int_matches__pairs') }}

),

members as not materialized (

    select * from {{ ref('int_children__members') }}

),

standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

pairs_in_question as (

    {{ pairs_in_question() }}

),

-- Undecided, or linked by evidence and taken apart because something in the same component contradicts it.
questioned as (

    select
        pairs_in_question.left_record_no,
        pairs_in_question.right_record_no,
        one.record_key as one_record_key,
        other.record_key as other_record_key,
        one.child_key as one_child_key,
        other.child_key as other_child_key,
        {{ why_of_pair('pairs_in_question', 'one', 'other') }} as reason_code,
        pairs_in_question.weight,
        pairs_in_question._is_retracted
        or one._is_retracted
        or other._is_retracted
        or one.child_key = other.child_key
        or pairs_in_question.decision_code in ('vetoed', 'none')
        or 'ADOPTION' in (coalesce(one.conflict_code, ''), coalesce(other.conflict_code, ''))
            as is_closed
    from pairs_in_question
    inner join members as one on pairs_in_question.left_record_no = one.record_no
    inner join members as other on pairs_in_question.right_record_no = other.record_no
    {% if not is_incremental() %}
        where pairs_in_question.decision_code = 'review'
            or one.child_key <> other.child_key
    {% endif %}

),

review_pairs as (

    select
        questioned.left_record_no,
        questioned.right_record_no,
        least(questioned.one_record_key, questioned.other_record_key) as left_record_key,
        greatest(questioned.one_record_key, questioned.other_record_key) as right_record_key,
        case
            when questioned.one_record_key < questioned.other_record_key then questioned.one_child_key
            else questioned.other_child_key
        end as left_child_key,
        case
            when questioned.one_record_key < questioned.other_record_key then questioned.other_child_key
            else questioned.one_child_key
        end as right_child_key,
        questioned.reason_code,
        questioned.weight,
        one.is_restricted or other.is_restricted as is_restricted,
        greatest(one.first_recorded_at, other.first_recorded_at) as raised_at,
        {{ build_no() }}::bigint as _built_in,
        questioned.is_closed as _is_retracted
    from questioned
    inner join standardised as one on questioned.left_record_no = one.record_no
    inner join standardised as other on questioned.right_record_no = other.record_no
    where not questioned.is_closed
        {% if is_incremental() %}
            or exists (
                select 1 from {{ this }} as earlier
                where earlier.left_record_no = questioned.left_record_no
                    and earlier.right_record_no = questioned.right_record_no
            )
        {% endif %}

)

select * from review_pairs
