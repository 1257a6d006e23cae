"""Alerts, their changes and the ticks in the database; every change is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from frontdoor.alerts.life import Alert, Finding, Step
from frontdoor.alerts.verdicts import CheckVerdict

_COLUMNS = tuple(field.name for field in fields(Alert))
_SELECT = f"select {', '.join(_COLUMNS)} from alerts.alerts"
_WRITTEN = tuple(name for name in _COLUMNS if name != "alert_no")
_INSERT = (
    f"insert into alerts.alerts ({', '.join(_WRITTEN)})"
    f" values ({', '.join(f'%({name})s' for name in _WRITTEN)}) returning alert_no"
)
_UPDATE = (
    f"update alerts.alerts set {', '.join(f'{name} = %({name})s' for name in _WRITTEN)} where alert_no = %(alert_no)s"
)


def alerts_to_move(connection: psycopg.Connection, findings: Sequence[Finding]) -> dict[tuple[str, str], Alert]:
    """Return every alert that is not resolved, and the resolved ones that the findings would reopen."""
    wanted = Jsonb([{"check_id": finding.check_id, "subject_key": finding.subject_key} for finding in findings])
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        alerts = cursor.execute(
            f"{_SELECT} where state <> 'resolved'"
            " union all "
            f"{_SELECT} inner join jsonb_to_recordset(%s) as found (check_id text, subject_key text)"
            " using (check_id, subject_key) where state = 'resolved'".encode(),
            [wanted],
        ).fetchall()
    return {alert.identity: alert for alert in alerts}


def alert_by_reference(connection: psycopg.Connection, reference: str) -> Alert | None:
    """Return the alert a message called `reference`, locked until the transaction ends, or None."""
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(f"{_SELECT} where alert_ref = %s for update".encode(), [reference]).fetchone()


def list_alerts(
    connection: psycopg.Connection,
    *,
    states: Sequence[str],
    severity: int | None = None,
    check_id: str | None = None,
) -> list[Alert]:
    """Return alerts, most severe and longest overdue first."""
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(
            f"{_SELECT} where state = any(%s) and severity = coalesce(%s, severity)"
            " and check_id = coalesce(%s, check_id)"
            " order by severity, due_at nulls first, alert_no".encode(),
            [list(states), severity, check_id],
        ).fetchall()


def changes_of(connection: psycopg.Connection, alert_no: int) -> list[dict[str, Any]]:
    """Return everything that happened to an alert, oldest first."""
    rows = connection.execute(
        "select change, severity, changed_at, changed_by, publication_no from alerts.alert_changes"
        " where alert_no = %s order by change_no",
        [alert_no],
    ).fetchall()
    names = ("change", "severity", "changed_at", "changed_by", "publication_no")
    return [dict(zip(names, row, strict=True)) for row in rows]


def store_seen_again(connection: psycopg.Connection, alerts: Iterable[Alert], *, as_of: datetime) -> None:
    """Write that alerts of which nothing else is different were seen at `as_of`."""
    connection.execute(
        "update alerts.alerts set last_seen_at = %s where alert_no = any(%s) and last_seen_at < %s",
        [as_of, [alert.alert_no for alert in alerts], as_of],
    )


def store(
    connection: psycopg.Connection,
    steps: Iterable[Step],
    *,
    at: datetime,
    by: str,
    publication_no: int | None = None,
) -> None:
    """Write alerts as they are now, and what happened to them."""
    new = [step for step in steps if step.alert.alert_no is None]
    old = [step for step in steps if step.alert.alert_no is not None]
    numbers: list[int] = []
    with connection.cursor() as cursor:
        if new:
            cursor.executemany(_INSERT.encode(), [asdict(step.alert) for step in new], returning=True)
            for result in cursor.results():
                numbers += [row[0] for row in result.fetchall()]
        if old:
            cursor.executemany(_UPDATE.encode(), [asdict(step.alert) for step in old])
        numbers += [step.alert.alert_no for step in old if step.alert.alert_no is not None]
        changes = [
            (number, change, step.alert.severity, at, by, publication_no)
            for number, step in zip(numbers, [*new, *old], strict=True)
            for change in step.changes
        ]
        if changes:
            cursor.executemany(
                "insert into alerts.alert_changes (alert_no, change, severity, changed_at, changed_by, publication_no)"
                " values (%s, %s, %s, %s, %s, %s)",
                changes,
            )


def last_tick(connection: psycopg.Connection) -> tuple[datetime, int | None] | None:
    """Return the moment and publication of the latest tick, or None before the first."""
    return connection.execute(
        "select as_of, publication_no from alerts.ticks order by as_of desc, tick_no desc limit 1"
    ).fetchone()


def last_evaluations(connection: psycopg.Connection) -> dict[str, tuple[datetime, int | None, bool]]:
    """Return, for each check, at which moment and publication it was last evaluated, and whether it answered."""
    rows = connection.execute(
        "select distinct on (v.check_id) v.check_id, t.as_of, t.publication_no, v.sqlstate is null"
        " from alerts.check_verdicts as v inner join alerts.ticks as t using (tick_no)"
        " order by v.check_id, v.tick_no desc"
    ).fetchall()
    return {check_id: (as_of, publication_no, answered) for check_id, as_of, publication_no, answered in rows}


def record_tick(
    connection: psycopg.Connection,
    *,
    as_of: datetime,
    publication_no: int | None,
    started_at: datetime,
    finished_at: datetime,
    verdicts: Iterable[CheckVerdict],
) -> int:
    """Record that the checks were evaluated at a moment, with each one's verdict; return the tick's number."""
    [[tick_no]] = connection.execute(
        "insert into alerts.ticks (as_of, publication_no, started_at, finished_at)"
        " values (%s, %s, %s, %s) returning tick_no",
        [as_of, publication_no, started_at, finished_at],
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into alerts.check_verdicts (tick_no, check_id, is_met, sqlstate, breaking_count)"
            " values (%s, %s, %s, %s, %s)",
            [(tick_no, v.check_id, v.is_met, v.sqlstate, v.breaking_count) for v in verdicts],
        )
    return int(tick_no)
