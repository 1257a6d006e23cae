{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['child_key']},
        {'columns': ['component_key']},
        {'columns': ['person_scope', 'agency_person_id']},
        {'columns': ['_built_in']}
    ]
) }}

{#- Weakest evidence goes first: names, then UPN, then NHS number, then agencies' own crosswalks. -#}
{%- set strengths = [1, 2, 3, 4] %}

with recursive

standardised as (

    select * from {{ ref('int_person_records__standardised') }}

),

pairs as (

    select * from {{ ref('int_matches__pairs') }}

),

{% if is_incremental() %}

touched_records as (

    select standardised.record_key from standardised
    where {{ is_touched('standardised') }}
    union all
    select pairs.left_record_key from pairs
    where {{ is_touched('pairs') }}
    union all
    select pairs.right_record_key from pairs
    where {{ is_touched('pairs') }}

),

-- A component that is touched is recomputed whole.
nodes as (

    select record_key from touched_records
    union
    select member.record_key
    from {{ this }} as member
    where member.component_key in (
        select earlier.component_key from {{ this }} as earlier
        where earlier.record_key in (select touched_records.record_key from touched_records)
    )

),

links as (

    select
        pairs.left_record_key,
        pairs.right_record_key,
        pairs.strength
    from nodes
    inner join pairs on nodes.record_key = pairs.left_record_key
    where pairs.is_linked and not pairs._is_retracted

),

{% else %}

nodes as (

    select record_key from standardised

),

links as (

    select
        left_record_key,
        right_record_key,
        strength
    from pairs
    where is_linked and not _is_retracted

),

{% endif %}

edges as (

    select
        left_record_key as from_record_key,
        right_record_key as to_record_key,
        strength
    from links
    union all
    select
        right_record_key as from_record_key,
        left_record_key as to_record_key,
        strength
    from links

),

{% for strength in strengths %}

edges_{{ strength }} as (

    select
        edges.from_record_key,
        edges.to_record_key
    from edges
    where edges.strength >= {{ strength }}
        {% if not loop.first %}
            and edges.from_record_key in (
                select conflicted_{{ strength - 1 }}.record_key
                from conflicted_{{ strength - 1 }}
            )
        {% endif %}

),

reached_{{ strength }} as (

    select
        from_record_key as record_key,
        from_record_key as reached_record_key
    from edges_{{ strength }}
    union
    select
        reached_{{ strength }}.record_key,
        edges_{{ strength }}.to_record_key as reached_record_key
    from reached_{{ strength }}
    inner join edges_{{ strength }}
        on reached_{{ strength }}.reached_record_key = edges_{{ strength }}.from_record_key

),

groups_{{ strength }} as (

    select
        record_key,
        min(reached_record_key) as group_key
    from reached_{{ strength }}
    group by record_key

),

conflicts_{{ strength }} as (

    select
        groups_{{ strength }}.group_key,
        case
            when bool_or(standardised.adoption_side_code = 'POST' and standardised.person_scope = 'council')
                and count(*) filter (where standardised.person_scope = 'council') > 1
                then 'ADOPTION'
            else 'NHS_CONFLICT'
        end as conflict_code
    from groups_{{ strength }}
    inner join standardised on groups_{{ strength }}.record_key = standardised.record_key
    group by groups_{{ strength }}.group_key
    having count(distinct standardised.evident_nhs_number) filter (where standardised.is_nhs_number_verified) > 1
        or (
            bool_or(standardised.adoption_side_code = 'POST' and standardised.person_scope = 'council')
            and count(*) filter (where standardised.person_scope = 'council') > 1
        )

),

conflicted_{{ strength }} as (

    select
        groups_{{ strength }}.record_key,
        conflicts_{{ strength }}.conflict_code
    from groups_{{ strength }}
    inner join conflicts_{{ strength }} on groups_{{ strength }}.group_key = conflicts_{{ strength }}.group_key

),

{% endfor %}

-- The last grouping whose group held no conflict; a record left in one by its strongest evidence stays alone.
grouped as (

    select
        nodes.record_key,
        coalesce(groups_1.group_key, nodes.record_key) as component_key,
        conflicted_1.conflict_code,
        case
            when conflicted_1.record_key is null then coalesce(groups_1.group_key, nodes.record_key)
            when conflicted_2.record_key is null then coalesce(groups_2.group_key, nodes.record_key)
            when conflicted_3.record_key is null then coalesce(groups_3.group_key, nodes.record_key)
            when conflicted_4.record_key is null then coalesce(groups_4.group_key, nodes.record_key)
            else nodes.record_key
        end as group_key
    from nodes
    {% for strength in strengths %}
        left join groups_{{ strength }} on nodes.record_key = groups_{{ strength }}.record_key
        left join conflicted_{{ strength }} on nodes.record_key = conflicted_{{ strength }}.record_key
    {% endfor %}

),

founded as (

    select
        grouped.*,
        standardised.person_scope,
        standardised.agency_person_id,
        standardised._is_retracted,
        first_value(grouped.record_key) over (
            partition by grouped.group_key
            order by standardised.first_recorded_at nulls last, grouped.record_key
        ) as founding_record_key
    from grouped
    inner join standardised on grouped.record_key = standardised.record_key

),

members as (

    select
        record_key,
        person_scope,
        agency_person_id,
        component_key,
        conflict_code,
        founding_record_key,
        left(
            encode(
                sha256(
                    convert_to(
                        (select secret.pepper from {{ source('vault', 'pepper') }} as secret) || founding_record_key,
                        'UTF8'
                    )
                ),
                'hex'
            ),
            32
        ) as child_key,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from founded

)

select * from members
