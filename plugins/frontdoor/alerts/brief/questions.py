"""The brief's questions to the published marts, the ledger and the alerts, each at %(as_of)s."""

PUBLICATION = """
    select publication_no, data_as_of, published_at, content_fingerprint
    from assurance.current_publication
"""

# Alerts about restricted children are their custodians' alone, those of confidential checks their recipients': neither
# listed nor counted.
OPEN_ALERTS = """
    select
        alert_ref, check_id, severity, state, is_escalated, reason_code, due_at, opened_at,
        raised_at > %(as_of)s - interval '24 hours' as is_new
    from alerts.alerts
    where state <> 'resolved'
        and not is_restricted
        and check_id <> all(%(confidential)s)
        and opened_at <= %(as_of)s
    order by severity, due_at nulls first, alert_ref
"""

RESOLVED = """
    select count(*)
    from alerts.alerts
    where state = 'resolved'
        and not is_restricted
        and check_id <> all(%(confidential)s)
        and resolved_at <= %(as_of)s
        and resolved_at > %(as_of)s - interval '24 hours'
"""

UNANSWERED = """
    select check_id
    from (
        select distinct on (check_id) check_id, sqlstate
        from alerts.check_verdicts
        order by check_id, tick_no desc
    ) as latest
    where sqlstate is not null
    order by check_id
"""

EVALUATED = "select max(as_of) from alerts.ticks"

UPCOMING = """
    with running as (
        select 'LR-01' as check_id, 'Sent referrals to be received' as label, receipt_due_at as due_at
        from safeguarding.fct_sent_referrals
        where submitted_at <= %(as_of)s
            and not is_withdrawn
            and (received_at is null or received_at > %(as_of)s)
            and not coalesce(target_la_code = home_la_code and target_la_code <> %(council)s, false)
        union all
        select 'FD-02', 'Contacts to be overseen', oversight_due_at
        from safeguarding.fct_contacts
        where received_at <= %(as_of)s
            and (ifd_oversight_at is null or ifd_oversight_at > %(as_of)s)
            and (closed_at is null or closed_at > %(as_of)s)
        union all
        select 'FD-04', 'Contacts to be decided', decision_due_at
        from safeguarding.fct_contacts
        where received_at <= %(as_of)s
            and (first_decision_at is null or first_decision_at > %(as_of)s)
            and (closed_at is null or closed_at > %(as_of)s)
        union all
        select 'MS-02', 'MASH enquiries to be concluded', conclusion_due_at
        from safeguarding.fct_mash_enquiries
        where started_at <= %(as_of)s and (concluded_at is null or concluded_at > %(as_of)s)
        union all
        select 'MS-05', 'Health checks to be answered', due_at
        from safeguarding.fct_agency_checks
        where agency_code = 'HEALTH'
            and requested_at <= %(as_of)s
            and status_code = 'REQUESTED'
            and (returned_at is null or returned_at > %(as_of)s)
        union all
        select 'MS-11', 'Children whose safety is to be confirmed', coalesce(safety_reconfirm_due_at, safety_due_at)
        from safeguarding.fct_mash_enquiries
        where started_at <= %(as_of)s and (concluded_at is null or concluded_at > %(as_of)s)
        union all
        select 'MI-03', 'Return home interviews to be held', interview_due_at
        from safeguarding.fct_missing_episodes
        where found_at <= %(as_of)s
            and is_interview_required
            and (interview_completed_at is null or interview_completed_at > %(as_of)s)
        union all
        select 'MI-05', 'Concerns raised in interviews to be referred', referral_due_at
        from safeguarding.fct_return_interviews
        where completed_at <= %(as_of)s and (referral_at is null or referral_at > %(as_of)s)
    )

    select
        check_id,
        label,
        count(*) filter (where due_at <= %(as_of)s + interval '4 hours')::int as within_4h_count,
        count(*)::int as within_24h_count,
        min(due_at) as next_due_at
    from running
    where due_at >= %(as_of)s and due_at <= %(as_of)s + interval '24 hours'
    group by check_id, label
    order by next_due_at, check_id
"""

