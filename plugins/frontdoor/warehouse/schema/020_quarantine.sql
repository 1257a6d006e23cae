-- Quarantine is a work queue, not a bin: what is held, why, and what became of it.

create schema if not exists quarantine;

create table quarantine.records (
    delivery_id bigint not null references ledger.deliveries on delete cascade,
    row_number bigint not null,
    rule_id text not null,
    feed text not null,
    -- The contract field the rule is about; null when it is about the whole record or the line could not be read.
    field_name text,
    state text not null default 'waiting' check (state in ('waiting', 'released', 'discarded')),
    quarantined_at timestamptz not null,
    settled_at timestamptz,
    settled_by text,
    primary key (delivery_id, row_number, rule_id)
);
create index on quarantine.records (feed) where state = 'waiting';

-- Lines no reader could split into fields, byte for byte.
create table quarantine.unreadable_lines (
    delivery_id bigint not null references ledger.deliveries on delete cascade,
    row_number bigint not null,
    line_bytes bytea not null,
    primary key (delivery_id, row_number)
);

-- One row per record that is or was held: which of its fields may not be believed, and whether it was given up.
create view quarantine.held_fields as
select
    delivery_id,
    row_number,
    bool_or(state = 'waiting') as is_held,
    bool_or(state = 'discarded') as is_discarded,
    coalesce(
        array_agg(field_name order by field_name) filter (where field_name is not null and state = 'waiting'), '{}'
    ) as field_names
from quarantine.records
group by delivery_id, row_number;
