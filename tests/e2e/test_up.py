"""`make up`, one delivery into the inbox, and the alert arrives by itself; then `make down` leaves nothing running.

The delivery holds a canary in every field about a person, in one record rightly and in one wrongly, so that what
Airflow, dbt and Great Expectations write when they work and when they refuse can be searched for it.
"""

import csv
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from frontdoor.contracts.load import load_contracts
from frontdoor.orchestration.service import is_healthy, running_service
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse import server
from frontdoor.warehouse.connect import connect

from tests.e2e.demonstration import guarded_environment
from tests.e2e.leaks import stored_texts, written_texts

pytestmark = [pytest.mark.postgres, pytest.mark.airflow, pytest.mark.slow]

CANARY = "zqxcanary"
PERSON = {
    "agency_person_id": f"{CANARY}0001",
    "nhs_number": "9991234578",
    "upn": "",
    "forename": f"{CANARY.title()}forename",
    "middle_names": f"{CANARY}middle",
    "surname": f"{CANARY.title()}surname",
    "also_known_as": f"{CANARY}alias",
    "dob": "1/2/2011",
    "dob_precision": "DAY",
    "sex": "F",
    "postcode": "ZQ1 9ZX",
    "restricted_flag": "N",
    "unborn_flag": "N",
    "missing_from_postcode": "ZQ1 9ZX",
}
TOLD_APART = ("9991234578", "zq1 9zx", "zq19zx")
PATIENCE_SECONDS = 420


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("up") / "home")


