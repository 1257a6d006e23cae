{#- Labels every record that has a link with the smallest record of its component, in a temporary table. Each round points
    every record at its smallest neighbour, then shrinks what is still connected: a few rounds for any shape, where a
    recursive query walks from every record to every other. -#}
{% macro label_components() -%}
    do $components$
    begin
        {% if is_incremental() -%}
        -- Whose evidence, links or decisions changed; a component that is touched is worked out whole.
        create temporary table questioned_records on commit drop as
        {{ questioned_records() }};
        analyze questioned_records;
        -- What follows are tables the planner has figures for.
        set local enable_hashjoin = on;
        create temporary table component_nodes on commit drop as
        select questioned.record_no from questioned_records as questioned
        union
        select member.record_no
        from questioned_records as questioned
        inner join {{ this }} as earlier on questioned.record_no = earlier.record_no
        inner join {{ this }} as member on earlier.component_no = member.component_no;
        analyze component_nodes;
        {%- endif %}
        create temporary table component_links on commit drop as
        {{ component_links() }};
        create temporary table repeated_links on commit drop as
        {{ repeated_links() }};
        -- What is joined with somebody else, too, is no mere repetition.
        insert into component_links
        select
            repeated_links.repeated_record_no,
            repeated_links.record_no,
            repeated_links.strength,
            true
        from repeated_links
        where {{ is_joined_otherwise() }};
        delete from repeated_links where {{ is_joined_otherwise() }};
        analyze component_links;
        analyze repeated_links;
        create temporary table component_labels on commit drop as
        {{ smallest_neighbours('component_links') }};
        {% if is_incremental() -%}
        create unique index on component_labels (record_no);
        {%- endif %}
        analyze component_labels;
        -- Most components are small and settled by now; the rest shrinks round by round, apart from the settled.
        create temporary table component_remains on commit drop as
        {{ links_between('component_links', 'component_labels') }};
        if exists (select from component_remains) then
            create temporary table component_steps on commit drop as
            {{ smallest_neighbours('component_remains') }};
            create temporary table next_steps on commit drop as
            select * from component_steps;
            loop
                create unique index on next_steps (record_no);
                create temporary table fewer_remains on commit drop as
                {{ links_between('component_remains', 'next_steps') }};
                drop table component_remains, next_steps;
                alter table fewer_remains rename to component_remains;
                exit when not exists (select from component_remains);
                create temporary table next_steps on commit drop as
                {{ smallest_neighbours('component_remains') }};
                update component_steps as step
                set component_no = next_step.component_no
                from next_steps as next_step
                where step.component_no = next_step.record_no and next_step.component_no <> next_step.record_no;
            end loop;
            create unique index on component_steps (record_no);
            update component_labels as label
            set component_no = step.component_no
            from component_steps as step
            where label.component_no = step.record_no and step.component_no <> step.record_no;
            analyze component_labels;
        end if;
    end
    $components$
{%- endmacro %}

{#- Components in which something may contradict something; most are of one mind. In tables the planner has figures for: it
    would take the whole spine for what little of it is to be compared, and read every pair there is. -#}
{% macro list_doubtful_components() -%}
    create temporary table contradicted_pairs on commit drop as
    select
        pairs.left_record_no,
        pairs.right_record_no,
        pairs.reason_code
    from {{ ref('int_matches__pairs') }} as pairs
    {% if is_incremental() -%}
    inner join component_nodes on pairs.left_record_no = component_nodes.record_no
    {% endif -%}
    where pairs.reason_code = 'TWIN' and not pairs._is_retracted;
    analyze contradicted_pairs;
    create temporary table separated_pairs on commit drop as
    {{ separations() }};
    analyze separated_pairs;
    create temporary table doubtful_components on commit drop as
    select labels.component_no
    from component_links as link
    inner join component_labels as labels on link.left_record_no = labels.record_no
    where not link.is_same_name_and_birth_date
    union
    select labels.component_no
    from contradicted_pairs
    inner join component_labels as labels on contradicted_pairs.left_record_no = labels.record_no
    union
    select labels.component_no
    from component_labels as labels
    inner join {{ ref('int_person_records__blocked') }} as blocked on labels.record_no = blocked.record_no
    group by labels.component_no
    -- The first two keys are the NHS number's and the pupil number's.
    having min(blocked.{{ blocking_key(1) }}) <> max(blocked.{{ blocking_key(1) }})
        or min(blocked.{{ blocking_key(2) }}) <> max(blocked.{{ blocking_key(2) }})
        or bit_or(blocked.flags) & ({{ record_flag('adopted') }} | {{ record_flag('restricted') }}) > 0
        or count(*) > {{ largest_group() }}
    {%- if one_record_sources() %}
    union
    -- An agency's two records are two people also where nothing had them compared.
    select labels.component_no
    from component_labels as labels
    inner join {{ ref('int_person_records__spine') }} as spine on labels.record_no = spine.record_no
    where {{ is_of_one_record_source('spine.scope_no') }}
    group by labels.component_no, spine.scope_no
    having count(*) > 1
    {%- endif %}
    union
    -- A mother and her child, also where a form about the child bears the mother's number.
    select labels.component_no
    from component_labels as labels
    inner join {{ ref('int_person_records__spine') }} as spine
        on labels.record_no = spine.record_no and spine.mother is not null
    inner join component_labels as mothers on spine.mother = mothers.record_no and labels.component_no = mothers.component_no
    union
    select labels.component_no
    from separated_pairs
    inner join component_labels as labels on separated_pairs.left_record_no = labels.record_no;
    analyze doubtful_components
{%- endmacro %}

{#- Beyond so many records nobody compares each with each; a child has no more, repetitions apart. -#}
{% macro largest_group() -%} 150 {%- endmacro %}

{% macro smallest_neighbours(links) -%}
    select
        node.record_no,
        min(node.neighbour_no) as component_no
    from (
        select left_record_no as record_no, left_record_no as neighbour_no from {{ links }}
        union all
        select right_record_no, left_record_no from {{ links }}
    ) as node
    group by node.record_no
{%- endmacro %}

{% macro links_between(links, labels) -%}
    select distinct
        least(one.component_no, other.component_no) as left_record_no,
        greatest(one.component_no, other.component_no) as right_record_no
    from {{ links }} as link
    inner join {{ labels }} as one on link.left_record_no = one.record_no
    inner join {{ labels }} as other on link.right_record_no = other.record_no
    where one.component_no <> other.component_no
{%- endmacro %}

{% macro questioned_records() -%}
    select spine.record_no from {{ ref('int_person_records__spine') }} as spine
    where {{ is_touched('spine') }}
    union
    select end_of_pair.record_no
    from {{ ref('int_matches__pairs') }} as pairs
    cross join lateral (values (pairs.left_record_no), (pairs.right_record_no)) as end_of_pair (record_no)
    where {{ is_touched('pairs') }}
    union
    -- All along what people linked: a record that left the index or came back, became restricted or no longer is, ends, suspends
    -- and revives links of others.
    select along.record_no from ({{ records_along_links() }}) as along
{%- endmacro %}

{#- Repetitions that the evidence joins with whom they repeat; the components do without them. -#}
{% macro repeated_links() -%}
    select
        pairs.right_record_no as record_no,
        pairs.left_record_no as repeated_record_no,
        pairs.strength
    from {{ ref('int_matches__pairs') }} as pairs
    {% if is_incremental() -%}
    inner join component_nodes on pairs.right_record_no = component_nodes.record_no
    {% endif -%}
    where pairs.rule_no = {{ repetition_rule_no() }} and pairs.decision_code = 'linked' and not pairs._is_retracted
{%- endmacro %}

{% macro is_joined_otherwise() -%}
    repeated_links.record_no in (
        select end_of_link.record_no
        from component_links as link
        cross join lateral (values (link.left_record_no), (link.right_record_no)) as end_of_link (record_no)
    )
{%- endmacro %}

{#- What joins records: pairs decided by evidence, and people's decisions. -#}
{% macro component_links() -%}
    select
        pairs.left_record_no,
        pairs.right_record_no,
        pairs.strength,
        -- Whatever such links join agrees on both.
        {{ has_level('forename', ['same'], 'pairs.evidence') }}
        and {{ has_level('birth_date', ['same'], 'pairs.evidence') }} as is_same_name_and_birth_date
    from {{ ref('int_matches__pairs') }} as pairs
    {% if is_incremental() -%}
    inner join component_nodes on pairs.left_record_no = component_nodes.record_no
    {% endif -%}
    where pairs.decision_code = 'linked' and not pairs._is_retracted and pairs.rule_no <> {{ repetition_rule_no() }}
    union all
    select
        least(decision.left_record_no, decision.right_record_no),
        greatest(decision.left_record_no, decision.right_record_no),
        {{ added_strength('person') }},
        false
    from ({{ effective_decisions('link') }}) as decision
    -- What left the index, or never was there, is joined by nobody.
    inner join {{ ref('int_person_records__spine') }} as one
        on decision.left_record_no = one.record_no and not one._is_retracted
    inner join {{ ref('int_person_records__spine') }} as other
        on decision.right_record_no = other.record_no and not other._is_retracted
    {%- if is_incremental() %}
    where decision.left_record_no in (select component_nodes.record_no from component_nodes)
    {%- endif %}
{%- endmacro %}

{#- Every pair; in an increment those that are touched, and those of records that are another child now. -#}
{% macro pairs_in_question() -%}
    {%- if is_incremental() -%}
    select pairs.* from pairs
    where {{ is_touched('pairs') }}
    {%- for side in ['left', 'right'] %}
    union
    select pairs.*
    from members
    inner join pairs on members.record_no = pairs.{{ side }}_record_no
    where {{ is_touched('members') }}
    {%- endfor %}
    {%- else -%}
    select * from pairs
    {%- endif -%}
{%- endmacro %}
