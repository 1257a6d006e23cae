"""Runs the training DAG in this process and answers its question as the answering page would; started by a test.

    python -m tests.dags.answered_dag AS_OF ANSWER

The last line of standard output is what was asked and how the run ended.
"""

import json
import os
import sys
import threading
import time
from typing import Any

DAG_ID, ASKING = "train_linkage", "ask_a_person"
PATIENCE_SECONDS = 120


class Responder:
    """Somebody who is signed in to Airflow."""

    def get_id(self) -> str:
        return "zzoe"

    def get_name(self) -> str:
        return "Zzoe Steward"


def answer(option: str, asked: dict[str, Any]) -> None:
    from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
    from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    waiting = select(TaskInstance).where(TaskInstance.task_id == ASKING, TaskInstance.state == "awaiting_input")
    given_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < given_up_at:
        time.sleep(0.5)
        with create_session() as session:
            task = session.scalar(waiting)
            if task is None:
                continue
            detail = session.get(HITLDetail, task.id)
            asked |= {"body": detail.body, "options": detail.options, "defaults": detail.defaults}
            given = UpdateHITLDetailPayload(chosen_options=[option], params_input={})
            update_hitl_detail(DAG_ID, task.run_id, ASKING, given, Responder(), session)
            return


def run(as_of: str, option: str) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags[DAG_ID]
    for each in dag.tasks:
        each.retries = 0
    asked: dict[str, Any] = {}
    threading.Thread(target=answer, args=(option, asked), daemon=True).start()
    finished = dag.test(run_conf={"as_of": as_of})
    return {"asked": asked, "tasks": {each.task_id: str(each.state) for each in finished.get_task_instances()}}


if __name__ == "__main__":
    ended = run(*sys.argv[1:])
    print(f"\n{json.dumps(ended)}")
