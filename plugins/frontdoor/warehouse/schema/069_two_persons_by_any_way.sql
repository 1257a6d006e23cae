-- What concerns a restricted child takes two persons whatever wrote it: the commands ask, and so does the table. Beside what a
-- person calls themselves stands the login that wrote it, which nobody chooses.

alter table linkage.decisions add column written_by_login text not null default session_user;
alter table linkage.looks add column written_by_login text not null default session_user;
alter table linkage.refused_attempts add column written_by_login text not null default session_user;

create function linkage.same_person(one text, other text) returns boolean language sql immutable
return regexp_replace(lower(btrim(one)), '\s+', ' ', 'g') = regexp_replace(lower(btrim(other)), '\s+', ' ', 'g');

-- All that is one child with either record, or will be by what people asked for. PL/pgSQL, since builds make the tables it reads.
create function linkage.sides(left_key text, right_key text) returns table (side_code text, record_key text)
language plpgsql stable
as $function$
begin
    if to_regclass('identity.int_children__members') is null then
        return;
    end if;
    return query
    with recursive asked as (
        select link.left_record_key, link.right_record_key
        from linkage.decisions as link
        where link.kind = 'link' and not exists (
            select from linkage.decisions as undoing
            where undoing.kind = 'undo' and undoing.about_decision_no = link.decision_no
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

create function linkage.concerns_restricted(left_key text, right_key text) returns boolean language plpgsql stable
as $function$
begin
    if to_regclass('identity.int_person_records__standardised') is null then
        return false;
    end if;
    return exists (
        select from linkage.sides(left_key, right_key) as side
        inner join identity.int_person_records__standardised as evidence on side.record_key = evidence.record_key
        where evidence.is_restricted
    );
end
$function$;

-- Whether somebody looked at a decision's two records since it was asked for.
create function linkage.has_looked(who text, about_no bigint) returns boolean language sql stable
return exists (
    select from linkage.decisions as asked
    inner join linkage.looks as look
        on look.looked_at >= asked.decided_at
        and least(look.left_record_key, look.right_record_key) = asked.left_record_key
        and greatest(look.left_record_key, look.right_record_key) = asked.right_record_key
    where asked.decision_no = about_no and linkage.same_person(look.looked_by, who)
);

create function linkage.take_two_persons() returns trigger language plpgsql as $function$
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
    if new.kind = 'undo' and asked.kind = 'separate' and new.reviewed_by is null
        and linkage.concerns_restricted(asked.left_record_key, asked.right_record_key)
    then
        raise exception 'to undo what keeps a restricted child apart takes a second person';
    end if;
    return new;
end
$function$;

create function linkage.note_login() returns trigger language plpgsql as $function$
begin
    new.written_by_login := session_user;
    return new;
end
$function$;

create trigger a_restricted_child_takes_two_persons before insert on linkage.decisions
for each row execute function linkage.take_two_persons();
create trigger who_looked_is_who_logged_in before insert on linkage.looks
for each row execute function linkage.note_login();
create trigger who_tried_is_who_logged_in before insert on linkage.refused_attempts
for each row execute function linkage.note_login();

-- As in 061, but that blanks within a name do not make another person.
create or replace view linkage.effective_decisions as
with

confirmed as (

    select
        decision.decision_no,
        decision.kind,
        decision.left_record_key,
        decision.right_record_key,
        decision.about_decision_no,
        case
            when decision.needs_confirmation then (
                select min(confirmation.decision_no)
                from linkage.decisions as confirmation
                where confirmation.kind = 'confirm'
                    and confirmation.about_decision_no = decision.decision_no
                    and not linkage.same_person(confirmation.decided_by, decision.decided_by)
            )
            else decision.decision_no
        end as effective_from_no
    from linkage.decisions as decision
    where decision.kind <> 'confirm'

)

select
    judged.decision_no,
    judged.kind,
    judged.left_record_key,
    judged.right_record_key,
    judged.effective_from_no,
    (
        select min(undoing.effective_from_no)
        from confirmed as undoing
        where undoing.kind = 'undo' and undoing.about_decision_no = judged.decision_no
    ) as ended_by_no
from confirmed as judged
where judged.kind in ('link', 'separate')
    and judged.effective_from_no is not null;
