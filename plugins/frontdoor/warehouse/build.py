"""A build: what arrived since the last published build goes through dbt and, when its tests pass, to readers.

A build's batch is every accepted delivery that no published build has. A killed or failed build is therefore
repaired by the next one: its batch is the same or larger, and everything the batch touches is written again. It also
notes up to which of people's decisions about links it goes, and what it began with: the release and the match weights.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from frontdoor.errors import WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.weights_in_force import fitting_version, version_in_force
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import DbtResult, run_dbt
from frontdoor.warehouse.fingerprint import (
    forget_project,
    is_project_unchanged,
    present_fingerprint,
    remember_project,
)
from frontdoor.warehouse.publish import Publication, prune_publications, publish

logger = logging.getLogger(__name__)

BUILD_LOCK = 7_304_003
# In this order; each is a selector in dbt_project/selectors.yml.
LAYERS = ("staging", "identity", "journeys", "marts")
EVERYTHING = "warehouse"


@dataclass(frozen=True, slots=True)
class OpenBuild:
    """A build that has begun: what it must do, before anything was done."""

    build_no: int
    is_full: bool
    delivery_count: int
    weights_version: str | None
    # What it began with (fingerprint.py); None when an earlier release opened it.
    built_from: str | None
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did; `build_no` and `publication` are None when there was nothing new to build."""

    build_no: int | None
    is_full: bool
    delivery_count: int
    publication: Publication | None
    seconds: float


def build(settings: Settings, *, started_at: datetime, full_refresh: bool = False) -> BuildResult:
    """Build what is new, or everything, and publish it.

    Raises WarehouseError, with readers still on the earlier publication, when dbt, one of its tests or the
    database fails.
    """
    clock = time.monotonic()
    with _build_lock(settings):
        opened = _open(settings, started_at=started_at, full_refresh=full_refresh)
        if opened is None:
            return BuildResult(None, False, 0, None, time.monotonic() - clock)
        checkpoint("build-opened")
        with _failing_the_build(settings, opened.build_no, started_at, clock):
            _run_selector(settings, opened, EVERYTHING, started_at=started_at)
            checkpoint("build-before-publish")
            _require_same_basis(settings, opened)
            publication = _publish(settings, opened, published_at=started_at + _since(clock))
    return BuildResult(opened.build_no, opened.is_full, opened.delivery_count, publication, time.monotonic() - clock)


def open_build(settings: Settings, *, started_at: datetime, full_refresh: bool = False) -> OpenBuild | None:
    """Begin a build and fix its batch; None when nothing is new. For callers that run the layers one by one."""
    with _build_lock(settings):
        return _open(settings, started_at=started_at, full_refresh=full_refresh)


def has_deliveries(settings: Settings) -> bool:
    """Say whether anything was ever accepted: before that, marts would only say that they are empty."""
    with connect(settings, role="transformer") as connection:
        return bool(
            connection.execute("select exists (select from ledger.deliveries where state = 'accepted')").fetchall()[0][
                0
            ]
        )


def run_layer(settings: Settings, build_no: int, layer: str, *, started_at: datetime) -> DbtResult:
    """Run one layer of an open build and return dbt's counts; running it again writes the same rows.

    Raises WarehouseError when dbt or a test fails, or when another build has taken this one's place. The build stays
    open, so that its layer can be tried again until the next build takes its batch.
    """
    with _build_lock(settings):
        opened = _still_open(settings, build_no)
        _require_same_basis(settings, opened)
        return _run_selector(settings, opened, layer, started_at=started_at)


def publish_build(settings: Settings, build_no: int, *, published_at: datetime) -> Publication:
    """Show readers an open build whose layers have all run; doing it again changes nothing."""
    with _build_lock(settings):
        opened = _still_open(settings, build_no, or_published=True)
        if not opened.is_published:
            _require_same_basis(settings, opened)
        return _publish(settings, opened, published_at=published_at)


