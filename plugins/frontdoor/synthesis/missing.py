"""Missing episodes as the police report them, and the return interviews the council holds after them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random

from frontdoor.synthesis.arrivals import SOURCES
from frontdoor.synthesis.council import Council, minutes
from frontdoor.synthesis.layouts import INTERVIEWS, MISSING
from frontdoor.synthesis.opening_hours import LONDON, at_local, local_date
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.referrals import Referral, contact
from frontdoor.synthesis.registers import POLICE, Values

EPISODES_A_YEAR, CHILDREN_A_YEAR, LOOKED_AFTER_A_YEAR = 940, 330, 110
_HOURS = tuple(accumulate((8, 6, 3, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 4, 5, 6, 8, 9, 10, 11, 11, 10)))
_FLAGS = ("CSE", "CCE", "COUNTY_LINES", "MH", "SELF_HARM", "DRUGS", "GANG")
_THEMES = ("PUSH", "PULL", "PEER", "FAMILY", "SCHOOL", "MH", "PLACEMENT", "SUBSTANCE")


@dataclass(slots=True)
class Missing:
    """Who goes missing, and how often lately."""

    council: Council
    reported: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def prior_90_days(self, child: Child, at: datetime) -> int:
        """Episodes the police count in the ninety days before."""
        return sum(at - timedelta(days=90) <= earlier < at for earlier in self.reported[child.number])


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode and when it ended."""

    record: Record
    child: Child
    found_at: datetime
    responsible_la: str


def go_missing(council: Council, *, start: datetime, end: datetime) -> None:
    """Every episode of a period, most of them by few children, and the interview after each."""
    random = council.random("missing")
    teenagers = [
        child
        for family in council.population.families
        for child in family.children
        if 10 <= (start.date() - child.birth_date).days // 365 <= 17 and child.restricted == "N"
    ]
    looked_after = [child for child in teenagers if child.is_looked_after]
    others = [child for child in teenagers if not child.is_looked_after]
    runners = looked_after[:LOOKED_AFTER_A_YEAR] + random.sample(others, CHILDREN_A_YEAR - LOOKED_AFTER_A_YEAR)
    # Looked-after children are a third of those who go missing and near half of the episodes.
    weights = tuple(accumulate(random.gammavariate(0.6, 1.8 if child.is_looked_after else 1.0) for child in runners))
    tracker = Missing(council)
    days = (end - start) / timedelta(days=1)
    moments = sorted(_report_time(random, start, end) for _ in range(round(EPISODES_A_YEAR * days / 365)))
    free_from: dict[int, datetime] = {}
    for reported_at in moments:
        child = random.choices(runners, cum_weights=weights)[0]
        if free_from.get(child.number, reported_at) > reported_at:
            continue
        free_from[child.number] = _one_episode(tracker, random, child, reported_at)


def _one_episode(tracker: Missing, random: Random, child: Child, reported_at: datetime) -> datetime:
    """An episode and its interview; returns when the child may go missing again."""
    council = tracker.council
    if random.random() < 0.02:
        episode = report_missing(tracker, random, child, reported_at=reported_at, found=False)
        episode.record.change(reported_at + minutes(random, 40, 120), status="CANCELLED")
        return reported_at + timedelta(days=2)
    responsible_la = "873" if random.random() < 0.03 else council.la_code
    episode = report_missing(tracker, random, child, reported_at=reported_at, responsible_la=responsible_la)
    if responsible_la == council.la_code:
        interview(council, random, episode)
    return episode.found_at + timedelta(days=3)


def _report_time(random: Random, start: datetime, end: datetime) -> datetime:
    while True:
        day = local_date(start + (end - start) * random.random())
        at = at_local(day, time(random.choices(range(24), cum_weights=_HOURS)[0])) + minutes(random, 0, 59)
        if start <= at < end - timedelta(hours=2):
            return at


def report_missing(
    tracker: Missing, random: Random, child: Child, *, reported_at: datetime, responsible_la: str = "874",
    found_at: datetime | None = None, found: bool = True, risk: str | None = None, flags: list[str] | None = None,
    clean: bool = False,
) -> Episode:  # fmt: skip
    """A child reported missing to the police and, unless told otherwise, found."""
    council = tracker.council
    prior = tracker.prior_90_days(child, reported_at)
    tracker.reported[child.number].append(reported_at)
    risk = risk or random.choices(("H", "M", "L"), (13, 85, 2))[0]
    if flags is None:
        flags = random.sample(_FLAGS, random.choice((1, 2))) if random.random() < 0.15 else []
    hours = min(random.lognormvariate(2.0, 1.1), 150)
    found_at = found_at or reported_at + timedelta(minutes=round(30 + hours * 60))
    record = council.journal.add(
        MISSING,
        council.next_id(f"MP/35/{reported_at.year % 100}/{{:06d}}", "missing", first=1201),
        at=reported_at + minutes(random, 10, 40),
        person=council.registers.person(POLICE, child, at=reported_at, clean=clean),
        incident_log_ref=f"CC-{reported_at.astimezone(LONDON):%d%m%Y}-{random.randrange(1, 900):04d}",
        category="MISSING",
        reported_at=reported_at,
        last_seen_at=reported_at - minutes(random, 30, 300),
        risk_initial=risk,
        risk_current=risk,
        flags=flags or None,
        prior_episode_count_90d=prior,
        responsible_la_code=responsible_la,
        status="OPEN",
        notified_la_at=reported_at + minutes(random, 60, 300),
        **_missing_from(random, child),
    )
    if found:
        record.change(found_at + minutes(random, 10, 90), **_found(random, child, found_at))
    return Episode(record, child, found_at, responsible_la)


