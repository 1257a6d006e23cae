{#- Letters only, without accents. What is written when there is no name is no name. -#}
{% macro standardised_name(field) -%}
    case
        when upper(btrim({{ field }})) ~ '^(BABY|UNBORN|INFANT)\M'
            or upper(btrim({{ field }})) in (
                'UNKNOWN', 'NOT KNOWN', 'NOTKNOWN', 'UNNAMED', 'NOT GIVEN', 'NO NAME', 'NONE', 'NULL', 'N/A', 'NA', 'NK',
                'TBC', 'TBA', 'TEST', 'CHILD', 'SIBLING', 'MALE', 'FEMALE', 'BOY', 'GIRL', 'TWIN', 'TWIN 1', 'TWIN 2',
                'MR', 'MRS', 'MISS', 'DO NOT USE', 'WITHHELD', 'RESTRICTED', 'ANONYMOUS', 'X', 'XX', 'XXX'
            )
            then null
        else nullif(
            regexp_replace(upper(public.unaccent({{ field }})), '[[:space:][:punct:]]', '', 'g'), ''
        )
    end
{%- endmacro %}
