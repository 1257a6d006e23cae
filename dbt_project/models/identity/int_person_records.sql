{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['person_scope', 'agency_person_id']},
        {'columns': ['_built_in']}
    ]
) }}

with

{% if is_incremental() %}

-- Whom a touched event speaks of now, or spoke of in any earlier version.
touched_persons as (

    {{ persons_of_touched('contacts', 'contact_id') }}
    union all
    {{ persons_of_touched('council_persons', 'person_id') }}
    union all
    {{ persons_of_touched('health_responses', 'health_response_id') }}
    union all
    {{ persons_of_touched('mash_enquiries', 'mash_enquiry_id') }}
    union all
    {{ persons_of_touched('missing_episodes', 'missing_episode_id') }}
    union all
    {{ persons_of_touched('return_interviews', 'return_interview_id') }}
    union all
    {{ persons_of_touched('sent_referrals', 'sent_referral_id') }}

),

touched_records as (

    select
        record_key,
        person_scope,
        agency_person_id
    from touched_persons
    group by record_key, person_scope, agency_person_id

),

{% endif %}

-- Written out by hand: what counts as a person is a decision for each feed.
statements as (

    {{ person_statements('contacts', 'contact_id') }}
    union all
    {{ person_statements('council_persons', 'person_id', 'adoption_marker_code', 'legacy_person_id') }}
    union all
    {{ person_statements('health_responses', 'health_response_id') }}
    union all
    {{ person_statements('mash_enquiries', 'mash_enquiry_id') }}
    union all
    {{ person_statements('missing_episodes', 'missing_episode_id') }}
    union all
    {{ person_statements('return_interviews', 'return_interview_id') }}
    union all
    {{ person_statements('sent_referrals', 'sent_referral_id') }}

),

first_statements as (

    {{ first_statements('contacts', 'contact_id') }}
    union all
    {{ first_statements('council_persons', 'person_id') }}
    union all
    {{ first_statements('health_responses', 'health_response_id') }}
    union all
    {{ first_statements('mash_enquiries', 'mash_enquiry_id') }}
    union all
    {{ first_statements('missing_episodes', 'missing_episode_id') }}
    union all
    {{ first_statements('return_interviews', 'return_interview_id') }}
    union all
    {{ first_statements('sent_referrals', 'sent_referral_id') }}

),

first_recorded as (

    select
        record_key,
        min(extracted_at) as first_recorded_at
    from first_statements
    group by record_key

),

ranked_statements as (

    select
        statements.*,
        row_number() over (
            partition by record_key
            order by
                _extract_at desc nulls last,
                _sequence_no desc nulls last,
                record_version desc nulls last,
                last_updated_at desc nulls last,
                _row_number desc,
                _delivery_id desc
        ) as recency
    from statements

),

-- The latest word on each field: an event that leaves a name out does not take it back.
described as (

    select
        record_key,
        min(person_scope) as person_scope,
        min(agency_person_id) as agency_person_id,
        {{ latest('nhs_number') }} as nhs_number,
        array_agg(distinct nhs_number) filter (where nhs_status_code = 'VERIFIED') as verified_nhs_numbers,
        array_agg(distinct nhs_number) filter (where nhs_status_code = 'WITHHELD') as withheld_nhs_numbers,
        {{ latest('upn') }} as upn,
        {{ latest('forename') }} as forename,
        {{ latest('middle_names') }} as middle_names,
        {{ latest('surname') }} as surname,
        {{ latest('also_known_as') }} as also_known_as,
        {{ latest('birth_date') }} as birth_date,
        {{ latest('birth_date_precision_code', 'birth_date') }} as birth_date_precision_code,
        {{ latest('expected_birth_date') }} as expected_birth_date,
        {{ latest('sex_code') }} as sex_code,
        {{ latest('ethnicity_code') }} as ethnicity_code,
        {{ latest('postcode') }} as postcode,
        {{ latest('uprn') }} as uprn,
        {{ latest('restricted_code') }} as restricted_code,
        {{ latest('is_unborn') }} as is_unborn,
        {{ latest('mother_agency_person_id') }} as mother_agency_person_id,
        {{ latest('adoption_marker_code') }} as adoption_marker_code,
        {{ latest('legacy_person_id') }} as legacy_person_id,
        max(_extract_at) as last_recorded_at
    from ranked_statements
    group by record_key

),

records as (

    {% if is_incremental() %}

        select
            touched_records.record_key,
            touched_records.person_scope,
            touched_records.agency_person_id,
            described.record_key is null as _is_retracted
        from touched_records
        left join described on touched_records.record_key = described.record_key

    {% else %}

        select
            record_key,
            person_scope,
            agency_person_id,
            false as _is_retracted
        from described

    {% endif %}

),

person_records as (

    select
        records.record_key,
        records.person_scope,
        records.agency_person_id,
        described.nhs_number,
        coalesce(described.nhs_number = any(described.verified_nhs_numbers), false) as is_nhs_number_verified,
        coalesce(described.nhs_number = any(described.withheld_nhs_numbers), false) as is_nhs_number_withheld,
        described.upn,
        described.forename,
        described.middle_names,
        described.surname,
        described.also_known_as,
        described.birth_date,
        described.birth_date_precision_code,
        described.expected_birth_date,
        described.sex_code,
        described.ethnicity_code,
        described.postcode,
        described.uprn,
        -- No feed brings these yet; `frontdoor link` does.
        null::text as address,
        null::text as phone,
        null::text as email,
        described.restricted_code,
        coalesce(described.is_unborn, false) as is_unborn,
        {{ record_key_of('records.person_scope', 'described.mother_agency_person_id') }} as mother_record_key,
        described.adoption_marker_code,
        {{ record_key_of('records.person_scope', 'described.legacy_person_id') }} as former_record_key,
        first_recorded.first_recorded_at,
        described.last_recorded_at,
        {{ build_no() }}::bigint as _built_in,
        records._is_retracted
    from records
    -- A record that no event speaks of any longer keeps its key and nothing else.
    left join described on records.record_key = described.record_key
    left join first_recorded on records.record_key = first_recorded.record_key

)

select * from person_records
