-- Alerts: one per (check, subject), every change kept, messages queued in the transaction that caused them.

create schema if not exists alerts;

create table alerts.alerts (
    alert_no bigint generated always as identity primary key,
    -- What a message may show: opaque, rotates each time the alert reopens, is not the subject's key.
    alert_ref text not null unique,
    check_id text not null,
    subject_key text not null,
    severity smallint not null check (severity between 1 and 4),
    state text not null check (state in ('open', 'acknowledged', 'snoozed', 'resolved')),
    is_escalated boolean not null default false,
    due_at timestamptz,
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    snoozed_until_at timestamptz,
    resolved_at timestamptz,
    reopened_count integer not null default 0,
    is_restricted boolean not null default false,
    unique (check_id, subject_key)
);

create table alerts.alert_changes (
    change_no bigint generated always as identity primary key,
    alert_no bigint not null references alerts.alerts,
    change text not null check (
        change in ('opened', 'reopened', 'severity_changed', 'acknowledged', 'snoozed', 'woken', 'escalated', 'resolved')
    ),
    severity smallint not null,
    changed_at timestamptz not null,
    changed_by text not null,
    publication_no bigint
);
create index on alerts.alert_changes (alert_no);

create table alerts.messages (
    message_no bigint generated always as identity primary key,
    -- Stable, so that a message sent twice after a crash is one message to its reader.
    message_id text not null unique,
    kind text not null check (kind in ('push', 'escalation', 'digest')),
    recipient_role text not null,
    subject_line text not null,
    body text not null,
    queued_at timestamptz not null,
    sent_at timestamptz,
    attempt_count integer not null default 0
);
create index on alerts.messages (queued_at) where sent_at is null;

create table alerts.ticks (
    tick_no bigint generated always as identity primary key,
    as_of timestamptz not null,
    publication_no bigint,
    started_at timestamptz not null,
    finished_at timestamptz
);

create table alerts.check_verdicts (
    tick_no bigint not null references alerts.ticks,
    check_id text not null,
    is_met boolean not null,
    -- A check that could not be run counts as not met; only the SQLSTATE is kept.
    sqlstate text,
    breaking_count bigint,
    primary key (tick_no, check_id)
);
