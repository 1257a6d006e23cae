"""One run per feed at a time: the loser leaves, the dead let go."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

# A killed run's server process notices within two seconds (client_connection_check_interval) that nobody listens.
PATIENCE_SECONDS = 5.0


@contextmanager
def only_run_of(connection: psycopg.Connection, feed: str, *, patience_seconds: float | None = None) -> Iterator[bool]:
    """Hold the feed's run lock; yields False when another run still holds it after some patience."""
    deadline = time.monotonic() + (PATIENCE_SECONDS if patience_seconds is None else patience_seconds)
    while not (is_held := _try_lock(connection, feed)) and time.monotonic() < deadline:
        time.sleep(0.1)
    try:
        yield is_held
    finally:
        if is_held and not connection.closed:
            connection.execute("select pg_advisory_unlock(hashtextextended('frontdoor.run.' || %s, 0))", [feed])


def _try_lock(connection: psycopg.Connection, feed: str) -> bool:
    found = connection.execute(
        "select pg_try_advisory_lock(hashtextextended('frontdoor.run.' || %s, 0))", [feed]
    ).fetchone()
    return found is not None and bool(found[0])
