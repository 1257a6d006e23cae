-- Whoever estimates cannot decide, and whoever decides cannot change a number: the steward's grant is on the state alone.
create policy a_person_decides on linkage.weight_versions for update to data_steward using (true)
    with check (state in ('approved', 'superseded', 'rejected'));

alter table linkage.term_frequencies enable row level security;
create policy everybody_reads on linkage.term_frequencies for select using (true);
create policy only_of_proposals on linkage.term_frequencies for insert to transformer
    with check (version in (select proposal.version from linkage.weight_versions as proposal where proposal.state = 'proposed'));
