"""MASH enquiries: started, the child kept safe meanwhile, collated and concluded within their limits."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from frontdoor.synthesis.agency_checks import Enquiry, ask_agencies
from frontdoor.synthesis.council import Council, minutes
from frontdoor.synthesis.layouts import ENQUIRIES
from frontdoor.synthesis.opening_hours import (
    add_open_minutes,
    at_local,
    local_date,
    next_open,
    working_days_after,
)
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.registers import Values

# Opening minutes from start to conclusion: below four hours, the same time next working day, the third, the fifth day.
_SPANS = {"RED": (130, 200), "AMBER": (250, 440), "GREEN": (480, 1320), "BLUE": (600, 1800)}
_STARTS_WITHIN = {"RED": (4, 18), "AMBER": (10, 50), "GREEN": (20, 240), "BLUE": (30, 300)}
_DECISIONS = {
    "RED": (("STRATEGY", 50), ("ASSESSMENT", 45), ("EH", 5)),
    "AMBER": (("ASSESSMENT", 50), ("EH", 25), ("ADVICE", 15), ("NFA", 10)),
    "GREEN": (("ASSESSMENT", 25), ("EH", 35), ("ADVICE", 20), ("NFA", 20)),
    "BLUE": (("EH", 30), ("ADVICE", 40), ("NFA", 30)),
}
_PROMPTS = ("cur_daily_life", "cur_household", "cur_fathers_partners", "cur_history", "cur_child_spoken")


def conduct_enquiry(
    council: Council, random: Random, contact: Record, child: Child, *, rating: str, decided_at: datetime,
    concerns: list[str], clean: bool = False,
) -> Enquiry:  # fmt: skip
    """A whole enquiry: its checks, health's own answer, and the contact closed when it is concluded."""
    enquiry = start_enquiry(council, random, contact, child, rating=rating, decided_at=decided_at, clean=clean)
    keep_safe(random, enquiry)
    checks = ask_agencies(council, random, enquiry, clean=clean)
    conclude(council, random, enquiry, contact, checks, concerns=concerns, clean=clean)
    return enquiry


def start_enquiry(
    council: Council, random: Random, contact: Record, child: Child, *, rating: str, decided_at: datetime,
    clean: bool = False,
) -> Enquiry:  # fmt: skip
    """An enquiry with its consent, begun in opening hours."""
    started_at = next_open(decided_at + minutes(random, *_STARTS_WITHIN[rating]))
    if rating != "RED" and started_at >= at_local(local_date(started_at), time(15, 45)):
        tomorrow = working_days_after(local_date(started_at), count=1)
        started_at = at_local(tomorrow, time(8, 5)) + minutes(random, 0, 60)
    concluded_at = (
        started_at + minutes(random, *_SPANS[rating])
        if rating == "RED"
        else add_open_minutes(started_at, random.uniform(*_SPANS[rating]))
    )
    reference = council.next_id(f"MASH-{started_at.year % 100}-{{:05d}}", "enquiries", first=301)
    record = council.journal.add(
        ENQUIRIES,
        reference,
        at=decided_at + timedelta(minutes=1),
        person=council.known(child, at=decided_at, clean=clean),
        contact_id=contact.record_id,
        rag_at_start=rating,
        rag_current=rating,
        decision_to_enquire_at=decided_at,
        sw_registered="Y",
        interim_safety_plan=random.choice("YYN"),
        voice_recorded="N",
        **_consent(council, random, rating, decided_at, clean=clean),
        **{prompt: random.choice("YYN") for prompt in _PROMPTS},
    )
    record.change(started_at, enquiry_started_at=started_at)
    return Enquiry(record, reference, child, rating, started_at, concluded_at)


def _consent(council: Council, random: Random, rating: str, asked_at: datetime, *, clean: bool) -> Values:
    status = random.choices(
        ("GIVEN", "DISPENSED", "NOT_REQUIRED_S47"), (40, 45, 15) if rating == "RED" else (75, 25, 0)
    )[0]
    values: Values = {
        "consent_status": status,
        "consent_at": council.maybe_date(random, asked_at, clean=clean),
        "consent_by_role": "SW",
    }
    if status == "DISPENSED":
        values |= {
            "dispense_reason": random.choice(("RISK_INCREASE", "EVIDENCE_LOSS", "UNCONTACTABLE")),
            "dispense_authorised_by_role": "MASH_MANAGER",
            "dispense_authorised_at": council.maybe_date(random, asked_at, clean=clean),
        }
    return values


def keep_safe(random: Random, enquiry: Enquiry, *, until: datetime | None = None) -> None:
    """Somebody makes sure the child is safe: at once, and again on every working day while the enquiry is open."""
    end = until or enquiry.concluded_at
    first = {"RED": (8, 40), "AMBER": (15, 60)}.get(enquiry.rating, (20, 90))
    confirmed_at = enquiry.started_at + minutes(random, *first)
    method = random.choice(("SEEN", "PHONE_CHILD", "PHONE_PROFESSIONAL", "SCHOOL"))
    enquiry.record.change(confirmed_at, safety_confirmed_at=confirmed_at, last_safety_confirmed_at=confirmed_at,
                          safety_method=method)  # fmt: skip
    for again_at in _each_working_day(random, enquiry.started_at, end):
        enquiry.record.change(again_at, last_safety_confirmed_at=again_at)


def _each_working_day(random: Random, start: datetime, end: datetime) -> Iterator[datetime]:
    day = working_days_after(local_date(start), count=1)
    while at_local(day, time(0)) < end:
        again_at = at_local(day, time(10)) + minutes(random, 0, 300)
        if again_at < end:
            yield again_at
        day = working_days_after(day, count=1)


def conclude(
    council: Council, random: Random, enquiry: Enquiry, contact: Record, checks: list[Record], *, concerns: list[str],
    without: tuple[str, ...] = (), clean: bool = False,
) -> None:  # fmt: skip
    """Collated, overseen and concluded; the contact is closed with it."""
    collated_at, overseen_at = enquiry.at(0.82), enquiry.at(0.91)
    begun_at = enquiry.at(0.74)
    enquiry.record.change(begun_at, collation_started_at=council.maybe_date(random, begun_at, clean=clean))
    enquiry.record.change(collated_at, collated_at=collated_at)
    enquiry.record.change(
        overseen_at,
        oversight_at=council.maybe_date(random, overseen_at, clean=clean),
        oversight_role="SENIOR_PRACTITIONER",
        oversight_risks_considered=concerns,
        oversight_actions=[
            {"owner_role": "SW", "due": working_days_after(local_date(overseen_at), count=2).isoformat()}
        ],
        oversight_child_impact=random.choice("YYYN"),
    )
    codes, weights = zip(*_DECISIONS[enquiry.rating], strict=True)
    enquiry.record.change(
        enquiry.concluded_at,
        concluded_at=enquiry.concluded_at,
        decision_code=random.choices(codes, weights)[0],
        decision_without_checks=list(without) or None,
        voice_recorded=random.choice("YYN"),
    )
    for check in checks:
        if check.changes[-1].values.get("returned_at"):
            check.change(enquiry.concluded_at + minutes(random, 1, 5), used_in_decision=random.choice("YYYN"))
    closed_at = enquiry.concluded_at + minutes(random, 5, 30)
    contact.change(closed_at, closed_at=council.maybe_date(random, closed_at, clean=clean),
                   referrer_outcome_told_at=council.maybe_date(random, closed_at, clean=clean))  # fmt: skip
