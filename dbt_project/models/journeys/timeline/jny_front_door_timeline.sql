{{ config(
    unique_key='contact_id',
    indexes=[
        {'columns': ['contact_id'], 'unique': true},
        {'columns': ['mash_enquiry_id']},
        {'columns': ['_built_in']}
    ]
) }}

-- Read in increments only, where dbt does not look for references.
-- depends_on: {{ ref('jny_agency_checks__versions') }}

with

contacts as (

    select * from {{ ref('jny_contacts') }}

),

contact_versions as (

    select * from {{ ref('jny_contacts__versions') }}

),

mash_enquiries as (

    select * from {{ ref('jny_mash_enquiries') }}

),

mash_enquiry_versions as (

    select * from {{ ref('jny_mash_enquiries__versions') }}

),

agency_checks as (

    select * from {{ ref('jny_agency_checks') }}

),

sent_referrals as (

    select * from {{ ref('jny_sent_referrals') }}

),

referral_receipts as (

    select * from {{ ref('jny_referral_receipts') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

{% if is_incremental() %}

enquiries_of_touched_checks as (

    {{ touched_references('agency_checks', 'agency_check_id', 'mash_enquiry_id') }}

),

contacts_in_question as (

    {{ touched_events('contacts') }}
    union
    {{ touched_references('mash_enquiries', 'mash_enquiry_id', 'contact_id') }}
    union
    select mash_enquiries.contact_id
    from mash_enquiries
    where mash_enquiries.mash_enquiry_id in (
        select enquiries_of_touched_checks.mash_enquiry_id from enquiries_of_touched_checks
    )
    union
    select referral_receipts.contact_id
    from referral_receipts
    where {{ is_touched('referral_receipts') }}
    union
    -- A receipt that was taken for another contact before.
    select earlier.contact_id
    from {{ this }} as earlier
    where earlier.sent_referral_id in (
        select referral_receipts.sent_referral_id from referral_receipts
        where {{ is_touched('referral_receipts') }}
    )

),

{% endif %}

journeys as (

    select
        contacts.*,
        child_events.child_key
    from contacts
    inner join child_events on contacts.contact_id = child_events.event_id and child_events.event_code = 'contacts'
    {% if is_incremental() %}
        where contacts.contact_id in (select contacts_in_question.event_id from contacts_in_question)
    {% endif %}

),

submissions as (

    -- The first submission is when the agency first spoke; later ones are the same concern sent again.
    select distinct on (referral_receipts.contact_id)
        referral_receipts.contact_id,
        sent_referrals.sent_referral_id,
        sent_referrals.submitted_at
    from referral_receipts
    inner join sent_referrals on referral_receipts.sent_referral_id = sent_referrals.sent_referral_id
    where not sent_referrals._is_retracted
        and referral_receipts.contact_id in (select journeys.contact_id from journeys)
    order by referral_receipts.contact_id, sent_referrals.submitted_at, sent_referrals.sent_referral_id

),

enquiries as (

    -- A contact has one enquiry; should a second be recorded, the journey follows the first.
    select distinct on (mash_enquiries.contact_id) mash_enquiries.*
    from mash_enquiries
    where not mash_enquiries._is_retracted
        and mash_enquiries.contact_id in (select journeys.contact_id from journeys)
    order by
        mash_enquiries.contact_id,
        coalesce(mash_enquiries.started_at, mash_enquiries.decided_to_enquire_at) nulls last,
        mash_enquiries.mash_enquiry_id

),

concluded_enquiries as (

    select
        mash_enquiries.contact_id,
        min(mash_enquiries.concluded_at) as first_concluded_at
    from mash_enquiries
    where not mash_enquiries._is_retracted
        and mash_enquiries.contact_id in (select journeys.contact_id from journeys)
    group by mash_enquiries.contact_id

),

checks as (

    select
        agency_checks.mash_enquiry_id,
        min(agency_checks.requested_at) as first_check_requested_at,
        case
            when bool_and(
                agency_checks.returned_at is not null or agency_checks.status_code in ('WAIVED', 'NOT_REQUESTED')
            )
                then max(agency_checks.returned_at)
        end as last_check_returned_at
    from agency_checks
    where not agency_checks._is_retracted
        and (agency_checks.is_expected or agency_checks.requested_at is not null)
        and agency_checks.mash_enquiry_id in (select enquiries.mash_enquiry_id from enquiries)
    group by agency_checks.mash_enquiry_id

),

contact_ratings as (

    select
        contact_versions.contact_id,
        array_agg(distinct contact_versions.rag_code order by contact_versions.rag_code) as rag_codes
    from contact_versions
    where not contact_versions._is_withdrawn
        and contact_versions.rag_code is not null
        and contact_versions.contact_id in (select journeys.contact_id from journeys)
    group by contact_versions.contact_id

),

enquiry_ratings as (

    select
        mash_enquiry_versions.mash_enquiry_id,
        array_agg(distinct rating.code order by rating.code) as rag_codes
    from mash_enquiry_versions
    cross join lateral unnest(
        array[mash_enquiry_versions.rag_at_start_code, mash_enquiry_versions.rag_current_code]
    ) as rating (code)
    where not mash_enquiry_versions._is_withdrawn
        and rating.code is not null
        and mash_enquiry_versions.mash_enquiry_id in (select enquiries.mash_enquiry_id from enquiries)
    group by mash_enquiry_versions.mash_enquiry_id

),

front_door_timeline as (

    select
        -- keys and identifiers
        journeys.contact_id,
        journeys.child_key,
        submissions.sent_referral_id,
        enquiries.mash_enquiry_id,

        -- codes
        journeys.rag_code,
        coalesce(contact_ratings.rag_codes, '{}') as contact_rag_codes,
        coalesce(enquiries.rag_current_code, enquiries.rag_at_start_code) as enquiry_rag_code,
        coalesce(enquiry_ratings.rag_codes, '{}') as enquiry_rag_codes,
        journeys.ifd_decision_code,

        -- T0 to T12
        submissions.submitted_at,
        journeys.received_at,
        journeys.received_at_precision,
        journeys.created_at,
        journeys.sent_to_ifd_at,
        journeys.ifd_oversight_at,
        journeys.ifd_oversight_at_precision,
        journeys.ifd_decision_at,
        enquiries.started_at as enquiry_started_at,
        enquiries.started_at_precision as enquiry_started_at_precision,
        checks.first_check_requested_at,
        checks.last_check_returned_at,
        enquiries.collated_at,
        enquiries.collated_at_precision,
        enquiries.oversight_at,
        enquiries.concluded_at,
        least(journeys.ifd_decision_at, concluded_enquiries.first_concluded_at) as first_decision_at,

        -- lineage
        {{ build_no() }}::bigint as _built_in,
        journeys._is_retracted
    from journeys
    left join submissions on journeys.contact_id = submissions.contact_id
    left join enquiries on journeys.contact_id = enquiries.contact_id
    left join concluded_enquiries on journeys.contact_id = concluded_enquiries.contact_id
    left join checks on enquiries.mash_enquiry_id = checks.mash_enquiry_id
    left join contact_ratings on journeys.contact_id = contact_ratings.contact_id
    left join enquiry_ratings on enquiries.mash_enquiry_id = enquiry_ratings.mash_enquiry_id

)

select * from front_door_timeline
