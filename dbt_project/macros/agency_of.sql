{#- A portal's scope names the kind of agency that uses it. -#}
{% macro agency_of(scope) -%}
    upper(coalesce(nullif(split_part({{ scope }}, ':', 2), ''), split_part({{ scope }}, ':', 1)))
{%- endmacro %}