def _run_selector(settings: Settings, opened: OpenBuild, selector: str, *, started_at: datetime) -> DbtResult:
    # Calendars, functions and views stand as they are until the project changes, and then everything is rebuilt.
    selected = selector if opened.is_full else f"{selector}_increment"
    with _stage(settings, f"build {selector}", started_at) as counts:
        result = run_dbt(settings, selector=selected, build_no=opened.build_no, full_refresh=opened.is_full)
        counts.update(result.counts)
        checkpoint(f"build-layer-{selector}")
    return result


def _publish(settings: Settings, opened: OpenBuild, *, published_at: datetime) -> Publication:
    with _stage(settings, "publish", published_at) as counts:
        publication = publish(settings, opened.build_no, published_at=published_at, is_full=opened.is_full)
        counts.update(publication.row_counts)
    try:
        prune_publications(settings)
    except WarehouseError as error:
        # Readers have what was built; the next build prunes again.
        logger.warning("not pruned", extra={"sqlstate": error.sqlstate})
    if opened.is_full and opened.built_from is not None:
        remember_project(settings, build_no=opened.build_no, built_from=opened.built_from)
    return publication


def _require_same_basis(settings: Settings, opened: OpenBuild) -> None:
    """Refuse to go on when other weights or another release came meanwhile: some rows would be by these, some by those.

    A release may bring other numbers under the name of the version in force.
    """
    with connect(settings, role="transformer") as connection:
        if version_in_force(connection) != opened.weights_version:
            raise WarehouseError(
                f"other match weights were put in force during build {opened.build_no}; the next build does its work"
            )
        if present_fingerprint(settings, connection) != opened.built_from:
            raise WarehouseError(f"another release came during build {opened.build_no}; the next build does its work")


@contextmanager
def _build_lock(settings: Settings) -> Iterator[None]:
    """Hold the lock that lets one build run at a time; ends with this process, however that ends."""
    with connect(settings, role="transformer", application_name="frontdoor build", autocommit=True) as connection:
        # Another build may take as long as it takes.
        connection.execute("set lock_timeout = 0")
        connection.execute("set statement_timeout = 0")
        connection.execute("select pg_advisory_lock(%s)", [BUILD_LOCK])
        connection.execute(_END_LEFTOVER_SESSIONS)
        yield


# Whoever holds the lock has no dbt running yet, so any session of one belongs to a build that was killed.
_END_LEFTOVER_SESSIONS = """
    select pg_terminate_backend(pid, 10000)
    from pg_stat_activity
    where datname = current_database() and usename = current_user and application_name = 'dbt'
"""


def _open(settings: Settings, *, started_at: datetime, full_refresh: bool) -> OpenBuild | None:
    try:
        with connect(settings, role="transformer", application_name="frontdoor build") as connection:
            connection.execute(
                "update ledger.builds set state = 'failed', finished_at = %s where state = 'running'", [started_at]
            )
            weights_version = fitting_version(connection, load_linkage_model(settings))
            built_from = present_fingerprint(settings, connection)
            is_full = full_refresh or not is_project_unchanged(settings, connection, built_from=built_from)
            if not is_full and connection.execute(_IS_NOTHING_NEW).fetchall()[0][0]:
                return None
            [build_no] = connection.execute(
                _INSERT_BUILD,
                {
                    "is_full": is_full,
                    "started_at": started_at,
                    "weights_version": weights_version,
                    "built_from": built_from,
                },
            ).fetchall()[0]
            count = connection.execute(TAKE_BATCH, {"build_no": build_no}).rowcount
            if is_full:
                forget_project(connection)
    except psycopg.Error as error:
        raise WarehouseError("the build could not be opened", sqlstate=error.sqlstate) from None
    logger.info("build opened", extra={"build_no": build_no, "deliveries": count, "is_full": is_full})
    return OpenBuild(build_no, is_full, count, weights_version, built_from)


