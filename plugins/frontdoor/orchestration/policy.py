"""How every DAG behaves, said once: retries, limits, clocks, tags, and who hears of a failure."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import Param

from frontdoor.orchestration.notifier import FailureNotifier


class Source(StrEnum):
    """Whose data a DAG handles."""

    POLICE = "source:police"
    HEALTH = "source:health"
    PORTAL = "source:portal"
    COUNCIL = "source:council"
    SCHOOL = "source:school"
    ALL = "source:all"

    @classmethod
    def of(cls, agency: str) -> "Source":
        """Return an agency's tag; an agency not listed here counts as all."""
        return cls.__members__.get(agency.upper(), cls.ALL)


class Impact(StrEnum):
    """What it means when a DAG stands still."""

    TIER_1 = "impact:tier-1"  # a child's clock runs on and nobody is told
    TIER_2 = "impact:tier-2"  # today's picture is missing; yesterday's stands
    TIER_3 = "impact:tier-3"  # nobody outside the team notices


# Trying again is always safe: docs/decisions/0002-correctness-lives-in-postgresql.md.
TASK_DEFAULTS: dict[str, Any] = {
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=1),
}

AS_OF = Param(
    None,
    type=["null", "string"],
    format="date-time",
    description="The moment to act at; empty for now. Give a past moment to replay that morning.",
)
# What a task is told of it.
AS_OF_TEMPLATE = "{{ params.as_of or '' }}"


def dag_options(*, owner: str, source: Source, impact: Impact, runs_within: timedelta) -> dict[str, Any]:
    """Return what every DAG shares, so that a DAG file says only what is its own.

    One run at a time and no catching up: the backlog comes from the ledger, not from missed dates.
    """
    return {
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": runs_within,
        "default_args": {**TASK_DEFAULTS, "owner": owner, "on_failure_callback": FailureNotifier()},
        "params": {"as_of": AS_OF},
        "tags": {source, impact},
    }