# Everything that was due in the week, done or not: a rate over what was finished would hide what drifts.
SEGMENTS = """
    with due as (
        select
            segment_code,
            started_at,
            due_at,
            case when done_at <= %(as_of)s then done_at end as done_at
        from safeguarding.fct_timeliness
        where due_at > %(as_of)s - interval '7 days' and due_at <= %(as_of)s
    )

    select
        segment_code,
        count(*) filter (where done_at <= due_at)::int as met_count,
        count(*) filter (where done_at > due_at)::int as late_count,
        count(*) filter (where done_at is null)::int as overdue_count,
        percentile_cont(0.5) within group (order by extract(epoch from done_at - started_at)) / 3600 as median_hours,
        percentile_cont(0.9) within group (order by extract(epoch from done_at - started_at)) / 3600 as p90_hours
    from due
    group by segment_code
    order by substr(segment_code, 2)::int
"""

DAYS = """
    with days as (
        select (date_trunc('day', %(as_of)s at time zone 'Europe/London') - make_interval(days => back))::date as day
        from generate_series(7, 0, -1) as back
    ),

    sent as (
        select
            (submitted_at at time zone 'Europe/London')::date as day,
            received_at <= %(as_of)s as is_received,
            is_withdrawn,
            receipt_due_at >= %(as_of)s as is_in_grace
        from safeguarding.fct_sent_referrals
        where submitted_at <= %(as_of)s
            and not coalesce(target_la_code = home_la_code and target_la_code <> %(council)s, false)
    )

    select
        to_char(days.day, 'Dy FMDD') as day,
        count(*) filter (where is_received)::int as received_count,
        count(*) filter (where is_received is not true and not is_withdrawn and is_in_grace)::int as in_grace_count,
        count(*) filter (where is_received is not true and is_withdrawn)::int as withdrawn_count,
        count(*) filter (where is_received is not true and not is_withdrawn and not is_in_grace)::int as missing_count
    from days
    left join sent on sent.day = days.day
    group by days.day
    order by days.day
"""

FEEDS = """
    select
        feed,
        max(greatest(extract_at, period_to_at)) filter (where state <> 'rejected'),
        sum(accepted_count),
        sum(quarantined_count),
        count(*)
    from ledger.deliveries
    where least(extract_at, received_at) <= %(as_of)s
    group by feed
"""

HELD = """
    select
        feed,
        rule_id,
        count(*)::int as record_count,
        min(quarantined_at) as oldest_at
    from quarantine.records
    where state = 'waiting' and quarantined_at <= %(as_of)s
    group by feed, rule_id
    order by record_count desc, feed, rule_id
"""

REFUSED = """
    select
        delivery.feed,
        alert.reason_code as rule_id,
        delivery.line_count,
        least(delivery.extract_at, delivery.received_at) as arrived_at
    from alerts.alerts as alert
    inner join ledger.deliveries as delivery on delivery.delivery_id::text = alert.subject_key
    where alert.check_id = 'DQ-02' and alert.state <> 'resolved' and alert.opened_at <= %(as_of)s
    order by arrived_at, delivery.feed
"""

# Urgent and alone: a child rated RED whom no second record confirms may be known elsewhere under other words.
RECOGNITION = """
    select
        count(*)::int as child_count,
        count(*) filter (where agency_count > 1)::int as shared_count,
        coalesce(sum(record_count), 0)::int as record_count,
        (
            select count(*)::int from assurance.fct_match_decisions where decision_code = 'vetoed'
        ) as vetoed_count,
        (
            select count(*)::int from assurance.fct_link_reviews
            where coalesce(raised_at, %(as_of)s) <= %(as_of)s
                and left_child_key not in (select child_key from safeguarding.dim_children where is_restricted)
                and right_child_key not in (select child_key from safeguarding.dim_children where is_restricted)
        ) as waiting_count,
        count(*) filter (
            where record_count = 1
                and child_key in (
                    select child_key
                    from safeguarding.fct_contacts
                    where rag_code = 'RED' and received_at <= %(as_of)s and received_at > %(as_of)s - interval '7 days'
                )
        )::int as unlinked_red_count
    from safeguarding.dim_children
    where not is_restricted
"""
