-- Of the children this build wrote a record of; domain.md 4.4 and 7.7.
with

written as (

    select distinct child_key from {{ ref('int_children__members') }}
    where _built_in = {{ build_no() }}

)

select written.child_key
from written
inner join {{ ref('int_children__members') }} as member on written.child_key = member.child_key
inner join {{ ref('int_person_records__standardised') }} as record on member.record_key = record.record_key
where not member._is_retracted
group by written.child_key
having count(distinct record.evident_nhs_number) filter (where record.is_nhs_number_verified) > 1
    or (bool_or(record.adoption_side_code = 'PRE') and count(*) > 1)
    or (
        bool_or(record.adoption_side_code = 'POST' and record.person_scope = 'council')
        and count(*) filter (where record.person_scope = 'council') > 1
    )
