{{ config(
    unique_key='mash_enquiry_id',
    indexes=[
        {'columns': ['mash_enquiry_id'], 'unique': true},
        {'columns': ['contact_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_mash_enquiries__versions'), key='mash_enquiry_id') }}
