{%- set weights = approved_weights() -%}
{{ config(
    unique_key='record_no',
    indexes=[
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['component_no']},
        {'columns': ['_built_in']}
    ],
    pre_hook=["{{ plan_by_size() }}", "{{ label_components() }}", "{{ list_doubtful_components() }}"]
) }}

with

spine as not materialized (

    select * from {{ ref('int_person_records__spine') }}

),

labels as not materialized (

    select * from component_labels

),

placed as materialized (

    select
        labels.component_no,
        labels.record_no,
        (row_number() over (partition by labels.component_no order by labels.record_no))::integer as place,
        count(*) over (partition by labels.component_no) as record_count
    from doubtful_components
    inner join labels on doubtful_components.component_no = labels.component_no

),

-- A component too large to compare each with each is first broken where its evidence is weakest.
large_links as (

    select
        one.component_no,
        max(one.record_count)::integer as record_count,
        array_agg(one.place order by link.strength desc, one.place, other.place) as lefts,
        array_agg(other.place order by link.strength desc, one.place, other.place) as rights,
        array_agg(link.strength::double precision order by link.strength desc, one.place, other.place) as strengths
    from component_links as link
    inner join placed as one on link.left_record_no = one.record_no
    inner join placed as other on link.right_record_no = other.record_no
    where one.record_count > {{ largest_group() }}
    group by one.component_no

),

large_pieces as (

    select
        large_links.component_no,
        piece.place,
        piece.first_place
    from large_links
    cross join lateral unnest({{ function('groups_without_conflict') }}(
        large_links.record_count, large_links.lefts, large_links.rights, large_links.strengths,
        '{}', '{}', '{}', {{ added_strength('identifier') }}, {{ largest_group() }}, 0
    )) with ordinality as piece (first_place, place)

),

-- What is compared each with each: the component, or a piece of one.
pieces as materialized (

    select
        placed.component_no,
        coalesce(first_of_piece.record_no, placed.component_no) as piece_no,
        placed.record_no,
        (row_number() over (
            partition by coalesce(first_of_piece.record_no, placed.component_no) order by placed.record_no
        ))::integer as place
    from placed
    left join large_pieces on placed.component_no = large_pieces.component_no and placed.place = large_pieces.place
    left join placed as first_of_piece
        on large_pieces.component_no = first_of_piece.component_no
        and large_pieces.first_place = first_of_piece.place

),

piece_spine as materialized (

    select
        pieces.piece_no,
        pieces.place,
        spine.*
    from pieces
    inner join spine on pieces.record_no = spine.record_no

),

told as (

    select
        l.piece_no,
        l.place as left_place,
        r.place as right_place,
        separated_pairs.left_record_no is not null as is_separated,
        contradicted_pairs.reason_code,
        {{ pair_columns(weights) }}
    from piece_spine as l
    inner join piece_spine as r on l.piece_no = r.piece_no and l.place < r.place
    -- Places follow the records' numbers, so the left is the left.
    left join contradicted_pairs
        on l.record_no = contradicted_pairs.left_record_no and r.record_no = contradicted_pairs.right_record_no
    left join separated_pairs
        on l.record_no = separated_pairs.left_record_no and r.record_no = separated_pairs.right_record_no
    offset null -- noqa: AM09

),

-- Two that may not be one child, unless what binds more than the conflict joins them.
conflicts as materialized (

    select
        judged.piece_no,
        judged.left_place,
        judged.right_place,
        judged.conflict_code,
        {{ conflict_kind_of('judged.conflict_code') }} as conflict_kind
    from ({{ contradicting_pairs('told', weights) }}) as judged
    where judged.conflict_code is not null

),

piece_conflicts as (

    select
        piece_no,
        {{ most_telling_conflict('array_agg(conflict_code)') }} as conflict_code,
        array_agg(left_place order by left_place, right_place) as lefts,
        array_agg(right_place order by left_place, right_place) as rights,
        array_agg(conflict_kind order by left_place, right_place) as kinds
    from conflicts
    group by piece_no

),

piece_sizes as (

    select
        piece_no,
        count(*)::integer as record_count
    from pieces
    group by piece_no

),

piece_links as (

    select
        one.piece_no,
        array_agg(one.place order by link.strength desc, one.place, other.place) as lefts,
        array_agg(other.place order by link.strength desc, one.place, other.place) as rights,
        array_agg(link.strength::double precision order by link.strength desc, one.place, other.place) as strengths
    from piece_conflicts
    inner join pieces as one on piece_conflicts.piece_no = one.piece_no
    inner join component_links as link on one.record_no = link.left_record_no
    inner join pieces as other on link.right_record_no = other.record_no and one.piece_no = other.piece_no
    group by one.piece_no

),

parted as (

    select
        piece_conflicts.piece_no,
        member.place,
        member.first_place,
        piece_conflicts.conflict_code
    from piece_conflicts
    inner join piece_links on piece_conflicts.piece_no = piece_links.piece_no
    inner join piece_sizes on piece_conflicts.piece_no = piece_sizes.piece_no
    cross join lateral unnest({{ function('groups_without_conflict') }}(
        piece_sizes.record_count,
        piece_links.lefts, piece_links.rights, piece_links.strengths,
        piece_conflicts.lefts, piece_conflicts.rights, piece_conflicts.kinds,
        {{ added_strength('identifier') }}, {{ largest_group() }}, 3
    )) with ordinality as member (first_place, place)

),

broken as (

    select
        pieces.record_no,
        coalesce(first_of_group.record_no, pieces.piece_no) as group_no,
        case
            when count(*) over (partition by pieces.component_no)
                > count(*) over (partition by pieces.component_no, coalesce(first_of_group.record_no, pieces.piece_no))
                then coalesce(parted.conflict_code, 'CHAIN')
        end as conflict_code
    from pieces
    left join parted on pieces.piece_no = parted.piece_no and pieces.place = parted.place
    left join pieces as first_of_group
        on parted.piece_no = first_of_group.piece_no and parted.first_place = first_of_group.place

),

nodes as (

    {% if is_incremental() %}
        select
            component_nodes.record_no,
            coalesce(repeated_links.repeated_record_no, component_nodes.record_no) as compared_record_no,
            labels.component_no
        from component_nodes
        left join repeated_links on component_nodes.record_no = repeated_links.record_no
        left join labels on coalesce(repeated_links.repeated_record_no, component_nodes.record_no) = labels.record_no
    {% else %}
        select
            record_no,
            record_no as compared_record_no,
            component_no
        from labels
        union all
        select
            repeated_links.record_no,
            repeated_links.repeated_record_no,
            labels.component_no
        from repeated_links
        left join labels on repeated_links.repeated_record_no = labels.record_no
        union all
        select distinct
            repeated_record_no,
            repeated_record_no,
            repeated_record_no
        from repeated_links
        where repeated_record_no not in (select labels.record_no from labels)
    {% endif %}

),

child_groups as (

    select
        nodes.record_no,
        coalesce(nodes.component_no, nodes.compared_record_no) as component_no,
        coalesce(broken.group_no, nodes.component_no, nodes.compared_record_no) as group_no,
        broken.conflict_code,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from nodes
    left join broken on nodes.compared_record_no = broken.record_no

)

select * from child_groups
{% if is_incremental() %}
    -- Row by row, by index: joined, it would read everybody's.
    where not (select {{ is_built('child_groups', 'record_no', ['component_no', 'group_no', 'conflict_code']) }})
{% endif %}
