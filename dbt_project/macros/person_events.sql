{% macro person_events(event, event_id, occurred_at) -%}
    select
        '{{ event }}' as event_code,
        event.{{ event_id }} as event_id,
        {{ person_record_key(event, 'event', event_id) }} as record_key,
        event.{{ occurred_at }} as occurred_at,
        event._is_retracted,
        true as is_from_feed
    from {{ ref('jny_' ~ event) }} as event
    {%- if is_incremental() %}
    where {{ is_touched('event') }}
    {%- endif %}
{%- endmacro %}

{#- The ids of events of one kind that the build touches, themselves or through whose record they are. -#}
{% macro touched_events(event) -%}
    select child_events.event_id from {{ ref('jny_child_events') }} as child_events
    where child_events.event_code = '{{ event }}' and {{ is_touched('child_events') }}
{%- endmacro %}

{#- All values a reference had in any version of the touched records: what was pointed at before counts too. -#}
{% macro touched_references(event, event_id, reference) -%}
    select version.{{ reference }} from {{ ref('jny_' ~ event ~ '__versions') }} as version
    where version.{{ reference }} is not null
        and version.{{ event_id }} in (
            select touched.{{ event_id }} from {{ ref('jny_' ~ event) }} as touched
            where {{ is_touched('touched') }}
        )
{%- endmacro %}

{#- Each rating's limit from the same start, the earliest of those ever set: re-rating never resets the clock. -#}
{% macro tightest_due(clock, ratings, started_at, precision="'datetime'") -%}
    (
        select min({{ function('due_at') }}('{{ clock }}', rating.code, {{ started_at }}, {{ precision }}))
        from unnest(case when cardinality({{ ratings }}) > 0 then {{ ratings }} else array[null::text] end)
            as rating (code)
    )
{%- endmacro %}
