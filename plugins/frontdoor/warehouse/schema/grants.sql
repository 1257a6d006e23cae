-- Deny by default; each role gets what its work needs. Re-applied at every migration.

revoke all on schema public from public;
revoke create on schema public from public;

create schema if not exists reference authorization transformer;
create schema if not exists staging authorization transformer;
create schema if not exists identity authorization transformer;
create schema if not exists journeys authorization transformer;
create schema if not exists marts authorization transformer;

-- Extensions' functions (levenshtein, unaccent ...) live in public.
grant usage on schema public to loader, transformer, validator, publisher, alerter, data_steward, bi_reader;

-- loader: lands and settles deliveries; never deletes what was landed.
grant usage on schema ledger, landing, quarantine to loader;
grant select, insert, update on all tables in schema ledger to loader;
grant delete on ledger.line_fates to loader;
grant usage on all sequences in schema ledger to loader;
grant select, insert on all tables in schema landing to loader;
grant select, insert, update on all tables in schema quarantine to loader;

-- transformer: reads accepted rows, owns the private schemas dbt builds in.
grant usage on schema ledger, accepted, quarantine, vault to transformer;
grant select on all tables in schema ledger, accepted to transformer;
grant select on quarantine.records, quarantine.held_fields to transformer;
grant select on vault.pepper to transformer;
grant insert, update on ledger.builds, ledger.build_deliveries, ledger.stage_runs to transformer;
grant usage on all sequences in schema ledger to transformer;
-- It proposes weights and keeps the children's keys; what is in force, and who is whom, people decide.
grant usage on schema linkage to transformer;
grant select on linkage.weight_versions, linkage.weights, linkage.term_frequencies to transformer;
grant select on linkage.decisions, linkage.standing_decisions, linkage.effective_decisions, linkage.refused_attempts
    to transformer;
grant insert on linkage.weight_versions, linkage.weights, linkage.term_frequencies to transformer;
grant select, insert, update, delete on identity.child_keys, identity.child_key_history, identity.vacated_details
to transformer;
grant usage on all sequences in schema identity to transformer;
-- A first build fills the keys, and what reads them next must know how many there are. PostgreSQL 16 has no such right
-- and skips the counting with a warning.
do $$
begin
    if current_setting('server_version_num')::integer >= 170000 then
        grant maintain on identity.child_keys, identity.child_key_history to transformer;
    end if;
end
$$;

-- publisher: moves audited rows into the stable tables and flips the pointer.
grant usage on schema marts, ledger to publisher;
grant usage, create on schema published, safeguarding, assurance to publisher;
grant execute on function published.publication_in_view() to publisher, validator, alerter, data_steward, bi_reader;
grant select on all tables in schema marts, ledger to publisher;
alter default privileges for role transformer in schema marts grant select on tables to publisher, validator;
grant select, insert, update, delete on all tables in schema published to publisher;
grant insert, update on ledger.stage_runs, ledger.builds to publisher;
grant usage on all sequences in schema ledger to publisher;

-- validator: Great Expectations; reads only.
grant usage on schema ledger, landing, quarantine, marts, published, safeguarding, assurance to validator;
grant select on all tables in schema ledger, landing, marts, safeguarding, assurance to validator;
grant select on quarantine.records to validator;

-- Who judges a check may know that somebody tried to link what an adoption keeps apart, and when; not who.
grant usage on schema linkage to validator, alerter;
grant select (attempt_no, kind, attempted_at) on linkage.refused_attempts to validator, alerter;

-- alerter: evaluates the checks and keeps the alerts.
grant usage on schema alerts, ledger, quarantine, published, safeguarding, assurance to alerter;
grant select on all tables in schema ledger, safeguarding, assurance to alerter;
grant select on quarantine.records, published.publications, published.pointer to alerter;
grant select, insert, update on all tables in schema alerts to alerter;
grant usage on all sequences in schema alerts, ledger to alerter;
grant insert, update on ledger.stage_runs to alerter;

-- data_steward: sees the records and decides which are one child; what was decided or looked at stays.
grant usage on schema identity, linkage, ledger, published, safeguarding, assurance to data_steward;
grant select on all tables in schema identity, linkage, safeguarding, assurance to data_steward;
grant select on ledger.builds to data_steward;
alter default privileges for role transformer in schema identity grant select on tables to data_steward;
alter default privileges for role publisher in schema safeguarding, assurance grant select on tables to data_steward;
grant insert on linkage.decisions, linkage.refused_attempts, linkage.looks to data_steward;
-- It also decides which weights are in force; their numbers and their report it cannot touch.
grant update (state, decided_at, decided_by, reason) on linkage.weight_versions to data_steward;

-- bi_reader: pseudonymised readers' views, nothing else.
grant usage on schema safeguarding, assurance, published to bi_reader;
grant select on all tables in schema safeguarding, assurance to bi_reader;

do $$
begin
    if exists (select from pg_namespace where nspname = 'rules') then
        grant usage on schema rules to loader, transformer, validator, alerter;
        grant execute on all functions in schema rules to loader, transformer, validator, alerter;
    end if;
end
$$;
