-- A child who becomes restricted after one person linked it waits for the second like any other; an adoption bars only its
-- own two sides; and two persons are two however their names are typed.

-- Letters that show nothing do not make another person.
create or replace function linkage.same_person(one text, other text) returns boolean language sql immutable
return regexp_replace(lower(btrim(regexp_replace(one, '[\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'))), '\s+', ' ', 'g')
    = regexp_replace(lower(btrim(regexp_replace(other, '[\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'))), '\s+', ' ', 'g');

-- What people decided, and the first confirmation of each by another person than who decided.
create view linkage.decisions_with_confirmation as
select
    decision.decision_no,
    decision.kind,
    decision.left_record_key,
    decision.right_record_key,
    decision.about_decision_no,
    decision.needs_confirmation,
    confirmation.decision_no as confirmation_no
from linkage.decisions as decision
left join lateral (
    select min(confirming.decision_no) as decision_no
    from linkage.decisions as confirming
    where confirming.kind = 'confirm'
        and confirming.about_decision_no = decision.decision_no
        and not linkage.same_person(confirming.decided_by, decision.decided_by)
) as confirmation on true
where decision.kind <> 'confirm';

-- The links and separations that nobody took back, those that wait for their second person included.
create view linkage.standing_decisions as
select decision.*
from linkage.decisions_with_confirmation as decision
where decision.kind in ('link', 'separate')
    and not exists (
        select from linkage.decisions as undoing
        where undoing.kind = 'undo' and undoing.about_decision_no = decision.decision_no
    );

-- As in 069, but without what joins nobody: the decision that is judged itself, links with a record from before an adoption,
-- and links that a build has taken up in vain.
drop function linkage.sides(text, text);
create function linkage.sides(left_key text, right_key text, but_for bigint default null)
returns table (side_code text, record_key text)
language plpgsql stable
as $function$
begin
    if to_regclass('identity.int_children__members') is null then
        return;
    end if;
    return query
    with recursive asked as (
        select link.left_record_key, link.right_record_key
        from linkage.standing_decisions as link
        where link.kind = 'link'
            and link.decision_no is distinct from but_for
            and not exists (
                select from identity.int_person_records__standardised as sealed
                where sealed.record_key in (link.left_record_key, link.right_record_key)
                    and sealed.adoption_side_code = 'PRE'
            )
            and not exists (
                select from linkage.effective_decisions as effective
                inner join identity.int_children__members as one on effective.left_record_key = one.record_key
                inner join identity.int_children__members as other on effective.right_record_key = other.record_key
                where effective.decision_no = link.decision_no
                    and not effective.is_suspended
                    and one.child_key <> other.child_key
                    and effective.effective_from_no <= (
                        select max(build.decided_up_to) from ledger.builds as build where build.state = 'published'
                    )
            )
    ),

    side (code, reached_key) as (
        values ('left', left_key), ('right', right_key)
        union
        select side.code, together.reached_key
        from side
        cross join lateral (
            select other.record_key as reached_key
            from identity.int_children__members as mine
            inner join identity.int_children__members as other on mine.child_key = other.child_key
            where mine.record_key = side.reached_key
            union all
            select asked.right_record_key from asked where asked.left_record_key = side.reached_key
            union all
            select asked.left_record_key from asked where asked.right_record_key = side.reached_key
        ) as together
    )

    select side.code, side.reached_key from side;
end
$function$;

-- The restricted records, and whatever two persons' links hold to one. PL/pgSQL, since builds make the table it reads.
create function linkage.held_to_a_restricted_record() returns setof text
language plpgsql stable parallel safe
as $function$
begin
    if to_regclass('identity.int_person_records__standardised') is null then
        return;
    end if;
    return query
    with recursive link as (
        select decision.left_record_key, decision.right_record_key
        from linkage.standing_decisions as decision
        where decision.kind = 'link' and decision.confirmation_no is not null
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

-- As in 069; a look at a link that one person made and that waits only since its record is restricted is one that saw it so.
create or replace function linkage.has_looked(who text, about_no bigint) returns boolean language plpgsql stable
as $function$
declare
    asked linkage.decisions;
    known_at timestamptz;
begin
    select * into asked from linkage.decisions where decision_no = about_no;
    known_at := asked.decided_at;
    if not asked.needs_confirmation and to_regclass('identity.int_person_records__standardised') is not null then
        select greatest(known_at, max(build.started_at)) into known_at
        from identity.int_person_records__standardised as evidence
        inner join ledger.builds as build on evidence._built_in = build.build_no
        where evidence.record_key in (asked.left_record_key, asked.right_record_key);
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

create or replace function linkage.take_two_persons() returns trigger language plpgsql as $function$
declare
    asked linkage.decisions;
begin
    new.written_by_login := session_user;
    if new.kind in ('link', 'separate') then
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

-- As in 069; a link that one person made and of which a record has become restricted since, or is held by two persons' links to
-- one that has, is suspended until a second confirms it.
create or replace view linkage.effective_decisions as
with

judged as (

    select
        decision.*,
        case when needs_confirmation then confirmation_no else coalesce(confirmation_no, decision_no) end
            as effective_from_no,
        kind = 'link' and not needs_confirmation and confirmation_no is null
        and (
            left_record_key in (select linkage.held_to_a_restricted_record())
            or right_record_key in (select linkage.held_to_a_restricted_record())
        ) as is_suspended
    from linkage.decisions_with_confirmation as decision

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
    ) as ended_by_no,
    judged.is_suspended
from judged
where judged.kind in ('link', 'separate')
    and judged.effective_from_no is not null;
