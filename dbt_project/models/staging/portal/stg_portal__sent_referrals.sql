with

sent_referrals as (

    select * from {{ source('accepted', 'portal__sent_referrals') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('source_record_id') }} as sent_referral_id,
        {{ function('normalised_code') }}(portal_reference) as portal_reference_id,
        {{ function('trimmed_text') }}(resubmission_of) as resubmission_of_id,
        {{ function('trimmed_text') }}(phone_call_ref) as phone_call_id,
        {{ function('trimmed_text') }}(ack_reference) as acknowledgement_id,
        {{ function('trimmed_text') }}(payload_hash) as payload_hash,

        -- record
        {{ record_columns() }},

        -- person; a school's pupil number means nothing at another school, so each agency is a scope of its own
        {{ person_columns(
            "'portal:' || coalesce(upper(btrim(agency_type)), '') || ':' || coalesce(upper(btrim(agency_code)), '')"
        ) }},

        -- event
        {{ function('parsed_integer') }}(child_index)::integer as child_index,
        {{ function('parsed_integer') }}(child_count)::integer as child_count,
        {{ function('parsed_integer') }}(attachment_count)::integer as attachment_count,

        -- codes
        {{ function('normalised_code') }}(agency_type) as agency_type_code,
        {{ function('normalised_code') }}(agency_code) as agency_code,
        {{ function('normalised_code') }}(referrer_role) as referrer_role_code,
        {{ function('normalised_code') }}(route) as route_code,
        {{ function('normalised_code') }}(target_la) as target_la_code,
        {{ function('normalised_code') }}(urgency_stated) as urgency_code,
        {{ function('parsed_set') }}(concern_codes) as concern_codes,
        {{ function('normalised_code') }}(parent_informed) as parent_informed_code,
        {{ function('normalised_code') }}(consent_given) as consent_given_code,
        {{ function('normalised_code') }}(consent_override_reason) as consent_override_reason_code,
        {{ function('normalised_code') }}(delivery_status) as delivery_status_code,

        -- dates and times
        {{ local_time('submitted_at') }} as submitted_at,
        {{ local_time('phone_call_at') }} as phone_call_at,
        {{ local_time('delivery_status_at') }} as delivery_status_at,
        {{ local_time('ack_at') }} as acknowledged_at,

        -- lineage
        {{ lineage_columns() }}
    from sent_referrals

)

select * from staged
