"""What the brief says, read at one moment from one publication and the alerts: counts, times and references."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from frontdoor.alerts.brief import questions
from frontdoor.alerts.catalogue import Catalogue, Check, Finding
from frontdoor.alerts.schedules import ExpectedDelivery


@dataclass(frozen=True, slots=True)
class Publication:
    """What the marts show."""

    publication_no: int
    data_as_of: datetime | None
    published_at: datetime
    content_fingerprint: str


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is not resolved, without whom it is about."""

    alert_ref: str
    check_id: str
    severity: int
    state: str
    is_escalated: bool
    reason_code: str | None
    due_at: datetime | None
    opened_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be said today about one finding of the letter."""

    finding: Finding
    state: str
    counts: dict[int, int]
    oldest_due_at: datetime | None
    new_count: int
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A clock about to run out."""

    check_id: str
    label: str
    within_4h_count: int
    within_24h_count: int
    next_due_at: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """How one segment of the journey kept its limit, of everything due in the week."""

    segment_code: str
    met_count: int
    late_count: int
    overdue_count: int
    median_hours: float | None
    p90_hours: float | None

    @property
    def due_count(self) -> int:
        """The cohort: what was due, not what was done."""
        return self.met_count + self.late_count + self.overdue_count


@dataclass(frozen=True, slots=True)
class Day:
    """The referrals sent on one day, by what became of them."""

    day: str
    received_count: int
    in_grace_count: int
    withdrawn_count: int
    missing_count: int

    @property
    def sent_count(self) -> int:
        """All of them."""
        return self.received_count + self.in_grace_count + self.withdrawn_count + self.missing_count


@dataclass(frozen=True, slots=True)
class FeedState:
    """How fresh one feed is, and what is held back of it."""

    feed: str
    newest_at: datetime | None
    accepted_count: int
    quarantined_count: int
    delivery_count: int
    is_late: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Records waiting in quarantine for one reason."""

    feed: str
    rule_id: str
    record_count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that was refused and not sent again correctly."""

    feed: str
    rule_id: str
    line_count: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Recognition:
    """How many children are known, to how many agencies, how many links were forbidden and how many are in question."""

    child_count: int
    shared_count: int
    record_count: int
    vetoed_count: int
    waiting_count: int
    unlinked_red_count: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything on the page."""

    as_of: datetime
    publication: Publication | None
    alerts: list[OpenAlert]
    resolved_count: int
    answers: list[Answer]
    upcoming: list[Upcoming]
    segments: list[Segment]
    days: list[Day]
    feeds: list[FeedState]
    held: list[Held]
    refused: list[Refused]
    recognition: Recognition | None
    unanswered: list[str]
    evaluated_at: datetime | None

    @property
    def new_alerts(self) -> list[OpenAlert]:
        """Those that began to wait in the last day."""
        return [alert for alert in self.alerts if alert.is_new]

    @property
    def unacknowledged_count(self) -> int:
        """How many nobody has taken on."""
        return sum(alert.state == "open" for alert in self.alerts)

    def count(self, severity: int) -> int:
        """How many alerts of a severity wait."""
        return sum(alert.severity == severity for alert in self.alerts)


def gather(
    connection: psycopg.Connection,
    *,
    catalogue: Catalogue,
    expected: Iterable[ExpectedDelivery],
    titles: dict[str, str],
    council: str,
    as_of: datetime,
) -> Facts:
    """Return the brief's facts; `connection` is inside a transaction that sees one moment of the database."""
    moment = {"as_of": as_of, "council": council, "confidential": catalogue.confidential}
    publication = _one(connection, Publication, questions.PUBLICATION, moment)
    alerts = _all(connection, OpenAlert, questions.OPEN_ALERTS, moment)
    feeds = _feeds(connection, expected, as_of)
    unanswered = [row[0] for row in connection.execute(questions.UNANSWERED).fetchall()]
    late = {feed.feed: titles[feed.feed] for feed in feeds if feed.is_late}
    has_marts = publication is not None
    [[resolved_count]] = connection.execute(questions.RESOLVED, moment).fetchall()
    [[evaluated_at]] = connection.execute(questions.EVALUATED).fetchall()
    return Facts(
        as_of=as_of,
        publication=publication,
        alerts=alerts,
        resolved_count=int(resolved_count),
        answers=[
            _answer(finding, catalogue, alerts, late=late, unanswered=set(unanswered), has_marts=has_marts)
            for finding in catalogue.findings
        ],
        upcoming=_all(connection, Upcoming, questions.UPCOMING, moment) if has_marts else [],
        segments=_all(connection, Segment, questions.SEGMENTS, moment) if has_marts else [],
        days=_all(connection, Day, questions.DAYS, moment) if has_marts else [],
        feeds=feeds,
        held=_all(connection, Held, questions.HELD, moment),
        refused=_all(connection, Refused, questions.REFUSED, moment),
        recognition=_one(connection, Recognition, questions.RECOGNITION, moment) if has_marts else None,
        unanswered=unanswered,
        evaluated_at=evaluated_at,
    )


def _answer(
    finding: Finding,
    catalogue: Catalogue,
    alerts: list[OpenAlert],
    *,
    late: dict[str, str],
    unanswered: set[str],
    has_marts: bool,
) -> Answer:
    """A finding needs action when anything is open; without all its data its silence says nothing."""
    mine = [alert for alert in alerts if alert.check_id in finding.checks]
    checks = [catalogue.checks[check_id] for check_id in finding.checks]
    doubts = tuple(_doubts(checks, late=late, unanswered=unanswered, has_marts=has_marts))
    dues = [alert.due_at for alert in mine if alert.due_at is not None]
    return Answer(
        finding=finding,
        state="needs action" if mine else "cannot say" if doubts else "ok",
        counts={severity: sum(alert.severity == severity for alert in mine) for severity in (1, 2, 3, 4)},
        oldest_due_at=min(dues, default=None),
        new_count=sum(alert.is_new for alert in mine),
        doubts=doubts,
    )


def _doubts(checks: list[Check], *, late: dict[str, str], unanswered: set[str], has_marts: bool) -> Iterable[str]:
    if not has_marts and any(check.needs_publication for check in checks):
        yield "nothing has been published yet"
    for feed in sorted({feed for check in checks for feed in check.feeds} & late.keys()):
        yield f"the feed “{late[feed]}” is late"
    for check in checks:
        if check.id in unanswered:
            yield f"{check.id} could not be evaluated"


def _feeds(connection: psycopg.Connection, expected: Iterable[ExpectedDelivery], as_of: datetime) -> list[FeedState]:
    known = {row[0]: row[1:] for row in connection.execute(questions.FEEDS, {"as_of": as_of}).fetchall()}
    states = []
    for wanted in expected:
        newest_at, accepted, quarantined, deliveries = known.get(wanted.feed, (None, 0, 0, 0))
        is_late = newest_at is None or newest_at < wanted.expected_at
        states.append(
            FeedState(wanted.feed, newest_at, int(accepted), int(quarantined), int(deliveries), is_late, wanted.due_at)
        )
    return states


def _all(connection: psycopg.Connection, kind: type[Any], query: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query.encode(), parameters).fetchall()


def _one(connection: psycopg.Connection, kind: type[Any], query: str, parameters: dict[str, Any]) -> Any:
    return next(iter(_all(connection, kind, query, parameters)), None)
