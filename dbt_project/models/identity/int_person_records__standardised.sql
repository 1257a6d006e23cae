{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['_built_in']}
    ]
) }}

with

person_records as (

    select * from {{ ref('int_person_records') }}
    {% if is_incremental() %}
        where {{ is_touched('int_person_records') }}
    {% endif %}

),

cleaned as (

    select
        person_records.*,
        {{ standardised_name('forename') }} as cleaned_forename,
        {{ standardised_name('surname') }} as cleaned_surname,
        case
            -- What a marker means must not be guessed: only one that plainly says "after" lets a record link.
            when adoption_marker_code is null or adoption_marker_code in ('N', 'NONE', 'NO') then null
            when adoption_marker_code like 'POST%' then 'POST'
            else 'PRE'
        end as adoption_side_code,
        coalesce(restricted_code not in ('N', 'NONE', 'NO'), false) as is_restricted
    from person_records

),

-- What may be believed for recognising a child; a value left out here is no evidence, for or against.
evidence as (

    select
        cleaned.*,
        case when length(cleaned_forename) >= 2 then cleaned_forename end as evident_forename,
        case when length(cleaned_surname) >= 2 then cleaned_surname end as evident_surname,
        case
            when birth_date > date '1900-01-01'
                and birth_date <= (last_recorded_at at time zone '{{ var("local_timezone") }}')::date
                and not is_unborn
                then birth_date
        end as evident_birth_date,
        -- An unborn record carries its mother's number; domain.md 2.7.
        case
            when {{ function('nhs_number_is_valid') }}(nhs_number)
                and not is_nhs_number_withheld
                and not is_unborn
                then nhs_number
        end as evident_nhs_number,
        case when {{ function('upn_is_valid') }}(upn) and not is_unborn then upn end as evident_upn,
        case when postcode !~ '^ZZ' and postcode ~ '^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}$' then postcode end
            as evident_postcode,
        -- A day nobody knew is written as 1 January or the 15th: too many children share it.
        coalesce(birth_date_precision_code, 'DAY') = 'DAY'
        and not (extract(month from birth_date) = 1 and extract(day from birth_date) = 1)
            as is_birth_date_exact
    from cleaned

),

standardised as (

    select
        evidence.record_key,
        evidence.person_scope,
        evidence.agency_person_id,
        evidence.evident_forename,
        evidence.evident_surname,
        evidence.evident_birth_date,
        evidence.evident_nhs_number,
        evidence.is_nhs_number_verified and evidence.evident_nhs_number is not null as is_nhs_number_verified,
        evidence.evident_upn,
        evidence.evident_postcode,
        evidence.sex_code,
        evidence.mother_agency_person_id,
        evidence.adoption_side_code,
        evidence.is_restricted,
        evidence.is_unborn,
        evidence.legacy_person_id,
        coalesce(evidence.is_birth_date_exact, false) as is_birth_date_exact,
        evidence.first_recorded_at,
        {{ build_no() }}::bigint as _built_in,
        evidence._is_retracted
    from evidence

)

select * from standardised
