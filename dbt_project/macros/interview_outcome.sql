{% macro interview_outcome(alias=none) -%}
    {%- set prefix = alias ~ '.' if alias else '' -%}
    case
        when {{ prefix }}completed_at is not null then 'COMPLETED'
        when {{ prefix }}refused_reason_code is not null then {{ prefix }}refused_reason_code
        when {{ prefix }}offered_code = 'Y' then 'OFFERED'
        when {{ prefix }}offered_code in ('N', 'NA') then 'NOT_OFFERED'
    end
{%- endmacro %}
