-- Decisions are numbered in the order in which they become visible, whoever writes them; what they say of a record is sealed when
-- it becomes one from before an adoption. A build notes what it began with.

-- A number that is given before the lock is held may become visible after a build has noted a higher one, and no increment would
-- ever take it up. This trigger's name comes before those of the others: they read what stands, and must read it under the lock.
alter table linkage.decisions alter column decision_no drop identity;

create function linkage.number_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog
as $function$
begin
    -- DECISIONS_LOCK in linkage/decisions.py; held until the transaction ends.
    perform pg_advisory_xact_lock(7304006);
    select coalesce(max(decision.decision_no), 0) + 1 into new.decision_no from linkage.decisions as decision;
    return new;
end
$function$;

create trigger a_decision_has_the_next_number before insert on linkage.decisions
for each row execute function linkage.number_decision();

-- What stands in a decision or a look instead of the key of a record from before an adoption; no key begins like that.
create function linkage.is_sealed(asked_key text) returns boolean language sql immutable parallel safe
return coalesce(asked_key like 'sealed %', false);

-- PL/pgSQL, since builds make the table it reads.
create function linkage.is_before_an_adoption(asked_key text) returns boolean language plpgsql stable
as $function$
begin
    if to_regclass('identity.int_person_records__standardised') is null then
        return false;
    end if;
    return exists (
        select from identity.int_person_records__standardised as evidence
        where evidence.record_key = asked_key and evidence.adoption_side_code = 'PRE'
    );
end
$function$;

-- As in 071, without what is sealed: it joins and parts nobody, and what reads keys as numbers does not meet it.
create or replace function linkage.decisions_as_of(up_to bigint default 9223372036854775807)
returns table (
    decision_no bigint,
    kind text,
    left_record_key text,
    right_record_key text,
    about_decision_no bigint,
    needs_confirmation boolean,
    confirmation_no bigint,
    is_undone boolean
)
language sql stable parallel safe
as $function$
    select
        decision.decision_no,
        decision.kind,
        decision.left_record_key,
        decision.right_record_key,
        decision.about_decision_no,
        decision.needs_confirmation,
        confirmation.decision_no,
        exists (
            select from linkage.decisions as undoing
            where undoing.kind = 'undo'
                and undoing.about_decision_no = decision.decision_no
                and undoing.decision_no <= up_to
        )
    from linkage.decisions as decision
    left join lateral (
        select min(confirming.decision_no) as decision_no
        from linkage.decisions as confirming
        where confirming.kind = 'confirm'
            and confirming.about_decision_no = decision.decision_no
            and confirming.decision_no <= up_to
            and not linkage.same_person(confirming.decided_by, decision.decided_by)
    ) as confirmation on true
    where decision.kind <> 'confirm'
        and decision.decision_no <= up_to
        and not linkage.is_sealed(decision.right_record_key)
$function$;

-- All that is one child with a record by the links that stand by decisions of these numbers, those that wait for their second
-- person included.
create function linkage.linked_with(asked_key text, up_to bigint default 9223372036854775807) returns setof text
language sql stable parallel safe
as $function$
    with recursive link as materialized (
        select decision.left_record_key, decision.right_record_key
        from linkage.decisions_as_of(up_to) as decision
        where decision.kind = 'link' and not decision.is_undone
    ),

    reached (record_key) as (
        select asked_key
        union
        select case when link.left_record_key = reached.record_key then link.right_record_key else link.left_record_key end
        from reached
        inner join link on reached.record_key in (link.left_record_key, link.right_record_key)
    )

    select reached.record_key from reached
$function$;

-- What stands against a link or a separation. Links carry on from record to record; a separation stands between everything linked
-- to either of its two.
create function linkage.contradicting_decisions(asked_kind text, left_key text, right_key text) returns setof bigint
language sql stable
as $function$
    with linked as materialized (
        select 'left' as side_code, record_key from linkage.linked_with(left_key) as record_key
        union all
        select 'right', record_key from linkage.linked_with(right_key) as record_key
    )

    select standing.decision_no
    from linkage.standing_decisions as standing
    where case asked_kind
        when 'link' then
            standing.kind = 'separate'
            and exists (
                select from linked as one
                inner join linked as other on one.side_code <> other.side_code
                where one.record_key = standing.left_record_key and other.record_key = standing.right_record_key
            )
        else
            standing.kind = 'link'
            and standing.left_record_key in (select linked.record_key from linked where linked.side_code = 'left')
            and right_key in (select linked.record_key from linked where linked.side_code = 'left')
    end
    order by standing.decision_no
