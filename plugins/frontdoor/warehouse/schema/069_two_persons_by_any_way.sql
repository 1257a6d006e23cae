-- A decision about a restricted child waits for its second person whatever wrote it: the command asks, and so does the
-- table. Beside what a person calls themselves stands the login that wrote it, which nobody chooses.

create function linkage.wait_for_a_second_person() returns trigger language plpgsql as $function$
begin
    if new.kind in ('link', 'separate') and to_regclass('identity.int_children__members') is not null then
        new.needs_confirmation := new.needs_confirmation or exists (
            select from identity.int_children__members as mine
            inner join identity.int_children__members as theirs on mine.child_key = theirs.child_key
            inner join identity.int_person_records__standardised as evidence on theirs.record_key = evidence.record_key
            where mine.record_key in (new.left_record_key, new.right_record_key) and evidence.is_restricted
        );
    end if;
    new.written_by_login := session_user;
    return new;
end
$function$;

create function linkage.note_login() returns trigger language plpgsql as $function$
begin
    new.written_by_login := session_user;
    return new;
end
$function$;

alter table linkage.decisions add column written_by_login text not null default session_user;
alter table linkage.looks add column written_by_login text not null default session_user;
alter table linkage.refused_attempts add column written_by_login text not null default session_user;

create trigger a_restricted_child_needs_two_persons before insert on linkage.decisions
for each row execute function linkage.wait_for_a_second_person();
create trigger who_looked_is_who_logged_in before insert on linkage.looks
for each row execute function linkage.note_login();
create trigger who_tried_is_who_logged_in before insert on linkage.refused_attempts
for each row execute function linkage.note_login();
