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
