"""The DAGs as Airflow sees them: exactly these, all under one policy, parsed in moments without heavy imports."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from frontdoor.contracts.load import load_contracts
from frontdoor.orchestration.environment import airflow_environment
from frontdoor.settings import REPOSITORY, Settings

FEEDS = [contract.feed for contract in load_contracts(Settings())]
INGEST = [f"ingest_{feed}" for feed in FEEDS]
FILES = sorted((REPOSITORY / "dags").glob("*.py"))


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    nowhere = "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"
    environment = airflow_environment(Settings(home=home), database_url=nowhere, port=8080)
    finished = subprocess.run(
        [sys.executable, "-m", "tests.dags.describe_dags", str(REPOSITORY / "dags")],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    described: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return described


def test_the_dags_are_exactly_these(described: dict[str, Any]) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == {*INGEST, "tidy_inbox", "build_warehouse", "watch_clocks", "train_linkage"}


def test_parsing_is_quick_and_imports_nothing_heavy(described: dict[str, Any]) -> None:
    assert described["seconds"] < 10
    assert not {"great_expectations", "pandas", "dbt", "splink", "duckdb"} & set(described["modules"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dag_file_is_short_and_airflow_will_not_overlook_it(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 60
    assert "airflow" in text.lower()
    assert "dag" in text.lower()


def test_every_dag_runs_alone_ends_in_time_and_does_not_catch_up(described: dict[str, Any]) -> None:
    for dag in described["dags"].values():
        assert dag["max_active_runs"] == 1
        assert dag["catchup"] is False
        assert dag["run_timeout"]
        assert dag["says_what_it_is"]
        assert dag["params"] == ["as_of"]
        assert [tag.partition(":")[0] for tag in dag["tags"]] == ["impact", "source"]


def test_every_task_tries_again_ends_in_time_and_tells_when_it_fails(described: dict[str, Any]) -> None:
    for dag in described["dags"].values():
        for task in dag["tasks"].values():
            assert task["retries"] >= 3
            assert task["grows"] > 1
            assert task["timeout"]
            assert task["failure"] == ["FailureNotifier"]
            assert task["owner"] not in ("", "airflow")


def test_an_ingest_dag_settles_what_it_landed_and_says_so(described: dict[str, Any]) -> None:
    for feed in FEEDS:
        dag = described["dags"][f"ingest_{feed}"]
        assert dag["cron"] == "*/5 * * * *"
        assert {name: task["after"] for name, task in dag["tasks"].items()} == {
            "land_deliveries": [],
            "settle_deliveries": ["land_deliveries"],
        }
        assert dag["tasks"]["settle_deliveries"]["outlets"] == [f"landed_{feed}"]


def test_the_build_follows_any_landing_and_publishes_last(described: dict[str, Any]) -> None:
    dag = described["dags"]["build_warehouse"]
    assert dag["timetable"] == "AssetOrTimeSchedule"
    assert dag["woken_by"] == sorted(f"landed_{feed}" for feed in FEEDS)
    order = ["plan_build", "build_staging", "build_identity", "build_journeys", "build_marts", "publish_build"]
    assert set(dag["tasks"]) == set(order)
    for earlier, later in zip(order, order[1:], strict=False):
        assert earlier in dag["tasks"][later]["after"]
    assert dag["tasks"]["publish_build"]["outlets"] == ["publication"]
    assert not any(dag["tasks"][name]["outlets"] for name in order[:-1])


def test_the_watch_follows_the_clock_and_every_publication(described: dict[str, Any]) -> None:
    dag = described["dags"]["watch_clocks"]
    assert dag["timetable"] == "AssetOrTimeSchedule"
    assert dag["woken_by"] == ["publication"]
    assert dag["tasks"]["write_brief"]["after"] == ["evaluate_checks"]


def test_new_weights_are_proposed_then_a_person_is_asked_then_the_answer_is_done(described: dict[str, Any]) -> None:
    dag = described["dags"]["train_linkage"]
    assert dag["cron"] == "0 5 1 * *"
    assert {name: task["after"] for name, task in dag["tasks"].items()} == {
        "propose_weights": [],
        "ask_a_person": ["propose_weights"],
        "decide_weights": ["ask_a_person", "propose_weights"],
    }
    assert not any(task["outlets"] for task in dag["tasks"].values())
