{#- Letters and digits only, without accents, upper case. What is written when there is no name is no name. -#}
{% macro standardised_name(field) -%}
    case
        when replace({{ field }}, left({{ field }}, 1), '') = '' and length({{ field }}) > 1 then null
        when {{ is_no_answer(field) }} or {{ is_nobody_s_name(field) }} then null
        when {{ field }} !~ '[^A-Za-z]' then upper({{ field }})
        else nullif(regexp_replace(upper(public.unaccent({{ field }})), '[[:space:][:punct:]’‘`´]', '', 'g'), '')
    end
{%- endmacro %}

{#- A forename, and a title before it dropped. -#}
{% macro standardised_forename(field) -%}
    case
        when upper(rtrim(split_part({{ field }}, ' ', 1), '.'))
            in ('MR', 'MRS', 'MISS', 'MS', 'MX', 'MASTER', 'MSTR', 'DR', 'MADAM', 'SIR')
            then {{ standardised_name("nullif(ltrim(substr(" ~ field ~ ", strpos(" ~ field ~ " || ' ', ' '))), '')") }}
        else {{ standardised_name(field) }}
    end
{%- endmacro %}

{#- Another way a name is written: Jörg is JORG here as where nobody has such a key, and Joerg in his passport. Null for nearly
    every name. JOERG cannot stand for the name itself: Björn and Özgür are Bjorn and Ozgur to everybody in England. Nor can JORG
    stand for Joerg: Chloe would be CHLO, Sue SU and Michael MICHAL, who is somebody else, and the lists of names have CHLOE. -#}
{% macro written_out(field) -%}
    case
        when octet_length({{ field }}) > length({{ field }}) and normalize({{ field }}) ~ '[äöüøåÄÖÜØÅ]'
            then {{ standardised_name(
                "replace(replace(replace(replace(translate(normalize(" ~ field ~ "), 'ÄÖÜØÅø', 'äöüöåö'), "
                ~ "'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa')"
            ) }}
    end
{%- endmacro %}

{#- By which word of several a child is called that shares the first with its brothers or sisters: Md Rahim, Thi Mai. -#}
{% macro called_by_last_word(field) -%}
    case
        when strpos({{ field }}, ' ') > 0
            and upper(rtrim(split_part({{ field }}, ' ', 1), '.')) in (
                'MD', 'MOHD', 'MUHD', 'MOH', 'MOHAMMED', 'MOHAMMAD', 'MUHAMMAD', 'MUHAMMED', 'MOHAMED', 'MOHAMAD', 'MUHAMAD',
                'MUHAMED', 'THI', 'VAN'
            )
            then {{ standardised_name("split_part(" ~ field ~ ", ' ', -1)") }}
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
