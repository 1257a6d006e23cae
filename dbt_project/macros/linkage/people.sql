{#- The records that changed or were decided about, and every record a person ever linked with them, and so on. -#}
{% macro records_along_links() -%}
    with recursive link as materialized (
        select
            {{ number_of_key('decisions.left_record_key') }} as left_record_no,
            {{ number_of_key('decisions.right_record_key') }} as right_record_no
        from {{ source('linkage', 'effective_decisions') }} as decisions
        where decisions.kind = 'link'
    ),

    along (record_no) as (
        (
            select end_of_link.record_no
            from link
            cross join lateral (values (link.left_record_no), (link.right_record_no)) as end_of_link (record_no)
            inner join {{ ref('int_person_records__spine') }} as spine on end_of_link.record_no = spine.record_no
            where {{ is_touched('spine') }}
            union
            {{ records_in_new_decisions() }}
        )
        union
        select
            case when link.left_record_no = along.record_no then link.right_record_no else link.left_record_no end
        from along
        inner join link on along.record_no in (link.left_record_no, link.right_record_no)
    )

    select along.record_no from along
{%- endmacro %}

{#- Whom people keep apart, under the numbers that agencies use now, too. -#}
{% macro separations() -%}
    select
        least(apart.left_record_no, apart.right_record_no) as left_record_no,
        greatest(apart.left_record_no, apart.right_record_no) as right_record_no
    from ({{ effective_decisions('separate') }}) as apart
    union
    select
        least({{ number_of_key('carried.left_record_key') }}, {{ number_of_key('carried.right_record_key') }}),
        greatest({{ number_of_key('carried.left_record_key') }}, {{ number_of_key('carried.right_record_key') }})
    from linkage.carried_separations({{ decided_up_to() }}) as carried
{%- endmacro %}

{#- The decisions that hold for the running build, whatever people write while it runs. -#}
{% macro effective_decisions(kind) -%}
    select
        {{ number_of_key('decisions.left_record_key') }} as left_record_no,
        {{ number_of_key('decisions.right_record_key') }} as right_record_no
    from linkage.decisions_in_force({{ decided_up_to() }}) as decisions
    where decisions.kind = '{{ kind }}'
        and not decisions.is_suspended
        and decisions.ended_by_no is null
{%- endmacro %}

{#- The last decision the running build, or the last published one, takes up. -#}
{% macro decided_up_to(published=false) -%}
    (
        select coalesce(max(decided_build.decided_up_to), 0) from {{ source('ledger', 'builds') }} as decided_build
        where {{ "decided_build.state = 'published'" if published else 'decided_build.build_no = ' ~ build_no() }}
    )
{%- endmacro %}

{% macro records_decided_about() -%}
    select decided.record_no from ({{ ends_of_decisions() }}) as decided
    where decided.effective_from_no <= {{ decided_up_to() }}
        and (decided.ended_by_no is null or decided.ended_by_no > {{ decided_up_to() }})
{%- endmacro %}

{#- Of decisions that took effect, or ended, since the last published build. -#}
{% macro records_in_new_decisions() -%}
    select decided.record_no from ({{ ends_of_decisions() }}) as decided
    where greatest(decided.effective_from_no, decided.ended_by_no) > {{ decided_up_to(published=true) }}
{%- endmacro %}

{#- Suspended ones, too: whose other record becomes restricted is not told so by an increment. -#}
{% macro ends_of_decisions() -%}
    select
        {{ number_of_key('end_of_decision.record_key') }} as record_no,
        decisions.effective_from_no,
        decisions.ended_by_no
    from {{ source('linkage', 'effective_decisions') }} as decisions
    cross join lateral (values (decisions.left_record_key), (decisions.right_record_key)) as end_of_decision (record_key)
{%- endmacro %}