# What no published build has as it was last settled (new, or since decided in quarantine), and what that supersedes.
UNPUBLISHED_DELIVERIES = """
    with unpublished as (
        select d.delivery_id, d.feed, d.source_org, d.sequence_no
        from ledger.deliveries as d
        where d.state = 'accepted'
            and not exists (
                select
                from ledger.build_deliveries as bd
                inner join ledger.builds as b using (build_no)
                where bd.delivery_id = d.delivery_id and bd.settled_no = d.settled_no and b.state = 'published'
            )
    )
    select delivery_id from unpublished
    union
    select superseded.delivery_id
    from unpublished
    inner join ledger.deliveries as superseded
        on superseded.feed = unpublished.feed
        and superseded.source_org is not distinct from unpublished.source_org
        and superseded.sequence_no = unpublished.sequence_no
    where superseded.state = 'accepted'
"""
TAKE_BATCH = f"""
    insert into ledger.build_deliveries (build_no, delivery_id, settled_no)
    select %(build_no)s, delivery_id, settled_no
    from ledger.deliveries
    where delivery_id in ({UNPUBLISHED_DELIVERIES})
"""
# A person's decision is news like a delivery; decisions become visible in the order of their numbers.
_IS_NOTHING_NEW = f"""
    select
        not exists ({UNPUBLISHED_DELIVERIES})
        and coalesce((select max(decision_no) from linkage.decisions), 0)
        <= coalesce((select max(decided_up_to) from ledger.builds where state = 'published'), 0)
"""
_INSERT_BUILD = """
    insert into ledger.builds (is_full, state, started_at, decided_up_to, weights_version, built_from)
    select %(is_full)s, 'running', %(started_at)s, coalesce(max(decision_no), 0), %(weights_version)s, %(built_from)s
    from linkage.decisions
    returning build_no
"""


def _still_open(settings: Settings, build_no: int, *, or_published: bool = False) -> OpenBuild:
    with connect(settings, role="transformer") as connection:
        row = connection.execute(
            "select is_full, state, (select count(*) from ledger.build_deliveries where build_no = b.build_no),"
            " weights_version, built_from from ledger.builds as b where build_no = %s",
            [build_no],
        ).fetchone()
    if row is None or (row[1] != "running" and not (or_published and row[1] == "published")):
        raise WarehouseError(f"build {build_no} is no longer open; the next build does its work")
    return OpenBuild(build_no, row[0], row[2], row[3], row[4], is_published=row[1] == "published")


@contextmanager
def _failing_the_build(settings: Settings, build_no: int, started_at: datetime, clock: float) -> Iterator[None]:
    try:
        yield
    except Exception:
        with connect(settings, role="transformer") as connection:
            connection.execute(
                "update ledger.builds set state = 'failed', finished_at = %s where build_no = %s and state = 'running'",
                [started_at + _since(clock), build_no],
            )
        raise


@contextmanager
def _stage(settings: Settings, stage: str, started_at: datetime) -> Iterator[dict[str, int]]:
    """Write one row of ledger.stage_runs: running at once, how it ended afterwards."""
    clock = time.monotonic()
    counts: dict[str, int] = {}
    failure: str | None = None
    with connect(settings, role="transformer", autocommit=True) as connection:
        [stage_run_no] = connection.execute(
            "insert into ledger.stage_runs (stage, state, started_at) values (%s, 'running', %s)"
            " returning stage_run_no",
            [stage, started_at],
        ).fetchall()[0]
    try:
        yield counts
    except WarehouseError as error:
        failure = f"{type(error).__name__} {error.sqlstate or ''}".strip()
        raise
    except Exception as error:
        failure = type(error).__name__
        raise
    finally:
        with connect(settings, role="transformer", autocommit=True) as connection:
            connection.execute(
                "update ledger.stage_runs set state = %s, finished_at = %s, failure = %s, counts = %s"
                " where stage_run_no = %s",
                [
                    "failed" if failure else "succeeded",
                    started_at + _since(clock),
                    failure,
                    Jsonb(counts),
                    stage_run_no,
                ],
            )


def _since(clock: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - clock)
