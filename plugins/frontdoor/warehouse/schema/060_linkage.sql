-- What decides about links and outlives every build: weights by version, people's decisions, the children's keys.

create schema linkage;

-- At most one version is in force. A trained one is proposed and waits for a person.
create table linkage.weight_versions (
    version text primary key check (version ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
    state text not null check (state in ('proposed', 'approved', 'superseded', 'rejected')),
    origin text not null check (origin in ('shipped', 'trained')),
    -- What the comparisons were when the weights were made: weights for other comparisons mean nothing.
    comparisons_sha256 text not null,
    prior double precision not null check (prior > 0 and prior < 1),
    link_at_probability double precision not null check (link_at_probability > 0 and link_at_probability < 1),
    review_at_probability double precision not null
        check (review_at_probability > 0 and review_at_probability <= link_at_probability),
    -- Quality, what would change and differences by group, as numbers.
    report jsonb not null default '{}',
    proposed_at timestamptz not null,
    proposed_by text not null,
    decided_at timestamptz,
    decided_by text,
    reason text,
    check ((decided_at is null) = (decided_by is null))
);
create unique index one_version_is_in_force on linkage.weight_versions ((true)) where state = 'approved';

create table linkage.weights (
    version text not null references linkage.weight_versions on delete cascade,
    comparison_code text not null,
    level_no smallint not null check (level_no > 0),
    level_code text not null,
    m double precision not null check (m > 0 and m < 1),
    u double precision not null check (u > 0 and u < 1),
    primary key (version, comparison_code, level_no)
);

-- How common a value is, kept as its hash: what is rare says more. Frozen with the version, so that a pair's weight does
-- not depend on what else has arrived.
create table linkage.term_frequencies (
    version text not null references linkage.weight_versions on delete cascade,
    term_code text not null check (term_code in ('forename', 'surname', 'postcode')),
    term_hash bigint not null,
    frequency double precision not null check (frequency > 0 and frequency <= 1),
    primary key (version, term_code, term_hash)
);

-- Append-only. `undo` takes an earlier decision back; `confirm` is the second person a restricted child needs.
create table linkage.decisions (
    decision_no bigint generated always as identity primary key,
    kind text not null check (kind in ('link', 'separate', 'undo', 'confirm')),
    left_record_key text,
    right_record_key text,
    about_decision_no bigint references linkage.decisions,
    needs_confirmation boolean not null default false,
    reason text not null check (length(btrim(reason)) >= 3),
    decided_by text not null check (length(btrim(decided_by)) >= 2),
    reviewed_by text check (reviewed_by <> decided_by),
    decided_at timestamptz not null,
    check (
        case
            when kind in ('link', 'separate') then left_record_key < right_record_key and about_decision_no is null
            else left_record_key is null and right_record_key is null and about_decision_no is not null
        end
    )
);
create index on linkage.decisions (about_decision_no) where about_decision_no is not null;
create index on linkage.decisions (left_record_key);
create index on linkage.decisions (right_record_key);

-- Tries to join what must never meet: when and by whom, not whom.
create table linkage.refused_attempts (
    attempt_no bigint generated always as identity primary key,
    kind text not null check (kind in ('ADOPTION')),
    attempted_by text not null,
    attempted_at timestamptz not null
);

-- Up to which decision a build goes: later ones are the next build's.
alter table ledger.builds add column decided_up_to bigint not null default 0;
alter table ledger.builds add column weights_version text;

create schema if not exists identity authorization transformer;

-- Every key ever given to a child, and the record it was minted for.
create table identity.child_keys (
    child_key text primary key,
    minted_in bigint not null,
    minted_for_record_key text not null,
    mint_no integer not null,
    unique (minted_for_record_key, mint_no)
);
create index on identity.child_keys using brin (minted_in);

-- Which record was which child, from which build to which; never two at a time.
create table identity.child_key_history (
    history_no bigint generated always as identity primary key,
    record_key text not null,
    child_key text not null,
    since_build bigint not null,
    until_build bigint,
    -- Why it became that child.
    reason_code text not null check (reason_code in ('MINTED', 'JOINED', 'MERGED', 'SPLIT', 'RESTORED')),
    -- The person's decision behind it, where there is one.
    decision_no bigint references linkage.decisions,
    weights_version text not null
);
create unique index one_child_at_a_time on identity.child_key_history (record_key) where until_build is null;
create index on identity.child_key_history (child_key) where until_build is null;
create index on identity.child_key_history (record_key) where until_build is not null;
create index on identity.child_key_history (child_key) where until_build is not null;
create index on identity.child_key_history (until_build) where until_build is not null;
create index on identity.child_key_history using brin (since_build);

-- A key nobody bears any longer, and the child that most of its last records are now.
create view identity.child_key_aliases with (security_invoker) as
with

last_borne as (

    select
        child_key,
        max(until_build) as until_build
    from identity.child_key_history as history
    where not exists (
        select from identity.child_key_history as borne
        where borne.child_key = history.child_key and borne.until_build is null
    )
    group by child_key

)

select distinct on (last_borne.child_key)
    last_borne.child_key as alias_key,
    present.child_key,
    last_borne.until_build as alias_since_build,
    count(*) as record_count
from last_borne
inner join identity.child_key_history as past
    on last_borne.child_key = past.child_key and last_borne.until_build = past.until_build
inner join identity.child_key_history as present
    on past.record_key = present.record_key and present.until_build is null
group by last_borne.child_key, present.child_key, last_borne.until_build
order by last_borne.child_key, record_count desc, present.child_key;
