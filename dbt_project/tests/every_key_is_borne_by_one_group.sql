-- Of the keys this build wrote: two groups that bear one key would be read as one child.
select member.child_key
from ({{ members_of_written_children() }}) as member
group by member.child_key
having count(distinct member.group_no) > 1
