{% macro withdraw_batch(flag, built_in) -%}
    {%- if is_incremental() -%}
        update {{ this }} set {{ flag }} = true, {{ built_in }} = {{ build_no() }}
        where {{ is_in_batch() }}
    {%- endif -%}
{%- endmacro %}

{% macro analyse_when_rebuilt() -%}
    {%- if not is_incremental() and model.config.materialized != 'view' -%} analyze {{ this }} {%- endif -%}
{%- endmacro %}
