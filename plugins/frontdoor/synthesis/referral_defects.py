"""Lost, bounced, misdirected and incomplete referrals; contacts nobody sees or decides (LR and FD checks)."""

from dataclasses import replace
from datetime import datetime, timedelta

from frontdoor.synthesis.council import minutes
from frontdoor.synthesis.identifiers import CAMBRIDGESHIRE, postcode
from frontdoor.synthesis.opening_hours import add_open_minutes, end_of_day, local_date, next_open, working_days_after
from frontdoor.synthesis.planting import Ground
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.referrals import contact, log_contact, log_sent

_GRACE = {"RED": 1, "AMBER": 4, "GREEN": 4, "BLUE": 4}


def plant_lost(ground: Ground) -> None:
    """Delivered says the portal, and the contact centre never had it."""
    for days, clock, source, rating in (
        (0, "14:05", "school", "RED"),
        (3, "10:12", "health", "GREEN"),
        (1, "15:20", "school", "AMBER"),
        (0, "11:40", "voluntary", "GREEN"),
    ):
        at = ground.at(days, clock)
        referral = ground.referral(source, ground.child(), at=at, rating=rating)
        for row in log_sent(ground.council, ground.random, referral, status="DELIVERED", clean=True):
            _plant_lost(ground, row, at=at, rating=rating)


def _plant_lost(ground: Ground, row: Record, *, at: datetime, rating: str, note: str = "never received") -> None:
    is_urgent = rating == "RED"
    counted_from = at if is_urgent else next_open(at)
    critical_at = end_of_day(working_days_after(local_date(counted_from), count=1))
    severity = 1 if is_urgent or critical_at < ground.council.span.as_of else 2
    ground.plant("LR-01", row, severity=severity, at=at + timedelta(hours=_GRACE[rating]), note=note)


def plant_undelivered(ground: Ground) -> None:
    """Bounced, failed, or no word of it; not received either, so lost as well."""
    for days, clock, source, rating, status in (
        (2, "11:05", "health", "AMBER", "BOUNCED"),
        (1, "09:35", "probation", "GREEN", "FAILED"),
        (0, "19:10", "police", "AMBER", "UNKNOWN"),
    ):
        at = ground.at(days, clock)
        referral = ground.referral(source, ground.child(), at=at, rating=rating)
        for row in log_sent(ground.council, ground.random, referral, status=status, clean=True):
            said_at = row.changes[-1].at
            fires_at = said_at + timedelta(hours=1) if status == "UNKNOWN" else said_at
            ground.plant("LR-02", row, severity=1, at=fires_at, note=f"{status.lower()} and not received")
            _plant_lost(ground, row, at=at, rating=rating, note=f"{status.lower()}, so never received")


def plant_misdirected(ground: Ground) -> None:
    """To a council where the child does not live, and received by neither."""
    home = postcode(ground.random, CAMBRIDGESHIRE)
    elsewhere = replace(ground.child(), postcode=home, la_code=CAMBRIDGESHIRE)
    for days, clock, child, target in (
        (2, "13:15", elsewhere, ground.council.la_code),
        (1, "10:50", ground.child(), CAMBRIDGESHIRE),
    ):
        at = ground.at(days, clock)
        referral = ground.referral("school", child, at=at, rating="AMBER")
        for row in log_sent(ground.council, ground.random, referral, status="DELIVERED", target_la=target, clean=True):
            ground.plant("LR-07", row, severity=2, at=at + timedelta(hours=1), note=f"sent to {target}")
            _plant_lost(ground, row, at=at, rating="AMBER", note="sent to the wrong council, never received")


def plant_dropped(ground: Ground) -> None:
    """A referral of several children of whom one does not arrive."""
    for days, clock, number, dropped in ((3, "14:30", 3, 1), (1, "11:25", 2, 1)):
        at = ground.at(days, clock)
        referral = ground.referral("school", *ground.children(number), at=at, rating="GREEN")
        rows = log_sent(ground.council, ground.random, referral, clean=True)
        received_at = at + minutes(ground.random, 2, 10)
        for index, child in enumerate(referral.children):
            if index != dropped:
                contact(ground.council, ground.random, referral, child, received_at=received_at, clean=True)
        ground.plant("LR-09", rows[dropped], severity=1, at=received_at, note=f"child {dropped + 1} of {number}")


def plant_unseen(ground: Ground) -> None:
    """Contacts without oversight, past the limit of their rating; the older ones undecided as well."""
    for days, clock, rating, severity in ((0, "20:10", "RED", 1), (1, "09:20", "AMBER", 2), (2, "10:05", "GREEN", 3),
                                          (2, "11:30", "RED", 1)):  # fmt: skip
        at = ground.at(days, clock)
        record = _received(ground, "individual", rating=rating, at=at)
        due = {"RED": at + timedelta(hours=1), "AMBER": add_open_minutes(at, 240)}.get(rating, _next_day(at))
        ground.plant("FD-02", record, severity=severity, at=due, note=f"{rating}, never screened")
        _plant_undecided(ground, record, rating=rating, at=at)


def plant_undecided(ground: Ground) -> None:
    """Contacts that were screened and then left without a decision."""
    for days, clock, rating in ((3, "11:10", "AMBER"), (2, "14:20", "RED"), (4, "09:45", "GREEN")):
        at = ground.at(days, clock)
        record = _received(ground, "council", rating=rating, at=at)
        screened_at = at + minutes(ground.random, 20, 45)
        record.change(screened_at, ifd_oversight_at=screened_at, ifd_oversight_by_role="SENIOR_PRACTITIONER",
                      ifd_oversight_qualified="Y")  # fmt: skip
        _plant_undecided(ground, record, rating=rating, at=at)


def _received(ground: Ground, source: str, *, rating: str, at: datetime) -> Record:
    referral = ground.referral(source, ground.child(), at=at, rating=rating)
    record, _ = log_contact(ground.council, ground.random, referral, referral.children[0], received_at=at, clean=True)
    return record


def _next_day(at: datetime) -> datetime:
    return end_of_day(working_days_after(local_date(at), count=1))


def _plant_undecided(ground: Ground, record: Record, *, rating: str, at: datetime) -> None:
    ground.plant("FD-04", record, severity=1 if rating == "RED" else 2, at=_next_day(at), note=f"{rating}, undecided")
