{{ config(
    unique_key='mash_enquiry_key',
    indexes=[{'columns': ['_built_in']}, {'columns': ['child_key']}]
) }}

-- Read in increments only, where dbt does not look for references.
-- depends_on: {{ ref('jny_agency_checks__versions') }}
-- depends_on: {{ ref('jny_health_responses__versions') }}

with

mash_enquiries as (

    select * from {{ ref('jny_mash_enquiries') }}

),

agency_checks as (

    select * from {{ ref('jny_agency_checks') }}

),

health_responses as (

    select * from {{ ref('jny_health_responses') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

{% if is_incremental() %}

enquiries_in_question as (

    {{ touched_events('mash_enquiries') }}
    union
    {{ touched_references('agency_checks', 'agency_check_id', 'mash_enquiry_id') }}
    union
    {{ touched_references('health_responses', 'health_response_id', 'mash_enquiry_id') }}

),

{% endif %}

enquiries as (

    select
        mash_enquiries.*,
        child_events.child_key,
        {{ enquiry_rag_codes('mash_enquiries.mash_enquiry_id') }} as rag_codes
    from mash_enquiries
    inner join child_events
        on mash_enquiries.mash_enquiry_id = child_events.event_id and child_events.event_code = 'mash_enquiries'
    {% if is_incremental() %}
        where mash_enquiries.mash_enquiry_id in (select enquiries_in_question.event_id from enquiries_in_question)
    {% endif %}

),

logged_health_checks as (

    select
        mash_enquiry_id,
        bool_or(coalesce(is_expected, false) or requested_at is not null) as is_expected,
        min(requested_at) as requested_at,
        min(returned_at) as returned_at,
        (
            array_agg(
                status_code
                order by
                    array_position(
                        array['RETURNED', 'PARTIAL', 'WAIVED', 'DECLINED', 'REQUESTED', 'NOT_REQUESTED'], status_code
                    ) nulls last,
                    agency_check_id
            )
        )[1] as status_code,
        min(status_reason_code) filter (where status_code = 'WAIVED') as waived_reason_code
    from agency_checks
    where agency_code = 'HEALTH'
        and not _is_retracted
        and mash_enquiry_id in (select enquiries.mash_enquiry_id from enquiries)
    group by mash_enquiry_id

),

answered_health_checks as (

    select
        mash_enquiry_id,
        min(returned_at) as returned_at,
        (
            array_agg(
                status_code
                order by
                    array_position(
                        array['RETURNED', 'PARTIAL', 'NO_TRACE', 'DECLINED', 'IN_PROGRESS', 'RECEIVED'], status_code
                    ) nulls last,
                    health_response_id
            )
        )[1] as status_code
    from health_responses
    where not _is_retracted
        and mash_enquiry_id in (select enquiries.mash_enquiry_id from enquiries)
    group by mash_enquiry_id

),

fct_mash_enquiries as (

    select
        {{ mart_key('mash_enquiry', 'enquiries.mash_enquiry_id') }} as mash_enquiry_key,
        {{ mart_key('contact', 'enquiries.contact_id') }} as contact_key,
        enquiries.child_key,
        enquiries.rag_at_start_code,
        enquiries.rag_current_code,
        enquiries.consent_status_code,
        enquiries.decided_to_enquire_at,
        enquiries.started_at,
        {{ tightest_due(
            'mash_conclusion', 'enquiries.rag_codes', 'enquiries.started_at', 'enquiries.started_at_precision'
        ) }} as conclusion_due_at,
        enquiries.collated_at,
        enquiries.oversight_at,
        enquiries.concluded_at,
        enquiries.decision_code,
        {{ tightest_due(
            'safety_confirmation', 'enquiries.rag_codes', 'enquiries.started_at', 'enquiries.started_at_precision'
        ) }} as safety_due_at,
        enquiries.safety_confirmed_at,
        -- The first confirmation is the last one until another is recorded.
        coalesce(enquiries.safety_last_confirmed_at, enquiries.safety_confirmed_at) as safety_last_confirmed_at,
        {{ tightest_due(
            'safety_reconfirmation',
            'enquiries.rag_codes',
            'coalesce(enquiries.safety_last_confirmed_at, enquiries.safety_confirmed_at)',
            'coalesce(enquiries.safety_last_confirmed_at_precision, enquiries.safety_confirmed_at_precision)'
        ) }} as safety_reconfirm_due_at,
        -- Without a row of its own a health check is expected unless the rating makes it disproportionate.
        coalesce(
            logged_health_checks.is_expected,
            coalesce(enquiries.rag_current_code, enquiries.rag_at_start_code, 'AMBER') <> 'BLUE'
        ) as is_health_check_expected,
        case
            when logged_health_checks.status_code in ('RETURNED', 'PARTIAL') then logged_health_checks.status_code
            when answered_health_checks.status_code in ('RETURNED', 'PARTIAL') then answered_health_checks.status_code
            else coalesce(logged_health_checks.status_code, answered_health_checks.status_code)
        end as health_check_status_code,
        logged_health_checks.requested_at as health_check_requested_at,
        least(logged_health_checks.returned_at, answered_health_checks.returned_at) as health_check_returned_at,
        logged_health_checks.waived_reason_code as health_check_waived_reason_code,
        enquiries._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        enquiries._is_retracted
    from enquiries
    left join logged_health_checks on enquiries.mash_enquiry_id = logged_health_checks.mash_enquiry_id
    left join answered_health_checks on enquiries.mash_enquiry_id = answered_health_checks.mash_enquiry_id

)

select * from fct_mash_enquiries
