-- Forces name the lowest grade differently; domain.md 2.5.
select
    case upper(btrim(value, e' \t\r\n\u00a0'))
        when '' then null
        when 'NAR' then 'VL'
        when 'ABSENT' then 'VL'
        else upper(btrim(value, e' \t\r\n\u00a0'))
    end
