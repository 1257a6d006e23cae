{#- A home's, telephone's or mail box's value as a number; the spine's numbers are these. -#}
{% macro detail_hash(detail, prefix='') -%}
    {{ value_hash(prefix ~ 'evident_' ~ detail, {'postcode': 5, 'address': 7, 'phone': 8, 'email': 9}[detail]) }}
{%- endmacro %}

{#- The number of a record's own value; null where a crowd has it, too. Reads `crowds`. -#}
{% macro unless_crowded(detail) -%}
    {%- set hash = detail_hash(detail) -%}
    case
        when {{ hash }} not in (
            select crowds.detail_hash from crowds where crowds.detail_code = '{{ detail }}' and not crowds._is_retracted
        ) then {{ hash }}
    end
{%- endmacro %}
