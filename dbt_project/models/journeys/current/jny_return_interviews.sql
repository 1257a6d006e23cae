{{ config(
    unique_key='return_interview_id',
    indexes=[
        {'columns': ['return_interview_id'], 'unique': true},
        {'columns': ['missing_episode_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_return_interviews__versions'), key='return_interview_id') }}
