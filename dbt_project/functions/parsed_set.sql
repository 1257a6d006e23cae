-- CSV feeds separate codes by a bar, JSON feeds send an array.
select
    case
        when nullif(btrim(value), '') is null then null
        when left(ltrim(value), 1) = '[' and pg_input_is_valid(value, 'jsonb')
            then (
                select array_agg(upper(btrim(element.code)) order by element.position)
                from jsonb_array_elements_text(parsed_set.value::jsonb) with ordinality as element (code, position)
                where btrim(element.code) <> ''
            )
        else (
            select array_agg(upper(btrim(element.code)) order by element.position)
            from string_to_table(parsed_set.value, '|') with ordinality as element (code, position)
            where btrim(element.code) <> ''
        )
    end
