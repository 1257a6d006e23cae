-- What supplied text means, decided once: the delivery rules judge by these functions and staging types by them.
-- None of them raises, whatever it is given: a failed cast would write the value into logs.

create schema if not exists rules;

create function rules.trimmed(value text) returns text
language sql immutable parallel safe
return nullif(btrim(value, e' \t\r\n\u00a0'), '');

create function rules.normalised_nhs_number(value text) returns text
language sql immutable parallel safe
return nullif(regexp_replace(value, '[\s\u00a0-]', '', 'g'), '');

-- Modulus 11; valid is not verified. Ten equal digits may pass the sum and are nobody's.
-- PL/pgSQL here and below where the text is looked at digit by digit: ten times faster than a sub-select.
create function rules.nhs_number_is_valid(value text) returns boolean
language plpgsql immutable parallel safe
as $$
declare
    digits constant text := rules.normalised_nhs_number(value);
    total integer := 0;
begin
    if digits is null or digits !~ '^[0-9]{10}$' or digits ~ '^(.)\1{9}$' then
        return false;
    end if;
    for place in 1..9 loop
        total := total + (11 - place) * (ascii(substr(digits, place, 1)) - 48);
    end loop;
    return (11 - total % 11) % 11 = ascii(right(digits, 1)) - 48;
end
$$;

-- A check letter over twelve characters, the last of which may be a letter (a temporary number).
create function rules.upn_is_valid(value text) returns boolean
language plpgsql immutable parallel safe
as $$
declare
    letters constant text := 'ABCDEFGHJKLMNPQRTUVWXYZ';
    upn constant text := upper(rules.trimmed(value));
    total integer := 0;
begin
    if upn is null or upn !~ '^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$' then
        return false;
    end if;
    for place in 2..12 loop
        total := total + place * (ascii(substr(upn, place, 1)) - 48);
    end loop;
    total := total + 13 * coalesce(nullif(strpos(letters, right(upn, 1)), 0) - 1, ascii(right(upn, 1)) - 48);
    return left(upn, 1) = substr(letters, 1 + total % 23, 1);
end
$$;

create function rules.normalised_postcode(value text) returns text
language sql immutable parallel safe
return nullif(
    regexp_replace(
        upper(regexp_replace(value, '[\s\u00a0]', '', 'g')), '^([A-Z0-9]{2,4})([0-9][A-Z]{2})$', '\1 \2'
    ),
    ''
);

-- BS 7666 shape, or one of the NHS's pseudo postcodes: no fixed abode, not known.
create function rules.postcode_is_valid(value text) returns boolean
language sql immutable parallel safe
return coalesce(
    rules.normalised_postcode(value) ~ (
        '^(GIR 0AA|([A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]'
        || '|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) [0-9][ABD-HJLNP-UW-Z]{2})$'
    )
    or rules.normalised_postcode(value) in ('ZZ99 3VZ', 'ZZ99 3WZ'),
    false
);

-- Only these spellings: PostgreSQL would also take "now", "infinity" and "epoch", which are nobody's times.
create function rules.parsed_timestamp(value text, default_timezone text) returns timestamptz
language sql stable parallel safe
return case
    when value ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?\s*(Z|[+-][0-9]{2}(:?[0-9]{2})?)\s*$'
        then case when pg_input_is_valid(value, 'timestamptz') then value::timestamptz end
    when value ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?)?\s*$'
        then case when pg_input_is_valid(value, 'timestamp') then value::timestamp at time zone default_timezone end
    when value ~ '^\s*[0-9]{2}/[0-9]{2}/[0-9]{4}(\s+[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?\s*$'
        and pg_input_is_valid(
            regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4})', '\3-\2-\1'), 'timestamp'
        )
        then regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4})', '\3-\2-\1')::timestamp
            at time zone default_timezone
    when value ~* '^\s*[0-9]{4}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-[0-9]{2}(\s+[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?\s*$'
        then case when pg_input_is_valid(value, 'timestamp') then value::timestamp at time zone default_timezone end
end;

-- A day written alone stands for its midnight: it must not be held to the hour.
create function rules.is_day_only(value text) returns boolean
language sql immutable parallel safe
return value !~ '[0-9]:[0-9]';

create function rules.parsed_date(value text) returns date
language sql stable parallel safe
return case
    when value ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?\s*$'
        and pg_input_is_valid(left(btrim(value, e' \t\r\n'), 10), 'date')
        then left(btrim(value, e' \t\r\n'), 10)::date
    when value ~ '^\s*[0-9]{2}/[0-9]{2}/[0-9]{4}(\s+[0-9:.]+)?\s*$'
        and pg_input_is_valid(
            regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4}).*$', '\3-\2-\1'), 'date'
        )
        then regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4}).*$', '\3-\2-\1')::date
    when value ~* '^\s*[0-9]{4}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-[0-9]{2}(\s+[0-9:.]+)?\s*$'
        and pg_input_is_valid(left(btrim(value, e' \t\r\n'), 11), 'date')
        then left(btrim(value, e' \t\r\n'), 11)::date
end;

-- Is one moment before another? Moments of which one is known to the day only are compared by local day.
create function rules.is_before(value text, other text, default_timezone text) returns boolean
language sql stable parallel safe
return coalesce(
    case
        when rules.is_day_only(value) or rules.is_day_only(other)
            then (rules.parsed_timestamp(value, default_timezone) at time zone default_timezone)::date
                < (rules.parsed_timestamp(other, default_timezone) at time zone default_timezone)::date
        else rules.parsed_timestamp(value, default_timezone) < rules.parsed_timestamp(other, default_timezone)
    end,
    false
);

create function rules.is_integer(value text) returns boolean
language sql immutable parallel safe
return coalesce(rules.trimmed(value) ~ '^[+-]?[0-9]{1,9}$', false);

create function rules.trailing_number(value text) returns numeric
language sql immutable parallel safe
return substring(value from '[0-9]{1,18}$')::numeric;

create function rules.is_decimal(value text) returns boolean
language sql immutable parallel safe
return coalesce(rules.trimmed(value) ~ '^[+-]?[0-9]{1,15}([.][0-9]{1,9})?$', false);

create function rules.is_flag(value text) returns boolean
language sql immutable parallel safe
return coalesce(upper(rules.trimmed(value)) in ('Y', 'N', 'TRUE', 'FALSE'), false);

create function rules.is_json(value text) returns boolean
language sql stable parallel safe
return coalesce(pg_input_is_valid(value, 'jsonb'), false);

create function rules.is_code(value text, codes text[]) returns boolean
language sql immutable parallel safe
return coalesce(upper(rules.trimmed(value)) = any(codes), false);

-- PL/pgSQL, because CASE does not guard a cast inside a sub-select: the planner would work it out beforehand and raise.
create function rules.parsed_json(value text) returns jsonb
language plpgsql stable parallel safe
as $$
begin
    if pg_input_is_valid(value, 'jsonb') then
        return value::jsonb;
    end if;
    return null;
end
$$;

-- Several codes: separated by bars, or a JSON list.
create function rules.are_codes(value text, codes text[]) returns boolean
language sql stable parallel safe
return case
    when value ~ '^\s*\['
        then case
            when not rules.is_json(value) then false
            else not exists (
                select from jsonb_array_elements_text(rules.parsed_json(value)) as element (code)
                where not rules.is_code(element.code, codes)
            )
        end
    else not exists (
        select from string_to_table(value, '|') as element (code) where not rules.is_code(element.code, codes)
    )
end;
