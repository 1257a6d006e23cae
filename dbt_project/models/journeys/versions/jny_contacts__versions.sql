{{ config(
    indexes=[
        {'columns': ['_delivery_id', '_row_number'], 'unique': true},
        {'columns': ['contact_id']},
        {'columns': ['portal_reference_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_version_built_in']}
    ]
) }}

{{ record_versions(ref('stg_council__contacts')) }}
