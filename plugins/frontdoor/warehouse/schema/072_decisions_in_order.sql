-- Decisions are numbered in the order in which they become visible, whoever writes them.

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

-- As in 071; a link and a separation that contradict each other are not both written, whatever wrote the second.
create or replace function linkage.take_two_persons() returns trigger language plpgsql as $function$
declare
    asked linkage.decisions;
begin
    new.written_by_login := session_user;
    if new.kind in ('link', 'separate') then
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
