{{ config(
    unique_key='health_response_id',
    indexes=[
        {'columns': ['health_response_id'], 'unique': true},
        {'columns': ['mash_enquiry_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_health_responses__versions'), key='health_response_id') }}
