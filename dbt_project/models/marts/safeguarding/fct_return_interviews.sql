{{ config(
    unique_key='return_interview_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

return_interviews as (

    select * from {{ ref('jny_return_interviews') }}

),

missing_episodes as (

    select * from {{ ref('jny_missing_episodes') }}

),

contacts as (

    select * from {{ ref('jny_contacts') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

{% if is_incremental() %}

interviews_in_question as (

    {{ touched_events('return_interviews') }}
    union
    -- A contact may be the referral an interview of its child, or one that names it, led to.
    select child_events.event_id
    from child_events
    where child_events.event_code = 'return_interviews'
        and child_events.child_key in (
            select touched.child_key from {{ ref('jny_child_events') }} as touched
            where touched.event_code = 'contacts' and {{ is_touched('touched') }}
        )
    union
    select return_interviews.return_interview_id
    from return_interviews
    where return_interviews.created_contact_id in ({{ touched_events('contacts') }})
    union
    select return_interviews.return_interview_id
    from return_interviews
    where return_interviews.missing_episode_id in ({{ touched_events('missing_episodes') }})

),

{% endif %}

interviews as (

    select
        return_interviews.*,
        child_events.child_key
    from return_interviews
    inner join child_events
        on return_interviews.return_interview_id = child_events.event_id
        and child_events.event_code = 'return_interviews'
    {% if is_incremental() %}
        where return_interviews.return_interview_id in (
            select interviews_in_question.event_id from interviews_in_question
        )
    {% endif %}

),

named_referrals as (

    select
        interviews.return_interview_id,
        contacts.contact_id,
        contacts.received_at,
        1 as preference
    from interviews
    inner join contacts on interviews.created_contact_id = contacts.contact_id
    where interviews.has_concern_increase and not contacts._is_retracted

),

later_contacts as (

    select
        interviews.return_interview_id,
        contacts.contact_id,
        contacts.received_at,
        2 as preference
    from interviews
    inner join child_events
        on interviews.child_key = child_events.child_key and child_events.event_code = 'contacts'
    inner join contacts on child_events.event_id = contacts.contact_id
    where interviews.has_concern_increase
        and not contacts._is_retracted
        and contacts.received_at >= interviews.completed_at

),

referrals as (

    select distinct on (return_interview_id) candidates.*
    from (
        select * from named_referrals
        union all
        select * from later_contacts
    ) as candidates
    order by return_interview_id, preference, received_at, contact_id

),

fct_return_interviews as (

    select
        {{ mart_key('return_interview', 'interviews.return_interview_id') }} as return_interview_key,
        {{ mart_key('missing_episode', 'missing_episodes.missing_episode_id') }} as missing_episode_key,
        interviews.child_key,
        interviews.returned_at,
        {{ function('due_at') }}('return_interview', null, interviews.returned_at, interviews.returned_at_precision)
            as due_at,
        interviews.offered_at,
        interviews.completed_at,
        {{ interview_outcome('interviews') }} as outcome_code,
        -- Unknown until the interview says so.
        coalesce(interviews.has_concern_increase, false) as has_concern_increase,
        case
            when interviews.has_concern_increase
                then {{ function('due_at') }}(
                    'interview_referral', null, interviews.completed_at, interviews.completed_at_precision
                )
        end as referral_due_at,
        {{ mart_key('contact', 'referrals.contact_id') }} as referral_contact_key,
        referrals.received_at as referral_at,
        interviews._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        interviews._is_retracted
    from interviews
    left join referrals on interviews.return_interview_id = referrals.return_interview_id
    -- Another force's episode, or one not received yet, has no row here.
    left join missing_episodes
        on interviews.missing_episode_id = missing_episodes.missing_episode_id
        and not missing_episodes._is_retracted

)

select * from fct_return_interviews
