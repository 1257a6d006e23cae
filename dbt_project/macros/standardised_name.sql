{#- Letters and digits only, without accents, upper case. What is written when there is no name is no name. -#}
{% macro standardised_name(field) -%}
    case
        when replace({{ field }}, left({{ field }}, 1), '') = '' and length({{ field }}) > 1 then null
        when upper({{ field }}) ~ (
            '^ *((BABY|UNBORN|INFANT|NEWBORN|UNKNOWN|UNNAMED|B/O|(FE)?MALE (INFANT|BABY))\M'
            || '|(TWIN|BOY|GIRL|CHILD|SIBLING) ([A-F]|[1-9]|ONE|TWO|THREE) *$)'
        ) then null
        when upper(btrim({{ field }})) in (
            'NOT KNOWN', 'NOTKNOWN', 'NOT GIVEN', 'NOT STATED', 'NOT RECORDED', 'NOT PROVIDED', 'NO NAME', 'NO FORENAME',
            'NO SURNAME', 'NONE', 'NULL', 'N/A', 'NA', 'NK', 'N/K', 'X', 'FNU', 'LNU', 'NAME', 'FORENAME', 'SURNAME',
            'FIRSTNAME', 'LASTNAME', 'TBC', 'TBA', 'TEST', 'CHILD', 'SIBLING', 'MALE', 'FEMALE', 'BOY', 'GIRL', 'TWIN',
            'DAUGHTER', 'MR', 'MRS', 'MISS', 'DO NOT USE', 'WITHHELD', 'CONFIDENTIAL', 'RESTRICTED', 'ANONYMOUS', 'NIL',
            'NO', 'REFUSED', 'NOT NAMED', 'NOT DISCLOSED', 'NOT APPLICABLE'
        ) then null
        when {{ field }} !~ '[^A-Za-z]' then upper({{ field }})
        else nullif(regexp_replace(upper(public.unaccent({{ field }})), '[[:space:][:punct:]’‘`´]', '', 'g'), '')
    end
{%- endmacro %}

{#- The consonants of a name, which survive most ways of writing it in Latin letters; null when too few are left. -#}
{% macro name_skeleton(name) -%}
    case
        when length(translate({{ name }}, 'AEIOUYHW', '')) >= 2
            then (regexp_match(
                left({{ name }}, 1)
                || regexp_replace(translate(substr({{ name }}, 2), 'AEIOUYHW', ''), '(.)\1+', '\1', 'g'), '^.{3,}$'
            ))[1]
    end
{%- endmacro %}
