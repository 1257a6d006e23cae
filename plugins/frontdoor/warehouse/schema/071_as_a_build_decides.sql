-- A build decides by what people had said when it began, whoever writes what while it runs; who confirms has seen all of what is
-- restricted; what a person separated stays so under an agency's next number; and what an adoption takes from the history of
-- keys is taken when the build is published.

-- Decisions of these numbers, each with the first confirmation among them by another person than who decided, and whether one of
-- them took it back.
create function linkage.decisions_as_of(up_to bigint default 9223372036854775807)
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
    where decision.kind <> 'confirm' and decision.decision_no <= up_to
$function$;

create or replace view linkage.standing_decisions as
select
    decision.decision_no,
    decision.kind,
    decision.left_record_key,
    decision.right_record_key,
    decision.about_decision_no,
    decision.needs_confirmation,
    decision.confirmation_no
from linkage.decisions_as_of() as decision
where decision.kind in ('link', 'separate') and not decision.is_undone;

-- As in 070, by decisions of these numbers.
create function linkage.held_to_a_restricted_record(up_to bigint) returns setof text
language plpgsql stable parallel safe
as $function$
begin
    if to_regclass('identity.int_person_records__standardised') is null then
        return;
    end if;
    return query
    with recursive link as (
        select decision.left_record_key, decision.right_record_key
        from linkage.decisions_as_of(up_to) as decision
        where decision.kind = 'link' and decision.confirmation_no is not null and not decision.is_undone
    ),

    held (record_key) as (
        select evidence.record_key
        from linkage.decisions as decision
        cross join lateral (values (decision.left_record_key), (decision.right_record_key)) as side (record_key)
        inner join identity.int_person_records__standardised as evidence on side.record_key = evidence.record_key
        where decision.kind = 'link' and evidence.is_restricted
        union
        select case when link.left_record_key = held.record_key then link.right_record_key else link.left_record_key end
        from held
        inner join link on held.record_key in (link.left_record_key, link.right_record_key)
    )

    select held.record_key from held;
end
$function$;

-- The links and separations that hold by decisions of these numbers; why so: 069 and 070.
create function linkage.decisions_in_force(up_to bigint default 9223372036854775807)
returns table (
    decision_no bigint,
    kind text,
    left_record_key text,
    right_record_key text,
    effective_from_no bigint,
    ended_by_no bigint,
    is_suspended boolean
)
language sql stable parallel safe
as $function$
    with judged as (
        select
            decision.*,
            case
                when decision.needs_confirmation then decision.confirmation_no
                else coalesce(decision.confirmation_no, decision.decision_no)
            end as effective_from_no,
            decision.kind = 'link' and not decision.needs_confirmation and decision.confirmation_no is null
            and (
                decision.left_record_key in (select linkage.held_to_a_restricted_record(up_to))
                or decision.right_record_key in (select linkage.held_to_a_restricted_record(up_to))
            ) as is_suspended
        from linkage.decisions_as_of(up_to) as decision
    )

    select
        judged.decision_no,
        judged.kind,
        judged.left_record_key,
        judged.right_record_key,
        judged.effective_from_no,
        (
            select min(undoing.effective_from_no)
            from judged as undoing
            where undoing.kind = 'undo' and undoing.about_decision_no = judged.decision_no
        ),
        judged.is_suspended
    from judged
    where judged.kind in ('link', 'separate')
        and judged.effective_from_no is not null
$function$;

create or replace view linkage.effective_decisions as
select decision.* from linkage.decisions_in_force() as decision;

drop function linkage.held_to_a_restricted_record();
drop view linkage.decisions_with_confirmation;

-- As in 070; what the look must have seen is all that makes the link wait: the two records, and the restricted ones that two
-- persons' links hold to them, as the build that last wrote them showed them when it was published.
create or replace function linkage.has_looked(who text, about_no bigint) returns boolean language plpgsql stable
as $function$
declare
    asked linkage.decisions;
    known_at timestamptz;
begin
    select * into asked from linkage.decisions where decision_no = about_no;
    known_at := asked.decided_at;
    if not asked.needs_confirmation and to_regclass('identity.int_person_records__standardised') is not null then
        with recursive held (record_key) as (
            values (asked.left_record_key), (asked.right_record_key)
            union
            select case when link.left_record_key = held.record_key then link.right_record_key else link.left_record_key end
            from held
            inner join linkage.standing_decisions as link on held.record_key in (link.left_record_key, link.right_record_key)
            where link.kind = 'link' and link.confirmation_no is not null
        )

        select
            greatest(
                known_at,
                max(
                    case when build.state = 'published' then coalesce(build.finished_at, build.started_at) else 'infinity' end
                )
            )
        into known_at
        from held
        inner join identity.int_person_records__standardised as evidence on held.record_key = evidence.record_key
        inner join ledger.builds as build on evidence._built_in = build.build_no
        where evidence.is_restricted or held.record_key in (asked.left_record_key, asked.right_record_key);
    end if;
    return exists (
        select from linkage.looks as look
        where look.looked_at >= known_at
            and least(look.left_record_key, look.right_record_key) = asked.left_record_key
            and greatest(look.left_record_key, look.right_record_key) = asked.right_record_key
            and linkage.same_person(look.looked_by, who)
    );
end
$function$;

-- Who a child was before an adoption is no step in anybody's history; domain.md 7.7. Only a build that is published takes it
-- away: one that died may have read a marker that was corrected since, and its keys come back.
create function identity.forget_before_adoptions() returns trigger
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
    return null;
end
$function$;

create trigger forget_before_adoptions
after update of state on ledger.builds
for each row
when (new.state = 'published' and old.state <> 'published')
execute function identity.forget_before_adoptions();

-- Whom else a separation keeps apart: its agency may give a record another number, say so, and purge the former one. Not past an
-- adoption; not where a person says that the two numbers are two people's; and not where people ever decided about the very pair.
create function linkage.carried_separations(up_to bigint default 9223372036854775807)
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

-- What a published build carries on was decided before, by two persons where that was called for.
drop trigger a_restricted_child_takes_two_persons on linkage.decisions;
create trigger a_restricted_child_takes_two_persons before insert on linkage.decisions
for each row when (pg_trigger_depth() = 0) execute function linkage.take_two_persons();

-- Carried on for good, as a decision that people see, meet when they would link the two, and can undo: the agency may purge
-- this number, too.
create function linkage.carry_separations_on() returns trigger
language plpgsql security definer set search_path = pg_catalog
as $function$
begin
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

create trigger carry_separations_on
after update of state on ledger.builds
for each row
when (new.state = 'published' and old.state <> 'published')
execute function linkage.carry_separations_on();
