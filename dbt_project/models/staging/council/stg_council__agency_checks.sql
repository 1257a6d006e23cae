with

agency_checks as (

    select * from {{ source('accepted', 'council__agency_checks') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('check_id') }} as agency_check_id,
        {{ function('trimmed_text') }}(mash_enquiry_ref) as mash_enquiry_id,

        -- record
        {{ record_columns() }},

        -- codes
        {{ function('normalised_code') }}(agency) as agency_code,
        {{ function('normalised_code') }}(expectation_reason) as expectation_reason_code,
        {{ function('normalised_code') }}(status) as status_code,
        {{ function('normalised_code') }}(status_reason) as status_reason_code,
        {{ function('normalised_code') }}(quality) as quality_code,

        -- dates and times
        {{ local_time_with_precision('requested_at', 'requested_at') }},
        {{ local_time_with_precision('due_at', 'stated_due_at') }},
        {{ local_time_with_precision('returned_at', 'returned_at') }},

        -- flags
        {{ function('parsed_flag') }}(expected) as is_expected,
        {{ function('parsed_flag') }}(information_found) as has_information,
        {{ function('parsed_flag') }}(used_in_decision) as is_used_in_decision,

        -- lineage
        {{ lineage_columns() }}
    from agency_checks

)

select * from staged
