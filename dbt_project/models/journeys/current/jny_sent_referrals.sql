{{ config(
    unique_key='sent_referral_id',
    indexes=[
        {'columns': ['sent_referral_id'], 'unique': true},
        {'columns': ['portal_reference_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_sent_referrals__versions'), key='sent_referral_id') }}
