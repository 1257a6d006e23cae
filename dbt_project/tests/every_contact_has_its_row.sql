-- Of what this build touched: a contact that lost its row on the way would be a lost referral of our own making.
select contact.contact_id
from {{ ref('jny_contacts') }} as contact
where contact._built_in = {{ build_no() }}
    and not contact._is_retracted
    and not exists (
        select 1 from {{ ref('fct_contacts') }} as fact
        where fact.contact_key = {{ mart_key('contact', 'contact.contact_id') }} and not fact._is_retracted
    )
