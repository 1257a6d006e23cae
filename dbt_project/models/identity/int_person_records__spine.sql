{%- set weights = approved_weights() -%}
{{ config(
    unique_key='record_no',
    indexes=[
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['_built_in']}
    ],
    pre_hook=["{{ plan_by_size() }}", "{{ list_records_to_code() }}"]
) }}

with

all_standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

crowds as not materialized (

    select * from {{ ref('int_details__crowded') }}

),

repeated as not materialized (

    select * from {{ ref('int_person_records__repeated') }}

),

standardised as (

    select all_standardised.* from all_standardised
    {% if is_incremental() %}
        inner join records_to_code on all_standardised.record_no = records_to_code.record_no
    {% endif %}

),

forename_roots as (

    select * from {{ ref('forename_roots') }}

),

-- A record that may not be compared stays without a key to be found by, so that what was found before is taken back.
comparable as (

    select
        standardised.*,
        forename_roots.root as forename_root_text,
        forename_roots.first_part as forename_first_part_text,
        forename_roots.has_boys_and_girls,
        -- A mother of whom an agency says the same again and again is the record she is compared through.
        coalesce(mother.repeated_record_no, {{ number_of_key('standardised.mother_record_key') }}) as mother_no
    from standardised
    left join forename_roots on standardised.evident_forename = forename_roots.forename
    left join repeated as mother
        on standardised.mother_record_key = mother.record_key and not mother._is_retracted

),

coded as (

    select
        record_no,
        {{ value_hash('person_scope', 0) }} as scope_no,
        {{ unless_crowded('nhs_number') }} as nhs_number,
        {{ unless_crowded('upn') }} as upn,
        {{ value_hash('evident_forename', 3) }} as forename,
        {{ value_hash('coalesce(forename_root_text, evident_forename)', 3) }} as forename_root,
        -- Lily-Mae may be called Lily; Lily-Rose is somebody else.
        {{ value_hash('forename_first_part_text', 3) }} as forename_first_part,
        {{ value_hash('alias_forename', 3) }} as alias_forename,
        {{ value_hash(name_skeleton('evident_forename'), 3) }} as forename_skeleton,
        -- Letters are counted in no more than 255.
        left(evident_forename, 60) as forename_text,
        ascii(forename_initial) as forename_initial,
        {{ value_hash('evident_surname', 3) }} as surname,
        {{ value_hash('surname_first', 3) }} as surname_first,
        {{ value_hash('surname_last', 3) }} as surname_last,
        {{ value_hash('alias_surname', 3) }} as alias_surname,
        {{ value_hash(name_skeleton('evident_surname'), 4) }} as surname_skeleton,
        left(evident_surname, 60) as surname_text,
        (
            extract(year from evident_birth_date) * 10000
            + extract(month from evident_birth_date) * 100
            + extract(day from evident_birth_date)
        )::integer as birth_date,
        extract(year from evident_birth_date)::smallint as birth_year,
        extract(year from coalesce(evident_birth_date, expected_birth_date))::smallint as birth_year_expected,
        extract(month from evident_birth_date)::smallint as birth_month,
        extract(day from evident_birth_date)::smallint as birth_day,
        is_birth_date_exact,
        case when sex_code in ('M', 'F') then sex_code::"char" end as sex,
        {{ unless_crowded('postcode') }} as postcode,
        hashtext(left(evident_postcode, greatest(length(evident_postcode) - 4, 2))) as postcode_district,
        evident_postcode as postcode_text,
        {{ value_hash('evident_middle_names', 6) }} as middle_names,
        evident_middle_names as middle_names_text,
        ascii(middle_initial) as middle_initial,
        {{ unless_crowded('address') }} as address,
        left(evident_address, 60) as address_text,
        {{ unless_crowded('phone') }} as phone,
        {{ unless_crowded('email') }} as email,
        case when ethnicity_code !~ '^(NOBT|REFU.*|UNK.*|NOT .*|N/?K|Z|9+)$' then hashtext(ethnicity_code) end as ethnicity,
        mother_no as mother,
        birth_order,
        {{ number_of_key('former_record_key') }} as former_record_no,
        evident_birth_date - date '2000-01-01' as born_on,
        expected_birth_date - date '2000-01-01' as expected_on,
        {{ record_flag('restricted') }} * is_restricted::integer
        + {{ record_flag('nhs_verified') }} * is_nhs_number_verified::integer
        + {{ record_flag('adopted') }} * (adoption_side_code is not distinct from 'POST')::integer
        + {{ record_flag('unborn') }} * is_unborn::integer
        + {{ record_flag('forename') }} * (evident_forename is not null)::integer
        + {{ record_flag('boys_and_girls_forename') }} * coalesce(has_boys_and_girls, false)::integer as record_flags,
        is_left_out as _is_retracted
    from comparable

),

-- How much more, or less, than an average value the record's own says when both records have it.
spine as (

    select
        coded.*,
        coded.record_flags
        + {{ record_flag('known_forename') }} * (forename_frequency.frequency is not null)::integer as flags,
        {% for term in linkage_model().terms -%}
        {{ term_adjustment(weights, term) }} as {{ term }}_tf,
        {% endfor -%}
        {{ build_no() }}::bigint as _built_in
    from coded
    {%- for term in linkage_model().terms %}
    left join {{ source('linkage', 'term_frequencies') }} as {{ term }}_frequency
        on coded.{{ term }} = {{ term }}_frequency.term_hash
        and {{ term }}_frequency.term_code = '{{ term }}'
        and {{ term }}_frequency.version = '{{ weights.version }}'
    {%- endfor %}

)

select * from spine
