"""What every check finds at a moment: Great Expectations gives the verdict, the same text here the keys and counts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from frontdoor.alerts.catalogue import Catalogue, Check, Question, question
from frontdoor.alerts.life import Finding
from frontdoor.alerts.schedules import expected_deliveries
from frontdoor.alerts.verdicts import CheckVerdict, judge
from frontdoor.quality.gx import UNKNOWN_ERROR
from frontdoor.settings import Settings

# What the watch reports about itself: a check that could not be evaluated must not pass for one that is met.
OPERATIONS_CHECK = "OP-01"
NOT_EVALUATED = "check:"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdicts and findings of some checks at a moment, read from one publication."""

    as_of: datetime
    publication_no: int | None
    verdicts: dict[str, CheckVerdict]
    findings: list[Finding]

    def settles(self, check_id: str, subject_key: str) -> bool:
        """Whether this evaluation can say that an alert's condition is gone: its check was asked, and answered."""
        if check_id == OPERATIONS_CHECK and subject_key.startswith(NOT_EVALUATED):
            check_id = subject_key.removeprefix(NOT_EVALUATED)
        verdict = self.verdicts.get(check_id)
        return verdict is not None and verdict.is_evaluated


def evaluate(
    settings: Settings,
    connection: psycopg.Connection,
    *,
    catalogue: Catalogue,
    checks: Sequence[Check],
    as_of: datetime,
    publication_no: int | None,
) -> Evaluation:
    """Return what `checks` find at `as_of`; changes nothing, so any past morning can be asked for.

    Before the first publication the checks that read the marts are left out: OP-01 says that nothing is published.
    `connection` is the alerter's, inside a transaction that sees one moment of the database.
    """
    questions = questions_at(settings, catalogue=catalogue, checks=checks, as_of=as_of, publication_no=publication_no)
    verdicts = judge(settings, questions, publication_no=publication_no)
    return answer(connection, questions, verdicts, as_of=as_of, publication_no=publication_no)


def questions_at(
    settings: Settings,
    *,
    catalogue: Catalogue,
    checks: Iterable[Check],
    as_of: datetime,
    publication_no: int | None,
) -> list[Question]:
    """Return the SQL of the checks that can be asked at `as_of`."""
    feeds = json.dumps([expected.as_json() for expected in expected_deliveries(settings, as_of=as_of)])
    return [
        question(check, catalogue=catalogue, as_of=as_of, council=settings.council, feeds=feeds)
        for check in checks
        if publication_no is not None or not check.needs_publication
    ]


def answer(
    connection: psycopg.Connection,
    questions: Sequence[Question],
    verdicts: dict[str, CheckVerdict],
    *,
    as_of: datetime,
    publication_no: int | None,
) -> Evaluation:
    """Run each question's own text for its keys, and put them beside Great Expectations' verdicts.

    A check that either of the two could not run counts as not met, finds nothing and settles nothing.
    """
    if publication_no is not None:
        connection.execute("select set_config('frontdoor.publication', %s, true)", [str(publication_no)])
    restricted = _restricted_children(connection) if publication_no is not None else frozenset()
    settled: dict[str, CheckVerdict] = {}
    findings: list[Finding] = []
    for asked in questions:
        verdict = verdicts.get(asked.check.id, CheckVerdict(asked.check.id, is_met=False, sqlstate=UNKNOWN_ERROR))
        if verdict.is_evaluated:
            try:
                found = find(connection, asked, restricted=restricted)
            except psycopg.Error as error:
                verdict = replace(verdict, is_met=False, sqlstate=error.sqlstate or UNKNOWN_ERROR)
            else:
                verdict = replace(verdict, is_met=verdict.is_met and not found, breaking_count=len(found))
                findings += found
        settled[asked.check.id] = verdict
    findings += [
        Finding(OPERATIONS_CHECK, f"{NOT_EVALUATED}{verdict.check_id}", 2, None, "NOT_EVALUATED")
        for verdict in settled.values()
        if not verdict.is_evaluated
    ]
    return Evaluation(as_of, publication_no, settled, findings)


@dataclass(frozen=True, slots=True)
class _Row:
    subject_key: str
    child_key: str | None
    other_child_key: str | None
    severity: int | None
    due_at: datetime | None
    reason_code: str | None


# to_jsonb lets a check leave out the columns it has no use for.
_FIND = """
    select distinct on (subject_key)
        subject_key,
        to_jsonb(found) ->> 'child_key' as child_key,
        to_jsonb(found) ->> 'other_child_key' as other_child_key,
        severity,
        due_at,
        to_jsonb(found) ->> 'reason_code' as reason_code
    from ({question}) as found
    order by subject_key, severity, due_at
"""


def find(connection: psycopg.Connection, asked: Question, *, restricted: frozenset[str] = frozenset()) -> list[Finding]:
    """Return what one check finds, in the order of its subjects."""
    statement = _FIND.replace("{question}", asked.sql)
    with connection.transaction(), connection.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(statement.encode()).fetchall()
    return [
        Finding(
            check_id=asked.check.id,
            subject_key=row.subject_key,
            severity=row.severity or asked.check.severity,
            due_at=row.due_at,
            reason_code=row.reason_code,
            is_restricted=row.child_key in restricted or row.other_child_key in restricted,
        )
        for row in rows
    ]


def _restricted_children(connection: psycopg.Connection) -> frozenset[str]:
    rows = connection.execute("select child_key from safeguarding.dim_children where is_restricted").fetchall()
    return frozenset(row[0] for row in rows)
