{{ config(
    unique_key='contact_id',
    indexes=[
        {'columns': ['contact_id'], 'unique': true},
        {'columns': ['portal_reference_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_contacts__versions'), key='contact_id') }}
