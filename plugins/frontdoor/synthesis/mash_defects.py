"""Enquiries over their limit, concluded without health, left without word that the child is safe (MS checks)."""

from datetime import datetime, timedelta

from frontdoor.synthesis.agency_checks import Enquiry, ask, ask_agencies, open_response
from frontdoor.synthesis.council import minutes
from frontdoor.synthesis.layouts import CHECKS
from frontdoor.synthesis.mash import conclude, keep_safe, start_enquiry
from frontdoor.synthesis.opening_hours import end_of_day, local_date, same_time_working_day, working_days_after
from frontdoor.synthesis.planting import Ground
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.referrals import log_contact


def plant_overrunning(ground: Ground) -> None:
    """Every check is back, the child is safe, and nobody concludes."""
    for days, clock, rating in ((1, "10:05", "RED"), (3, "11:15", "AMBER"), (5, "10:30", "GREEN")):
        enquiry, _ = _begun(ground, rating=rating, at=ground.at(days, clock))
        keep_safe(ground.random, enquiry, until=ground.council.span.until)
        ask_agencies(ground.council, ground.random, enquiry, clean=True)
        _plant_overrun(ground, enquiry, note="checks back, not concluded")


def plant_without_health(ground: Ground) -> None:
    """Concluded although health had not answered."""
    for days, clock, rating, status in (
        (2, "09:30", "RED", "DECLINED"),
        (3, "10:40", "AMBER", "NOT_REQUESTED"),
        (4, "09:50", "AMBER", "REQUESTED"),
    ):
        enquiry, contact = _begun(ground, rating=rating, at=ground.at(days, clock))
        keep_safe(ground.random, enquiry)
        checks = ask_agencies(ground.council, ground.random, enquiry, health=False, clean=True)
        check = _unanswered(ground, enquiry, status=status)
        without = ("HEALTH:CAPACITY",)
        conclude(ground.council, ground.random, enquiry, contact, checks, concerns=["NEG"], without=without, clean=True)
        ground.plant("MS-04", enquiry.record, severity=1 if rating == "RED" else 2, at=enquiry.concluded_at,
                     note=f"health check {status.lower()}")  # fmt: skip
        if status == "REQUESTED":
            _plant_unanswered(ground, enquiry, check)


def plant_waiting_for_health(ground: Ground) -> None:
    """Still open because health has not answered in time."""
    for days, clock, rating in ((3, "09:40", "AMBER"), (5, "09:10", "GREEN")):
        enquiry, _ = _begun(ground, rating=rating, at=ground.at(days, clock))
        keep_safe(ground.random, enquiry, until=ground.council.span.until)
        ask_agencies(ground.council, ground.random, enquiry, health=False, clean=True)
        check = _unanswered(ground, enquiry, status="REQUESTED")
        _plant_unanswered(ground, enquiry, check)
        _plant_overrun(ground, enquiry, note="waiting for health")


def plant_unsafe(ground: Ground) -> None:
    """Nobody has said that the child is safe, or nobody has said so again."""
    for days, clock, rating, is_concluded in ((1, "10:20", "AMBER", False), (2, "13:05", "RED", True)):
        enquiry, contact = _begun(ground, rating=rating, at=ground.at(days, clock))
        checks = ask_agencies(ground.council, ground.random, enquiry, clean=True)
        if is_concluded:
            conclude(ground.council, ground.random, enquiry, contact, checks, concerns=["DA"], clean=True)
        else:
            _plant_overrun(ground, enquiry, note="open, safety never confirmed")
        due = enquiry.started_at + timedelta(hours=1) if rating == "RED" else end_of_day(local_date(enquiry.started_at))
        ground.plant("MS-11", enquiry.record, severity=1, at=due, note="safety never confirmed")
    enquiry, _ = _begun(ground, rating="GREEN", at=ground.at(3, "10:15"))
    keep_safe(ground.random, enquiry, until=enquiry.started_at + timedelta(hours=2))
    ask_agencies(ground.council, ground.random, enquiry, clean=True)
    _plant_overrun(ground, enquiry, note="open, safety not confirmed again")
    due = end_of_day(working_days_after(local_date(enquiry.started_at), count=1))
    ground.plant("MS-11", enquiry.record, severity=3, at=due, note="safety not confirmed again")


def _begun(ground: Ground, *, rating: str, at: datetime) -> tuple[Enquiry, Record]:
    """A contact seen and decided at once, and its enquiry started."""
    referral = ground.referral("council", ground.child(), at=at, rating=rating)
    child = referral.children[0]
    contact, created_at = log_contact(ground.council, ground.random, referral, child, received_at=at, clean=True)
    seen_at = created_at + minutes(ground.random, 3, 12)
    decided_at = seen_at + minutes(ground.random, 3, 10)
    contact.change(seen_at, sent_to_ifd_at=created_at, ifd_oversight_at=seen_at, ifd_oversight_qualified="Y",
                   ifd_oversight_by_role="SENIOR_PRACTITIONER")  # fmt: skip
    contact.change(decided_at, ifd_decision="MASH", ifd_decision_at=decided_at, referrer_ack_at=decided_at)
    enquiry = start_enquiry(
        ground.council, ground.random, contact, child, rating=rating, decided_at=decided_at, clean=True
    )
    return enquiry, contact


def _unanswered(ground: Ground, enquiry: Enquiry, *, status: str) -> Record:
    """Health's check as the council logs it, without an answer."""
    if status == "NOT_REQUESTED":
        return ground.council.journal.add(
            CHECKS, ground.council.next_id("CHK-{:07d}", "checks", first=55_001), at=enquiry.at(0.05),
            mash_enquiry_ref=enquiry.reference, agency="HEALTH", expected="Y", expectation_reason="RAG_RULE",
            status=status, status_reason="CAPACITY",
        )  # fmt: skip
    check = ask(ground.council, ground.random, enquiry, "HEALTH", is_answered=False)
    asked_at = check.changes[0].at
    response = open_response(ground.council, enquiry, requested_at=asked_at + timedelta(minutes=4), clean=True)
    if status == "DECLINED":
        declined_at = asked_at + timedelta(minutes=35)
        response.change(declined_at, status="DECLINED", status_reason="CAPACITY")
        check.change(declined_at + timedelta(minutes=5), status="DECLINED", status_reason="CAPACITY")
    return check


def _plant_unanswered(ground: Ground, enquiry: Enquiry, check: Record) -> None:
    due = check.changes[0].values["due_at"]
    assert isinstance(due, datetime)  # noqa: S101
    ground.plant("MS-05", check, severity=2, at=due, note=f"{enquiry.rating}, health has not answered")


def _plant_overrun(ground: Ground, enquiry: Enquiry, *, note: str) -> None:
    days = {"AMBER": 1, "GREEN": 3}
    due = (
        enquiry.started_at + timedelta(hours=4)
        if enquiry.rating == "RED"
        else same_time_working_day(enquiry.started_at, count=days[enquiry.rating])
    )
    severity = 1 if enquiry.rating == "RED" else 2
    ground.plant("MS-02", enquiry.record, severity=severity, at=due, note=f"{enquiry.rating}, {note}")
