"""Airflow DAG that turns settled deliveries into the published marts: dbt layer by layer with its tests, then publish.

Woken by any feed's landing, and by the clock in case that call was lost. Readers keep the earlier publication until
the last task flips the pointer. What to do when it is red: docs/runbook.md#the-build-is-red
"""

from datetime import timedelta

from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, chain, task
from frontdoor.contracts.load import load_contracts
from frontdoor.orchestration import steps
from frontdoor.orchestration.assets import PUBLICATION, landed
from frontdoor.orchestration.policy import AS_OF_TEMPLATE, Impact, Source, dag_options
from frontdoor.settings import Settings
from frontdoor.warehouse.build import LAYERS

with DAG(
    "build_warehouse",
    doc_md=__doc__,
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/30 * * * *", timezone="UTC"),
        assets=AssetAny(*(landed(contract.feed) for contract in load_contracts(Settings()))),
    ),
    **dag_options(owner="data team", source=Source.ALL, impact=Impact.TIER_2, runs_within=timedelta(hours=6)),
):
    plan = task.short_circuit(steps.plan_build)(as_of=AS_OF_TEMPLATE)
    layers = [
        task(task_id=f"build_{layer}")(steps.build_layer)(layer, build_no=plan, as_of=AS_OF_TEMPLATE)
        for layer in LAYERS
    ]
    publish = task(outlets=[PUBLICATION])(steps.publish_build)(build_no=plan, as_of=AS_OF_TEMPLATE)
    chain(plan, *layers, publish)
