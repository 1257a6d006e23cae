"""Airflow DAG that asks, every quarter of an hour and after each publication, what has not happened in time.

An absence raises an alert by the clock, not by a file's arrival. Red means that alerts may be late.
What to do: docs/runbook.md#the-watch-is-red
"""

from datetime import timedelta

from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, chain, task
from frontdoor.orchestration import steps
from frontdoor.orchestration.assets import PUBLICATION
from frontdoor.orchestration.policy import AS_OF_TEMPLATE, Impact, Source, dag_options

with DAG(
    "watch_clocks",
    doc_md=__doc__,
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC"), assets=AssetAny(PUBLICATION)
    ),
    **dag_options(owner="safeguarding", source=Source.ALL, impact=Impact.TIER_1, runs_within=timedelta(minutes=45)),
):
    evaluate = task(steps.evaluate_checks)(as_of=AS_OF_TEMPLATE)
    brief = task(steps.write_brief)(as_of=AS_OF_TEMPLATE)
    chain(evaluate, brief)
