{{ config(
    indexes=[
        {'columns': ['_delivery_id', '_row_number'], 'unique': true},
        {'columns': ['return_interview_id']},
        {'columns': ['missing_episode_id']},
        {'columns': ['agency_person_id']},
        {'columns': ['_version_built_in']}
    ]
) }}

{{ record_versions(ref('stg_council__return_interviews')) }}
