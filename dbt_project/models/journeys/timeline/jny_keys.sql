{{ config(materialized='view') }}

{#- The only place where a mart's key meets the agency's own number. -#}
{{ keys_of('contacts', 'contact_id', 'contact') }}
union all
{{ keys_of('mash_enquiries', 'mash_enquiry_id', 'mash_enquiry') }}
union all
{{ keys_of('agency_checks', 'agency_check_id', 'agency_check') }}
union all
{{ keys_of('health_responses', 'health_response_id', 'health_response') }}
union all
{{ keys_of('missing_episodes', 'missing_episode_id', 'missing_episode') }}
union all
{{ keys_of('return_interviews', 'return_interview_id', 'return_interview') }}
union all
{{ keys_of('sent_referrals', 'sent_referral_id', 'sent_referral') }}
