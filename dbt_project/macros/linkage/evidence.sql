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

{% macro has_alike_surname() -%}
    {{ has_level('surname', ['same', 'swapped', 'half', 'alike']) }}
{%- endmacro %}

{% macro has_fitting_middle_name() -%}
    {{ has_level('middle_names', ['same', 'partly', 'initial']) }}
{%- endmacro %}

{#- What may be one home must keep twins apart, whatever else differs. -#}
{% macro may_be_same_home() -%}
    ({{ has_level('postcode', ['same', 'alike']) }} or {{ has_level('address', ['same', 'alike']) }})
{%- endmacro %}

{#- Every town has a High Street: an address at another postcode is not the same home. -#}
{% macro has_almost_same_home() -%}
    ({{ may_be_same_home() }} and not {{ has_level('postcode', ['other']) }})
{%- endmacro %}

{#- Nor is the house next door, of whose address one figure differs, or of whose postcode one letter does. -#}
{% macro has_same_home() -%}
    (
        {{ has_level('postcode', ['same']) }}
        or ({{ has_level('address', ['same']) }} and not {{ has_level('postcode', ['other']) }})
        or ({{ has_level('postcode', ['alike']) }} and {{ has_level('address', ['alike']) }})
    )
{%- endmacro %}
