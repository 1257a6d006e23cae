{%- set shared_details = [] -%}
{%- for detail in linkage_model().crowds -%}
    {%- do shared_details.append({'columns': [detail_hash(detail)]}) -%}
{%- endfor -%}
{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['statement_hash']},
        {'columns': ['mother_record_key']},
        {'columns': ['_built_in']}
    ] + shared_details,
    pre_hook=["{{ plan_by_size('int_person_records') }}", "{{ note_vacated_details() }}"]
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
        {{ standardised_forename('forename') }} as cleaned_forename,
        {{ standardised_name('surname') }} as cleaned_surname,
        {{ standardised_name('middle_names') }} as cleaned_middle_names,
        -- What the record says it is also called, and failing that, how else the name may be written.
        coalesce(
            {{ standardised_name("split_part(btrim(also_known_as), ' ', 1)") }},
            {{ written_out('forename') }},
            {{ called_by_last_word('forename') }}
        ) as other_forename,
        coalesce(
            {{ standardised_name("split_part(btrim(also_known_as), ' ', -1)") }},
            {{ written_out('surname') }}
        ) as cleaned_alias_surname,
        -- The parts of a double name, and what follows a particle.
        case
            when surname ~ '[^A-Za-z]'
                then {{ standardised_name("substring(btrim(surname) from '^([^ -]{3,})[ -]')") }}
        end as cleaned_surname_first,
        case
            when surname ~ '[^A-Za-z]'
                then {{ standardised_name("substring(btrim(surname) from '[ ''’-]([^ ''’-]{3,})$')") }}
        end as cleaned_surname_last,
        nullif(regexp_replace(upper(public.unaccent(address)), '[^A-Z0-9]', '', 'g'), '') as cleaned_address,
        regexp_replace(translate(phone, ' ()-+.', ''), '^(0044|44)', '0') as cleaned_phone,
        lower(btrim(email)) as cleaned_email,
        case
            -- What a marker means must not be guessed: only one that plainly says "after" lets a record link.
            when adoption_marker_code is null or adoption_marker_code in ('N', 'NONE', 'NO') then null
            when adoption_marker_code ~ '^POST([^A-Z].*|ADOPT.*)?$' then 'POST'
            else 'PRE'
        end as adoption_side_code,
        coalesce(restricted_code not in ('N', 'NONE', 'NO'), false) as is_restricted
    from person_records
    -- Keeps each from being worked out again wherever it is named; an offset of nought would keep parallel workers out.
    offset null -- noqa: AM09

),

-- What may be believed for recognising a child; a value left out here is no evidence, for or against.
evidence as (

    select
        cleaned.*,
        case when length(cleaned_forename) >= 2 then cleaned_forename end as evident_forename,
        case when length(cleaned_surname) >= 2 then cleaned_surname end as evident_surname,
        case when length(cleaned_middle_names) >= 2 then cleaned_middle_names end as evident_middle_names,
        -- Oliver, middle name James, is called Oliver James where one field takes both. Not the other way round: who is
        -- called Anna Maria there is not any Anna, for her twin is Anna Sofia; and Mary Jane has no middle name.
        coalesce(other_forename, cleaned_forename || cleaned_middle_names) as cleaned_alias_forename,
        case
            when birth_date > date '1900-01-01'
                and birth_date <= (last_recorded_at at time zone '{{ var("local_timezone") }}')::date
                and not is_unborn
                then birth_date
        end as evident_birth_date,
        -- An unborn record carries its mother's number; domain.md 2.7.
        case
            when {{ function('nhs_number_is_valid') }}(nhs_number)
                -- Typed where there is none, they pass the check.
                and nhs_number not in ('0123456789', '9876543210')
                and not is_nhs_number_withheld
                and not is_unborn
                then nhs_number
        end as evident_nhs_number,
        case when {{ function('upn_is_valid') }}(upn) and not is_unborn then upn end as evident_upn,
        case
            when postcode ~ '^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}$' and postcode !~ '^(ZZ|XX)' then postcode
        end as evident_postcode,
        -- A property's number is its address where nobody wrote one out, under a mark that keeps it from being compared
        -- letter by letter.
        coalesce(
            '#' || substring(cleaned_address from '^UPRN0*([1-9][0-9]{3,11})$'),
            case
                when length(cleaned_address) >= 5
                    and replace(cleaned_address, left(cleaned_address, 1), '') <> ''
                    and not {{ is_no_address('address', 'cleaned_address') }}
                    then cleaned_address
            end,
            '#' || substring(uprn from '^0*([1-9][0-9]{3,11})([.]0)?$')
        ) as evident_address,
        case
            when cleaned_phone ~ '^[0-9]{7,15}$'
                -- A prefix and noughts.
                and cleaned_phone !~ '^0?[0-9]{0,4}0{6,}$'
                and not {{ is_made_up_number('cleaned_phone') }}
                then cleaned_phone
        end as evident_phone,
        case
            when cleaned_email ~ '^[^@ ]+@[^@ ]+$' and not {{ is_no_one_s_email('cleaned_email') }} then cleaned_email
        end as evident_email,
        -- A day nobody knew is written as 1 January: too many children share it.
        coalesce(birth_date_precision_code, 'DAY') = 'DAY'
        and not (extract(month from birth_date) = 1 and extract(day from birth_date) = 1)
            as is_birth_date_exact
    from cleaned
    offset null -- noqa: AM09

),

standardised as (

    select
        evidence.record_key,
        {{ number_of_key('evidence.record_key') }} as record_no,
        evidence.person_scope,
        evidence.agency_person_id,
        evidence.evident_forename,
        left(evidence.cleaned_forename, 1) as forename_initial,
        evidence.evident_surname,
        evidence.evident_middle_names,
        left(evidence.cleaned_middle_names, 1) as middle_initial,
        evidence.cleaned_alias_forename as alias_forename,
        evidence.cleaned_alias_surname as alias_surname,
        evidence.cleaned_surname_first as surname_first,
        evidence.cleaned_surname_last as surname_last,
        evidence.evident_birth_date,
        evidence.evident_nhs_number,
        evidence.is_nhs_number_verified and evidence.evident_nhs_number is not null as is_nhs_number_verified,
        evidence.evident_upn,
        evidence.evident_postcode,
        evidence.evident_address,
        evidence.evident_phone,
        evidence.evident_email,
        evidence.sex_code,
        evidence.ethnicity_code,
        evidence.mother_record_key,
        evidence.former_record_key,
        evidence.adoption_side_code,
        evidence.is_restricted,
        evidence.is_unborn,
        case when evidence.is_unborn then evidence.expected_birth_date end as expected_birth_date,
        coalesce(evidence.is_birth_date_exact, false) as is_birth_date_exact,
        -- Of a child without a name: which of twins it is.
        case
            when evidence.evident_forename is null and evidence.forename is not null
                then {{ birth_order('evidence.forename') }}
        end as birth_order,
        evidence.first_recorded_at,
        -- On adoption the old record leaves the index for good; domain.md 7.7.
        evidence._is_retracted or coalesce(evidence.adoption_side_code = 'PRE', false) as is_left_out,
        {{ build_no() }}::bigint as _built_in,
        evidence._is_retracted
    from evidence

),

-- What an agency says of somebody, so that those who say the same can be told.
stated as (

    select
        standardised.*,
        {{ statement_hash() }} as statement_hash
    from standardised

)

select * from stated
