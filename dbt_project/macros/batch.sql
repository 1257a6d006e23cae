{% macro build_no() -%}
    {#- Not a dbt variable: dbt parses the whole project again whenever one changes. -#}
    {{ env_var('FRONTDOOR_BUILD_NO', '0') if execute else '0' }}
{%- endmacro %}

{% macro batch() -%}
    (select delivery_id from {{ source('ledger', 'build_deliveries') }} where build_no = {{ build_no() }})
{%- endmacro %}
