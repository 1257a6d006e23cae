{{ config(
    unique_key='missing_episode_id',
    indexes=[
        {'columns': ['missing_episode_id'], 'unique': true},
        {'columns': ['agency_person_id']},
        {'columns': ['_delivery_id']},
        {'columns': ['_built_in']}
    ]
) }}

{{ current_records(ref('jny_missing_episodes__versions'), key='missing_episode_id') }}
