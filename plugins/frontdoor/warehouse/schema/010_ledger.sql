-- The assurance ledger: what arrived, what became of every line of it, and which run did what.
-- Correctness lives here and not in the scheduler's state (docs/decisions/0002-correctness-lives-in-postgresql.md).

create schema if not exists ledger;

create table ledger.deliveries (
    -- The first 63 bits of the SHA-256 of the bytes: the same whichever order deliveries arrive in.
    delivery_id bigint primary key check (delivery_id >= 0),
    sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
    feed text not null,
    contract_version text not null,
    file_name text not null,
    byte_count bigint not null check (byte_count >= 0),
    -- Physical lines (CSV, JSON Lines) or array elements (JSON), header and blank lines included.
    line_count bigint not null check (line_count >= 0),
    source_org text,
    la_code text,
    sequence_no bigint,
    period_from_at timestamptz,
    period_to_at timestamptz,
    extract_at timestamptz,
    is_nil_return boolean not null default false,
    is_full boolean not null default false,
    supersedes text,
    manifest_row_count bigint,
    control_totals jsonb not null default '{}',
    state text not null check (state in ('landed', 'accepted', 'rejected')),
    -- Why a delivery was rejected: a rule id, never a value.
    rejected_rule_id text,
    -- What exactly was refused, in names of keys and columns and in counts, never a value.
    rejected_detail text,
    structural_count bigint not null default 0,
    accepted_count bigint not null default 0,
    quarantined_count bigint not null default 0,
    rejected_count bigint not null default 0,
    received_at timestamptz not null,
    settled_at timestamptz,
    -- Rises with each settlement; says what is new, decides nothing.
    settled_no bigint unique,
    check ((state = 'rejected') = (rejected_rule_id is not null)),
    check ((state = 'landed') = (settled_at is null)),
    check ((settled_at is null) = (settled_no is null))
);
create sequence ledger.settled_no_seq owned by ledger.deliveries.settled_no;
create index on ledger.deliveries (feed, source_org, sequence_no);
create index on ledger.deliveries (state) where state = 'landed';

comment on table ledger.deliveries is 'One row per distinct file content a supplier sent.';

-- Every time a file was picked up, also when its bytes were known or it was refused unread.
create table ledger.arrivals (
    arrival_no bigint generated always as identity primary key,
    feed text,
    -- Null for a name that does not follow the file name grammar: a hostile name is not ours to repeat.
    file_name text,
    sha256 text,
    delivery_id bigint references ledger.deliveries,
    outcome text not null check (outcome in ('new', 'duplicate', 'rejected', 'unrecognised')),
    rule_id text,
    arrived_at timestamptz not null
);
create index on ledger.arrivals (sha256);

-- What became of each line, run-length coded: the ranges of a delivery tile 1..line_count exactly.
create table ledger.line_fates (
    delivery_id bigint not null references ledger.deliveries on delete cascade,
    lines int8range not null check (lower(lines) >= 1 and not isempty(lines) and not upper_inf(lines)),
    fate text not null check (fate in ('structural', 'landed', 'accepted', 'quarantined', 'rejected')),
    primary key (delivery_id, lines),
    exclude using gist (delivery_id with =, lines with &&)
);

-- received = structural + accepted + quarantined (or all rejected), for ever: a transaction that breaks it cannot commit.
create function ledger.fates_tile_the_delivery() returns trigger
language plpgsql as $$
declare
    changed_delivery_id bigint := coalesce(new.delivery_id, old.delivery_id);
    check_name text := changed_delivery_id || ':' || pg_current_xact_id();
    counted record;
