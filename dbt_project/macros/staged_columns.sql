{#- The columns every staged record has, so that seven feeds cannot spell them seven ways. -#}

{% macro record_key(field) -%}
    {#- A record whose own key is held in quarantine still has to be followed. #}
    coalesce(
        {{ function('trimmed_text') }}({{ field }}),
        'held:' || _delivery_id || ':' || _row_number
    )
{%- endmacro %}

{% macro record_columns() %}
        {{ function('parsed_integer') }}(record_version) as record_version,
        {{ function('normalised_code') }}(record_action) as record_action_code,
        {{ local_time('last_updated_at') }} as last_updated_at
{%- endmacro %}

{% macro person_columns(scope) %}
        {{ scope }} as person_scope,
        {{ function('trimmed_text') }}(agency_person_id) as agency_person_id,
        {{ function('normalised_nhs_number') }}(nhs_number) as nhs_number,
        {{ function('normalised_code') }}(nhs_status) as nhs_status_code,
        {{ function('normalised_code') }}(identifier_withheld_reason) as identifier_withheld_reason_code,
        {{ function('normalised_code') }}(upn) as upn,
        {{ function('trimmed_text') }}(forename) as forename,
        {{ function('trimmed_text') }}(middle_names) as middle_names,
        {{ function('trimmed_text') }}(surname) as surname,
        {{ function('trimmed_text') }}(also_known_as) as also_known_as,
        {{ function('parsed_date') }}(dob) as birth_date,
        {{ function('parsed_date') }}(expected_dob) as expected_birth_date,
        {{ function('normalised_code') }}(dob_precision) as birth_date_precision_code,
        {{ function('normalised_code') }}(sex) as sex_code,
        {{ function('normalised_code') }}(ethnicity) as ethnicity_code,
        {{ function('normalised_postcode') }}(postcode) as postcode,
        {{ function('trimmed_text') }}(uprn) as uprn,
        {{ function('normalised_code') }}(restricted_flag) as restricted_code,
        {{ function('parsed_flag') }}(unborn_flag) as is_unborn,
        {{ function('trimmed_text') }}(mother_agency_person_id) as mother_agency_person_id
{%- endmacro %}

{% macro lineage_columns() %}
        _delivery_id,
        _row_number,
        _sequence_no,
        _extract_at,
        _period_to_at,
        _received_at,
        _settled_no,
        _source_org,
        _la_code,
        _is_full,
        _is_held
{%- endmacro %}