def _missing_from(random: Random, child: Child) -> Values:
    if child.is_looked_after:
        place = random.choice(("CARE_HOME", "FOSTER", "SUPPORTED_ACCOM"))
        by = {"CARE_HOME": "CHILDRENS_HOME", "FOSTER": "FOSTER"}.get(place, "CARER")
        urn = f"SC{random.randrange(10**6):06d}" if place == "CARE_HOME" else None
    else:
        place, by, urn = random.choice((("HOME", "PARENT", None),) * 6 + (("SCHOOL", "SCHOOL", None),))
    return {
        "reported_by_type": by,
        "missing_from_type": place,
        "missing_from_postcode": child.postcode,
        "placement_urn": urn,
        "looked_after_flag": random.choice("YYYYU") if child.is_looked_after else "N",
    }


def _found(random: Random, child: Child, found_at: datetime) -> Values:
    is_seen = random.random() < 0.85
    return {
        "status": "FOUND",
        "found_at": found_at,
        "returned_to_type": "PLACEMENT" if child.is_looked_after else "HOME",
        "found_by": random.choice(("POLICE", "RETURNED_SELF", "RETURNED_SELF", "CARER", "FAMILY")),
        "prevention_interview_at": found_at + minutes(random, 5, 80) if is_seen else None,
        "prevention_interview_outcome": "DONE" if is_seen else random.choice(("REFUSED", "NOT_SEEN")),
        "harm_disclosed": random.choice("NNNNU"),
    }


def interview(
    council: Council, random: Random, episode: Episode, *, completed: bool = True, clean: bool = False
) -> Record:
    """A return interview offered the same day and held within sixty hours, with a contact where concerns grew."""
    found_at = episode.found_at
    opened_at = found_at + minutes(random, 120, 600)
    offered_at = opened_at + minutes(random, 10, 240)
    record = council.journal.add(
        INTERVIEWS,
        council.next_id(f"RHI-{found_at.year % 100}-{{:05d}}", "interviews", first=91),
        at=opened_at,
        person=council.known(episode.child, at=opened_at, clean=clean),
        misper_ref=episode.record.record_id,
        returned_at=found_at,
        returned_at_source="POLICE_FOUND",
        responsible_la=episode.responsible_la,
        host_la=random.choice((episode.responsible_la,) * 9 + ("873",)),
        offered="N",
        voice_recorded="N",
    )
    record.change(
        offered_at, offered="Y", offered_at=offered_at, offer_method=random.choice(("PHONE", "VISIT", "TEXT"))
    )
    if completed:
        _hold_interview(council, random, record, episode, offered_at=offered_at)
    return record


def _hold_interview(
    council: Council, random: Random, record: Record, episode: Episode, *, offered_at: datetime
) -> None:
    completed_at = _between_nine_and_seven(random, offered_at, episode.found_at + timedelta(hours=60))
    # Only an interview that leaves time to act before the readings may raise concern here.
    is_worse = random.random() < 0.1 and completed_at < council.span.until - timedelta(hours=6)
    record.change(
        completed_at + minutes(random, 10, 60),
        accepted="Y",
        completed_at=completed_at,
        interviewer_org="VCS_PROVIDER",
        interviewer_independent="Y",
        seen_alone=random.choice("YYYN"),
        place_type=random.choice(("HOME", "SCHOOL", "PLACEMENT", "COMMUNITY")),
        themes=random.sample(_THEMES, random.choice((1, 2))) + (["EXPLOITATION"] if is_worse else []),
        concern_increase="Y" if is_worse else "N",
        voice_recorded="Y",
    )
    shared_at = completed_at + minutes(random, 60, 240)
    if is_worse:
        referral = Referral(SOURCES[3], (episode.child,), completed_at, "AMBER", "5B", None, ["CE", "MISSING"])
        raised_at = completed_at + minutes(random, 70, 120)
        raised = contact(council, random, referral, episode.child, received_at=raised_at)
        record.change(raised.changes[0].at, contact_id_created=raised.record_id)
    record.change(
        shared_at,
        shared_with_police_at=council.maybe_date(random, shared_at),
        shared_with_sw_at=council.maybe_date(random, shared_at),
    )


def _between_nine_and_seven(random: Random, start: datetime, end: datetime) -> datetime:
    """A moment of a day on which people hold interviews."""
    while True:
        at = start + (end - start) * random.random()
        if 9 <= at.astimezone(LONDON).hour < 19:
            return at
