{#- Which of twins "Twin 2", "Twin2", "Unborn B" or "Baby two" is; null where nothing says so. -#}
{% macro birth_order(field) -%}
    case coalesce(
        substring({{ field }} from '[^0-9]([1-4]) *$'),
        substring(upper({{ field }}) from '[^A-Z0-9]([A-D]|ONE|TWO|THREE|FOUR|I|II|III|IV) *$')
    )
        {%- for words in [['A', '1', 'ONE', 'I'], ['B', '2', 'TWO', 'II'], ['C', '3', 'THREE', 'III'], ['D', '4', 'FOUR', 'IV']] %}
        {%- set number = loop.index %}
        {%- for word in words %}
        when '{{ word }}' then {{ number }}::smallint
        {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}
