{#- A key no one can guess back from an agency's number: the council's secret goes into it. -#}
{% macro minted_key(founding_record_key, mint_no) -%}
    left(encode(sha256(convert_to(
        (select secret.pepper from {{ source('vault', 'pepper') }} as secret) || {{ founding_record_key }}
        || case when {{ mint_no }} > 0 then '|' || {{ mint_no }} else '' end,
        'UTF8'
    )), 'hex'), 32)
{%- endmacro %}

{#- The first number under which nobody ever had the key. An adoption takes from a key for whom it was minted, so that counting
    a record's keys does not tell which there were. Reads `child_keys`. -#}
{% macro free_mint_no(founding_record_key) -%}
    (
        select case
            when not exists (
                select 1 from child_keys as taken
                where taken.child_key = {{ minted_key(founding_record_key, 'counted.mint_no') }}
            ) then counted.mint_no
            else (
                select min(later.mint_no)
                from generate_series(counted.mint_no + 1, counted.mint_no + 1000) as later (mint_no)
                where not exists (
                    select 1 from child_keys as taken
                    where taken.child_key = {{ minted_key(founding_record_key, 'later.mint_no') }}
                )
            )
        end
        from (
            select count(*) as mint_no from child_keys as minted
            where minted.minted_for_record_key = {{ founding_record_key }}
            -- Counted once, though it is named often.
            offset 0
        ) as counted
    )
{%- endmacro %}

{#- What a build that was never published wrote of keys is as if it had not been. -#}
{% macro forget_unpublished_keys() -%}
    {%- set history = source('child_registry', 'child_key_history') -%}
    delete from {{ history }} where since_build > {{ last_published_build() }};
    update {{ history }} set until_build = null where until_build > {{ last_published_build() }};
    delete from {{ source('child_registry', 'child_keys') }} where minted_in > {{ last_published_build() }};
    {{ plan_by_size() }}
{%- endmacro %}

{#- Whom an increment asks about, in a table the planner has figures for: it may hash then without reading everybody. -#}
{% macro list_questioned_members() -%}
    {%- set standardised, child_groups = ref('int_person_records__standardised'), ref('int_children__groups') -%}
    {%- if is_incremental() -%}
        create temporary table touched_members on commit drop as
        -- What stands there of a build that was never published counts too: its keys have just been taken back.
        {%- for touched in [standardised, child_groups, this] %}
        select touched.record_no from {{ touched }} as touched
        where {{ is_touched('touched') }}
        {{ 'union' if not loop.last }}
        {%- endfor %};
        analyze touched_members;
        -- And whoever they hang together with, or did.
        create temporary table questioned_members on commit drop as
        select touched_members.record_no from touched_members
        {%- for earlier_or_now in [this, child_groups] %}
        union
        select together.record_no
        from touched_members
        inner join {{ earlier_or_now }} as one on touched_members.record_no = one.record_no
        inner join {{ earlier_or_now }} as together on one.component_no = together.component_no
        {%- endfor %};
        analyze questioned_members;
        set local enable_hashjoin = on
    {%- endif -%}
{%- endmacro %}

{#- Writes down who became whom in this build, and why. -#}
{% macro remember_keys() -%}
    {%- set history = source('child_registry', 'child_key_history') -%}
    insert into {{ source('child_registry', 'child_keys') }} (child_key, minted_in, minted_for_record_key, mint_no)
    select distinct on (child_key) child_key, _built_in, founding_record_key, mint_no
    from {{ this }}
    where _built_in = {{ build_no() }} and key_code = 'MINTED' and not _is_retracted
    order by child_key, record_key;
    {% if not is_incremental() -%}
    -- Whom nobody speaks of any longer bears no key; an increment is told so by a row that says "no longer".
    update {{ history }} as history
    set until_build = {{ build_no() }}
    where history.until_build is null
        and not exists (select from {{ this }} as member where member.record_key = history.record_key);
    {% endif -%}
    create temporary table changed_children on commit drop as
    select
        member.record_key,
        member.child_key,
        member.component_no,
        member._is_retracted,
        case
            when member.key_code = 'RESTORED' then 'RESTORED'
            when earlier.child_key is null and member.key_code = 'MINTED' then 'MINTED'
            when earlier.child_key is null then 'JOINED'
            when exists (
                select from {{ history }} as present
                inner join {{ this }} as now on present.record_key = now.record_key and present.child_key = now.child_key
                where present.child_key = earlier.child_key and present.until_build is null and not now._is_retracted
            ) then 'SPLIT'
            when member.key_code = 'MINTED' then 'SPLIT'
            else 'MERGED'
        end as reason_code
    from {{ this }} as member
    left join {{ history }} as earlier on member.record_key = earlier.record_key and earlier.until_build is null
    where member._built_in = {{ build_no() }}
        and (earlier.child_key is distinct from member.child_key or member._is_retracted);
    analyze changed_children;
    update {{ history }} as history
    set until_build = {{ build_no() }}
    from changed_children
    where history.record_key = changed_children.record_key and history.until_build is null;
    insert into {{ history }} (record_key, child_key, since_build, reason_code, decision_no, weights_version)
    select
        changed_children.record_key,
        changed_children.child_key,
        {{ build_no() }},
        changed_children.reason_code,
        decided.decision_no,
        '{{ approved_weights().version }}'
    from changed_children
    left join (
        select member.component_no, max(decisions.decision_no) as decision_no
        from {{ source('linkage', 'effective_decisions') }} as decisions
        cross join lateral (values (decisions.left_record_key), (decisions.right_record_key)) as side (record_key)
        inner join {{ this }} as member on side.record_key = member.record_key
        where greatest(decisions.effective_from_no, decisions.ended_by_no) > {{ decided_up_to(published=true) }}
            and decisions.effective_from_no <= {{ decided_up_to() }}
            and not decisions.is_suspended
        group by member.component_no
    ) as decided on changed_children.component_no = decided.component_no
    where not changed_children._is_retracted
    order by changed_children.child_key, changed_children.record_key
    {%- if not is_incremental() %};
    -- Nobody has counted these yet, and the next increment must not compare each with each.
    analyze {{ history }};
    analyze {{ source('child_registry', 'child_keys') }}
    {%- endif %}
{%- endmacro %}

{#- Rows that said "no longer" to readers who have heard it; one may name both sides of an adoption. -#}
{% macro forget_what_is_gone() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where _is_retracted and _built_in <= {{ last_published_build() }}
    {%- endif -%}
{%- endmacro %}

{% macro index_what_is_gone() -%}
    {%- if not is_incremental() -%}
        create index on {{ this }} (_built_in) where _is_retracted
    {%- endif -%}
{%- endmacro %}

{#- Everybody of the children of whom the running build wrote a record, for the tests of a build: whom it did not write counts too. -#}
{% macro members_of_written_children() -%}
    select member.*
    from (
        select distinct child_key from {{ ref('int_children__members') }}
        where _built_in = {{ build_no() }}
    ) as written
    inner join {{ ref('int_children__members') }} as member on written.child_key = member.child_key
    where not member._is_retracted
{%- endmacro %}
