-- Of the children this build wrote a record of; domain.md 4.4 and 7.7.
select member.child_key
from ({{ members_of_written_children() }}) as member
inner join {{ ref('int_person_records__standardised') }} as record on member.record_key = record.record_key
group by member.child_key
having count(distinct record.evident_nhs_number) filter (where record.is_nhs_number_verified) > 1
    or (bool_or(record.adoption_side_code = 'PRE') and count(*) > 1)
    or (
        bool_or(record.adoption_side_code = 'POST' and record.person_scope = 'council')
        and count(*) filter (where record.person_scope = 'council') > 1
    )
