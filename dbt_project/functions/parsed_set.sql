-- CSV feeds separate codes by a bar, JSON feeds send an array.
select array_agg(upper(btrim(element.code)) order by element.position)
from (
    select
        listed.code,
        listed.position
    from string_to_table(case when ltrim(value) not like '[%' then value end, '|')
        with ordinality as listed (code, position)
    union all
    select
        listed.code,
        listed.position
    from jsonb_array_elements_text(
        case when ltrim(value) like '[%' then rules.parsed_json(value) end
    ) with ordinality as listed (code, position)
) as element
where btrim(element.code) <> ''
