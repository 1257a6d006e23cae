"""Stage runs in the ledger: a late or failed stage is seen from the database alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb

from frontdoor.errors import WarehouseError


@contextmanager
def stage_run(connection: psycopg.Connection, stage: str) -> Iterator[dict[str, int]]:
    """Record that a stage runs, and how it ended; the caller fills the counts it yields.

    Start and finish are wall-clock times: they say how long this machine took, nothing about the data.
    """
    counts: dict[str, int] = {}
    row = connection.execute(
        "insert into ledger.stage_runs (stage, state, started_at) values (%s, 'running', %s) returning stage_run_no",
        [stage, datetime.now(UTC)],
    ).fetchone()
    number = row[0] if row else None
    try:
        yield counts
    except Exception as error:
        if not connection.closed:
            _finish(connection, number, state="failed", failure=failure_class(error), counts=counts)
        raise
    _finish(connection, number, state="succeeded", failure=None, counts=counts)


def failure_class(error: Exception) -> str:
    """Return an error's class and SQLSTATE: its message may quote what it was given."""
    sqlstate = getattr(error, "sqlstate", None) if isinstance(error, (WarehouseError, psycopg.Error)) else None
    return f"{type(error).__name__} {sqlstate}" if sqlstate else type(error).__name__


def _finish(
    connection: psycopg.Connection, number: int | None, *, state: str, failure: str | None, counts: dict[str, int]
) -> None:
    connection.execute(
        "update ledger.stage_runs set state = %s, finished_at = %s, failure = %s, counts = %s where stage_run_no = %s",
        [state, datetime.now(UTC), failure, Jsonb(counts), number],
    )
