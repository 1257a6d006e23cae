"""dbt runs in a process that is kept for the next run, and that ends with whoever asked for it."""

import contextlib
import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

RUN = """
from frontdoor.settings import Settings
from frontdoor.warehouse.dbt import run_dbt
run_dbt(Settings(), selector="reference")
"""
RUN_AND_FORK = """
import os, threading, time
from frontdoor.settings import Settings
from frontdoor.warehouse.dbt import run_dbt
threading.Thread(target=run_dbt, args=(Settings(),), kwargs={"selector": "reference"}).start()
time.sleep(1)
os.fork()
time.sleep(600)
"""
DBT_WAITS = (
    "select from pg_stat_activity"
    " where datname = current_database() and application_name = 'dbt' and wait_event_type = 'Lock'"
)
PATIENCE = 60


@pytest.fixture
def built(settings: Settings) -> Settings:
    run_dbt(settings, selector="reference", full_refresh=True)
    return settings


def kept_processes() -> set[int]:
    children = psutil.Process().children()
    return {each.pid for each in children if "frontdoor.warehouse.dbt_process" in each.cmdline()}


def environment(settings: Settings) -> dict[str, str]:
    """Where another process finds the test's database."""
    return {
        "FRONTDOOR_HOME": str(settings.home),
        "FRONTDOOR_SERVER_HOME": str(settings.server_home),
        "FRONTDOOR_DATABASE_NAME": settings.database_name,
    }


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def test_another_run_finds_dbt_imported_and_replaces_a_process_that_died(built: Settings) -> None:
    kept = kept_processes()
    assert len(kept) == 1
    run_dbt(built, selector="reference")
    assert kept_processes() == kept

    for pid in kept:
        psutil.Process(pid).kill()
        psutil.Process(pid).wait()
    run_dbt(built, selector="reference")
    assert len(kept_processes()) == 1
    assert kept_processes() != kept


@contextlib.contextmanager
def killed_in_mid_run(
    built: Settings, admin: psycopg.Connection, code: str
) -> Iterator[tuple[list[psutil.Process], list[psutil.Process]]]:
    """The two processes of dbt, and all others, below one that was killed while its dbt waited for a table."""
    with connect(built, role="admin") as in_the_way:
        in_the_way.execute("lock table reference.sla_limits in access exclusive mode")
        asked = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, **environment(built)})
        try:
            wait_until(lambda: admin.execute(DBT_WAITS).fetchall() != [])
            below = psutil.Process(asked.pid).children(recursive=True)
            runs = [each for each in below if "frontdoor.warehouse.dbt_process" in each.cmdline()]
            assert len(runs) == 2
        finally:
            asked.kill()
            asked.wait()
        yield runs, [each for each in below if each not in runs]


def test_dbt_ends_with_whoever_asked_for_it(built: Settings, admin: psycopg.Connection) -> None:
    with killed_in_mid_run(built, admin, RUN) as (runs, others):
        _, alive = psutil.wait_procs([*runs, *others], timeout=PATIENCE)
        assert alive == []


def test_dbt_ends_with_whoever_asked_for_it_though_a_fork_lives_on(built: Settings, admin: psycopg.Connection) -> None:
    """The fork holds the asker's end of the pipe open."""
    with killed_in_mid_run(built, admin, RUN_AND_FORK) as (runs, others):
        _, alive = psutil.wait_procs(runs, timeout=PATIENCE)
        for other in others:
            with contextlib.suppress(psutil.NoSuchProcess):
                other.kill()
        assert alive == []


def test_nothing_is_imported_from_the_folder_one_stands_in(built: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "from a supplier"
    folder.mkdir()
    for module in ("dbt", "selectors", "json"):
        (folder / f"{module}.py").write_text(f"open({str(folder / 'was_here')!r}, 'w').close()\nraise SystemExit(3)\n")
    subprocess.run([sys.executable, "-P", "-c", RUN], env={**os.environ, **environment(built)}, cwd=folder, check=True)
    assert not (folder / "was_here").exists()


def test_a_project_that_does_not_parse_is_said_to(built: Settings, tmp_path: Path) -> None:
    project = shutil.copytree(built.dbt_project_dir, tmp_path / "project")
    (project / "models" / "staging" / "broken.yml").write_text("models: [")
    with pytest.raises(WarehouseError, match="does not parse"):
        run_dbt(built.model_copy(update={"dbt_project_dir": project}), selector="reference")
    run_dbt(built, selector="reference")


def test_a_seed_s_rows_are_all_there_as_they_were_written(
    built: Settings, admin: psycopg.Connection, tmp_path: Path
) -> None:
    """More rows than one statement takes, and values that mean something to SQL, to its parameters and to CSV."""
    project = shutil.copytree(built.dbt_project_dir, tmp_path / "project")
    odd = ["O'Neil", '"quoted"', "100 %s", "%(name)s", "a,b", "{{ no }}", "back\\slash", "two\nlines", "É"]
    rows = [(str(number), odd[number % len(odd)]) for number in range(10_050)]
    with (project / "seeds" / "odd_rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("number", "value"), *rows])
    (project / "seeds" / "_odd_rows.yml").write_text(
        "seeds: [{name: odd_rows, description: Odd., config: {column_types: {number: text, value: text}}}]"
    )
    run_dbt(built.model_copy(update={"dbt_project_dir": project}), selector="reference")
    found = admin.execute("select number, value from reference.odd_rows order by number::integer").fetchall()
    assert found == rows
