select
    case
        when pg_input_is_valid(value, 'jsonb') then value::jsonb
    end
