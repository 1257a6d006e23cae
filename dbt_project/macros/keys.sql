{#- Names one agency's record of one person. A held row that names nobody is a person of its own. -#}
{% macro person_record_key(event, alias, event_id) -%}
    {{ record_key_of(
        alias ~ '.person_scope',
        'coalesce(' ~ alias ~ ".agency_person_id, '" ~ event ~ ":' || " ~ alias ~ '.' ~ event_id ~ ')'
    ) }}
{%- endmacro %}

{% macro record_key_of(scope, agency_person_id) -%}
    left(encode(sha256(convert_to({{ scope }} || '|' || {{ agency_person_id }}, 'UTF8')), 'hex'), 32)
{%- endmacro %}

{#- A plain hash of an agency's number could be guessed back in minutes, so the council's secret goes into it. -#}
{% macro mart_key(noun, identifier) -%}
    left(encode(sha256(convert_to(
        (select secret.pepper from {{ source('vault', 'pepper') }} as secret) || '|{{ noun }}|' || {{ identifier }},
        'UTF8'
    )), 'hex'), 32)
{%- endmacro %}

{% macro keys_of(event, event_id, noun) -%}
    select
        {{ mart_key(noun, 'event.' ~ event_id) }} as subject_key,
        '{{ event }}' as event_code,
        event.{{ event_id }} as event_id
    from {{ ref('jny_' ~ event) }} as event
{%- endmacro %}

{#- The first half of a key as a number: what millions of pairs are compared and joined by. -#}
{% macro number_of_key(key) -%}
    ('x' || left({{ key }}, 16))::bit(64)::bigint
{%- endmacro %}
