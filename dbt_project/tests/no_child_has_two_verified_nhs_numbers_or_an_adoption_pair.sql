-- Of the children this build wrote a record of, and by the rule that forbids the links: macro judged_pairs.
with

records as (

    select
        member.child_key,
        record.person_scope,
        spine.nhs_number as evident_nhs_number,
        record.is_nhs_number_verified,
        record.adoption_side_code
    from ({{ members_of_written_children() }}) as member
    inner join {{ ref('int_person_records__standardised') }} as record on member.record_key = record.record_key
    -- Where a number that too many share is none.
    inner join {{ ref('int_person_records__spine') }} as spine on record.record_no = spine.record_no

)

select child_key
from records
group by child_key
having count(distinct evident_nhs_number) filter (where is_nhs_number_verified) > 1
    or (bool_or(adoption_side_code = 'PRE') and count(*) > 1)

union

-- The record from after an adoption never joins another of the same agency's.
select child_key
from records
group by child_key, person_scope
having bool_or(adoption_side_code = 'POST') and count(*) > 1
