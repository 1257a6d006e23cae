with

missing_episodes as (

    select * from {{ source('accepted', 'police__missing_episodes') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('source_record_id') }} as missing_episode_id,
        {{ function('trimmed_text') }}(incident_log_ref) as incident_log_id,
        {{ function('normalised_code') }}(placement_urn) as placement_urn,

        -- record
        {{ record_columns() }},

        -- person
        {{ person_columns("'police'") }},

        -- event
        {{ function('parsed_integer') }}(prior_episode_count_90d)::integer as prior_episodes_90d_count,
        {{ function('normalised_postcode') }}(missing_from_postcode) as missing_from_postcode,

        -- codes
        {{ function('normalised_code') }}(category) as category_code,
        {{ function('normalised_code') }}(reported_by_type) as reported_by_type_code,
        {{ function('normalised_code') }}(missing_from_type) as missing_from_type_code,
        {{ function('normalised_code') }}(responsible_la_code) as responsible_la_code,
        {{ function('normalised_risk_code') }}(risk_initial) as risk_initial_code,
        {{ function('normalised_risk_code') }}(risk_current) as risk_current_code,
        {{ function('parsed_set') }}(flags) as risk_flag_codes,
        {{ function('normalised_code') }}(status) as status_code,
        {{ function('normalised_code') }}(returned_to_type) as returned_to_type_code,
        {{ function('normalised_code') }}(found_by) as found_by_code,
        {{ function('normalised_code') }}(prevention_interview_outcome)
            as prevention_interview_outcome_code,

        -- dates and times
        {{ local_time('reported_at') }} as reported_at,
        {{ local_time('last_seen_at') }} as last_seen_at,
        {{ local_time('risk_changed_at') }} as risk_changed_at,
        {{ local_time_with_precision('found_at', 'found_at') }},
        {{ local_time('prevention_interview_at') }} as prevention_interview_at,
        {{ local_time('notified_la_at') }} as notified_la_at,

        -- flags; U (unknown) is null
        {{ function('parsed_flag') }}(looked_after_flag) as is_looked_after,
        {{ function('parsed_flag') }}(harm_disclosed) as is_harm_disclosed,

        -- lineage
        {{ lineage_columns() }}
    from missing_episodes

)

select * from staged
