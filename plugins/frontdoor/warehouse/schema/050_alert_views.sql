-- What an alert's life needs beside 040, and what readers may see of it.

alter table alerts.alerts
    -- A finer word for what is wrong (MI-03: NOT_OFFERED, REFUSED ...); shown after login, never in a message.
    add column reason_code text,
    -- When it last began to wait for somebody: opened, reopened, woken or raised in severity.
    add column raised_at timestamptz not null;

create index on alerts.alerts (state) where state <> 'resolved';
create index on alerts.check_verdicts (check_id, tick_no desc);

create view safeguarding.fct_alerts with (security_barrier) as
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
where not is_restricted;
comment on view safeguarding.fct_alerts is
'One row is one alert: one check about one subject, with its life. Alerts about restricted children are not in it.';
comment on column safeguarding.fct_alerts.alert_ref is 'What messages call it; changes each time it reopens.';
comment on column safeguarding.fct_alerts.subject_key is 'The key of the row the check is about, in the mart the check reads.';
comment on column safeguarding.fct_alerts.due_at is 'When what is missing was due; null where nothing ever came.';
comment on column safeguarding.fct_alerts.raised_at is 'When it last began to wait for somebody.';
