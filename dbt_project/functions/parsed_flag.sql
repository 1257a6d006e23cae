select
    case upper(btrim(value, e' \t\r\n\u00a0'))
        when 'Y' then true
        when 'N' then false
        when 'TRUE' then true
        when 'FALSE' then false
    end
