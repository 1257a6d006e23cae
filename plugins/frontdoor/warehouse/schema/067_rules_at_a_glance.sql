-- What is written as it should be is told at a glance, and digits are weighed as one number: every record of every
-- delivery passes here, and a million of them took twice as long. The answers are the same as before (015).
create or replace function rules.nhs_number_is_valid(value text) returns boolean
language plpgsql immutable parallel safe
as $$
declare
    digits text := value;
    number bigint;
begin
    if digits !~ '^[0-9]{10}$' then
        digits := rules.normalised_nhs_number(value);
    end if;
    if digits is null or digits !~ '^[0-9]{10}$' then
        return false;
    end if;
    number := digits::bigint;
    return number % 1111111111 <> 0 and (
        number / 1000000000 * 10 + number / 100000000 % 10 * 9 + number / 10000000 % 10 * 8
        + number / 1000000 % 10 * 7 + number / 100000 % 10 * 6 + number / 10000 % 10 * 5 + number / 1000 % 10 * 4
        + number / 100 % 10 * 3 + number / 10 % 10 * 2 + number % 10
    ) % 11 = 0;
end
$$;

create or replace function rules.upn_is_valid(value text) returns boolean
language plpgsql immutable parallel safe
as $$
declare
    letters constant text := 'ABCDEFGHJKLMNPQRTUVWXYZ';
    upn text := value;
    number bigint;
    last text;
begin
    if upn !~ '^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$' then
        upn := upper(rules.trimmed(value));
    end if;
    if upn is null or upn !~ '^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$' then
        return false;
    end if;
    number := substr(upn, 2, 11)::bigint;
    last := right(upn, 1);
    return left(upn, 1) = substr(letters, 1 + ((
        number / 10000000000 * 2 + number / 1000000000 % 10 * 3 + number / 100000000 % 10 * 4
        + number / 10000000 % 10 * 5 + number / 1000000 % 10 * 6 + number / 100000 % 10 * 7
        + number / 10000 % 10 * 8 + number / 1000 % 10 * 9 + number / 100 % 10 * 10 + number / 10 % 10 * 11
        + number % 10 * 12
        + 13 * case when last between '0' and '9' then ascii(last) - 48 else strpos(letters, last) - 1 end
    ) % 23)::integer, 1);
end
$$;

create or replace function rules.normalised_postcode(value text) returns text
language sql immutable parallel safe
return case
    when value ~ '^[A-Z0-9]{2,4} [0-9][A-Z]{2}$' then value
    else nullif(
        regexp_replace(
            upper(regexp_replace(value, '[\s\u00a0]', '', 'g')), '^([A-Z0-9]{2,4})([0-9][A-Z]{2})$', '\1 \2'
        ),
        ''
    )
end;
