-- Only these spellings: PostgreSQL would also take "now", "infinity" and month names.
select
    case
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
    end
