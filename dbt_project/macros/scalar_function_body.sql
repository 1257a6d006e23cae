{% macro postgres__scalar_function_body_sql() %}
    {#- dbt writes LANGUAGE SQL only. The clocks are PL/pgSQL: three times faster here, because an SQL function with
        sub-selects is planned again at every call. None of them writes, so a query that calls one may use all cores. -#}
    $$
    {{ model.compiled_code }}
    $$ language {{ model.config.get('meta', {}).get('language', 'sql') }} parallel safe
{% endmacro %}
