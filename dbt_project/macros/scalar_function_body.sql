{% macro postgres__scalar_function_body_sql() %}
    {#- dbt writes LANGUAGE SQL only. The clocks are PL/pgSQL: three times faster here, because an SQL function with
        sub-selects is planned again at every call. -#}
    $$
    {{ model.compiled_code }}
    $$ language {{ model.config.get('meta', {}).get('language', 'sql') }}
{% endmacro %}
