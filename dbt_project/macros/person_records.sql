{% macro persons_of_touched(event, event_id) -%}
    select
        {{ person_record_key(event, 'version', event_id) }} as record_key,
        version.person_scope,
        coalesce(version.agency_person_id, '{{ event }}:' || version.{{ event_id }}) as agency_person_id,
        version.agency_person_id as named_person_id,
        version.{{ event_id }} as event_id
    from {{ ref('jny_' ~ event ~ '__versions') }} as version
    where version.{{ event_id }} in (
        select touched.{{ event_id }} from {{ ref('jny_' ~ event) }} as touched
        where {{ is_touched('touched') }}
    )
{%- endmacro %}

{% macro person_statements(event, event_id, adoption_marker='null::text', legacy_person='null::text') -%}
    select
        {{ person_record_key(event, 'event', event_id) }} as record_key,
        event.person_scope,
        coalesce(event.agency_person_id, '{{ event }}:' || event.{{ event_id }}) as agency_person_id,
        event.nhs_number,
        event.nhs_status_code,
        event.upn,
        event.forename,
        event.middle_names,
        event.surname,
        event.also_known_as,
        event.birth_date,
        event.expected_birth_date,
        event.birth_date_precision_code,
        event.sex_code,
        event.ethnicity_code,
        event.postcode,
        event.uprn,
        event.restricted_code,
        event.is_unborn,
        event.mother_agency_person_id,
        {{ adoption_marker }} as adoption_marker_code,
        {{ legacy_person }} as legacy_person_id,
        event.record_version,
        event.last_updated_at,
        event._extract_at,
        event._sequence_no,
        event._row_number,
        event._delivery_id
    from {{ ref('jny_' ~ event) }} as event
    where not event._is_retracted
        {{ only_touched_persons('event', event_id) }}
{%- endmacro %}

{#- Any version will do: when a person was first spoken of does not change with what was said of them. -#}
{% macro first_statements(event, event_id) -%}
    select
        {{ person_record_key(event, 'version', event_id) }} as record_key,
        version._extract_at as extracted_at
    from {{ ref('jny_' ~ event ~ '__versions') }} as version
    where not version._is_withdrawn
        {{ only_touched_persons('version', event_id) }}
{%- endmacro %}

{% macro only_touched_persons(alias, event_id) -%}
    {%- if is_incremental() -%}
        and (
            {{ alias }}.agency_person_id in (select touched_persons.named_person_id from touched_persons)
            or (
                {{ alias }}.agency_person_id is null
                and {{ alias }}.{{ event_id }} in (select touched_persons.event_id from touched_persons)
            )
        )
    {%- endif -%}
{%- endmacro %}

{% macro latest(column, given=none) -%}
    (array_agg({{ column }} order by recency) filter (where {{ given or column }} is not null))[1]
{%- endmacro %}
