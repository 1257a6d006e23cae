"""Checks with other agencies: asked for by an enquiry, answered, and health's answers as health itself records them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from frontdoor.synthesis.council import Council, minutes
from frontdoor.synthesis.layouts import CHECKS, HEALTH
from frontdoor.synthesis.opening_hours import add_open_minutes, end_of_day, local_date, working_days_after
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.registers import HEALTH as HEALTH_REGISTER
from frontdoor.synthesis.registers import Values

_AGENCIES = {
    "POLICE": 0.92, "EDUCATION": 0.72, "EARLY_HELP": 0.5, "HOUSING": 0.36, "DA_SERVICE": 0.26, "PROBATION": 0.2,
    "YOUTH_JUSTICE": 0.14, "ADULT_SC": 0.12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One enquiry's record and the moments everything else hangs on."""

    record: Record
    reference: str
    child: Child
    rating: str
    started_at: datetime
    concluded_at: datetime

    def at(self, share: float) -> datetime:
        """The moment when so much of the enquiry's opening time has passed; the urgent are worked on past closing."""
        if self.rating == "RED":
            return self.started_at + (self.concluded_at - self.started_at) * share
        least, most = 0.0, 6000.0
        while most - least > 0.5:
            middle = (least + most) / 2
            if add_open_minutes(self.started_at, middle) < self.concluded_at:
                least = middle
            else:
                most = middle
        return add_open_minutes(self.started_at, least * share)


def ask_agencies(
    council: Council, random: Random, enquiry: Enquiry, *, health: bool = True, clean: bool = False
) -> list[Record]:
    """The checks an enquiry of its rating asks for, each answered within its limit."""
    checks = []
    if health:
        if enquiry.rating in ("GREEN", "BLUE") and not clean and random.random() < 0.06:
            checks.append(_waived(council, enquiry))
        else:
            checks.append(_health_check(council, random, enquiry, clean=clean))
    for agency, share in _AGENCIES.items():
        if agency == "EDUCATION" and enquiry.child.school is None:
            continue
        if random.random() < share:
            checks.append(ask(council, random, enquiry, agency))
    return checks


def ask(council: Council, random: Random, enquiry: Enquiry, agency: str, *, is_answered: bool = True) -> Record:
    """One agency asked, and its answer."""
    requested_at = enquiry.at(random.uniform(0.02, 0.08))
    record = council.journal.add(
        CHECKS,
        council.next_id("CHK-{:07d}", "checks", first=55_001),
        at=requested_at,
        mash_enquiry_ref=enquiry.reference,
        agency=agency,
        expected="Y",
        expectation_reason="RAG_RULE"
        if agency in ("HEALTH", "POLICE")
        else random.choice(("RAG_RULE", "CONCERN_RULE")),
        requested_at=requested_at,
        due_at=_check_due(enquiry.rating, requested_at),
        status="REQUESTED",
    )
    if is_answered:
        returned_at = enquiry.at(random.uniform(0.16, 0.5 if enquiry.rating == "RED" else 0.7))
        is_found = random.random() < 0.8
        record.change(
            returned_at,
            returned_at=returned_at,
            status="RETURNED" if random.random() < 0.94 else "PARTIAL",
            status_reason=None if is_found else "NO_RECORD",
            information_found="Y" if is_found else "N",
            quality=random.choice(("THOROUGH", "ADEQUATE", "ADEQUATE", "THIN")) if is_found else None,
        )
    return record


def _check_due(rating: str, requested_at: datetime) -> datetime:
    if rating == "RED":
        return requested_at + timedelta(hours=2)
    days = {"AMBER": 1, "GREEN": 3, "BLUE": 5}[rating]
    return end_of_day(working_days_after(local_date(requested_at), count=days))


def _waived(council: Council, enquiry: Enquiry) -> Record:
    return council.journal.add(
        CHECKS,
        council.next_id("CHK-{:07d}", "checks", first=55_001),
        at=enquiry.at(0.05),
        mash_enquiry_ref=enquiry.reference,
        agency="HEALTH",
        expected="Y",
        expectation_reason="RAG_RULE",
        status="WAIVED",
        status_reason="NOT_PROPORTIONATE",
    )


def _health_check(council: Council, random: Random, enquiry: Enquiry, *, clean: bool) -> Record:
    """Health's check twice over: as the council logs it, and as the health trust answers it."""
    record = ask(council, random, enquiry, "HEALTH")
    asked, answered = record.changes
    status = str(answered.values["status"])
    response = open_response(council, enquiry, requested_at=asked.at + minutes(random, 1, 8), clean=clean)
    answered_at = answered.at - minutes(random, 1, 6)
    begun_at = asked.at + (answered_at - asked.at) * 0.6
    response.change(begun_at, status="IN_PROGRESS", started_at=begun_at)
    # Some answers reach the trust's own system only a day or two after they were given.
    entered_at = answered_at + minutes(random, 1_200, 2_400) if random.random() < 0.03 else answered_at
    response.change(entered_at, **_answer(random, enquiry.child, status, answered_at))
    return record


def open_response(council: Council, enquiry: Enquiry, *, requested_at: datetime, clean: bool = False) -> Record:
    """The health trust's own record of having been asked."""
    return council.journal.add(
        HEALTH,
        council.next_id("H-{:06d}", "health", first=77_101),
        at=requested_at,
        person=council.registers.person(HEALTH_REGISTER, enquiry.child, at=requested_at, clean=clean),
        mash_enquiry_ref=enquiry.reference,
        request_received_at=requested_at,
        rag=enquiry.rating,
        status="RECEIVED",
    )


def _answer(random: Random, child: Child, status: str, answered_at: datetime) -> Values:
    is_unborn = child.birth_date > answered_at.date()
    age = (answered_at.date() - child.birth_date).days // 365
    names = ["GP", "MIDWIFERY"] if is_unborn else ["GP", "HV" if age < 5 else "SN", "ED", "CAMHS"]
    services = []
    for name in names:
        found = random.random() < 0.7
        seen_on = (answered_at - timedelta(days=random.randrange(5, 400))).date() if found else None
        services.append(
            {"service": name, "ods": "RYV" if name in ("HV", "SN") else None, "record_found": "Y" if found else "N",
             "last_seen_date": seen_on.isoformat() if seen_on else None, "relevant_info": random.choice("YN")}
        )  # fmt: skip
    attendances = random.choice((0, 0, 0, 1, 1, 2, 4))
    return {
        "status": status,
        "status_reason": None if status == "RETURNED" else "NO_RECORD",
        "returned_at": answered_at,
        "responder_role": "SAFEGUARDING_NURSE",
        "responding_ods": "RYV",
        "services_checked": services,
        "was_not_brought_12m": random.choice((0, 0, 0, 1, 2)),
        "ed_attendances_12m": attendances,
        "ed_injury_12m": min(attendances, random.choice((0, 0, 1))),
        "immunisations_up_to_date": "U" if is_unborn else random.choice("YYYN"),
        "parental_factor_codes": random.sample(("MH", "SUBSTANCE", "DA", "LD"), random.choice((0, 1, 1, 2))),
        "pregnancy_flag": "Y" if is_unborn else "N",
        "gestation_weeks": max(4, 40 - (child.birth_date - answered_at.date()).days // 7) if is_unborn else None,
        "analysis_present": "Y",
        "risk_to_child_stated": "Y",
        "text_pointer_id": f"doc-{random.randrange(16**6):06x}",
    }
