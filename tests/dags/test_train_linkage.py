"""The training DAG run by Airflow: it proposes, asks, waits, and does what a person answered."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.training import MONTHLY_TRAINING, propose
from frontdoor.linkage.weights import get_version
from frontdoor.orchestration import steps
from frontdoor.orchestration.environment import airflow_environment
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.migrate import ensure_airflow_database

from tests.warehouse.weights_example import Pair, put, shipped

pytestmark = [pytest.mark.postgres, pytest.mark.airflow, pytest.mark.slow]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CERTAIN = {"forename": "same", "surname": "same", "birth_date": "same", "postcode": "same"}


@pytest.fixture
def run(settings: Settings) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Run the DAG with an answer, in an Airflow of this test's own."""
    environment = {
        **os.environ,
        **airflow_environment(settings, database_url=ensure_airflow_database(settings), port=1),
        "FRONTDOOR_SERVER_HOME": str(settings.server_home),
        "FRONTDOOR_DATABASE_NAME": settings.database_name,
    }

    def ran(*command: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        ).stdout

    ran("airflow", "db", "migrate")
    try:
        yield lambda option: json.loads(ran("tests.dags.answered_dag", NOW.isoformat(), option).splitlines()[-1])
    finally:
        with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute("drop database airflow with (force)")


def test_the_dag_waits_for_a_person_and_does_what_they_answer(
    settings: Settings, run: Callable[[str], dict[str, Any]]
) -> None:
    model = load_linkage_model(settings)
    with connect(settings, role="transformer", autocommit=True) as connection:
        put(connection, model, [Pair(CERTAIN)])
    proposal = propose(settings, at=NOW, by=MONTHLY_TRAINING, train=lambda *_: shipped(model))
    assert proposal is not None
    ended = run(steps.APPROVE)
    assert set(ended["tasks"].values()) == {"success"}
    assert ended["asked"]["defaults"] == [steps.LATER]
    assert f"Version **{proposal.version}**" in ended["asked"]["body"]
    assert "of 1 pairs kept" in ended["asked"]["body"]
    found = get_version(settings, proposal.version)
    assert (found.state, found.decided_by) == ("approved", "Zzoe Steward")
