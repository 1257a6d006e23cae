{#- One 32-bit key per blocking rule; null, and so no block, when any of its columns is. That two values fall together by
    chance costs a comparison and decides nothing. -#}
{% macro blocking_keys(unless) -%}
    {%- for rule in blocking_rules() %}
    {%- set rule_no = loop.index %}
    case when not {{ unless }} then hashint8(
        {%- for column in rule.columns %}hashint8extended(({{ column }})::bigint, {% endfor -%}
        {{ rule_no }}{{ ')' * rule.columns | length }}) end as {{ blocking_key(rule_no) }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro blocking_key(rule_no) -%}
    key_{{ '%02d' % rule_no }}
{%- endmacro %}

{#- Pairs of numbers that agree on a rule's key and on none before it. A key that too many records share is null on the
    left, so it finds nobody and hides nothing from the rules after it. -#}
{% macro candidate_pairs(left, right, condition) -%}
    -- An agency's own word that a record bore another number before.
    select
        0::smallint as rule_no,
        least(l.record_no, r.record_no) as left_record_no,
        greatest(l.record_no, r.record_no) as right_record_no
    from {{ left }} as l
    inner join {{ right }} as r on l.former_record_no = r.record_no
    where l.former_record_no is not null
        and not r._is_retracted
    {% if is_incremental() -%}
    union
    {%- else -%}
        -- Once only, where each names the other. A "union" here would keep the whole from the parallel workers.
        and (r.former_record_no = l.record_no and r.record_no < l.record_no) is not true
    union all
    {%- endif %}
    -- What says the very same as too many others is compared with one of them.
    select
        {{ repetition_rule_no() }}::smallint as rule_no,
        l.repeated_record_no as left_record_no,
        l.record_no as right_record_no
    from {{ left }} as l
    where l.repeated_record_no is not null
    {% if is_incremental() -%}
    union
    select
        {{ repetition_rule_no() }}::smallint as rule_no,
        l.record_no as left_record_no,
        r.record_no as right_record_no
    from {{ left }} as l
    inner join {{ right }} as r on l.record_no = r.repeated_record_no
    union
    select
        0::smallint as rule_no,
        least(l.record_no, r.record_no) as left_record_no,
        greatest(l.record_no, r.record_no) as right_record_no
    from {{ left }} as l
    inner join {{ right }} as r on l.record_no = r.former_record_no
    where not l._is_retracted
    {% endif -%}
    {%- set earlier_keys = [] %}
    {%- for rule in blocking_rules() %}
    {%- set key = blocking_key(loop.index) %}
    union all
    select
        {{ loop.index }}::smallint as rule_no,
        least(l.record_no, r.record_no) as left_record_no,
        greatest(l.record_no, r.record_no) as right_record_no
    from {{ left }} as l
    inner join {{ right }} as r on l.{{ key }} = r.{{ key }}
    where {{ condition }}
        and (l.former_record_no = r.record_no) is not true
        and (r.former_record_no = l.record_no) is not true
        {%- for earlier_key in earlier_keys %}
        and (l.{{ earlier_key }} = r.{{ earlier_key }}) is not true
        {%- endfor %}
    {%- do earlier_keys.append(key) %}
    {%- endfor %}
{%- endmacro %}

{#- Whose pairs an increment looks for again, in a table the planner has figures for. -#}
{% macro list_affected_records() -%}
    {%- set spine, blocked = ref('int_person_records__spine'), ref('int_person_records__blocked') -%}
    {%- set oversized, repeated = ref('int_blocks__oversized'), ref('int_person_records__repeated') -%}
    {%- if is_incremental() -%}
        create temporary table affected_records on commit drop as
        select spine.record_no from {{ spine }} as spine
        where {{ is_touched('spine') }}
        union
        select repeated.record_no from {{ repeated }} as repeated
        where {{ is_touched('repeated') }}
        -- A block that became too large, or no longer is, concerns all who are in it.
        {%- for rule in blocking_rules() %}
        union
        select blocked.record_no
        from {{ oversized }} as flipped
        inner join {{ blocked }} as blocked on flipped.block_key = blocked.{{ blocking_key(loop.index) }}
        where flipped.rule_no = {{ loop.index }} and {{ is_touched('flipped') }}
        {%- endfor %};
        analyze affected_records
    {%- endif -%}
{%- endmacro %}

{#- The keys of records, those of oversized blocks left out; rules that have none are read as they are. -#}
{% macro usable_keys(blocked) -%}
    {%- set oversized = {} -%}
    {%- if execute and load_relation(ref('int_blocks__oversized')) -%}
        {%- call statement('oversized_rules', fetch_result=true) -%}
            select distinct rule_no from {{ ref('int_blocks__oversized') }} where not _is_retracted
        {%- endcall -%}
        {%- for row in load_result('oversized_rules').data -%}{%- do oversized.update({row[0]: true}) -%}{%- endfor -%}
    {%- endif -%}
    {{ blocked }}.record_no,
    {{ blocked }}.former_record_no,
    {{ blocked }}.repeated_record_no,
    {{ blocked }}._is_retracted,
    {% for rule in blocking_rules() -%}
    {%- set key = blocking_key(loop.index) -%}
    {%- if loop.index in oversized -%}
    case
        when {{ blocked }}.{{ key }} not in (select block_key from oversized where rule_no = {{ loop.index }})
            then {{ blocked }}.{{ key }}
    end as {{ key }}
    {%- else -%}
    {{ blocked }}.{{ key }}
    {%- endif -%}
    {{ ', ' if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{#- The rule's name as readers know it. -#}
{% macro match_rule_code(rule_no) -%}
    case {{ rule_no }}
        when {{ repetition_rule_no() }} then 'REPEATED'
        when 0 then 'AGENCY_ID'
        {%- for rule in blocking_rules() %}
        when {{ loop.index }} then '{{ rule.code | upper }}'
        {%- endfor %}
    end
{%- endmacro %}
