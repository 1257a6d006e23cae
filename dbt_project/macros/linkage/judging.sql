{#- The agencies that keep one record a person, as they are written in the settings and as files are read: in small letters. -#}
{% macro one_record_sources() -%}
    {%- set sources, given = [], var('one_record_sources', []) -%}
    {#- A word would be read letter by letter. -#}
    {%- set given = given.split(',') if given is string else given -%}
    {%- for source in given -%}
        {%- do sources.extend([source | trim, source | trim | lower]) -%}
    {%- endfor -%}
    {{ return(sources | unique(case_sensitive=true) | list) }}
{%- endmacro %}

{% macro is_of_one_record_source(scope_no) -%}
    {%- set scopes = [] -%}
    {%- for source in one_record_sources() -%}
        {%- do scopes.append(value_hash("'" ~ source ~ "'", 0)) -%}
    {%- endfor -%}
    {{ scope_no ~ ' in (' ~ scopes | join(', ') ~ ')' if scopes else 'false' }}
{%- endmacro %}

{#- What the levels say, in the words the rules are written in. -#}
{% macro weighed_pairs(scored, weights) -%}
    {%- set is_kept_anyway -%}
        rule_no = 0
        or {{ has_level('nhs_number', ['same']) }}
        or {{ has_level('upn', ['same']) }}
        or is_expected_and_born
    {%- endset -%}
    select
        {{ scored }}.*,
        rule_no = 0 as is_crosswalk,
        (either_flags & ~both_flags) & {{ record_flag('known_forename') }} > 0 as is_known_forename_of_one,
        {{ has_level('nhs_number', ['same']) }} as is_same_nhs,
        {{ has_level('nhs_number', ['other']) }} as is_other_nhs,
        {{ has_level('upn', ['same']) }} as is_same_upn,
        {{ has_level('upn', ['other']) }} as is_other_upn,
        both_flags & {{ record_flag('nhs_verified') }} > 0 as is_nhs_verified_by_both,
        {{ has_level('birth_date', ['same']) }} as is_same_birth_date,
        {{ has_level('forename', ['same', 'nickname', 'swapped', 'alike']) }} as is_alike_forename,
        {{ has_level('forename', ['same', 'swapped']) }}
        and {{ has_alike_surname() }}
        and {{ has_fitting_middle_name() }} as is_same_full_name,
        {{ has_alike_surname() }} as is_alike_surname,
        {{ has_level('sex', ['other']) }} as is_other_sex,
        {{ has_same_home() }} as is_same_home,
        {{ has_almost_same_home() }} as is_almost_same_home,
        {{ has_level('phone', ['same']) }} or {{ has_level('email', ['same']) }} as is_same_contact,
        weight < {{ weights.review_at }} and not ({{ is_kept_anyway }}) as is_faint
    from {{ scored }}
    where weight >= {{ weights.keep_at }} or {{ is_kept_anyway }}
{%- endmacro %}

{#- Why a pair is not one child by itself; null when it is. domain.md 4.4 and 7.7; in words: docs/matching.md. Where a step ends in
    "offset null", what it says is worked out once; PostgreSQL would write it into every place that names it. -#}
{% macro judged_pairs(weighed, weights) -%}
    select
        guarded.*,
        case
            when guard_code = 'ADOPTION' then guard_code
            when is_faint then 'TOO_FAINT'
            when guard_code in ('MOTHERS_NHS', 'NHS_CONFLICT', 'ONE_PER_SOURCE', 'UNBORN_BORN') then guard_code
            when not is_strong and (is_same_nhs or is_same_upn) then 'NAME_BIRTH_CONFLICT'
            when not is_strong then 'UNCERTAIN'
            when guard_code = 'NAME_BIRTH_WEAK' and weight >= {{ linkage_model().weak_corroboration_bits }} then null
            when guard_code = 'NAME_BIRTH_WEAK' then 'NAME_BIRTH_ONLY'
            else guard_code
        end as reason_code,
        is_barred or (not is_strong and weight < {{ weights.review_at }} and not is_expected_and_born) as is_vetoed
    from (
        -- What stands against a pair however much it weighs, so that other weights can be judged by it, too.
        select
            told.*,
            case
                when either_flags & {{ record_flag('adopted') }} > 0 and is_same_scope then 'ADOPTION'
                when is_mother_and_child then 'MOTHERS_NHS'
                when is_other_nhs and is_nhs_verified_by_both then 'NHS_CONFLICT'
                when is_same_scope and is_one_record_source then 'ONE_PER_SOURCE'
                when is_expected_and_born then 'UNBORN_BORN'
                when either_flags & {{ record_flag('restricted') }} > 0 then 'RESTRICTED'
                when (either_flags & ~both_flags) & {{ record_flag('unborn') }} > 0 then 'UNBORN'
                when is_crosswalk then null
                when {{ is_a_parents_and_a_childs() }} then 'BIRTH_DATE_CONFLICT'
                when is_other_sex
                    and not (
                        {{ has_level('forename', ['same', 'swapped', 'alike']) }}
                        and (is_same_nhs or is_same_upn)
                    )
                    and not (is_same_full_name and is_same_birth_date)
                    then 'SEX_CONFLICT'
                when is_identified then null
                -- A number of somebody's own family, on a record whose birth date does not tell them apart: a brother's or a
                -- sister's under another forename or none, a parent's under other middle names.
                when (is_same_nhs or is_same_upn)
                    and (
                        {{ is_a_siblings() }}
                        or ({{ has_level('middle_names', ['other']) }} and {{ has_level('birth_date', ['none']) }})
                    )
                    then 'NAME_BIRTH_CONFLICT'
                when is_same_nhs or is_same_upn then null
                when is_other_nhs then 'NHS_DIFFERS'
                when is_like_a_twin then 'TWIN'
                -- An expected child has no name yet: its mother's, her home and the very day speak for it, between agencies;
                -- but not for which of twins it is, whom each agency numbers as it likes.
                when both_flags & {{ record_flag('unborn') }} > 0 and {{ has_level('birth_date', ['expected_day']) }}
                    and is_alike_surname and is_same_home and not is_same_scope and not is_one_of_twins
                    and {{ has_level('forename', ['none', 'same']) }}
                    then null
                when {{ has_level('forename', ['none']) }} then 'FORENAME_MISSING'
                -- An initial may be a twin's too; where a twin is known, whoever fits both is taken from both again.
                when {{ has_level('forename', ['initial']) }}
                    and not {{ has_level('middle_names', ['same']) }}
                    and not (
                        either_flags & {{ record_flag('forename') }} > 0
                        and {{ has_level('surname', ['same']) }}
                        and {{ has_level('sex', ['same']) }}
                        and is_same_birth_date
                        and is_same_home
                        and not is_other_upn
                    )
                    then 'FORENAME_MISSING'
                -- Where many live at one address, a birth date and half a name in common happen by chance.
                when {{ has_another_name() }} then 'NAME_CONFLICT'
                -- Brothers may share a first name, and a son his father's; a middle name that fits tells them apart.
                when {{ has_level('birth_date', ['none']) }}
                    and not (is_same_full_name and ({{ has_level('address', ['same']) }} or is_same_contact))
                    then 'BIRTH_DATE_MISSING'
                when {{ has_level('birth_date', ['month']) }} and not is_same_full_name then 'BIRTH_DATE_GUESSED'
                when {{ has_level('birth_date', ['year', 'other']) }} then 'BIRTH_DATE_CONFLICT'
                -- Two of one full name are born a few days or some years apart: then only a home or a contact speaks.
                when {{ has_level('birth_date', ['close']) }} and not (is_same_home or is_same_contact)
                    then 'NAME_BIRTH_ONLY'
                when not is_corroborated and is_weakly_corroborated then 'NAME_BIRTH_WEAK'
                when not is_corroborated then 'NAME_BIRTH_ONLY'
            end as guard_code,
            (either_flags & {{ record_flag('adopted') }} > 0 and is_same_scope)
            or is_mother_and_child
            or (is_other_nhs and is_nhs_verified_by_both)
            or (is_same_scope and is_one_record_source)
            or (is_other_sex and not is_alike_forename and not (is_same_nhs or is_same_upn))
            -- Two numbers and two names are two children; a spelling nobody has may be a slip, and the second number a mistake.
            or (
                is_like_a_twin and is_other_upn
                and not ({{ has_level('forename', ['alike']) }} and is_known_forename_of_one)
            )
            or (
                not (is_same_nhs or is_same_upn or is_same_full_name or is_expected_and_born)
                and {{ has_level('birth_date', ['other']) }}
            )
                as is_barred,
            -- Conflicts break at the weakest evidence: names before identifiers, those before agencies' own crosswalks.
            weight + case
                when is_crosswalk then {{ added_strength('crosswalk') }}
                when is_identified and is_same_nhs then {{ added_strength('nhs_number') }}
                when is_identified then {{ added_strength('identifier') }}
                else 0
            end as strength
        from (
            select
                identified.*,
                is_identified or weight >= {{ weights.link_at }} as is_strong,
                {{ is_like_a_twin() }} as is_like_a_twin,
                {{ is_corroborated() }} as is_corroborated,
                {{ is_weakly_corroborated() }} as is_weakly_corroborated
            from (
                select
                    {{ weighed }}.*,
                    {{ is_of_one_record_source('scope_no') }} as is_one_record_source,
                    {{ is_identified() }} as is_identified,
                    {{ is_slip_of_the_pen() }} as is_slip_of_the_pen,
                    {{ is_like_another_name() }} as is_like_another_name
                from {{ weighed }}
                offset null
            ) as identified
        ) as told
        offset null
    ) as guarded
    offset null
{%- endmacro %}

{#- In which order links break: each kind is stronger than whatever any weight makes of the kinds before it. -#}
{% macro added_strength(kind) -%}
    {{ {'identifier': 1000, 'nhs_number': 2000, 'crosswalk': 3000, 'person': 9000}[kind] }}
{%- endmacro %}
