select
    case
        when value ~ '^\s*[+-]?[0-9]{1,9}\s*$' then value::bigint
    end
