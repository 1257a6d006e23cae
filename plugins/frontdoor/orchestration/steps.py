"""What each task does: plain functions of ids and moments, which return ids and counts only.

They know no Airflow, so what a task does can be read and run without it. Whatever they import is imported when they
run: a DAG file must parse in moments. Whatever they raise has lost its values: a task's log keeps the message.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from frontdoor.errors import SettingsError, value_free

# What a person may answer about new weights. Words of their own might be about a child, so none are asked for.
APPROVE, REJECT, LATER = WEIGHTS_ANSWERS = ("Approve", "Reject", "Decide later")
IN_AIRFLOW = "answered on Airflow's page"

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


@step
def propose_weights(*, as_of: str) -> dict[str, int]:
    """Train match weights, store them as a proposal and return its figures; none with too little to learn from."""
    from frontdoor.linkage.training import MONTHLY_TRAINING, propose
    from frontdoor.settings import Settings

    proposal = propose(Settings(), at=moment(as_of), by=MONTHLY_TRAINING)
    return proposal.counts() if proposal else {}


@step
def decide_weights(counts: dict[str, int], *, answer: dict[str, Any], as_of: str) -> int:
    """Do with a proposal what a person answered and return 1 when it is in force; without an answer it waits.

    A task that is run again does not put back what a person has replaced since.
    """
    from frontdoor.linkage import weights
    from frontdoor.linkage.model import load_linkage_model
    from frontdoor.linkage.training import version_of
    from frontdoor.settings import Settings

    settings, at, version = Settings(), moment(as_of), version_of(counts)
    by = (answer.get("responded_by_user") or {}).get("name") or ""
    if answer["chosen_options"] == [APPROVE]:
        model = load_linkage_model(settings)
        found = weights.approve(settings, version, model=model, by=by, reason=IN_AIRFLOW, at=at, is_answer=True)
        return int(found.state == "approved")
    if answer["chosen_options"] == [REJECT]:
        weights.reject(settings, version, by=by, reason=IN_AIRFLOW, at=at)
    return 0
