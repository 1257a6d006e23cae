with

persons as (

    select * from {{ source('accepted', 'council__persons') }}

),

staged as (

    select
        -- keys and identifiers
        {{ record_key('pers_person_id') }} as person_id,
        {{ function('trimmed_text') }}(pers_legacy_id) as legacy_person_id,

        -- record
        {{ record_columns() }},

        -- person: the block of the other feeds, from the names of the council's own system
        'council' as person_scope,
        {{ function('trimmed_text') }}(pers_person_id) as agency_person_id,
        {{ function('normalised_nhs_number') }}(pers_common_child_id) as nhs_number,
        null::text as nhs_status_code,
        null::text as identifier_withheld_reason_code,
        {{ function('normalised_code') }}(pers_upn) as upn,
        {{ function('trimmed_text') }}(pers_forename) as forename,
        null::text as middle_names,
        {{ function('trimmed_text') }}(pers_surname) as surname,
        null::text as also_known_as,
        {{ function('parsed_date') }}(pers_dob) as birth_date,
        {{ function('parsed_date') }}(pers_expected_dob) as expected_birth_date,
        null::text as birth_date_precision_code,
        {{ function('normalised_code') }}(pers_sex) as sex_code,
        {{ function('normalised_code') }}(pers_ethnicity) as ethnicity_code,
        {{ function('normalised_postcode') }}(addr_address_postcode) as postcode,
        {{ function('trimmed_text') }}(addr_address_uprn) as uprn,
        {{ function('normalised_code') }}(restricted_flag) as restricted_code,
        -- The list has no marker of its own: a child with an expected date and no birth date is not born yet.
        {{ function('parsed_date') }}(pers_expected_dob) is not null
        and {{ function('parsed_date') }}(pers_dob) is null as is_unborn,
        {{ function('trimmed_text') }}(mother_person_id) as mother_agency_person_id,

        -- codes
        {{ function('normalised_code') }}(pers_gender) as gender_code,
        {{ function('normalised_code') }}(pers_nationality) as nationality_code,
        {{ function('normalised_code') }}(pers_upn_unknown) as upn_unknown_reason_code,
        {{ function('normalised_code') }}(pers_send_flag) as send_code,
        {{ function('normalised_code') }}(adoption_marker) as adoption_marker_code,

        -- dates
        {{ function('parsed_date') }}(pers_death_date) as death_date,

        -- flags
        {{ function('parsed_flag') }}(pers_is_mother) as is_mother,

        -- lineage
        {{ lineage_columns() }}
    from persons

)

select * from staged
