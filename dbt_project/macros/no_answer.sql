{#- What people write for "nobody knows", in a name and an address alike, whatever case it is in and whatever they
    put between the letters: N.K., n / k, NOT-KNOWN. Single letters with nothing but a space between them are initials. -#}
{% macro is_no_answer(field) -%}
    {%- set letters = "upper(translate(" ~ field ~ ", ' ./-_()?', ''))" -%}
    (
        {{ letters }} in (
            'NA', 'NK', 'NO', 'NIL', 'NONE', 'NULL', 'X', 'UNK', 'UNKNOWN', 'DONTKNOW', 'DONOTKNOW', 'NOBODYKNOWS', 'NAME',
            'FORENAME', 'SURNAME', 'FIRSTNAME', 'LASTNAME', 'MIDDLENAME', 'MIDDLENAMES', 'FULLNAME', 'FNU', 'LNU', 'TBC',
            'TBA', 'TBD', 'TOBECONFIRMED', 'TOBEADVISED', 'TOBENAMED', 'TEST', 'CHILD', 'SIBLING', 'MALE', 'FEMALE', 'BOY',
            'GIRL', 'TWIN', 'TRIPLET', 'DAUGHTER', 'MR', 'MRS', 'MISS', 'DONOTUSE', 'WITHHELD', 'ADDRESSWITHHELD',
            'CONFIDENTIAL', 'RESTRICTED', 'REDACTED', 'UNDISCLOSED', 'ANONYMOUS', 'ANON', 'UNIDENTIFIED', 'ANOTHER', 'OTHER',
            'REFUSED', 'DECLINED', 'ASABOVE', 'SAMEASABOVE', 'SEEABOVE', 'SEENOTES', 'NEONATE', 'FOETUS', 'FETUS'
        )
        and {{ field }} !~ '^[[:alpha:]]( [[:alpha:]])+$'
        or (
            upper(left(ltrim({{ field }}, '('), 2)) = 'NO'
            and {{ letters }} ~ (
                '^NO(T(YET|CURRENTLY)?(KNOWN|GIVEN|STATED|RECORDED|PROVIDED|NAMED|DISCLOSED|APPLICABLE|AVAILABLE|SUPPLIED'
                || '|SPECIFIED|CONFIRMED|OBTAINED|SURE|HELD|SHARED|ONFILE|ONRECORD|ONSYSTEM)'
                || '|NE(GIVEN|KNOWN|RECORDED|PROVIDED|STATED|SUPPLIED|HELD)'
                || '|(KNOWN|GIVEN|OTHER)?(FORE|FIRST|MIDDLE|SUR|LAST|OTHER)?NAMES?(GIVEN|KNOWN|YET|RECORDED|PROVIDED)?$|MIDDLE$'
                || '|(INFORMATION|DETAILS)(GIVEN|KNOWN|AVAILABLE|HELD|RECORDED|PROVIDED)?$)'
            )
        )
    )
{%- endmacro %}

{#- The words in a child's place before it has a name, or instead of it: "Baby Smith", "B/O Sarah", "Twin II", "Girl 1".
    Compared by its first letters before anything dearer: nearly every name is done with then. -#}
{% macro is_nobody_s_name(field) -%}
    (
        upper(left({{ field }}, 3)) in (
            'BAB', 'UNB', 'INF', 'NEW', 'NEO', 'FOE', 'FET', 'UNK', 'UNN', 'UNI', 'B/O', 'NAM', 'RED', 'MAL', 'FEM', 'TWI', 'TRI',
            'QUA', 'BOY', 'GIR', 'CHI', 'SIB', 'SON', 'DAU', '1ST', '2ND', '3RD', 'FIR', 'SEC', 'THI'
        )
        and upper({{ field }}) ~ (
            '^((BABY_?(BOY|GIRL)?|UNBORN|INFANT|NEW ?BORN|NEONATE|FO?ETUS|UNKNOWN|UNNAMED|UNIDENTIFIED|REDACTED)[0-9]*\M'
            || '|B/O\M|(FE)?MALE (INFANT|BABY|CHILD|TWIN|[0-9])'
            || '|NAME[ :-]+(TBC|TBA|TO BE|NOT|UNK|WITHHELD|REDACTED|REFUSED|PENDING|N/?[AK]\M)'
            || '|(TWIN|TRIPLET|QUAD(RUPLET)?|BOY|GIRL|CHILD|SIBLING)'
            || '([ ._#-]*[1-9]|[ ._#-]+(NO[. ]*|NUMBER )?([1-9A-F]|I{1,3}|IV|ONE|TWO|THREE|FOUR)) *$'
            || '|(TWIN|TRIPLET)[ -]*([AB]|BOY|GIRL|BABY)\M|(BOY|GIRL)[ -]+(TWIN|TRIPLET)\M'
            || '|(TWIN|BOY|GIRL|CHILD|SIBLING|SON|DAUGHTER) OF\M|(1ST|2ND|3RD|FIRST|SECOND|THIRD) (TWIN|TRIPLET|BABY|CHILD)\M)'
        )
    )
{%- endmacro %}
