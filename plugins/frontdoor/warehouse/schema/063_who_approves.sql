-- Who estimates weights may propose them and nothing more: what is in force is the owner's to change, for a person.
alter table linkage.weight_versions enable row level security;
create policy everybody_reads on linkage.weight_versions for select using (true);
create policy only_proposals on linkage.weight_versions for insert to transformer
    with check (state = 'proposed' and decided_at is null);

alter table linkage.weights enable row level security;
create policy everybody_reads on linkage.weights for select using (true);
create policy only_of_proposals on linkage.weights for insert to transformer
    with check (version in (select proposal.version from linkage.weight_versions as proposal where proposal.state = 'proposed'));
