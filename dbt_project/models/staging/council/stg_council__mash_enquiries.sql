with

mash_enquiries as (

    select * from {{ source('accepted', 'council__mash_enquiries') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('mash_enquiry_ref') }} as mash_enquiry_id,
        {{ function('trimmed_text') }}(contact_id) as contact_id,

        -- record
        {{ record_columns() }},

        -- person
        {{ person_columns("'council'") }},

        -- event
        {{ function('parsed_json') }}(oversight_actions) as oversight_actions,

        -- codes
        {{ function('normalised_code') }}(rag_at_start) as rag_at_start_code,
        {{ function('normalised_code') }}(rag_current) as rag_current_code,
        {{ function('normalised_code') }}(consent_status) as consent_status_code,
        {{ function('normalised_code') }}(consent_by_role) as consent_by_role_code,
        {{ function('normalised_code') }}(dispense_reason) as consent_dispense_reason_code,
        {{ function('normalised_code') }}(dispense_authorised_by_role)
            as consent_dispense_authorised_by_role_code,
        {{ function('normalised_code') }}(safety_method) as safety_method_code,
        {{ function('normalised_code') }}(oversight_role) as oversight_role_code,
        {{ function('parsed_set') }}(oversight_risks_considered) as oversight_risk_codes,
        {{ function('normalised_code') }}(decision_code) as decision_code,
        {{ function('parsed_set') }}(decision_without_checks) as decision_without_checks_codes,

        -- dates and times
        {{ local_time_with_precision('decision_to_enquire_at', 'decided_to_enquire_at') }},
        {{ local_time_with_precision('enquiry_started_at', 'started_at') }},
        {{ local_time_with_precision('consent_at', 'consent_at') }},
        {{ local_time_with_precision('dispense_authorised_at', 'consent_dispense_authorised_at') }},
        {{ local_time_with_precision('safety_confirmed_at', 'safety_confirmed_at') }},
        {{ local_time_with_precision('last_safety_confirmed_at', 'safety_last_confirmed_at') }},
        {{ local_time_with_precision('collation_started_at', 'collation_started_at') }},
        {{ local_time_with_precision('collated_at', 'collated_at') }},
        {{ local_time_with_precision('oversight_at', 'oversight_at') }},
        {{ local_time_with_precision('concluded_at', 'concluded_at') }},

        -- flags
        {{ function('parsed_flag') }}(sw_registered) as is_social_worker_registered,
        {{ function('parsed_flag') }}(interim_safety_plan) as has_interim_safety_plan,
        {{ function('parsed_flag') }}(cur_daily_life) as has_curiosity_daily_life,
        {{ function('parsed_flag') }}(cur_household) as has_curiosity_household,
        {{ function('parsed_flag') }}(cur_fathers_partners) as has_curiosity_fathers_partners,
        {{ function('parsed_flag') }}(cur_history) as has_curiosity_history,
        {{ function('parsed_flag') }}(cur_child_spoken) as has_curiosity_child_spoken,
        {{ function('parsed_flag') }}(oversight_child_impact) as has_oversight_child_impact,
        {{ function('parsed_flag') }}(voice_recorded) as has_child_voice,

        -- lineage
        {{ lineage_columns() }}
    from mash_enquiries

)

select * from staged
