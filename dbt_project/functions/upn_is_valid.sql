-- A check letter over twelve characters, the last of which may be a letter (a temporary number).
select
    coalesce(value ~ '^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$', false)
    and left(value, 1) = substr(
        'ABCDEFGHJKLMNPQRTUVWXYZ',
        1 + (
            select
                (
                    sum(
                        character.place
                        * case
                            when substr(value, character.place, 1) ~ '[0-9]'
                                then substr(value, character.place, 1)::integer
                            else strpos('ABCDEFGHJKLMNPQRTUVWXYZ', substr(value, character.place, 1)) - 1
                        end
                    ) % 23
                )::integer
            from generate_series(2, 13) as character (place)
        ),
        1
    )
