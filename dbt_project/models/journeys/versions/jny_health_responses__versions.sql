{{ config(
    indexes=[
        {'columns': ['_delivery_id', '_row_number'], 'unique': true},
        {'columns': ['health_response_id']},
        {'columns': ['mash_enquiry_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_version_built_in']}
    ]
) }}

{{ record_versions(ref('stg_health__check_responses')) }}
