{#- Why two records of one component may not be one child, nor through others; null when they may. What a pair's own guards say of
    the same is in judging.sql; in words: docs/matching.md, "When links contradict each other". -#}
{% macro contradicting_pairs(told, weights) -%}
    select
        told.*,
        case
            when either_flags & {{ record_flag('adopted') }} > 0 and is_same_scope then 'ADOPTION'
            when is_separated then 'PERSON'
            when is_other_nhs and both_flags & {{ record_flag('nhs_verified') }} > 0 then 'NHS_CONFLICT'
            when is_mother_and_child then 'MOTHERS_NHS'
            when either_flags & {{ record_flag('restricted') }} > 0 then 'RESTRICTED'
            when is_same_scope and is_one_record_source then 'ONE_PER_SOURCE'
            -- One mistyped number is no second child: the rest, weighed with it, must speak against one child too.
            when (is_other_nhs or is_other_upn) and (is_other_forename or is_other_birth_date)
                and (weight < 0 or (is_other_forename and is_of_one_birth_and_home))
                then 'IDENTIFIERS_CONTRADICTED'
            when {{ is_a_parents_and_a_childs() }} then 'PARENT_AND_CHILD'
            when is_same_nhs or is_same_upn then null
            when reason_code = 'TWIN' or (is_other_forename and is_of_one_birth_and_home) then 'TWIN'
            when is_other_birth_date or is_other_sex then 'CONTRADICTED'
            when is_other_forename and weight < {{ weights.link_at }} then 'CONTRADICTED'
        end as conflict_code
    from (
        select
            {{ told }}.*,
            {{ weight_of('evidence') }} as weight,
            {{ is_of_one_record_source('scope_no') }} as is_one_record_source,
            {{ has_level('nhs_number', ['same']) }} as is_same_nhs,
            {{ has_level('nhs_number', ['other']) }} as is_other_nhs,
            {{ has_level('upn', ['same']) }} as is_same_upn,
            {{ has_level('upn', ['other']) }} as is_other_upn,
            {{ has_level('forename', ['other']) }} as is_other_forename,
            {{ has_level('birth_date', ['year', 'other']) }} as is_other_birth_date,
            {{ has_level('sex', ['other']) }} and not {{ has_level('forename', ['same']) }} as is_other_sex,
            {{ has_level('birth_date', ['same']) }}
            and {{ has_alike_surname() }}
            and {{ may_be_same_home() }} as is_of_one_birth_and_home
        from {{ told }}
        offset null
    ) as told
{%- endmacro %}

{#- What contradictions there are, the most telling first, and what may join the two all the same: nothing ("hard"); only a
    person's link, and nothing that comes in through it ("closed"); a person's link of any two of both children ("firm");
    that and what an identifier says ("soft"). -#}
{% macro conflicts() -%}
    {{ return([
        {'code': 'ADOPTION', 'kind': 'hard'},
        {'code': 'NHS_CONFLICT', 'kind': 'hard'},
        {'code': 'MOTHERS_NHS', 'kind': 'hard'},
        {'code': 'PERSON', 'kind': 'hard'},
        {'code': 'RESTRICTED', 'kind': 'closed'},
        {'code': 'ONE_PER_SOURCE', 'kind': 'firm'},
        {'code': 'PARENT_AND_CHILD', 'kind': 'firm'},
        {'code': 'IDENTIFIERS_CONTRADICTED', 'kind': 'firm'},
        {'code': 'TWIN', 'kind': 'soft'},
        {'code': 'CONTRADICTED', 'kind': 'soft'},
    ]) }}
{%- endmacro %}

{#- The number `groups_without_conflict` knows a kind by; the larger binds more. -#}
{% macro conflict_kind(kind) -%}
    {{ {'soft': 1, 'firm': 2, 'closed': 3, 'hard': 4}[kind] }}
{%- endmacro %}

{% macro conflict_kind_of(code) -%}
    case {{ code }}
        {%- for conflict in conflicts() %}
        when '{{ conflict.code }}' then {{ conflict_kind(conflict.kind) }}
        {%- endfor %}
    end
{%- endmacro %}

{#- The most telling of several, whichever pair of the group it is about. -#}
{% macro most_telling_conflict(codes) -%}
    case
        {%- for conflict in conflicts() %}
        when '{{ conflict.code }}' = any({{ codes }}) then '{{ conflict.code }}'
        {%- endfor %}
    end
{%- endmacro %}
