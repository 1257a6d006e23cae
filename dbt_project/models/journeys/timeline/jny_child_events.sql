{{ config(
    unique_key=['event_code', 'event_id'],
    indexes=[
        {'columns': ['event_code', 'event_id'], 'unique': true},
        {'columns': ['record_key']},
        {'columns': ['child_key', 'event_code']},
        {'columns': ['_built_in']}
    ]
) }}

with

members as (

    select * from {{ ref('int_children__members') }}

),

events as (

    {{ person_events('contacts', 'contact_id', 'received_at') }}
    union all
    {{ person_events('mash_enquiries', 'mash_enquiry_id', 'started_at') }}
    union all
    {{ person_events('health_responses', 'health_response_id', 'request_received_at') }}
    union all
    {{ person_events('missing_episodes', 'missing_episode_id', 'reported_at') }}
    union all
    {{ person_events('return_interviews', 'return_interview_id', 'returned_at') }}
    union all
    {{ person_events('sent_referrals', 'sent_referral_id', 'submitted_at') }}

    {% if is_incremental() %}

        union all

        -- The event stayed as it was, but whose record it is changed.
        select
            earlier.event_code,
            earlier.event_id,
            earlier.record_key,
            earlier.occurred_at,
            earlier._is_retracted,
            false as is_from_feed
        from {{ this }} as earlier
        where earlier.record_key in (
            select members.record_key from members
            where {{ is_touched('members') }}
        )

    {% endif %}

),

latest_events as (

    -- An event in both lists is taken from its own feed, where it may have moved to another record.
    select distinct on (event_code, event_id) events.*
    from events
    order by event_code, event_id, not is_from_feed

),

child_events as (

    select
        latest_events.event_code,
        latest_events.event_id,
        latest_events.record_key,
        members.child_key,
        latest_events.occurred_at,
        {{ build_no() }}::bigint as _built_in,
        latest_events._is_retracted
    from latest_events
    -- Only an event withdrawn before anything was built has no record.
    inner join members on latest_events.record_key = members.record_key

)

select * from child_events
