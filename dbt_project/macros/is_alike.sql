{#- At most one letter in seven differs. No name, no likeness. -#}
{% macro is_alike(one, other) -%}
    coalesce(
        {{ one }} = {{ other }}
        or public.levenshtein_less_equal(
            left({{ one }}, 100), left({{ other }}, 100), greatest(length({{ one }}), length({{ other }})) * 3 / 20
        ) <= greatest(length({{ one }}), length({{ other }})) * 3 / 20,
        false
    )
{%- endmacro %}