$function$;

-- As in 071; nothing is written of a record from before an adoption, nor both of a link and a separation that contradict each
-- other, whatever writes it.
create or replace function linkage.take_two_persons() returns trigger language plpgsql as $function$
declare
    asked linkage.decisions;
begin
    new.written_by_login := session_user;
    if new.kind in ('link', 'separate') then
        if linkage.is_before_an_adoption(new.left_record_key) or linkage.is_before_an_adoption(new.right_record_key) then
            raise exception 'nothing is decided about these two records';
        end if;
        if exists (select from linkage.contradicting_decisions(new.kind, new.left_record_key, new.right_record_key)) then
            raise exception 'a decision that stands says otherwise of the two, directly or through other records';
        end if;
        new.needs_confirmation := new.needs_confirmation
            or linkage.concerns_restricted(new.left_record_key, new.right_record_key);
        return new;
    end if;
    select * into asked from linkage.decisions where decision_no = new.about_decision_no;
    if new.kind = 'confirm' and not linkage.has_looked(new.decided_by, new.about_decision_no) then
        raise exception 'who confirms a decision has looked at the two since it was asked for';
    end if;
    -- What no longer keeps a restricted child apart may bring it together with somebody.
    if new.kind = 'undo' and asked.kind = 'separate'
        and (new.reviewed_by is null or linkage.same_person(new.reviewed_by, new.decided_by))
        and linkage.concerns_restricted(asked.left_record_key, asked.right_record_key)
    then
        raise exception 'to undo what keeps a restricted child apart takes a second person';
    end if;
    return new;
end
$function$;

-- As in 071; not from a record from before an adoption either: its next number may be the child's after it. Nor where links that
-- stand join the two through other records: who made them was not asked, and the two would be kept apart without a word.
create or replace function linkage.carried_separations(up_to bigint default 9223372036854775807)
returns table (decision_no bigint, left_record_key text, right_record_key text)
language plpgsql stable
as $function$
begin
    if to_regclass('identity.int_person_records__blocked') is null then
        return;
    end if;
    return query
    with recursive separated as materialized (
        select apart.decision_no, apart.left_record_key, apart.right_record_key
        from linkage.decisions_in_force(up_to) as apart
        where apart.kind = 'separate' and apart.ended_by_no is null
    ),

    carried (decision_no, one_key, other_key) as (
        select separated.decision_no, separated.left_record_key, separated.right_record_key from separated
        union
        select carried.decision_no, successor.record_key, side.other_key
        from carried
        cross join lateral (
            values (carried.one_key, carried.other_key), (carried.other_key, carried.one_key)
        ) as side (mine_key, other_key)
        inner join identity.int_person_records__blocked as renumbered
            on renumbered.former_record_no = ('x' || left(side.mine_key, 16))::bit(64)::bigint
        inner join identity.int_person_records__standardised as successor
            on renumbered.record_no = successor.record_no
        where successor.adoption_side_code is null
            and not linkage.is_before_an_adoption(side.mine_key)
            and successor.record_key <> side.other_key
            and not exists (
                select from separated
                where separated.left_record_key = least(successor.record_key, side.mine_key)
                    and separated.right_record_key = greatest(successor.record_key, side.mine_key)
            )
            and not exists (
                select from linkage.decisions as said
                where said.left_record_key = least(successor.record_key, side.other_key)
                    and said.right_record_key = greatest(successor.record_key, side.other_key)
                    and said.decision_no <= up_to
            )
            and side.other_key not in (select linkage.linked_with(successor.record_key, up_to))
    )

    select distinct on (found.one_key, found.other_key) found.decision_no, found.one_key, found.other_key
    from (
        select
            carried.decision_no,
            least(carried.one_key, carried.other_key) as one_key,
            greatest(carried.one_key, carried.other_key) as other_key
        from carried
    ) as found
    where (found.one_key, found.other_key) not in (
        select separated.left_record_key, separated.right_record_key from separated
    )
    order by found.one_key, found.other_key, found.decision_no;
end
$function$;

