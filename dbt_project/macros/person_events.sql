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

{#- Every rating an enquiry ever had, for tightest_due. -#}
{% macro enquiry_rag_codes(enquiry_id) -%}
    (
        select coalesce(array_agg(distinct rating.code) filter (where rating.code is not null), '{}')
        from {{ ref('jny_mash_enquiries__versions') }} as version
        cross join lateral unnest(array[version.rag_at_start_code, version.rag_current_code]) as rating (code)
        where version.mash_enquiry_id = {{ enquiry_id }} and not version._is_withdrawn
    )
{%- endmacro %}

{#- Leaves out what is built already as it is. -#}
{% macro unless_built(alias, key, columns) -%}
    {%- if is_incremental() -%}
    where not {{ is_built(alias, key, columns) }}
    {%- endif -%}
{%- endmacro %}

{#- Whether the row stands there as it is; what a killed build wrote has not been published, so it is written again. -#}
{% macro is_built(alias, key, columns) -%}
    exists (
        select 1 from {{ this }} as built
        where (
            {%- for column in ([key] if key is string else key) -%}
            built.{{ column }} = {{ alias }}.{{ column }}{{ ' and ' if not loop.last }}
            {%- endfor -%}
        )
            and not {{ is_touched('built') }}
            and not built._is_retracted
            and (
                {%- for column in columns %}
                built.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            ) is not distinct from (
                {%- for column in columns %}
                {{ alias }}.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
    )
{%- endmacro %}
