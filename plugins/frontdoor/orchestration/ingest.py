"""The DAG of one feed, made from its contract, and the one that looks for what no feed expects."""

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
        source=Source.of(contract.agency),
        impact=Impact.TIER_1,
        runs_within=timedelta(hours=4),
    )
    with DAG(
        contract.dag_id,
        description=contract.title,
        doc_md=f"{contract.purpose}\n\nWhen it is red: docs/runbook.md#an-ingest-dag-is-red",
        schedule=CronTriggerTimetable(scan, timezone="UTC"),
        **options,
    ) as dag:
        waiting = task.short_circuit(steps.land_deliveries)(contract.feed, as_of=AS_OF_TEMPLATE)
        settled = task(outlets=[landed(contract.feed)])(steps.settle_deliveries)(contract.feed, as_of=AS_OF_TEMPLATE)
        waiting >> settled
    return dag


def tidy_dag(*, scan: str) -> DAG:
    """Return the DAG that sets aside what no feed expects, so that a misnamed file is noticed and not left lying."""
    options = dag_options(owner="data team", source=Source.ALL, impact=Impact.TIER_2, runs_within=timedelta(minutes=30))
    with DAG(
        "tidy_inbox",
        description="Files whose name no feed expects are recorded and moved to the inbox's .refused folder.",
        schedule=CronTriggerTimetable(scan, timezone="UTC"),
        **options,
    ) as dag:
        task(steps.set_unexpected_aside)(as_of=AS_OF_TEMPLATE)
    return dag
