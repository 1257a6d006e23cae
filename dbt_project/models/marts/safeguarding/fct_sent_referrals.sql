{{ config(
    unique_key='sent_referral_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

sent_referrals as (

    select * from {{ ref('jny_sent_referrals') }}

),

referral_receipts as (

    select * from {{ ref('jny_referral_receipts') }}
    {% if is_incremental() %}
        where {{ is_touched('jny_referral_receipts') }}
    {% endif %}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

postcode_districts as (

    select * from {{ ref('postcode_districts') }}

),

fct_sent_referrals as (

    select
        {{ mart_key('sent_referral', 'sent_referrals.sent_referral_id') }} as sent_referral_key,
        child_events.child_key,
        {{ mart_key('portal_reference', 'sent_referrals.portal_reference_id') }} as referral_reference_key,
        sent_referrals.agency_type_code,
        sent_referrals.agency_code,
        sent_referrals.route_code,
        sent_referrals.target_la_code,
        postcode_districts.la_code as home_la_code,
        sent_referrals.urgency_code,
        sent_referrals.delivery_status_code,
        sent_referrals.delivery_status_at,
        sent_referrals.child_index,
        sent_referrals.child_count,
        sent_referrals.submitted_at,
        case
            when sent_referrals.delivery_status_code in ('DELIVERED', 'ACKED')
                then least(sent_referrals.delivery_status_at, sent_referrals.acknowledged_at)
        end as delivered_at,
        {{ function('due_at') }}('portal_receipt', sent_referrals.urgency_code, sent_referrals.submitted_at)
            as receipt_due_at,
        {{ function('due_at') }}('portal_receipt_critical', sent_referrals.urgency_code, sent_referrals.submitted_at)
            as receipt_critical_at,
        {{ mart_key('contact', 'referral_receipts.contact_id') }} as contact_key,
        referral_receipts.received_at,
        referral_receipts.reference_received_children_count,
        coalesce(sent_referrals.delivery_status_code = 'WITHDRAWN', false) as is_withdrawn,
        sent_referrals._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        sent_referrals._is_retracted
    from referral_receipts
    inner join sent_referrals on referral_receipts.sent_referral_id = sent_referrals.sent_referral_id
    inner join child_events
        on sent_referrals.sent_referral_id = child_events.event_id and child_events.event_code = 'sent_referrals'
    -- A postcode that is missing, or of a district nobody listed, has no known council.
    left join postcode_districts
        on split_part(sent_referrals.postcode, ' ', 1) = postcode_districts.postcode_district

)

select * from fct_sent_referrals
