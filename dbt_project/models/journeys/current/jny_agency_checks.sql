{{ config(
    unique_key='agency_check_id',
    indexes=[
        {'columns': ['agency_check_id'], 'unique': true},
        {'columns': ['mash_enquiry_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_agency_checks__versions'), key='agency_check_id') }}
