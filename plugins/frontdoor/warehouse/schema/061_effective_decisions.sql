-- From which decision to which each link and separation holds. A build takes those with effective_from_no <= decided_up_to
-- and (ended_by_no is null or ended_by_no > decided_up_to); one that waits for its second person is not here.

create view linkage.effective_decisions as
with

confirmed as (

    -- The second person is another than the first: nobody confirms themselves, whatever the command allowed.
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
                    and lower(btrim(confirmation.decided_by)) <> lower(btrim(decision.decided_by))
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
