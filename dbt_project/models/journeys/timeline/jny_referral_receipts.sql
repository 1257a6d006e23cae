{{ config(
    unique_key='sent_referral_id',
    indexes=[
        {'columns': ['sent_referral_id'], 'unique': true},
        {'columns': ['contact_id']},
        {'columns': ['_built_in']}
    ]
) }}

-- Read in increments only, where dbt does not look for references.
-- depends_on: {{ ref('jny_contacts__versions') }}
-- depends_on: {{ ref('jny_sent_referrals__versions') }}

with

sent_referrals as not materialized (

    select * from {{ ref('jny_sent_referrals') }}

),

contacts as not materialized (

    select * from {{ ref('jny_contacts') }}

),

child_events as not materialized (

    select * from {{ ref('jny_child_events') }}

),

{% if is_incremental() %}

touched_children as (

    select child_events.child_key from child_events
    where child_events.event_code in ('sent_referrals', 'contacts') and {{ is_touched('child_events') }}

),

touched_references_of_both as (

    {{ touched_references('contacts', 'contact_id', 'portal_reference_id') }}
    union all
    {{ touched_references('sent_referrals', 'sent_referral_id', 'portal_reference_id') }}

),

-- The children received under a touched reference may have been matched by it, or be free to be matched again.
neighbouring_children as (

    select touched_children.child_key from touched_children
    union
    select child_events.child_key
    from contacts
    inner join child_events on contacts.contact_id = child_events.event_id and child_events.event_code = 'contacts'
    where contacts.portal_reference_id in (
        select touched_references_of_both.portal_reference_id from touched_references_of_both
    )

),

referrals_in_question as (

    {{ touched_events('sent_referrals') }}
    union
    select child_events.event_id
    from child_events
    where child_events.event_code = 'sent_referrals'
        and child_events.child_key in (select neighbouring_children.child_key from neighbouring_children)
    union
    select sent_referrals.sent_referral_id
    from sent_referrals
    where sent_referrals.portal_reference_id in (
        select touched_references_of_both.portal_reference_id from touched_references_of_both
    )
    union
    select earlier.sent_referral_id
    from {{ this }} as earlier
    where earlier.contact_id in ({{ touched_events('contacts') }})

),

{% endif %}

referrals as (

    select
        sent_referrals.sent_referral_id,
        sent_referrals.portal_reference_id,
        sent_referrals.agency_code,
        sent_referrals.child_count,
        sent_referrals.submitted_at,
        sent_referrals._is_retracted,
        child_events.child_key
    from sent_referrals
    inner join child_events
        on sent_referrals.sent_referral_id = child_events.event_id and child_events.event_code = 'sent_referrals'
    {% if is_incremental() %}
        where sent_referrals.sent_referral_id in (select referrals_in_question.event_id from referrals_in_question)
    {% endif %}

),

received_contacts as not materialized (

    select
        contacts.contact_id,
        contacts.portal_reference_id,
        contacts.source_agency_code,
        contacts.received_at,
        child_events.child_key
    from contacts
    inner join child_events on contacts.contact_id = child_events.event_id and child_events.event_code = 'contacts'
    where not contacts._is_retracted

),

received_by_reference as (

    select
        referrals.sent_referral_id,
        count(distinct received_contacts.child_key)::integer as received_children_count,
        min(received_contacts.received_at) as received_at
    from referrals
    inner join received_contacts on referrals.portal_reference_id = received_contacts.portal_reference_id
    group by referrals.sent_referral_id

),

candidates as (

    select
        referrals.sent_referral_id,
        received_contacts.contact_id,
        received_contacts.received_at,
        1 as preference
    from referrals
    inner join received_contacts
        on referrals.portal_reference_id = received_contacts.portal_reference_id
        -- The only child of a referral is the child received under its reference, whether or not we recognised it.
        and (referrals.child_key = received_contacts.child_key or referrals.child_count = 1)

    union all

    select
        referrals.sent_referral_id,
        received_contacts.contact_id,
        received_contacts.received_at,
        2 as preference
    from referrals
    inner join received_contacts
        on referrals.child_key = received_contacts.child_key
        and referrals.agency_code = received_contacts.source_agency_code
        and referrals.portal_reference_id is distinct from received_contacts.portal_reference_id
        and received_contacts.received_at >= referrals.submitted_at - interval '15 minutes'
        and received_contacts.received_at <= {{ function('working_day_due') }}(referrals.submitted_at, 2)
    -- A contact that names another referral we know of is that one's, unless it was this one sent again.
    where not exists (
        select 1 from sent_referrals as other
        where other.portal_reference_id = received_contacts.portal_reference_id
            and not other._is_retracted
            and other.resubmission_of_id is distinct from referrals.portal_reference_id
            and other.resubmission_of_id is distinct from referrals.sent_referral_id
    )

),

best_candidates as (

    select distinct on (sent_referral_id) candidates.*
    from candidates
    order by sent_referral_id, preference, received_at, contact_id

),

referral_receipts as (

    select
        referrals.sent_referral_id,
        best_candidates.contact_id,
        case best_candidates.preference
            when 1 then 'REFERENCE'
            when 2 then 'CHILD_AND_AGENCY'
        end as match_code,
        coalesce(best_candidates.received_at, received_by_reference.received_at) as received_at,
        -- None received under the reference is a count, not an unknown.
        coalesce(received_by_reference.received_children_count, 0) as reference_received_children_count,
        {{ build_no() }}::bigint as _built_in,
        referrals._is_retracted
    from referrals
    left join best_candidates on referrals.sent_referral_id = best_candidates.sent_referral_id
    left join received_by_reference on referrals.sent_referral_id = received_by_reference.sent_referral_id

)

select * from referral_receipts
