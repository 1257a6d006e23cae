{% macro local_time(field) -%}
    {{ function('parsed_timestamp') }}({{ field }}, '{{ var("local_timezone") }}')
{%- endmacro %}

{% macro local_time_with_precision(field, name) -%}
    {{ local_time(field) }} as {{ name }},
        {{ function('timestamp_precision') }}({{ field }}) as {{ name }}_precision
{%- endmacro %}
