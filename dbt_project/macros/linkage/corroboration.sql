{#- An agency's own word or a number, and enough of the rest beside it that it is not a misfiled one. -#}
{% macro is_identified() -%}
    is_crosswalk
    or (
        is_same_nhs
        and (
            (
                is_nhs_verified_by_both
                and (is_same_birth_date or (is_alike_forename and is_alike_surname and not {{ is_a_siblings() }}))
            )
            or (is_same_birth_date and (is_alike_forename or is_alike_surname))
        )
    )
    or (is_same_upn and is_same_birth_date)
{%- endmacro %}

{#- A number of a brother or sister, a parent or a child not yet born: nothing but the number and what a family shares agrees.
    A baby may be called by a form of its mother's name, and bear her NHS number. -#}
{% macro is_a_siblings() -%}
    (
        (
            ({{ has_level('forename', ['none', 'other']) }} or {{ is_like_another_name() }})
            and {{ has_level('birth_date', ['none', 'month', 'year', 'other']) }}
        )
        or (
            is_same_nhs
            and {{ has_level('forename', ['nickname', 'initial']) }}
            and {{ has_level('birth_date', ['none']) }}
        )
    )
{%- endmacro %}

{#- A parent's and a child's records, whatever NHS number stands on both. A parent has no pupil number, but a form may bear a parent's
    name and birth date and the child's number: it outweighs the years only beside almost the same names. -#}
{% macro is_a_parents_and_a_childs() -%}
    (
        is_a_generation_apart
        and not (
            is_same_upn
            and {{ has_level('forename', ['same', 'nickname', 'swapped', 'alike']) }}
            and {{ has_alike_surname() }}
            and not {{ has_level('middle_names', ['other']) }}
            and not {{ has_level('sex', ['other']) }}
        )
    )
{%- endmacro %}

{#- Nobody links on a name and a birth date alone: another field agrees too. -#}
{% macro is_corroborated() -%}
    is_almost_same_home
    or is_same_contact
    or {{ has_level('middle_names', ['same']) }}
{%- endmacro %}

{#- A district, a middle initial, or sex and ethnicity together, say little, so the odds must be good (comparisons.yaml says
    how good) and no pupil number be different. -#}
{% macro is_weakly_corroborated() -%}
    (
        not is_other_upn
        and not {{ has_level('middle_names', ['other']) }}
        and (
            (
                {{ has_level('postcode', ['district']) }}
                -- Two homes and two telephones in one town are two families'.
                and not (
                    {{ has_level('address', ['other']) }}
                    and ({{ has_level('phone', ['other']) }} or {{ has_level('email', ['other']) }})
                )
            )
            or {{ has_level('middle_names', ['partly', 'initial']) }}
            or (
                is_same_ethnicity
                and {{ has_level('sex', ['same']) }}
                -- Khalid Yusuf and Yusuf Khalid may be two: how common their names are, a change of places does not weigh.
                and not {{ has_level('forename', ['swapped']) }}
                and not {{ has_level('address', ['other']) }}
                and not {{ has_level('phone', ['other']) }}
                and not {{ has_level('email', ['other']) }}
            )
        )
    )
{%- endmacro %}
