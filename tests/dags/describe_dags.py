"""Parses dags/ as Airflow does, in a process of its own, and prints what is there as JSON."""

import json
import sys
import time
from pathlib import Path
from typing import Any


def describe(folder: str) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    started = time.perf_counter()
    bag = DagBag(folder)
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "errors": {Path(name).name: text for name, text in bag.import_errors.items()},
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
        "dags": {dag_id: _dag(dag) for dag_id, dag in bag.dags.items()},
    }


def _dag(dag: Any) -> dict[str, Any]:
    assets = getattr(dag.timetable, "asset_condition", None)
    return {
        "timetable": type(dag.timetable).__name__,
        "woken_by": sorted(asset.name for asset in assets.objects) if assets else [],
        "cron": getattr(getattr(dag.timetable, "timetable", dag.timetable), "expression", None),
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "run_timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "tags": sorted(map(str, dag.tags)),
        "says_what_it_is": bool(dag.doc_md or dag.description),
        "params": sorted(dag.params),
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "owner": task.owner,
        "retries": task.retries,
        "grows": task.retry_exponential_backoff,
        "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "failure": [type(callback).__name__ for callback in task.on_failure_callback or []],
        "outlets": sorted(outlet.name for outlet in task.outlets),
        "after": sorted(task.upstream_task_ids),
    }


if __name__ == "__main__":
    print(json.dumps(describe(sys.argv[1])))
