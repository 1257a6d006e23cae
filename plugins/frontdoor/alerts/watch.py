"""A tick of the clock: what every check finds now, what that does to the alerts, and who is told.

Verdicts, alerts and messages change in one transaction; messages leave after it. A tick that is run again changes
nothing, one that was killed is made good by the next.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

import psycopg

from frontdoor.alerts import store
from frontdoor.alerts.catalogue import Catalogue, Check, load_catalogue
from frontdoor.alerts.evaluate import Evaluation, answer, evaluate, questions_at
from frontdoor.alerts.life import Step, escalated, gone, seen
from frontdoor.alerts.messages import compose, compose_digests, queue
from frontdoor.alerts.send import send_waiting
from frontdoor.alerts.verdicts import judge
from frontdoor.errors import FrontdoorError, WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

logger = logging.getLogger(__name__)

WATCH_LOCK = 7_304_004
ACKNOWLEDGEMENT_CLOCK = "alert_acknowledgement"


@dataclass(frozen=True, slots=True)
class WatchResult:
    """What a tick did; counts only."""

    as_of: datetime
    tick_no: int
    publication_no: int | None
    evaluated_count: int
    broken_checks: tuple[str, ...]
    unanswered_checks: tuple[str, ...]
    change_counts: dict[str, int]
    queued_count: int
    sent_count: int
    unsent_count: int


@dataclass(frozen=True, slots=True)
class _Tick:
    tick_no: int
    found: Evaluation
    steps: tuple[Step, ...]
    queued_count: int


def watch(settings: Settings, *, as_of: datetime) -> WatchResult:
    """Evaluate the checks that are due at `as_of`, move the alerts through their life and send what is to be said.

    A check is due when its cadence has passed, when something was published since, or when it could not be answered.
    Raises FrontdoorError for a moment before the latest tick: the past can be replayed (`replay`) but not changed.
    """
    catalogue = load_catalogue(settings)
    try:
        with _watching(settings, as_of) as connection:
            tick = _tick(settings, connection, catalogue, as_of=as_of)
            checkpoint("alerts-queued")
            sent, unsent = send_waiting(settings, connection, recipients=catalogue.recipients, at=as_of)
    except psycopg.Error as error:
        raise WarehouseError("the watch failed; alerts are as they were", sqlstate=error.sqlstate) from None
    result = _result(tick, sent_count=sent, unsent_count=unsent)
    logger.info("watched", extra={"tick_no": result.tick_no, "changes": result.change_counts, "sent": sent})
    return result


def replay(settings: Settings, *, as_of: datetime) -> Evaluation:
    """Return what every check would have found at `as_of`, from what is published now; changes nothing."""
    catalogue = load_catalogue(settings)
    try:
        with connect(settings, role="alerter") as connection:
            connection.execute("set transaction isolation level repeatable read, read only")
            publication_no = _publication_no(connection)
            return evaluate(
                settings,
                connection,
                catalogue=catalogue,
                checks=list(catalogue),
                as_of=as_of,
                publication_no=publication_no,
            )
    except psycopg.Error as error:
        raise WarehouseError("the replay failed", sqlstate=error.sqlstate) from None


@contextmanager
def _watching(settings: Settings, started_at: datetime) -> Iterator[psycopg.Connection]:
    """An alerter's connection that no other watch has at the same time; leaves a record of how it went."""
    with connect(settings, role="alerter", autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [WATCH_LOCK])
        [[stage_run_no]] = connection.execute(
            "insert into ledger.stage_runs (stage, state, started_at) values ('watch', 'running', %s)"
            " returning stage_run_no",
            [started_at],
        ).fetchall()
        state, failure, clock = "failed", None, perf_counter()
        try:
            yield connection
            state = "succeeded"
        except Exception as error:
            failure = f"{type(error).__name__} {getattr(error, 'sqlstate', None) or ''}".strip()
            raise
        finally:
            if not connection.closed:
                connection.execute(
                    "update ledger.stage_runs set state = %s, failure = %s, finished_at = %s where stage_run_no = %s",
                    [state, failure, started_at + timedelta(seconds=perf_counter() - clock), stage_run_no],
                )


