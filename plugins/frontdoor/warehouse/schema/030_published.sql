-- Publications: readers see marts through a one-row pointer that flips in one transaction.
-- published.* tables hold the rows (made by frontdoor.warehouse.publish from the marts' contracts);
-- safeguarding.* and assurance.* are the views people query.

create schema if not exists published;
create schema if not exists safeguarding;
create schema if not exists assurance;

create table published.publications (
    publication_no bigint primary key,
    build_no bigint not null,
    state text not null check (state in ('preparing', 'current', 'past', 'abandoned')),
    -- The newest extract among the deliveries in it: what the data can speak about.
    data_as_of timestamptz,
    -- SHA-256 over the sorted fingerprints of the deliveries that went in.
    input_fingerprint text not null,
    -- Order-free fingerprint of the published rows of all marts.
    content_fingerprint text,
    -- Per mart, the sum of its rows' hashes: adding what came and taking off what went keeps it in step with the change.
    mart_fingerprints jsonb not null default '{}',
    row_counts jsonb not null default '{}',
    changed_counts jsonb not null default '{}',
    created_at timestamptz not null,
    published_at timestamptz
);

create table published.pointer (
    is_only_row boolean primary key default true check (is_only_row),
    publication_no bigint not null references published.publications
);

-- The publication a session reads: the current one, or the one it asked for by `set frontdoor.publication = <number>`.
create function published.publication_in_view() returns bigint
language sql stable security definer set search_path = pg_catalog
as $$
    select coalesce(
        (
            select p.publication_no
            from published.publications as p
            where p.publication_no::text = current_setting('frontdoor.publication', true)
                and p.state in ('current', 'past')
        ),
        (select pointer.publication_no from published.pointer)
    )
$$;

create view assurance.current_publication as
select
    publication_no,
    data_as_of,
    published_at,
    input_fingerprint,
    content_fingerprint,
    row_counts,
    changed_counts
from published.publications
where publication_no = published.publication_in_view();
comment on view assurance.current_publication is 'What the marts show now: one row; data_as_of is the newest extract in it.';

-- Builds, and the deliveries each brought in: what the next build must (re)do is what no finished build has done.
create table ledger.builds (
    build_no bigint generated always as identity primary key,
    is_full boolean not null,
    state text not null check (state in ('running', 'published', 'failed')),
    started_at timestamptz not null,
    finished_at timestamptz
);
create table ledger.build_deliveries (
    build_no bigint not null references ledger.builds,
    delivery_id bigint not null references ledger.deliveries,
    -- As it was then settled; a decision in quarantine settles it anew, and it is due again.
    settled_no bigint not null,
    primary key (build_no, delivery_id)
);
create index on ledger.build_deliveries (delivery_id);
