-- Modulus 11; valid is not verified. 0000000000 and its like pass the sum and are nobody's.
select
    coalesce(value ~ '^[0-9]{10}$' and value !~ '^(.)\1{9}$', false)
    and (
        11 - (
            select sum((11 - digit.place) * substr(value, digit.place, 1)::integer) % 11
            from generate_series(1, 9) as digit (place)
            where value ~ '^[0-9]{10}$'
        )
    ) % 11 = case when value ~ '^[0-9]{10}$' then right(value, 1)::integer end
