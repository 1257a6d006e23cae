{#- One letter's difference is a twin's name when both are names people have, or neither is; when only one is, the other was a
    slip of the pen. No list has every name: where one agency keeps both, or their pupil numbers differ, nothing is a slip; nor
    is Karima beside Karim, when nothing says that she is no girl. Two letters' may be a slip in the twin's. -#}
{% macro is_slip_of_the_pen() -%}
    (
        {{ has_level('forename', ['alike']) }}
        and is_known_forename_of_one
        and not is_other_upn
        and (
            {{ has_fitting_middle_name() }}
            or not (is_same_scope or is_longer_forename_of_no_known_sex)
        )
    )
{%- endmacro %}

{% macro is_like_another_name() -%}
    (
        ({{ has_level('forename', ['alike']) }} and not {{ is_slip_of_the_pen() }})
        or (
            {{ has_level('forename', ['partly']) }}
            and not (is_known_forename_of_one and {{ has_fitting_middle_name() }})
        )
    )
{%- endmacro %}

{#- Twins, or brothers of one birth date: reads what `is_like_another_name` says. -#}
{% macro is_like_a_twin() -%}
    ({{ has_alike_surname() }} or {{ has_level('surname', ['partly']) }}) and (
        -- The same birth date, surname and home.
        is_same_birth_date and {{ may_be_same_home() }} and (
            {{ has_level('forename', ['other']) }}
            -- Brothers may share a first name.
            or {{ has_level('middle_names', ['other']) }}
            or is_like_another_name
            -- Katie, K and Katherine are one child's names, but not where one agency keeps a record of each.
            -- Nor where nothing says that Daniel and Daniela are not a boy and a girl.
            or (
                {{ has_level('forename', ['nickname', 'initial']) }}
                and (
                    is_same_scope
                    or (
                        {{ has_level('forename', ['nickname']) }}
                        and {{ has_level('sex', ['none']) }}
                        and either_flags & {{ record_flag('boys_and_girls_forename') }} > 0
                    )
                )
                and not {{ has_fitting_middle_name() }}
            )
        )
        -- Wherever they live, and with a slip in a birth date: what else speaks beside a name, twins have in common.
        or (
            is_like_another_name
            and not {{ has_fitting_middle_name() }}
            and {{ has_level('birth_date', ['same', 'month', 'swapped', 'close']) }}
        )
        -- Twin 1 and Twin 2 of one home or mother, expected or born.
        or (
            is_other_birth_order
            and {{ has_level('birth_date', ['same', 'month', 'swapped', 'close', 'expected_day', 'expected']) }}
        )
        -- Whom one agency expects twice at once.
        or (
            both_flags & {{ record_flag('unborn') }} > 0
            and is_same_scope
            and {{ has_level('birth_date', ['expected_day', 'expected']) }}
        )
    )
{%- endmacro %}

{#- A forename or surname that is not the same person's, as far as names and home can tell. -#}
{% macro has_another_name() -%}
    {{ has_level('forename', ['other']) }}
    -- Surnames change; then forename, birth date and home must all be the same. Where an agency fills in the
    -- surname as forename, twins agree in as much: so it is a forename people have, or a middle name fits.
    or (
        {{ has_level('surname', ['other']) }}
        and not (
            is_same_birth_date
            and is_same_home
            and (
                is_slip_of_the_pen
                or (
                    {{ has_level('forename', ['same']) }}
                    and (
                        both_flags & {{ record_flag('known_forename') }} > 0
                        or {{ has_fitting_middle_name() }}
                    )
                )
            )
        )
    )
    or (
        {{ has_level('surname', ['none']) }}
        and not {{ has_level('forename', ['same']) }}
        and not (is_slip_of_the_pen and is_same_birth_date and is_same_home)
    )
    or (
        {{ has_level('forename', ['partly']) }}
        and not ({{ has_level('surname', ['same', 'half']) }} and is_same_birth_date)
    )
{%- endmacro %}

{% macro has_alike_surname() -%}
    {{ has_level('surname', ['same', 'swapped', 'half', 'alike']) }}
{%- endmacro %}

{% macro has_fitting_middle_name() -%}
    {{ has_level('middle_names', ['same', 'partly', 'initial']) }}
{%- endmacro %}
