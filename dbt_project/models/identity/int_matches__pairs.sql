{%- set weights = approved_weights() -%}
{{ config(
    unique_key=['left_record_no', 'right_record_no'],
    indexes=[
        {'columns': ['left_record_no', 'right_record_no'], 'unique': true},
        {'columns': ['right_record_no']},
        {'columns': ['_built_in']}
    ],
    pre_hook=["{{ forget_what_is_gone() }}", "{{ plan_by_size() }}", "{{ list_affected_records() }}"],
    post_hook="{{ index_what_is_gone() }}"
) }}

with

spine as not materialized (

    select * from {{ ref('int_person_records__spine') }}

),

blocked as not materialized (

    select * from {{ ref('int_person_records__blocked') }}

),

oversized as (

    select * from {{ ref('int_blocks__oversized') }}
    where not _is_retracted

),

{% if is_incremental() %}

questioned as materialized (

    select {{ usable_keys('blocked') }}
    from affected_records
    inner join blocked on affected_records.record_no = blocked.record_no

),

candidates as (

    {{ candidate_pairs('questioned', 'blocked', 'l.record_no <> r.record_no and (l.record_no < r.record_no
        or r.record_no not in (select affected_records.record_no from affected_records))') }}

),

{% else %}

questioned as not materialized (

    select {{ usable_keys('blocked') }}
    from blocked

),

candidates as (

    {{ candidate_pairs('questioned', 'blocked', 'l.record_no < r.record_no') }}

),

{% endif %}

compared as (

    select
        candidates.*,
        {{ pair_columns(weights) }}
    from candidates
    inner join spine as l on candidates.left_record_no = l.record_no
    inner join spine as r on candidates.right_record_no = r.record_no
    -- Keeps what follows from being worked out once more inside the join; an offset of nought would keep it from the
    -- parallel workers too.
    offset null

),

scored as (

    select
        compared.*,
        {{ weight_of('evidence') }} as weight
    from compared

),

weighed as (

    {{ weighed_pairs('scored', weights) }}

),

judged as (

    {{ judged_pairs('weighed', weights) }}

),

pairs as (

    select
        left_record_no,
        right_record_no,
        rule_no,
        evidence,
        weight,
        strength,
        case
            when reason_code is null then 'linked'
            when reason_code = 'TOO_FAINT' then 'none'
            when is_vetoed then 'vetoed'
            else 'review'
        end as decision_code,
        reason_code,
        guard_code,
        is_barred,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from judged

    {% if is_incremental() %}

        union all

        -- Pairs that were found before and are no longer.
        select
            earlier.left_record_no,
            earlier.right_record_no,
            earlier.rule_no,
            earlier.evidence,
            earlier.weight,
            earlier.strength,
            earlier.decision_code,
            earlier.reason_code,
            earlier.guard_code,
            earlier.is_barred,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from (
            select by_left.* from affected_records
            inner join {{ this }} as by_left on affected_records.record_no = by_left.left_record_no
            union
            select by_right.* from affected_records
            inner join {{ this }} as by_right on affected_records.record_no = by_right.right_record_no
        ) as earlier
        -- Hashed even where hash joins are off; "not exists" would compare every earlier pair with every present one.
        where (earlier.left_record_no, earlier.right_record_no) not in (
            select
                judged.left_record_no,
                judged.right_record_no
            from judged
        )

    {% endif %}

)

select * from pairs
