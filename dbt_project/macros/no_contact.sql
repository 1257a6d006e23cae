{#- Of a telephone number: whether the figures after its noughts, or after the 7 of a mobile, are all one or count up or down.
    By its last three, which hardly a real number has so, nearly every number is done with. -#}
{% macro is_made_up_number(phone) -%}
    {%- set rest = "ltrim(" ~ phone ~ ", '0')" -%}
    {%- set mobile = "substr(" ~ rest ~ ", 2)" -%}
    (
        strpos('0123456789012 9876543210987 000 111 222 333 444 555 666 777 888 999', right({{ phone }}, 3)) > 0
        and (
            replace({{ rest }}, left({{ rest }}, 1), '') = ''
            or strpos('1234567890123456789', {{ rest }}) > 0
            or strpos('98765432109876543210', {{ rest }}) > 0
            or (
                starts_with({{ rest }}, '7')
                and (
                    replace({{ mobile }}, left({{ mobile }}, 1), '') = ''
                    or strpos('1234567890123456789', {{ mobile }}) > 0
                    or strpos('98765432109876543210', {{ mobile }}) > 0
                )
            )
        )
    )
{%- endmacro %}

{#- Whether an e-mail address is nobody's, or an institution's: whoever gave it has it in common with strangers. -#}
{% macro is_no_one_s_email(email) -%}
    {%- set name = "split_part(" ~ email ~ ", '@', 1)" -%}
    {%- set host = "split_part(split_part(" ~ email ~ ", '@', 2), '.', 1)" -%}
    (
        {{ email }} ~ (
            '^((no|nil|null|n/?a|n/?k|x|tbc|unk|anon)@'
            || '|(none|unknown|anonymous|withheld|refused|no[._-]?e?[._-]?mail([._-]?address)?'
            || '|not?[._-]?(known|given|provided|applicable|available|stated|supplied|recorded|disclosed|one|body)'
            || '|(no|do[._-]?not|dont)[._-]?reply|test|tester|testing|example|email|someone|somebody|anyone|asdf|qwerty'
            || '|admin|administrator|((main|school)[._-]?)?office|info|reception|enquir(y|ies)|inquiries|contact([._-]?us)?|hello'
            || '|help|helpdesk|support|secretary|head([._-]?teacher)?|principal|safeguarding|dsl|senco|attendance|school|surgery'
            || '|practice|team|staff|duty|mash|postmaster|webmaster)[0-9]*@)'
        )
        or {{ host }} in ('none', 'noemail', 'no-email', 'nomail', 'noreply', 'unknown', 'notknown', 'null', 'test', 'nowhere')
        -- abc@abc.com, x@y.z
        or {{ name }} = {{ host }}
        or (length({{ name }}) = 1 and length({{ host }}) = 1)
    )
{%- endmacro %}
