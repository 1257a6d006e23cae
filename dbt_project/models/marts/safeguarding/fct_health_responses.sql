{{ config(
    unique_key='health_response_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

health_responses as (

    select * from {{ ref('jny_health_responses') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}
    where event_code = 'health_responses'
    {% if is_incremental() %}
        and {{ is_touched('jny_child_events') }}
    {% endif %}

),

fct_health_responses as (

    select
        {{ mart_key('health_response', 'health_responses.health_response_id') }} as health_response_key,
        {{ mart_key('mash_enquiry', 'health_responses.mash_enquiry_id') }} as mash_enquiry_key,
        child_events.child_key,
        health_responses.request_received_at,
        health_responses.returned_at,
        health_responses.status_code,
        health_responses.status_reason_code,
        health_responses._is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        health_responses._is_retracted
    from child_events
    inner join health_responses on child_events.event_id = health_responses.health_response_id

)

select * from fct_health_responses
