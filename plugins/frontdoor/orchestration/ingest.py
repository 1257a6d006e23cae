"""The DAG of one feed, made from its contract."""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from frontdoor.contracts.model import FeedContract
from frontdoor.orchestration import steps
from frontdoor.orchestration.assets import landed
from frontdoor.orchestration.policy import AS_OF_TEMPLATE, Impact, Source, dag_options


def ingest_dag(contract: FeedContract, *, scan: str) -> DAG:
    """Return the DAG that takes in `contract`'s deliveries: look in the inbox often, do nothing when it is empty.

    The first task ends the run quietly when nothing waits, so an idle feed costs one short task and wakes nobody.
    """
    options = dag_options(
        owner=contract.owner,
        source=Source.of(contract.feed),
        impact=Impact.TIER_1,
        runs_within=timedelta(hours=4),
    )
    with DAG(
        f"ingest_{contract.feed}",
        description=contract.title,
        doc_md=f"{contract.purpose}\n\nWhen it is red: docs/runbook.md#an-ingest-dag-is-red",
        schedule=CronTriggerTimetable(scan, timezone="UTC"),
        **options,
    ) as dag:
        waiting = task.short_circuit(steps.land_deliveries)(contract.feed, as_of=AS_OF_TEMPLATE)
        settled = task(steps.settle_deliveries, outlets=[landed(contract.feed)])(contract.feed, as_of=AS_OF_TEMPLATE)
        waiting >> settled
    return dag
