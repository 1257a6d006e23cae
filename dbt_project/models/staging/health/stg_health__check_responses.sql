with

check_responses as (

    select * from {{ source('accepted', 'health__check_responses') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('source_record_id') }} as health_response_id,
        {{ function('trimmed_text') }}(mash_enquiry_ref) as mash_enquiry_id,
        {{ function('trimmed_text') }}(text_pointer_id) as text_pointer_id,

        -- record
        {{ record_columns() }},

        -- person
        {{ person_columns("'health'") }},

        -- event
        {{ function('parsed_integer') }}(was_not_brought_12m)::integer as was_not_brought_12m_count,
        {{ function('parsed_integer') }}(ed_attendances_12m)::integer as ed_attendances_12m_count,
        {{ function('parsed_integer') }}(ed_injury_12m)::integer as ed_injury_12m_count,
        {{ function('parsed_integer') }}(gestation_weeks)::integer as gestation_weeks_count,
        {{ function('parsed_json') }}(services_checked) as services_checked,

        -- codes
        {{ function('normalised_code') }}(rag) as rag_code,
        {{ function('normalised_code') }}(status) as status_code,
        {{ function('normalised_code') }}(status_reason) as status_reason_code,
        {{ function('normalised_code') }}(responder_role) as responder_role_code,
        {{ function('normalised_code') }}(responding_ods) as responding_ods_code,
        {{ function('parsed_set') }}(parental_factor_codes) as parental_factor_codes,

        -- dates and times
        {{ local_time('request_received_at') }} as request_received_at,
        {{ local_time('started_at') }} as started_at,
        {{ local_time('returned_at') }} as returned_at,

        -- flags; U (unknown) is null
        {{ function('parsed_flag') }}(immunisations_up_to_date) as is_immunised_to_date,
        {{ function('parsed_flag') }}(pregnancy_flag) as is_pregnant,
        {{ function('parsed_flag') }}(analysis_present) as has_analysis,
        {{ function('parsed_flag') }}(risk_to_child_stated) as has_risk_stated,

        -- lineage
        {{ lineage_columns() }}
    from check_responses

)

select * from staged
