-- Of the keys this build wrote: two groups that bear one key would be read as one child.
with

written as (

    select distinct child_key from {{ ref('int_children__members') }}
    where _built_in = {{ build_no() }}

)

select written.child_key
from written
inner join {{ ref('int_children__members') }} as member on written.child_key = member.child_key
where not member._is_retracted
group by written.child_key
having count(distinct member.group_no) > 1
