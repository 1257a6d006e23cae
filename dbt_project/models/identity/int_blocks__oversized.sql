{{ config(
    unique_key=['rule_no', 'block_key'],
    indexes=[
        {'columns': ['rule_no', 'block_key'], 'unique': true},
        {'columns': ['_built_in']}
    ],
    pre_hook="{{ plan_by_size() }}"
) }}

with

blocked as not materialized (

    select * from {{ ref('int_person_records__blocked') }}

),

{% if is_incremental() %}

earlier as (

    select * from {{ this }}

),

touched as (

    select * from blocked
    where {{ is_touched('blocked') }}

),

-- Blocks that somebody joined, and those that were too large: somebody may have left them.
questioned as (

    {% for rule in blocking_rules() %}
        select
            {{ loop.index }}::smallint as rule_no,
            touched.{{ blocking_key(loop.index) }} as block_key
        from touched
        where touched.{{ blocking_key(loop.index) }} is not null
        union
    {% endfor %}
    select
        earlier.rule_no,
        earlier.block_key
    from earlier
    where not earlier._is_retracted

),

-- Counted only as far as it matters: a block of fifty thousand costs no more than one at the cap.
counted as (

    {% for rule in blocking_rules() %}
        select
            questioned.rule_no,
            questioned.block_key,
            block.record_count,
            block.record_count > {{ rule.cap }} as is_oversized
        from questioned
        cross join lateral (
            select count(*)::integer as record_count
            from (
                select 1 from blocked
                where blocked.{{ blocking_key(loop.index) }} = questioned.block_key
                limit {{ rule.cap + 1 }}
            ) as member
        ) as block
        where questioned.rule_no = {{ loop.index }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

oversized as (

    select
        counted.rule_no,
        counted.block_key,
        counted.record_count,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from counted
    left join earlier on counted.rule_no = earlier.rule_no and counted.block_key = earlier.block_key
    where counted.is_oversized
        and (earlier.rule_no is null or earlier._is_retracted)

    union all

    select
        earlier.rule_no,
        earlier.block_key,
        counted.record_count,
        {{ build_no() }}::bigint as _built_in,
        true as _is_retracted
    from earlier
    inner join counted on earlier.rule_no = counted.rule_no and earlier.block_key = counted.block_key
    where not counted.is_oversized and not earlier._is_retracted

)

{% else %}

oversized as (

    {% for rule in blocking_rules() %}
        select
            {{ loop.index }}::smallint as rule_no,
            {{ blocking_key(loop.index) }} as block_key,
            {{ rule.cap + 1 }} as record_count,
            {{ build_no() }}::bigint as _built_in,
            false as _is_retracted
        from blocked
        where {{ blocking_key(loop.index) }} is not null
        group by {{ blocking_key(loop.index) }}
        having count(*) > {{ rule.cap }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

{% endif %}

select * from oversized
