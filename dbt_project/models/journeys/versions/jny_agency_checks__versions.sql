{{ config(
    indexes=[
        {'columns': ['_delivery_id', '_row_number'], 'unique': true},
        {'columns': ['agency_check_id']},
        {'columns': ['mash_enquiry_id']},
        {'columns': ['_version_built_in']}
    ]
) }}

{{ record_versions(ref('stg_council__agency_checks')) }}
