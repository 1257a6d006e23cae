-- Who looked at two people's records side by side, and when; written before they are shown. Append-only.
create table linkage.looks (
    look_no bigint generated always as identity primary key,
    looked_by text not null check (length(btrim(looked_by)) >= 2),
    looked_at timestamptz not null,
    left_record_key text not null,
    right_record_key text not null
);
create index on linkage.looks (left_record_key);
create index on linkage.looks (right_record_key);
