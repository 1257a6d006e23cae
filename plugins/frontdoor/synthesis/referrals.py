"""Referrals and contacts: what agencies send through the portal, and what the contact centre makes of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from frontdoor.synthesis.arrivals import SOURCES, Source, arrivals
from frontdoor.synthesis.council import Council, minutes
from frontdoor.synthesis.layouts import CONTACTS, SENT
from frontdoor.synthesis.mash import conduct_enquiry
from frontdoor.synthesis.opening_hours import is_open, next_open
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.registers import portal_scope

CONCERNS = ["PHYS", "SEX", "EMO", "NEG", "CE", "MISSING", "DA", "MH", "SUBSTANCE", "FGM", "RADICALISATION", "OTHER"]
_CONCERN_WEIGHTS = (14, 6, 13, 22, 5, 4, 24, 12, 10, 1, 1, 9)
RATINGS = ("RED", "AMBER", "GREEN", "BLUE")
_RATING_WEIGHTS = (8, 27, 50, 15)
_URGENCY = {"RED": "IMMEDIATE", "AMBER": "SAME_DAY", "GREEN": "ROUTINE", "BLUE": "ROUTINE"}
_TO_MASH = {"RED": 0.4, "AMBER": 0.42, "GREEN": 0.12, "BLUE": 0.03}
_OTHERWISE = {
    "RED": (("STRATEGY", 60), ("ASSESSMENT", 40)),
    "AMBER": (("ASSESSMENT", 45), ("EH", 25), ("ADVICE", 18), ("LINK_TO_OPEN", 12)),
    "GREEN": (("NFA", 45), ("ADVICE", 25), ("EH", 22), ("LINK_TO_OPEN", 8)),
    "BLUE": (("NFA", 70), ("ADVICE", 30)),
}
_HEALTH_ORGS = {"3A": "D81042", "3B": "RYV", "3C": "RYV", "3D": "D81077", "3E": "RGN", "3F": "RT1"}
_AGENCIES = {
    "police": ("35",), "other_council": ("873", "925", "940"), "voluntary": ("VCS001", "VCS002", "VCS003", "VCS004"),
    "nursery": ("EY500112", "EY500137", "EY500161"), "probation": ("PBNE01",), "housing": ("HSG01", "HSG02"),
}  # fmt: skip
_ROLES = {"SCHOOL": "DSL", "HEALTH": "SAFEGUARDING_NURSE", "POLICE": "PPU_OFFICER"}


@dataclass(slots=True)
class Referral:
    """One referral of one or more children of a family, before the contact centre has it."""

    source: Source
    children: tuple[Child, ...]
    at: datetime
    rating: str
    source_code: str
    agency_code: str | None
    concerns: list[str] = field(default_factory=list)
    reference: str | None = None


def refer(council: Council, *, start: datetime, end: datetime) -> None:
    """Every referral of a period and what follows from it, in the order in which they arrive."""
    random = council.random("referrals")
    moments = [(at, source) for source in SOURCES for at in arrivals(random, source, start=start, end=end)]
    for at, source in sorted(moments, key=lambda moment: (moment[0], moment[1].name)):
        referral = draw_referral(council, random, source, at=at)
        # Nothing is begun so late that its first clocks would run out between the last delivery and the reading.
        if end - at < timedelta(hours=4, minutes=30) and referral.rating in ("RED", "AMBER"):
            continue
        if random.random() < source.portal_share:
            if end - at < timedelta(hours=2):
                continue
            submit(council, random, referral)
            if random.random() < 0.02:
                _submit_again(council, random, referral, end=end)
        else:
            for child in referral.children:
                contact(council, random, referral, child, received_at=at)


def draw_referral(
    council: Council, random: Random, source: Source, *, at: datetime, children: tuple[Child, ...] | None = None
) -> Referral:
    """A referral as that source would make it, about children it would know."""
    if children is None:
        children = council.draw_children(random, at=at, school_age=source.name == "school")
    code = random.choice(source.source_codes.split())
    agency = _HEALTH_ORGS.get(code)
    if source.name == "school":
        agency = children[0].school
    elif source.name in _AGENCIES:
        agency = random.choice(_AGENCIES[source.name])
    concerns = random.choices(CONCERNS, _CONCERN_WEIGHTS, k=random.choice((1, 1, 2)))
    if any(child.birth_date > at.date() for child in children):
        concerns = ["UNBORN", *concerns]
    rating = random.choices(RATINGS, _RATING_WEIGHTS)[0]
    return Referral(source, children, at, rating, code, agency, sorted(set(concerns)))


def submit(council: Council, random: Random, referral: Referral, *, status: str = "ACKED") -> list[Record]:
    """Send a referral through the portal and receive it at the contact centre, unless it is withdrawn."""
    withdrawn = status == "ACKED" and random.random() < 0.007
    sent = log_sent(council, random, referral, status="WITHDRAWN" if withdrawn else status)
    if not withdrawn:
        for child in referral.children:
            received_at = referral.at + minutes(random, 1, 12)
            contact(council, random, referral, child, received_at=received_at)
    return sent


def _submit_again(council: Council, random: Random, first: Referral, *, end: datetime) -> None:
    """The same referral once more within the day, by somebody who was not sure: it is received as well."""
    at = first.at + minutes(random, 20, 1400)
    if end - at > timedelta(hours=5):
        again = replace(first, at=at, reference=None)
        for row in submit(council, random, again):
            row.changes[0].values["resubmission_of"] = first.reference


def log_sent(
    council: Council,
    random: Random,
    referral: Referral,
    *,
    status: str = "ACKED",
    target_la: str | None = None,
    clean: bool = False,
) -> list[Record]:
    """The agency's own log of the referral: one row a child, its delivery status as the portal reported it."""
    number = council.next_portal_number()
    referral.reference = f"PCC-{referral.at.year}-{number:07d}"
    agency_type = referral.source.agency_type
    scope = portal_scope(agency_type, referral.agency_code or "")
    rows = []
    informed = random.random() < 0.8
    for index, child in enumerate(referral.children, start=1):
        row = council.journal.add(
            SENT,
            f"{agency_type[:2]}{referral.agency_code}-{number:07d}-{index}",
            at=referral.at,
            person=council.registers.person(scope, child, at=referral.at, clean=clean),
            portal_reference=referral.reference,
            submitted_at=referral.at,
            agency_type=agency_type,
            agency_code=referral.agency_code,
            referrer_role=_ROLES.get(agency_type, "PRACTITIONER"),
            route="PORTAL",
            target_la=target_la or council.la_code,
            child_index=index,
            child_count=len(referral.children),
            urgency_stated=_URGENCY[referral.rating],
            concern_codes=referral.concerns,
            parent_informed="Y" if informed else "N",
            consent_given="Y" if informed else "N",
            consent_override_reason=None if informed else random.choice(("RISK_INCREASE", "UNCONTACTABLE")),
            payload_hash=sha256(referral.reference.encode()).hexdigest(),
            attachment_count=random.choice((0, 0, 1, 2)),
            delivery_status="QUEUED",
            delivery_status_at=referral.at,
        )
        delivered_at = referral.at + timedelta(seconds=random.randrange(5, 50))
        if status in ("ACKED", "WITHDRAWN", "DELIVERED"):
            row.change(delivered_at, delivery_status="DELIVERED", delivery_status_at=delivered_at)
        if status == "ACKED":
            acked_at = referral.at + minutes(random, 3, 30)
            row.change(acked_at, delivery_status=status, delivery_status_at=acked_at, ack_at=acked_at,
                       ack_reference=f"ACK{number:07d}")  # fmt: skip
        elif status != "DELIVERED":
            last_at = delivered_at + minutes(random, 2, 15)
            row.change(last_at, delivery_status=status, delivery_status_at=last_at)
        rows.append(row)
    return rows


