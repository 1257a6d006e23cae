"""What each task does: plain functions of ids and moments, which return ids and counts only.

They know no Airflow, so what a task does can be read and run without it. Whatever they import is imported when they
run: a DAG file must parse in moments. Whatever they raise has lost its values: a task's log keeps the message.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from frontdoor.errors import SettingsError, value_free

P = ParamSpec("P")
R = TypeVar("R")


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` such that what it raises may be logged."""

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            lost = value_free(error)
        # Raised out here, so that Python does not hang the first error onto it again.
        raise lost

    return told


def moment(as_of: str) -> datetime:
    """Return the moment a run was asked to act at, or now."""
    if not as_of:
        return datetime.now(tz=UTC)
    try:
        given = datetime.fromisoformat(as_of)
    except ValueError:
        raise SettingsError("as_of is not a date and time such as 2026-03-09T08:00+00:00") from None
    if given.tzinfo is None:
        raise SettingsError("as_of needs an offset, such as +00:00")
    return given


@step
def land_deliveries(feed: str, *, as_of: str) -> int:
    """Land what waits for a feed and return how much there is to settle and to receipt; 0 when nothing came."""
    from frontdoor.landing.ingest import land_feed
    from frontdoor.settings import Settings

    return sum(land_feed(Settings(), feed, received_at=moment(as_of)).counts.values())


@step
def settle_deliveries(feed: str, *, as_of: str) -> dict[str, int]:
    """Judge what was landed, settle it, write the receipts, and return the counts."""
    from frontdoor.landing.ingest import settle_feed
    from frontdoor.settings import Settings

    return dict(settle_feed(Settings(), feed, settled_at=moment(as_of)).counts)


@step
def set_unexpected_aside(*, as_of: str) -> int:
    """Record and move away what no feed expects; return how many there were."""
    from frontdoor.landing.ingest import refuse_unrecognised
    from frontdoor.settings import Settings

    return refuse_unrecognised(Settings(), received_at=moment(as_of))


@step
def plan_build(*, as_of: str) -> int:
    """Open a build of what is new and return its number; 0 when nothing is new, or nothing came yet."""
    from frontdoor.settings import Settings
    from frontdoor.warehouse.build import has_deliveries, open_build

    settings = Settings()
    opened = open_build(settings, started_at=moment(as_of)) if has_deliveries(settings) else None
    return opened.build_no if opened else 0


@step
def build_layer(layer: str, *, build_no: int, as_of: str) -> dict[str, int]:
    """Run dbt for one layer of the build and return how many nodes ended how."""
    from frontdoor.settings import Settings
    from frontdoor.warehouse.build import run_layer

    return dict(run_layer(Settings(), build_no, layer, started_at=moment(as_of)).counts)


@step
def publish_build(*, build_no: int, as_of: str) -> int:
    """Show readers the build and return the publication's number."""
    from frontdoor.settings import Settings
    from frontdoor.warehouse import build

    return build.publish_build(Settings(), build_no, published_at=moment(as_of)).publication_no


@step
def evaluate_checks(*, as_of: str) -> dict[str, int]:
    """Evaluate the checks that are due, move the alerts, send their messages, and return the counts."""
    from frontdoor.alerts.watch import watch
    from frontdoor.settings import Settings

    result = watch(Settings(), as_of=moment(as_of))
    return {
        "evaluated": result.evaluated_count,
        "unanswered": len(result.unanswered_checks),
        "sent": result.sent_count,
        "unsent": result.unsent_count,
        **result.change_counts,
    }


@step
def write_brief(*, as_of: str) -> None:
    """Write the daily brief."""
    from frontdoor.alerts import brief
    from frontdoor.settings import Settings

    brief.write_brief(Settings(), as_of=moment(as_of))
