{#- A pair's evidence as one number: its weight in the low 32 binary digits, in ten-millionths of a bit and moved above
    nought, and above it the level of every comparison. One number, so that PostgreSQL works each comparison out once. -#}
{% macro evidence(weights) -%}
    {%- set model = linkage_model() -%}
    {{ 2 ** (model.weight_bits - 1) + weights.prior }}::bigint
    {%- for comparison in comparisons() %}
    + case
        {%- for level in comparison.levels %}
        when {{ level.sql }} then
            {%- if loop.first %} 0::bigint
            {%- else %} {{ loop.index0 * 2 ** comparison.shift + weights.levels.get(comparison.code ~ '.' ~ level.code, 0) }}::bigint
            {%- if level.term_frequency %} + l.{{ level.term_frequency }}_tf{% endif %}
            {%- endif %}
        {%- endfor %}
    end
    {%- endfor %}
{%- endmacro %}

{% macro weight_of(evidence) -%}
    {%- set model = linkage_model() -%}
    (({{ evidence }} & {{ 2 ** model.weight_bits - 1 }}) - {{ 2 ** (model.weight_bits - 1) }}) / {{ model.parts_of_a_bit }}::double precision
{%- endmacro %}

{#- Whether the comparison came out at one of the levels. -#}
{% macro has_level(comparison_code, level_codes, evidence='evidence') -%}
    {%- set comparison = comparisons() | selectattr('code', 'equalto', comparison_code) | first -%}
    {%- set numbers = [] -%}
    {%- for level in comparison.levels -%}
        {%- if level.code in level_codes %}{% do numbers.append(loop.index0) %}{% endif -%}
    {%- endfor -%}
    {%- if numbers | length != level_codes | length -%}
        {{ exceptions.raise_compiler_error(comparison_code ~ " has not all of the levels " ~ level_codes | join(', ')) }}
    {%- endif -%}
    (({{ evidence }} >> {{ comparison.shift }}) & {{ comparison.mask }}) in ({{ numbers | join(', ') }})
{%- endmacro %}

{#- A parent's and a child's birth dates. -#}
{% macro is_a_generation_apart() -%}
    abs(l.birth_year - r.birth_year) >= 12
{%- endmacro %}

{% macro pair_columns(weights) -%}
    l.flags & r.flags as both_flags,
        l.flags | r.flags as either_flags,
        l.scope_no,
        l.scope_no = r.scope_no as is_same_scope,
        coalesce(l.ethnicity = r.ethnicity, false) as is_same_ethnicity,
        coalesce({{ is_a_generation_apart() }}, false) as is_a_generation_apart,
        coalesce(
            (l.sex is null or r.sex is null)
            and (starts_with(l.forename_text, r.forename_text) or starts_with(r.forename_text, l.forename_text)),
            false
        ) as is_longer_forename_of_no_known_sex,
        coalesce(l.birth_order <> r.birth_order, false) as is_other_birth_order,
        coalesce(l.birth_order, r.birth_order) is not null as is_one_of_twins,
        coalesce(l.mother = r.record_no or r.mother = l.record_no, false) as is_mother_and_child,
        -- A child expected and a child born to one mother about then.
        coalesce(l.mother = r.mother and abs(coalesce(l.expected_on - r.born_on, r.expected_on - l.born_on)) <= 60, false)
            as is_expected_and_born,
        {{ evidence(weights) }} as evidence
{%- endmacro %}

{#- What is true of a record, as one binary digit each. -#}
{% macro record_flag(name) -%}
    {{ {
        'restricted': 1, 'nhs_verified': 2, 'adopted': 4, 'unborn': 8, 'known_forename': 16, 'forename': 32,
        'boys_and_girls_forename': 64
    }[name] }}
{%- endmacro %}
