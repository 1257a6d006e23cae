{{ config(
    unique_key='agency_check_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

agency_checks as (

    select * from {{ ref('jny_agency_checks') }}

),

mash_enquiries as (

    select * from {{ ref('jny_mash_enquiries') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

checks as (

    select
        agency_checks.*,
        {{ enquiry_rag_codes('agency_checks.mash_enquiry_id') }} as rag_codes
    from agency_checks
    {% if is_incremental() %}
        where {{ is_touched('agency_checks') }}
            or agency_checks.mash_enquiry_id in ({{ touched_events('mash_enquiries') }})
    {% endif %}

),

fct_agency_checks as (

    select
        {{ mart_key('agency_check', 'checks.agency_check_id') }} as agency_check_key,
        {{ mart_key('mash_enquiry', 'checks.mash_enquiry_id') }} as mash_enquiry_key,
        child_events.child_key,
        checks.agency_code,
        coalesce(checks.is_expected, false) as is_expected,
        checks.requested_at,
        case
            when checks.agency_code = 'HEALTH'
                then {{ tightest_due(
                    'health_check', 'checks.rag_codes', 'checks.requested_at', 'checks.requested_at_precision'
                ) }}
            else {{ tightest_due(
                'agency_check', 'checks.rag_codes', 'checks.requested_at', 'checks.requested_at_precision'
            ) }}
        end as due_at,
        checks.returned_at,
        checks.status_code,
        checks.status_reason_code,
        mash_enquiries.rag_at_start_code as rag_code,
        checks._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        checks._is_retracted
    from checks
    -- A check may come before its enquiry: then nobody is named yet, and its clock runs at the limit for any rating.
    left join mash_enquiries
        on checks.mash_enquiry_id = mash_enquiries.mash_enquiry_id
        and not mash_enquiries._is_retracted
    left join child_events
        on mash_enquiries.mash_enquiry_id = child_events.event_id and child_events.event_code = 'mash_enquiries'

)

select * from fct_agency_checks