def _tick(settings: Settings, connection: psycopg.Connection, catalogue: Catalogue, *, as_of: datetime) -> _Tick:
    clock = perf_counter()
    publication_no = _publication_no(connection)
    checks = _due_checks(connection, catalogue, as_of, publication_no)
    asked = questions_at(settings, catalogue=catalogue, checks=checks, as_of=as_of, publication_no=publication_no)
    # Great Expectations reads on its own connection, before ours takes the moment it will change.
    verdicts = judge(settings, asked, publication_no=publication_no)
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        found = answer(connection, asked, verdicts, as_of=as_of, publication_no=publication_no)
        steps = _move(connection, catalogue, found)
        seen_again = [step.alert for step in steps if step.is_only_seen and step.alert.last_seen_at == as_of]
        store.store_seen_again(connection, seen_again, as_of=as_of)
        changed = [step for step in steps if not step.is_only_seen]
        store.store(connection, changed, at=as_of, by="watch", publication_no=publication_no)
        link_base = settings.link_base_url
        messages = [
            *compose(steps, catalogue=catalogue, as_of=as_of, link_base=link_base),
            *compose_digests((step.alert for step in steps), catalogue=catalogue, as_of=as_of, link_base=link_base),
        ]
        queued = queue(connection, messages, as_of=as_of)
        tick_no = store.record_tick(
            connection,
            as_of=as_of,
            publication_no=publication_no,
            started_at=as_of,
            finished_at=as_of + timedelta(seconds=perf_counter() - clock),
            verdicts=found.verdicts.values(),
        )
    return _Tick(tick_no, found, tuple(steps), queued)


def _due_checks(
    connection: psycopg.Connection, catalogue: Catalogue, as_of: datetime, publication_no: int | None
) -> list[Check]:
    latest = store.last_tick(connection)
    if latest is not None and as_of < latest[0]:
        raise FrontdoorError(
            f"alerts are already as at {latest[0].isoformat()};"
            " ask what would have been found earlier with `frontdoor watch --replay`"
        )
    evaluated = store.last_evaluations(connection)

    def is_due(check: Check) -> bool:
        last = evaluated.get(check.id)
        if last is None:
            return True
        last_as_of, last_publication_no, answered = last
        return (
            not answered or last_publication_no != publication_no or not last_as_of < as_of < last_as_of + check.cadence
        )

    return [check for check in catalogue if is_due(check)]


def _move(connection: psycopg.Connection, catalogue: Catalogue, found: Evaluation) -> list[Step]:
    """Return what becomes of every alert that is not at rest, and of every finding."""
    alerts = store.alerts_to_move(connection, found.findings)
    patience = catalogue.elapsed_limit(ACKNOWLEDGEMENT_CLOCK, found.as_of)
    steps = [seen(alerts.pop(finding.identity, None), finding, as_of=found.as_of) for finding in found.findings]
    for alert in alerts.values():
        is_over = found.settles(*alert.identity) or alert.check_id not in catalogue.checks
        steps.append(gone(alert, as_of=found.as_of) if is_over else Step(alert, is_only_seen=True))
    return [_escalate(step, found, patience) for step in steps]


def _escalate(step: Step, found: Evaluation, patience: timedelta) -> Step:
    later = escalated(step.alert, as_of=found.as_of, patience=patience)
    return Step(later.alert, step.changes + later.changes, step.is_raised, step.is_only_seen and not later.changes)


def _publication_no(connection: psycopg.Connection) -> int | None:
    row = connection.execute("select publication_no from published.pointer").fetchone()
    return None if row is None else int(row[0])


def _result(tick: _Tick, *, sent_count: int, unsent_count: int) -> WatchResult:
    verdicts = tick.found.verdicts.values()
    return WatchResult(
        as_of=tick.found.as_of,
        tick_no=tick.tick_no,
        publication_no=tick.found.publication_no,
        evaluated_count=len(verdicts),
        broken_checks=tuple(verdict.check_id for verdict in verdicts if verdict.is_evaluated and not verdict.is_met),
        unanswered_checks=tuple(verdict.check_id for verdict in verdicts if not verdict.is_evaluated),
        change_counts=dict(sorted(Counter(change for step in tick.steps for change in step.changes).items())),
        queued_count=tick.queued_count,
        sent_count=sent_count,
        unsent_count=unsent_count,
    )