def contact(
    council: Council, random: Random, referral: Referral, child: Child, *, received_at: datetime, clean: bool = False
) -> Record:
    """A contact that is logged, screened and decided well within its clocks, with its enquiry if one follows."""
    record, created_at = log_contact(council, random, referral, child, received_at=received_at, clean=clean)
    sent_at = created_at + minutes(random, 2, 9)
    oversight_at = screened_at(random, referral.rating, received_at=received_at)
    record.change(min(sent_at, oversight_at), sent_to_ifd_at=council.maybe_date(random, sent_at, clean=clean))
    record.change(
        oversight_at,
        ifd_oversight_at=oversight_at,
        ifd_oversight_by_role="SENIOR_PRACTITIONER" if is_open(oversight_at) else "EDT_SOCIAL_WORKER",
        ifd_oversight_qualified="Y",
    )
    decide(council, random, referral, child, record, oversight_at=oversight_at, clean=clean)
    return record


def log_contact(
    council: Council, random: Random, referral: Referral, child: Child, *, received_at: datetime, clean: bool = False
) -> tuple[Record, datetime]:
    """A contact as the contact centre first writes it down, and when it did."""
    created_at = received_at + minutes(random, 2, 12 if referral.rating in ("RED", "AMBER") else 30)
    is_open_case = child.is_looked_after or random.random() < 0.12
    at_portal = referral.reference is not None
    record = council.journal.add(
        CONTACTS,
        council.next_id("C{:07d}", "contacts"),
        at=created_at,
        person=council.known(child, at=created_at, clean=clean),
        received_at=received_at if at_portal or clean else council.maybe_date(random, received_at, share=0.05),
        created_in_lcs_at=council.maybe_date(random, created_at, clean=clean),
        channel="PORTAL" if at_portal else referral.source.channel,
        portal_reference=referral.reference,
        source_code=referral.source_code,
        source_org_code=referral.agency_code,
        concern_codes=referral.concerns,
        is_open_case="Y" if is_open_case else "N",
        open_case_type=None
        if not is_open_case
        else "CLA"
        if child.is_looked_after
        else random.choice(("CIN", "CP", "EH")),
        rag=referral.rating,
        rag_set_at=council.maybe_date(random, created_at, clean=clean),
        child_voice_recorded=random.choice("YYN"),
        child_impact_recorded=random.choice("YYN"),
        outcome_json={},
    )
    return record, created_at


