{#- The value of a home, telephone, mail box or number as a number; the spine's numbers are these. -#}
{% macro detail_hash(detail, prefix='') -%}
    {{ value_hash(
        prefix ~ 'evident_' ~ detail,
        {'nhs_number': 1, 'upn': 2, 'postcode': 5, 'address': 7, 'phone': 8, 'email': 9}[detail]
    ) }}
{%- endmacro %}

{#- Many may share a home; a number is one child's, whose birth date is mistyped now and then. -#}
{% macro is_number(detail) -%}
    {{ return(detail in ['nhs_number', 'upn']) }}
{%- endmacro %}

{#- Who is told apart under one number. -#}
{% macro person_under_a_number(standardised) -%}
    coalesce({{ standardised }}.evident_birth_date::text, {{ standardised }}.evident_forename)
{%- endmacro %}

{#- Keeps what the records that are about to be replaced had: a crowd may be one no longer when somebody leaves it, and
    what too many said be said by few enough. -#}
{% macro note_vacated_details() -%}
    {%- set vacated = source('child_registry', 'vacated_details') -%}
    {%- set records = ref('int_person_records') -%}
    {%- if is_incremental() -%}
        delete from {{ vacated }} where vacated_in <= {{ last_published_build() }};
        insert into {{ vacated }} (detail_code, detail_hash, vacated_in)
        {%- for detail in linkage_model().crowds %}
        select distinct
            '{{ detail }}',
            {{ detail_hash(detail, 'earlier.') }},
            {{ build_no() }}
        from {{ records }} as touched
        inner join {{ this }} as earlier on touched.record_key = earlier.record_key
        where {{ is_touched('touched') }} and earlier.evident_{{ detail }} is not null
        union all
        {%- endfor %}
        select distinct
            'statement',
            earlier.statement_hash,
            {{ build_no() }}
        from {{ records }} as touched
        inner join {{ this }} as earlier on touched.record_key = earlier.record_key
        where {{ is_touched('touched') }} and earlier.statement_hash is not null
        on conflict (detail_code, detail_hash) do update set vacated_in = excluded.vacated_in
    {%- else -%}
        delete from {{ vacated }}
    {%- endif -%}
{%- endmacro %}

{#- Whose spine an increment makes anew, in a table the planner has figures for. -#}
{% macro list_records_to_code() -%}
    {%- set standardised, crowds = ref('int_person_records__standardised'), ref('int_details__crowded') -%}
    {%- set repeated = ref('int_person_records__repeated') -%}
    {%- if is_incremental() -%}
        create temporary table records_to_code on commit drop as
        select standardised.record_no from {{ standardised }} as standardised
        where {{ is_touched('standardised') }}
        union
        -- Whose mother is compared through another record now, or no longer is.
        select standardised.record_no
        from {{ repeated }} as repeated
        inner join {{ standardised }} as standardised on repeated.record_key = standardised.mother_record_key
        where {{ is_touched('repeated') }}
        {%- for detail in linkage_model().crowds %}
        union
        -- What became a crowd's, or no longer is, changes what is known of all who share it.
        select standardised.record_no
        from {{ crowds }} as crowds
        inner join {{ standardised }} as standardised on crowds.detail_hash = {{ detail_hash(detail, 'standardised.') }}
        where crowds.detail_code = '{{ detail }}' and {{ is_touched('crowds') }}
        {%- endfor %};
        analyze records_to_code;
        set local enable_hashjoin = on
    {%- endif -%}
{%- endmacro %}

{#- The number of a record's own value; null where a crowd has it, too. Reads `crowds`. -#}
{% macro unless_crowded(detail) -%}
    {%- set hash = detail_hash(detail) -%}
    case
        when {{ hash }} not in (
            select crowds.detail_hash from crowds where crowds.detail_code = '{{ detail }}' and not crowds._is_retracted
        ) then {{ hash }}
    end
{%- endmacro %}