@pytest.fixture(scope="module")
def command(settings: Settings) -> Callable[..., str]:
    environment = guarded_environment(
        settings.home.parent / "outside.log",
        FRONTDOOR_HOME=str(settings.home),
        FRONTDOOR_SCAN_SCHEDULE="* * * * *",
    )

    def run(*arguments: str) -> str:
        finished = subprocess.run(
            [sys.executable, "-m", "frontdoor", *arguments],
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    return run


@pytest.fixture(scope="module")
def said(settings: Settings, command: Callable[..., str]) -> Iterator[str]:
    try:
        yield command("up")
    finally:
        command("down")
        server.remove(settings)


def test_the_page_asks_who_you_are(said: str, settings: Settings) -> None:
    service = running_service(settings)
    assert service is not None
    assert service.url.startswith("http://127.0.0.1:")
    password = next(line.split()[-1] for line in said.splitlines() if line.startswith("password"))
    assert _status(f"{service.url}/api/v2/dags") == 401
    assert _status(f"{service.url}/auth/token", username="admin", password="admin") == 401
    assert _status(f"{service.url}/auth/token", username="admin", password=password) == 201


def test_a_second_start_changes_nothing_and_does_not_show_the_password(
    said: str, settings: Settings, command: Callable[..., str]
) -> None:
    before = running_service(settings)
    again = command("up")
    assert running_service(settings) == before
    password = next(line.split()[-1] for line in said.splitlines() if line.startswith("password"))
    assert password not in again


def test_a_delivery_in_the_inbox_becomes_an_alert_in_the_outbox(
    said: str, settings: Settings, command: Callable[..., str]
) -> None:
    inbox, outbox = Path(settings.inbox), Path(settings.outbox)
    delivery = _write_delivery(settings.home.parent)
    manifest = command("manifest", str(delivery), "--period-from", "2026-01-01T00:00+00:00")
    assert "manifest.json" in manifest
    for path in sorted(delivery.parent.glob("misper_*"), key=lambda path: path.name.endswith("manifest.json")):
        (inbox / path.name).write_bytes(path.read_bytes())
    alert = _wait(lambda: next((path for path in outbox.glob("*.eml") if b"MI-03" in path.read_bytes()), None))
    assert alert, f"no alert after {PATIENCE_SECONDS} s; messages: {sorted(path.name for path in outbox.glob('*'))}"
    assert _wait(lambda: not list(inbox.glob("misper_*")))
    assert _wait(settings.brief.exists)
    receipts = [json.loads(path.read_text()) for path in settings.receipts.rglob("*.json")]
    assert receipts


def test_airflow_outlives_a_restart_of_the_database(said: str, settings: Settings) -> None:
    service = running_service(settings)
    assert service is not None
    server.stop(settings)
    assert _wait(lambda: server.status(settings).is_running)
    with connect(settings, role="admin", database="airflow", autocommit=True) as metadata:
        [[restarted_at]] = metadata.execute("select now()").fetchall()
        for job_type in ("SchedulerJob", "DagProcessorJob"):
            beat = "select max(latest_heartbeat) > %s from job where job_type = %s and state = 'running'"
            assert _wait(lambda beat=beat, name=job_type: metadata.execute(beat, [restarted_at, name]).fetchall()[0][0])
    assert is_healthy(service)


def test_no_canary_is_in_anything_written(said: str, settings: Settings) -> None:
    for texts in (written_texts(settings), stored_texts(settings)):
        for place, text in texts:
            for told in (CANARY, *TOLD_APART):
                assert told not in text.lower(), f"a canary is in {place}"


def test_nothing_outside_this_machine_was_asked(said: str, settings: Settings) -> None:
    assert (settings.home.parent / "outside.log").read_text() == ""


def test_what_airflow_wrote_only_its_owner_can_read(said: str, settings: Settings) -> None:
    open_to_others = {
        str(path)
        for folder in ("airflow", "outbox", "receipts", "secrets", "brief")
        for path in (settings.home / folder).rglob("*")
        if path.exists() and not path.is_symlink() and path.stat().st_mode & 0o077
    }
    assert open_to_others == set()


def test_down_leaves_nothing_running(said: str, settings: Settings, command: Callable[..., str]) -> None:
    service = running_service(settings)
    assert service is not None
    for process in psutil.Process(service.supervisor_pid).children():
        if "scheduler" in " ".join(process.cmdline()):
            # A killed scheduler leaves workers that nobody waits for.
            process.kill()
    command("down")
    assert running_service(settings) is None
    assert not server.status(settings).is_running
    assert [pid for pid in psutil.pids() if _session(pid) == service.supervisor_pid] == []


def _write_delivery(folder: Path) -> Path:
    """Write a police file: a child found four days ago whom nobody interviewed, twice, once full of mistakes."""
    now = datetime.now(tz=UTC)
    found = now - timedelta(hours=100)
    episode = {
        "record_version": "1",
        "record_action": "I",
        "last_updated_at": (now - timedelta(hours=2)).isoformat(timespec="seconds"),
        "category": "MISSING",
        "reported_at": (found - timedelta(hours=9)).isoformat(timespec="seconds"),
        "last_seen_at": (found - timedelta(hours=10)).isoformat(timespec="seconds"),
        "found_at": found.isoformat(timespec="seconds"),
        "status": "FOUND",
        "responsible_la_code": "874",
        "looked_after_flag": "N",
        "risk_initial": "H",
        "risk_current": "H",
        "flags": "CSE",
        "prior_episode_count_90d": "2",
    }
    wrong = {
        field: f"{CANARY}{field}"
        for field in ("nhs_number", "upn", "dob", "sex", "ethnicity", "postcode", "expected_dob")
    }
    records = [
        {**episode, **PERSON, "source_record_id": "MP/35/26/900001"},
        {**episode, **PERSON, **wrong, "source_record_id": "MP/35/26/900002"},
    ]
    [contract] = [contract for contract in load_contracts(Settings()) if contract.feed == "police__missing_episodes"]
    path = folder / f"misper_874_35_{now:%Y%m%dT%H%M}_00001.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.header for field in contract.fields], restval="")
        writer.writeheader()
        writer.writerows(records)
    return path


def _wait(condition: Callable[[], object]) -> object:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(1)
    return None


def _status(url: str, **body: str) -> int:
    request = urllib.request.Request(
        url, data=json.dumps(body).encode() if body else None, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid) if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE else None
    except (OSError, psutil.Error):
        return None
