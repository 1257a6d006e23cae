{#- Records by which an agency says the very same of somebody, once for every event. When there are more than the first of
    `statement_caps` they are compared through one: a child reported a hundred times would else be found by nothing, since
    what so many records share is taken for a placeholder. -#}

{#- What must not go through another record: whom only people may link, a mother's or a former record, and an agency's
    own guarantee that two records are two people. -#}
{% macro may_be_repeated() -%}
    not is_restricted
    and not is_unborn
    and adoption_side_code is null
    and mother_record_key is null
    and former_record_key is null
    and record_no not in (select decided.record_no from decided)
    {%- if one_record_sources() %}
    and person_scope not in ('{{ one_record_sources() | join("', '") }}')
    {%- endif %}
{%- endmacro %}

{#- All by which a record is compared, as one number; null for what equals agree in less than unequals might: a birth date
    that is a guess, a name that is missing. -#}
{% macro statement_hash() -%}
    case when
        not is_left_out
        and is_birth_date_exact
        and evident_forename is not null
        and evident_surname is not null
        and evident_birth_date is not null
    then hash_record_extended(
        row(
            person_scope, evident_forename, evident_surname, evident_middle_names, middle_initial, alias_forename,
            alias_surname, surname_first, surname_last, evident_birth_date, evident_nhs_number,
            is_nhs_number_verified, evident_upn, evident_postcode, evident_address, evident_phone, evident_email,
            sex_code, ethnicity_code
        ),
        0
    ) end
{%- endmacro %}

{#- Joins a record with the one through which it is compared: evidence as any other's, but no agency's word for it. -#}
{% macro repetition_rule_no() -%} -1 {%- endmacro %}

{#- Whether a record is compared through another, and so no further one who shares a value. -#}
{% macro is_repeated(alias) -%}
    exists (
        select 1 from {{ ref('int_person_records__repeated') }} as repeated
        where repeated.record_no = {{ alias }}.record_no and not repeated._is_retracted
    )
{%- endmacro %}
