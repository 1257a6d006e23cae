{{ config(
    unique_key='person_id',
    indexes=[
        {'columns': ['person_id'], 'unique': true},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_council_persons__versions'), key='person_id') }}
