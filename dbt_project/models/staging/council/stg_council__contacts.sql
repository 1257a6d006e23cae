with

contacts as (

    select * from {{ source('accepted', 'council__contacts') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('contact_id') }} as contact_id,
        {{ function('normalised_code') }}(portal_reference) as portal_reference_id,

        -- record
        {{ record_columns() }},

        -- person
        {{ person_columns("'council'") }},

        -- event
        {{ function('parsed_json') }}(outcome_json) as outcomes,

        -- codes
        {{ function('normalised_code') }}(channel) as channel_code,
        {{ function('normalised_code') }}(source_code) as source_code,
        {{ function('normalised_code') }}(source_org_code) as source_agency_code,
        {{ function('parsed_set') }}(concern_codes) as concern_codes,
        {{ function('normalised_code') }}(open_case_type) as open_case_type_code,
        {{ function('normalised_code') }}(ifd_oversight_by_role) as ifd_oversight_by_role_code,
        {{ function('normalised_code') }}(rag) as rag_code,
        {{ function('normalised_code') }}(ifd_decision) as ifd_decision_code,
        {{ function('normalised_code') }}(consent_status) as consent_status_code,

        -- dates and times
        {{ local_time_with_precision('received_at', 'received_at') }},
        {{ local_time_with_precision('created_in_lcs_at', 'created_at') }},
        {{ local_time_with_precision('sent_to_ifd_at', 'sent_to_ifd_at') }},
        {{ local_time_with_precision('ifd_oversight_at', 'ifd_oversight_at') }},
        {{ local_time_with_precision('rag_set_at', 'rag_set_at') }},
        {{ local_time_with_precision('ifd_decision_at', 'ifd_decision_at') }},
        {{ local_time_with_precision('referrer_ack_at', 'acknowledged_at') }},
        {{ local_time_with_precision('referrer_outcome_told_at', 'referrer_outcome_told_at') }},
        {{ local_time_with_precision('closed_at', 'closed_at') }},

        -- flags
        {{ function('parsed_flag') }}(is_open_case) as is_open_case,
        {{ function('parsed_flag') }}(ifd_oversight_qualified) as is_ifd_oversight_qualified,
        {{ function('parsed_flag') }}(child_voice_recorded) as has_child_voice,
        {{ function('parsed_flag') }}(child_impact_recorded) as has_child_impact,

        -- lineage
        {{ lineage_columns() }}
    from contacts

)

select * from staged
