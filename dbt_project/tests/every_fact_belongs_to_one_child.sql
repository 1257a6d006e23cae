-- Of what this build wrote: a fact about a child whom dim_children does not have would be seen by nobody.
{% set facts = [
    'fct_agency_checks', 'fct_contacts', 'fct_sent_referrals', 'fct_mash_enquiries', 'fct_health_responses',
    'fct_missing_episodes', 'fct_return_interviews', 'fct_timeliness'
] %}
{% for fact in facts %}
    select '{{ fact }}' as mart, fact.child_key
    from {{ ref(fact) }} as fact
    where fact._built_in = {{ build_no() }}
        and not fact._is_retracted
        and not exists (
            select 1 from {{ ref('dim_children') }} as child
            where child.child_key = fact.child_key and not child._is_retracted
        )
    {{ 'union all' if not loop.last }}
{% endfor %}
