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
