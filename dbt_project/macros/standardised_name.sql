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

{#- Letters and digits only, without accents, upper case. What is written when there is no name is no name. -#}
{% macro standardised_name(field) -%}
    case
        when replace({{ field }}, left({{ field }}, 1), '') = '' and length({{ field }}) > 1 then null
        when {{ is_no_answer(field) }} or {{ is_nobody_s_name(field) }} then null
        when {{ field }} !~ '[^A-Za-z]' then upper({{ field }})
        else nullif(regexp_replace(upper(public.unaccent({{ field }})), '[[:space:][:punct:]’‘`´]', '', 'g'), '')
    end
{%- endmacro %}

{#- A forename, and a title before it dropped. -#}
{% macro standardised_forename(field) -%}
    case
        when upper(rtrim(split_part({{ field }}, ' ', 1), '.'))
            in ('MR', 'MRS', 'MISS', 'MS', 'MX', 'MASTER', 'MSTR', 'DR', 'MADAM', 'SIR')
            then {{ standardised_name("nullif(ltrim(substr(" ~ field ~ ", strpos(" ~ field ~ " || ' ', ' '))), '')") }}
        else {{ standardised_name(field) }}
    end
{%- endmacro %}

{#- Another way a name is written: Jörg is JORG here as where nobody has such a key, and Joerg in his passport. Null for nearly
    every name. JOERG cannot stand for the name itself: Björn and Özgür are Bjorn and Ozgur to everybody in England. Nor can JORG
    stand for Joerg: Chloe would be CHLO, Sue SU and Michael MICHAL, who is somebody else, and the lists of names have CHLOE. -#}
{% macro written_out(field) -%}
    case
        when octet_length({{ field }}) > length({{ field }}) and normalize({{ field }}) ~ '[äöüøåÄÖÜØÅ]'
            then {{ standardised_name(
                "replace(replace(replace(replace(translate(normalize(" ~ field ~ "), 'ÄÖÜØÅø', 'äöüöåö'), "
                ~ "'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa')"
            ) }}
    end
{%- endmacro %}

{#- By which word of several a child is called that shares the first with its brothers or sisters: Md Rahim, Thi Mai. -#}
{% macro called_by_last_word(field) -%}
    case
        when strpos({{ field }}, ' ') > 0
            and upper(rtrim(split_part({{ field }}, ' ', 1), '.')) in (
                'MD', 'MOHD', 'MUHD', 'MOH', 'MOHAMMED', 'MOHAMMAD', 'MUHAMMAD', 'MUHAMMED', 'MOHAMED', 'MOHAMAD', 'MUHAMAD',
                'MUHAMED', 'THI', 'VAN'
            )
            then {{ standardised_name("split_part(" ~ field ~ ", ' ', -1)") }}
    end
{%- endmacro %}

{#- Whether an address says where nobody lives. What begins with a number is a house's. -#}
{% macro is_no_address(field, letters) -%}
    {%- set streets = '(STREET|ST|ROAD|RD|LANE|LN|AVENUE|AVE|CLOSE|DRIVE|DROVE|WAY|CRESCENT|GARDENS|TERRACE|SQUARE|GROVE|ROW'
        ~ '|MEWS|WALK)' -%}
    (
        left({{ letters }}, 1) not in ('1', '2', '3', '4', '5', '6', '7', '8', '9')
        and (
            {{ is_no_answer(letters) }}
            or {{ letters }} ~ (
                '^((HOME|CURRENT|FULL)?ADDRESS(IS)?'
                || '(UNKNOWN|UNDISCLOSED|NO[TN]|WITHHELD|CONFIDENTIAL|REDACTED|PROTECTED|TB[AC]|TOBE)'
                || '|UNKNOWN|UNDISCLOSED|WITHHELD|CONFIDENTIAL|REDACTED|TOBE(CONFIRMED|ADVISED)|WHEREABOUTS'
                || '|(OF)?NO(KNOWN|FIXED|PERMANENT|CURRENT|SETTLED|ADDRESS)|NFA|HOMELESS|SOFASURF|SLEEPINGROUGH|ROUGHSLEEP'
                || '|AS(ABOVE|BEFORE)|SAME(AS|ADDRESS)|SEE(ABOVE|BELOW|NOTE|FILE|CASE|RECORD)|C(AREOF|O)S(OCIAL|CHOOL)'
                || '|TEMPORARY|TEMPACC|SUPPORTEDACC|BEDANDBREAKFAST|(IN)?FOSTER(CARE|ING|PLACE|HOME|FAMIL|PARENT)'
                || '|INCARE|PLACEMENT'
                || '|OVERSEAS|ABROAD|OUTOF(AREA|COUNTY|BOROUGH|COUNTRY)|MOVED(AWAY|OUT|TO|HOME|HOUSE|ABROAD|FROM|[0-9]|$)'
                || '|TRAVELL(ING|ERS?$)|(LIV|STAY|RESID)(ES|ING|S)WITH'
                || '|(FLAT|ROOM|WARD|UNIT|APARTMENT|APT|BED|NO|NUMBER|PLOT|PITCH|CARAVAN)(NO)?[0-9]+[A-Z]?$'
                || '|(HOSTEL|REFUGE|HOTEL|HOSPITAL|PRISON|SCHOOL|HOUSE)[0-9]*$)'
            )
            -- A house without a number has a name: either a word for a house is in it, of three at least and before no word for
            -- a street ("Rose Cottage, Ufford", not "Cottage Lane, Ely"), or a street follows what is none ("The Laurels, Mill
            -- Lane"). A town, a county, a street alone or prose of whatever words says nothing about a home. No list has all
            -- that people write who have none, so this one is of what they write who have; what it misses stays unlinked, and
            -- a person is asked. A postcode at the end is no number of a house.
            or (
                (
                    translate({{ letters }}, '0123456789', '') = {{ letters }}
                    or {{ field }} ~ '^[^0-9]*[ ,][A-Za-z]{1,2}[0-9]{1,2}[A-Za-z]?( ?[0-9][A-Za-z]{2})?$'
                )
                and not (
                    (
                        (
                            upper({{ field }}) ~ (
                                '\m(HOUSE|COTTAGE|FARM|FARMHOUSE|LODGE|BARN|BUNGALOW|VILLA|MANOR|GRANGE|VICARAGE|RECTORY|HALL)\M'
                                || '(?! +{{ streets }}\M)'
                            )
                            and {{ field }} ~ '\w\W+\w.*\w\W+\w'
                        )
                        or (
                            upper({{ field }}) ~ ',.*\m{{ streets }}[. ]*(,|$)'
                            and upper({{ field }}) !~ '^[^,]*\m{{ streets }}[. ]*,'
                        )
                    )
                    and upper({{ field }}) !~ (
                        '\m(UNKNOWN|NOT?|WITHHELD|CONFIDENTIAL|UNDISCLOSED|TBC|NFA|TEMP|TEMPORAR(Y|ILY)|FOSTER(ED|ING)?|CARE(RS?)?'
                        || '|HOSTEL|REFUGE|SHELTER|HOMELESS|HOTEL|HOSPITAL|PRISON|HMP|PLACEMENT|PLACED|SOCIAL|COUNCIL|CHILDRENS?'
                        || '|SERVICES|MOTHERS?|MUMS?|FATHERS?|DADS?|PARENTS?|GRAN|NANS?|GRAND(MA|AD|PARENTS?|MOTHERS?|FATHERS?)'
                        || '|AUNT(S|Y|IES?)?|UNCLES?|BROTHERS?|SISTERS?|FRIENDS?|FAMILY|RELATIVES?|PARTNERS?|SAME|SEE|NOTES'
                        || '|MOVED|LEFT|SAFE|STAYING|LIV(ES|ING)|RESID(ES|ING)|SOMEWHERE|NEAR|CURRENTLY|ABROAD|OVERSEAS|C/O'
                        || '|SCHOOL(?! +(HOUSE|COTTAGE|LANE|ROAD|STREET|CLOSE|DROVE)))\M'
                    )
                )
            )
        )
    )
{%- endmacro %}

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

{#- The consonants of a name, which survive most ways of writing it in Latin letters; null when too few are left. -#}
{% macro name_skeleton(name) -%}
    case
        when length(translate({{ name }}, 'AEIOUYHW', '')) >= 2
            then (regexp_match(
                left({{ name }}, 1)
                || regexp_replace(translate(substr({{ name }}, 2), 'AEIOUYHW', ''), '(.)\1+', '\1', 'g'), '^.{3,}$'
            ))[1]
    end
{%- endmacro %}
