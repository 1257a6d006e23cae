"""The supervisor's judgement: how long to wait, what is silent, how much log to keep."""

import os
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from frontdoor.orchestration import supervise
from frontdoor.orchestration.environment import airflow_environment
from frontdoor.orchestration.heartbeats import silent_components
from frontdoor.orchestration.supervise import Component
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse.connect import connect


def test_a_process_that_keeps_ending_waits_longer_each_time(tmp_path: Path) -> None:
    component = Component("scheduler", tmp_path / "scheduler.log", started_at=time.monotonic())
    pauses = []
    for _ in range(9):
        component.note_fall()
        pauses.append(round(component.not_before - time.monotonic()))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_process_that_was_well_starts_again_at_once(tmp_path: Path) -> None:
    component = Component("scheduler", tmp_path / "scheduler.log", falls=7)
    component.started_at = time.monotonic() - supervise.WELL_AFTER_SECONDS - 1
    component.note_fall()
    assert component.falls == 1
    assert component.not_before - time.monotonic() <= 1


def test_only_a_process_without_a_recent_heartbeat_is_silent(settings: Settings) -> None:
    with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
        connection.execute("create database airflow")
    try:
        with connect(settings, role="admin", database="airflow") as metadata:
            metadata.execute("create table job (job_type text, latest_heartbeat timestamptz)")
            metadata.execute(
                "insert into job values ('SchedulerJob', now() - interval '1 hour'), ('SchedulerJob', now()),"
                " ('DagProcessorJob', now() - interval '10 minutes'), ('TriggererJob', now() - interval '1 minute')"
            )
        assert silent_components(settings) == {"dag-processor"}
    finally:
        with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute("drop database airflow with (force)")


def test_metadata_that_cannot_be_read_makes_nobody_silent(settings: Settings) -> None:
    assert silent_components(settings) == frozenset()


def test_a_log_is_kept_bounded_and_its_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "LOG_LIMIT_BYTES", 10)
    log = tmp_path / "scheduler.log"
    log.write_text("what happened before")
    supervise._cut(log)
    assert log.read_text() == ""
    assert (tmp_path / "scheduler.log.1").read_text() == "what happened before"


def test_a_failed_task_tells_operations_its_name_and_the_kind_of_error_only(tmp_path: Path) -> None:
    probe = """
import types
from frontdoor.orchestration.notifier import FailureNotifier
task = types.SimpleNamespace(dag_id="build_warehouse", task_id="build_marts", run_id="r1")
FailureNotifier().notify({"task_instance": task, "exception": ValueError("Zebedee Quillfeather")})
"""
    settings = Settings(home=tmp_path)
    environment = airflow_environment(settings, database_url="postgresql+psycopg2://nobody@127.0.0.1:1/x", port=8080)
    subprocess.run([sys.executable, "-c", probe], env={**os.environ, **environment}, cwd=REPOSITORY, check=True)
    [path] = (tmp_path / "outbox").iterdir()
    message = message_from_bytes(path.read_bytes())
    assert message["Subject"] == "Frontdoor: build_warehouse.build_marts failed (ValueError)"
    assert "Zebedee" not in message.as_string()
