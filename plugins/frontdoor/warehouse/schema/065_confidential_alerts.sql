-- That somebody tried to join the two sides of an adoption is for the data protection officer only; domain.md, LK-04.
create or replace view safeguarding.fct_alerts with (security_barrier) as
select
    alert_no,
    alert_ref,
    check_id,
    subject_key,
    reason_code,
    severity,
    state as state_code,
    is_escalated,
    due_at,
    opened_at,
    raised_at,
    last_seen_at,
    acknowledged_at,
    snoozed_until_at,
    resolved_at,
    reopened_count
from alerts.alerts
where not is_restricted and check_id <> 'LK-04';
comment on view safeguarding.fct_alerts is
'One row is one alert: one check about one subject, with its life. Alerts about restricted children and adoptions are not in it.';
