with

return_interviews as (

    select * from {{ source('accepted', 'council__return_interviews') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('rhi_id') }} as return_interview_id,
        {{ function('trimmed_text') }}(misper_ref) as missing_episode_id,
        {{ function('trimmed_text') }}(contact_id_created) as created_contact_id,

        -- record
        {{ record_columns() }},

        -- person
        {{ person_columns("'council'") }},

        -- codes
        {{ function('normalised_code') }}(returned_at_source) as returned_at_source_code,
        {{ function('normalised_code') }}(responsible_la) as responsible_la_code,
        {{ function('normalised_code') }}(host_la) as host_la_code,
        {{ function('normalised_code') }}(offered) as offered_code,
        {{ function('normalised_code') }}(offer_method) as offer_method_code,
        {{ function('normalised_code') }}(refused_reason) as refused_reason_code,
        {{ function('normalised_code') }}(interviewer_org) as interviewer_agency_code,
        {{ function('normalised_code') }}(place_type) as place_type_code,
        {{ function('parsed_set') }}(themes) as theme_codes,

        -- dates and times
        {{ local_time_with_precision('returned_at', 'returned_at') }},
        {{ local_time_with_precision('offered_at', 'offered_at') }},
        {{ local_time_with_precision('completed_at', 'completed_at') }},
        {{ local_time_with_precision('shared_with_police_at', 'shared_with_police_at') }},
        {{ local_time_with_precision('shared_with_sw_at', 'shared_with_social_worker_at') }},

        -- flags
        {{ function('parsed_flag') }}(accepted) as is_accepted,
        {{ function('parsed_flag') }}(interviewer_independent) as is_interviewer_independent,
        {{ function('parsed_flag') }}(seen_alone) as is_seen_alone,
        {{ function('parsed_flag') }}(concern_increase) as has_concern_increase,
        {{ function('parsed_flag') }}(voice_recorded) as has_child_voice,

        -- lineage
        {{ lineage_columns() }}
    from return_interviews

)

select * from staged