def screened_at(random: Random, rating: str, *, received_at: datetime) -> datetime:
    """When a qualified worker sees the contact: the urgent by day and night, the rest in opening hours."""
    if rating == "RED":
        return received_at + minutes(random, 16, 48)
    if rating == "AMBER":
        return received_at + minutes(random, 40, 190)
    opened = next_open(received_at + minutes(random, 30, 60))
    return next_open(opened + minutes(random, 5, 180))


def decide(
    council: Council, random: Random, referral: Referral, child: Child, record: Record, *, oversight_at: datetime,
    clean: bool = False,
) -> None:  # fmt: skip
    """The decision after oversight, the word back to the referrer, and the enquiry or the closing that follows."""
    waits = {"RED": (4, 25), "AMBER": (10, 45)}.get(referral.rating, (10, 90))
    decided_at = oversight_at + minutes(random, *waits)
    if referral.rating in ("GREEN", "BLUE"):
        decided_at = next_open(decided_at)
    can_enquire = referral.rating != "RED" or (is_open(decided_at) and is_open(decided_at + timedelta(minutes=90)))
    if can_enquire and random.random() < _TO_MASH[referral.rating]:
        decision = "MASH"
    elif child.la_code != council.la_code:
        decision = "TRANSFER_OLA"
    else:
        codes, weights = zip(*_OTHERWISE[referral.rating], strict=True)
        decision = random.choices(codes, weights)[0]
    record.change(decided_at, ifd_decision=decision, ifd_decision_at=decided_at,
                  outcome_json=_outcome(decision))  # fmt: skip
    told_at = next_open(decided_at + minutes(random, 5, 40))
    record.change(told_at, referrer_ack_at=council.maybe_date(random, told_at, clean=clean))
    if decision == "MASH":
        conduct_enquiry(council, random, record, child, rating=referral.rating, decided_at=decided_at,
                        concerns=referral.concerns, clean=clean)  # fmt: skip
        return
    closed_at = next_open(told_at + minutes(random, 20, 200))
    record.change(closed_at, closed_at=council.maybe_date(random, closed_at, clean=clean),
                  referrer_outcome_told_at=council.maybe_date(random, closed_at, clean=clean))  # fmt: skip
    if decision == "NFA" and referral.reference is None and random.random() < 0.01:
        record.purge(closed_at + timedelta(days=1))
    elif random.random() < 0.03:
        corrected_at = closed_at + timedelta(days=random.randrange(8, 40))
        record.change(corrected_at, child_voice_recorded="Y")


def _outcome(decision: str) -> dict[str, str]:
    flags = {
        "STRATEGY": "CP_ENQUIRY_FLAG",
        "NFA": "NFA_FLAG",
        "ADVICE": "ADVICE_FLAG",
        "ASSESSMENT": "NEW_REFERRAL_FLAG",
        "LINK_TO_OPEN": "EXISTING_REFERRAL_FLAG",
    }
    return {flags.get(decision, "OTHER_OUTCOMES_EXIST_FLAG"): "Y"}