-- As in 071; what people say meanwhile of a pair that is to be carried on to is waited for, and holds instead.
create or replace function linkage.carry_separations_on() returns trigger
language plpgsql security definer set search_path = pg_catalog
as $function$
begin
    if not exists (select from linkage.carried_separations()) then
        return null;
    end if;
    perform pg_advisory_xact_lock(7304006);
    insert into linkage.decisions (
        kind, left_record_key, right_record_key, reason, decided_by, reviewed_by, decided_at
    )
    select
        'separate',
        carried.left_record_key,
        carried.right_record_key,
        'carried on from decision ' || carried.decision_no || ': the agency gave the record another number',
        made.decided_by,
        made.reviewed_by,
        coalesce(new.finished_at, new.started_at)
    from linkage.carried_separations() as carried
    inner join linkage.decisions as made on carried.decision_no = made.decision_no
    order by carried.left_record_key, carried.right_record_key;
    return null;
end
$function$;

-- What people wrote about a pair with a record from before an adoption joins the two identities, whichever the other record is;
-- domain.md 7.7. That somebody decided stays, with number, kind, name and time; whom of the two it was about, and why, does not.
-- The tombstone stands on the right: pairs are kept in order, and it comes after every key.
create function linkage.seal_before_adoptions() returns void
language plpgsql
as $function$
begin
    update linkage.decisions as decision
    set left_record_key = coalesce(named.other_key, 'sealed ' || decision.decision_no),
        right_record_key = 'sealed ' || decision.decision_no || case when named.other_key is null then ' too' else '' end,
        reason = 'sealed ' || decision.decision_no
    from (
        select
            written.decision_no,
            max(side.record_key) filter (where evidence.adoption_side_code is distinct from 'PRE') as other_key
        from linkage.decisions as written
        cross join lateral (values (written.left_record_key), (written.right_record_key)) as side (record_key)
        left join identity.int_person_records__standardised as evidence on side.record_key = evidence.record_key
        where written.kind in ('link', 'separate') and not linkage.is_sealed(written.right_record_key)
        group by written.decision_no
        having bool_or(evidence.adoption_side_code = 'PRE')
    ) as named
    where decision.decision_no = named.decision_no;

    -- Why it was confirmed, undone or carried on may say the same in other words.
    update linkage.decisions as decision
    set reason = 'sealed ' || sealed.decision_no
    from linkage.decisions as sealed
    where linkage.is_sealed(sealed.right_record_key)
        and not linkage.is_sealed(decision.reason)
        and (
            decision.about_decision_no = sealed.decision_no
            or decision.reason ^@ ('carried on from decision ' || sealed.decision_no || ':')
        );

    update linkage.looks as look
    set left_record_key = 'sealed look ' || look.look_no
    from identity.int_person_records__standardised as evidence
    where look.left_record_key = evidence.record_key and evidence.adoption_side_code = 'PRE';
    update linkage.looks as look
    set right_record_key = 'sealed look ' || look.look_no
    from identity.int_person_records__standardised as evidence
    where look.right_record_key = evidence.record_key and evidence.adoption_side_code = 'PRE';
end
$function$;

-- As in 071; decisions and looks are sealed with the keys. Not only those of records that this build wrote: one that was written
-- while the build ran is sealed by the next.
create or replace function identity.forget_before_adoptions() returns trigger
language plpgsql security definer set search_path = pg_catalog
as $function$
begin
    if to_regclass('identity.int_person_records__standardised') is null then
        return null;
    end if;
    delete from identity.child_key_history as history
    using identity.int_person_records__standardised as standardised
    where standardised.record_key = history.record_key
        and standardised.adoption_side_code = 'PRE'
        and standardised._built_in = new.build_no
        and history.until_build is not null;
    update identity.child_keys as minted
    set minted_for_record_key = 'sealed ' || minted.child_key
    from identity.int_person_records__standardised as standardised
    where minted.minted_for_record_key = standardised.record_key
        and standardised.adoption_side_code = 'PRE'
        and standardised._built_in = new.build_no
        and not exists (
            select from identity.child_key_history as borne
            where borne.child_key = minted.child_key and borne.record_key = standardised.record_key
        );
    perform linkage.seal_before_adoptions();
    return null;
end
$function$;

-- What a build began with, as one hash: the project, the contracts and the numbers of the match weights. Null in builds of before.
alter table ledger.builds add column built_from text;
