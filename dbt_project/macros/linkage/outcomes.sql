{#- What became of a pair: its records may be together through others, or apart although the evidence links them. -#}
{% macro outcome_of_pair(pair, one, other) -%}
    case
        when {{ pair }}.decision_code = 'linked' and {{ one }}.child_key <> {{ other }}.child_key then 'separated'
        when {{ pair }}.decision_code <> 'linked' and {{ one }}.child_key = {{ other }}.child_key then 'joined'
        else {{ pair }}.decision_code
    end
{%- endmacro %}

{% macro why_of_pair(pair, one, other) -%}
    coalesce(
        {{ pair }}.reason_code,
        case
            when {{ one }}.child_key <> {{ other }}.child_key
                then coalesce({{ one }}.conflict_code, {{ other }}.conflict_code, 'CONTRADICTED')
        end
    )
{%- endmacro %}
