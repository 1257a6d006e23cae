"""Runs DAGs one after another in this process, tasks and all, as `dag.test()` does: for throw-away homes only.

It ignores `max_active_runs` and leaves runs hanging when it is killed, so it must never touch a metadata database
that is kept (reliability.md 2.1). Started with Airflow's environment already set:

    python -m frontdoor.orchestration.run_dags AS_OF DAG_ID...

Each DAG's end is one JSON line on standard output; everything that Airflow says goes to standard error.
"""

import json
import os
import sys
import time
from typing import Any


def run(dag_ids: list[str], *, as_of: str, progress: int) -> bool:
    """Run the DAGs in this order until one fails; say whether all succeeded."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    for dag_id in dag_ids:
        dag = bag.dags[dag_id]
        for each in dag.tasks:
            # Nobody is served by a demonstration that waits a quarter of an hour to fail again.
            each.retries = 0
        started = time.perf_counter()
        finished = dag.test(run_conf={"as_of": as_of})
        tasks = {each.task_id: str(each.state) for each in finished.get_task_instances()}
        is_well = str(finished.state) == "success"
        seconds = time.perf_counter() - started
        _tell(progress, {"dag_id": dag_id, "is_well": is_well, "seconds": seconds, "tasks": tasks})
        if not is_well:
            return False
    return True


def _tell(progress: int, ended: dict[str, Any]) -> None:
    os.write(progress, f"{json.dumps(ended)}\n".encode())


def _own_standard_output() -> int:
    """Return a descriptor of standard output that is ours alone; what others print goes to standard error."""
    ours = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return ours


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[2:], as_of=sys.argv[1], progress=_own_standard_output()) else 1)
