{{ config(
    unique_key='contact_key',
    indexes=[{'columns': ['_built_in']}, {'columns': ['child_key']}]
) }}

with

contacts as (

    select * from {{ ref('jny_contacts') }}

),

timeline as (

    select * from {{ ref('jny_front_door_timeline') }}
    {% if is_incremental() %}
        where {{ is_touched('jny_front_door_timeline') }}
    {% endif %}

),

fct_contacts as (

    select
        {{ mart_key('contact', 'contacts.contact_id') }} as contact_key,
        timeline.child_key,
        contacts.channel_code,
        contacts.source_code,
        contacts.rag_code,
        -- Unknown is not open: such a contact is dealt with as a new one.
        coalesce(contacts.is_open_case, false) as is_open_case,
        contacts.received_at,
        contacts.created_at,
        contacts.sent_to_ifd_at,
        {{ tightest_due(
            'contact_oversight', 'timeline.contact_rag_codes', 'contacts.received_at', 'contacts.received_at_precision'
        ) }} as oversight_due_at,
        contacts.ifd_oversight_at,
        {{ tightest_due(
            'contact_decision', 'timeline.contact_rag_codes', 'contacts.received_at', 'contacts.received_at_precision'
        ) }} as decision_due_at,
        contacts.ifd_decision_code,
        contacts.ifd_decision_at,
        timeline.first_decision_at,
        contacts.acknowledged_at,
        contacts.closed_at,
        {{ mart_key('portal_reference', 'contacts.portal_reference_id') }} as referral_reference_key,
        contacts._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        timeline._is_retracted
    from timeline
    inner join contacts on timeline.contact_id = contacts.contact_id

)

select * from fct_contacts
