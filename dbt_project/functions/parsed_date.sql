select
    case
        when value ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?\s*$'
            and pg_input_is_valid(left(btrim(value, e' \t\r\n'), 10), 'date')
            then left(btrim(value, e' \t\r\n'), 10)::date
        when value ~ '^\s*[0-9]{2}/[0-9]{2}/[0-9]{4}(\s+[0-9:.]+)?\s*$'
            and pg_input_is_valid(
                regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4}).*$', '\3-\2-\1'), 'date'
            )
            then regexp_replace(value, '^\s*([0-9]{2})/([0-9]{2})/([0-9]{4}).*$', '\3-\2-\1')::date
    end