begin
    -- At commit every change has been made: one check serves all the ranges of a delivery, however many.
    if current_setting('frontdoor.fates_checked', true) = check_name then
        return null;
    end if;
    select
        d.line_count, d.state, d.structural_count, d.accepted_count, d.quarantined_count, d.rejected_count,
        coalesce(sum(upper(f.lines) - lower(f.lines)), 0) as tiled,
        coalesce(sum(upper(f.lines) - lower(f.lines)) filter (where f.fate = 'structural'), 0) as structural,
        coalesce(sum(upper(f.lines) - lower(f.lines)) filter (where f.fate in ('accepted', 'landed')), 0) as accepted,
        coalesce(sum(upper(f.lines) - lower(f.lines)) filter (where f.fate = 'landed'), 0) as landed,
        coalesce(sum(upper(f.lines) - lower(f.lines)) filter (where f.fate = 'quarantined'), 0) as quarantined,
        coalesce(sum(upper(f.lines) - lower(f.lines)) filter (where f.fate = 'rejected'), 0) as rejected
    into counted
    from ledger.deliveries as d
    left join ledger.line_fates as f using (delivery_id)
    where d.delivery_id = changed_delivery_id
    group by d.delivery_id;
    if not found then
        return null;
    end if;
    if counted.tiled <> counted.line_count
        or counted.structural <> counted.structural_count
        or counted.accepted <> counted.accepted_count
        or counted.quarantined <> counted.quarantined_count
        or counted.rejected <> counted.rejected_count
        or (counted.state <> 'landed' and counted.landed > 0)
        or (counted.state = 'rejected' and counted.accepted + counted.quarantined > 0)
    then
        raise exception 'delivery %: the fates of its lines do not add up to its % lines',
            changed_delivery_id, counted.line_count using errcode = 'check_violation';
    end if;
    perform set_config('frontdoor.fates_checked', check_name, true);
    return null;
end
$$;
create function ledger.forget_checked_fates() returns trigger
language plpgsql as $$
begin
    perform set_config('frontdoor.fates_checked', '', true);
    return null;
end
$$;
create constraint trigger fates_tile_the_delivery after insert or update or delete on ledger.line_fates
    deferrable initially deferred for each row execute function ledger.fates_tile_the_delivery();
create constraint trigger fates_tile_the_delivery after insert or update on ledger.deliveries
    deferrable initially deferred for each row execute function ledger.fates_tile_the_delivery();
-- Before, so that constraints made immediate do not rely on a check older than the statement.
create trigger forget_checked_fates before insert or update or delete on ledger.line_fates
    for each statement execute function ledger.forget_checked_fates();
create trigger forget_checked_fates before insert or update on ledger.deliveries
    for each statement execute function ledger.forget_checked_fates();

-- How a delivery's columns differed from its contract.
create table ledger.column_drift (
    delivery_id bigint not null references ledger.deliveries on delete cascade,
    -- 'unnamed column 6' where the header is empty or does not look like a column name: it might be a value.
    column_name text not null,
    kind text not null check (kind in ('missing', 'extra', 'renamed')),
    field_name text,
    primary key (delivery_id, column_name, kind)
);

create table ledger.rule_outcomes (
    delivery_id bigint not null references ledger.deliveries on delete cascade,
    rule_id text not null,
    severity text not null check (severity in ('reject', 'quarantine', 'warn')),
    is_met boolean not null,
    broken_count bigint not null default 0,
    judged_at timestamptz not null,
    primary key (delivery_id, rule_id)
);

-- Every stage of every run, so that a late or failed stage is seen from the database alone (OP-01).
create table ledger.stage_runs (
    stage_run_no bigint generated always as identity primary key,
    stage text not null,
    state text not null check (state in ('running', 'succeeded', 'failed')),
    started_at timestamptz not null,
    finished_at timestamptz,
    -- The error's class and SQLSTATE, never its message.
    failure text,
    counts jsonb not null default '{}'
);
create index on ledger.stage_runs (stage, started_at desc);

-- The delivery that speaks for its sequence number: a restatement supersedes by extract time, whatever the arrival order.
create view ledger.effective_deliveries as
select *
from (
    select
        d.*,
        row_number() over (
            partition by d.feed, d.source_org, coalesce(d.sequence_no::text, d.sha256)
            order by d.extract_at desc nulls last, d.sha256 desc
        ) as restatement_rank
    from ledger.deliveries as d
    where d.state = 'accepted'
) as ranked
where restatement_rank = 1;
