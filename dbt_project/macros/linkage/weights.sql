{#- The version of weights in force: what each level weighs, in whole parts of a bit, and where the thresholds are.
    Numbers, never names, go into the compiled SQL. -#}
{% macro approved_weights() -%}
    {%- set model = linkage_model() -%}
    {%- if not execute -%}
        {{ return({
            'version': '', 'prior': 0, 'link_at': 0, 'review_at': 0, 'keep_at': 0, 'rarest_bits': 0, 'levels': {}
        }) }}
    {%- endif -%}
    {%- set parts = model.parts_of_a_bit -%}
    {%- call statement('approved_version', fetch_result=true) -%}
        select
            version,
            round(log(2.0, (prior / (1 - prior))::numeric) * {{ parts }})::bigint,
            round(log(2.0, (link_at_probability / (1 - link_at_probability))::numeric), 9)::double precision,
            round(log(2.0, (review_at_probability / (1 - review_at_probability))::numeric), 9)::double precision,
            origin
        from {{ source('linkage', 'weight_versions') }}
        where state = 'approved'
    {%- endcall -%}
    {%- set found = load_result('approved_version').data -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error("no version of match weights is approved; run `frontdoor init`") }}
    {%- endif -%}
    {%- set levels = {} -%}
    {%- call statement('approved_levels', fetch_result=true) -%}
        select comparison_code, level_code, round(log(2.0, (m / u)::numeric) * {{ parts }})::bigint
        from {{ source('linkage', 'weights') }}
        where version = '{{ found[0][0] }}'
    {%- endcall -%}
    {%- call statement('term_shares', fetch_result=true) -%}
        select weights.comparison_code, weights.u, min(term_frequencies.frequency)
        from {{ source('linkage', 'weights') }} as weights
        inner join {{ source('linkage', 'term_frequencies') }} as term_frequencies
            on weights.version = term_frequencies.version
            and weights.comparison_code = term_frequencies.term_code
        where weights.version = '{{ found[0][0] }}' and weights.level_code = 'same'
        group by weights.comparison_code, weights.u
    {%- endcall -%}
    {%- for term_code, share, rarest in load_result('term_shares').data -%}
        {%- do levels.update({term_code ~ '.u': share, term_code ~ '.rarest': rarest}) -%}
    {%- endfor -%}
    {%- for comparison_code, level_code, parts_of_level in load_result('approved_levels').data -%}
        {%- do levels.update({comparison_code ~ '.' ~ level_code: parts_of_level}) -%}
    {%- endfor -%}
    {{ return({
        'version': found[0][0],
        'prior': found[0][1],
        'link_at': found[0][2],
        'review_at': found[0][3],
        'keep_at': [found[0][3], env_var('FRONTDOOR_FAINTEST_WEIGHT', found[0][3]) | float] | min,
        'rarest_bits': model.rarest_bits[found[0][4]],
        'levels': levels,
    }) }}
{%- endmacro %}

{#- A value as a number: equal numbers are equal values, since 64 binary digits do not meet by chance. -#}
{% macro value_hash(expression, kind) -%}
    hashtextextended({{ expression }}, {{ kind }})
{%- endmacro %}

{#- In parts of a bit: log2(share of all pairs that agree / share of this value). A value nobody has counted is taken for
    as rare as the rarest counted; never does it add more than the cap. -#}
{% macro term_adjustment(weights, term) -%}
    {%- if (term ~ '.u') not in weights.levels -%}
    case when {{ term }} is not null then 0::bigint end
    {%- else -%}
    case
        when {{ term }} is not null
            then round(greatest({{ linkage_model().commonest_bits }}, least({{ weights.rarest_bits }}, ln(
                {{ weights.levels[term ~ '.u'] }}::double precision
                / coalesce({{ term }}_frequency.frequency, {{ weights.levels[term ~ '.rarest'] }})
            ) / ln(2.0::double precision))) * {{ linkage_model().parts_of_a_bit }})::bigint
    end
    {%- endif -%}
{%- endmacro %}
