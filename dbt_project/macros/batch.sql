{% macro build_no() -%}
    {#- Not a dbt variable: dbt parses the whole project again whenever one changes. -#}
    {{ env_var('FRONTDOOR_BUILD_NO', '0') if execute else '0' }}
{%- endmacro %}

{% macro is_in_batch() -%}
    {#- An array, because PostgreSQL takes it into the index of the landing table; joined to a list, the view over
        accepted rows would be worked out in full for every delivery. -#}
    _delivery_id = any(
        array(select delivery_id from {{ source('ledger', 'build_deliveries') }} where build_no = {{ build_no() }})
    )
{%- endmacro %}
