"""`frontdoor demo`: a synthetic council's week through the real DAGs, on a home and a server that are thrown away."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from frontdoor.contracts.load import load_contracts
from frontdoor.errors import FrontdoorError
from frontdoor.orchestration.demo_summary import print_summary
from frontdoor.orchestration.environment import airflow_environment, airflow_home
from frontdoor.settings import Settings
from frontdoor.warehouse import server
from frontdoor.warehouse.migrate import ensure_airflow_database, migrate

# The week is over: the moment at which a safeguarding lead comes in on the Monday after.
AS_OF = datetime.fromisoformat("2026-03-09T08:00+00:00")
# Nothing here outlives the demonstration, so waiting for the disk proves nothing.
FAST_SERVER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
UNUSED_PORT = 8080
# Where the output is a file or a pipe.
PLAIN_WIDTH = 132


class StageError(FrontdoorError):
    """A stage of the demonstration did not end well."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the demonstration and how long it took."""

    name: str
    seconds: float


def run(home: Path, *, seed: int, keep: bool, console: Console | None = None) -> bool:
    """Run the whole journey and print what came of it; True when every stage and every SEV1 check did its work.

    Raises StageError naming the stage and its log. The server is stopped at the end unless `keep` is asked for.
    """
    console = console or Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    settings = throwaway_settings(home)
    remove(home)
    stages: list[Stage] = []
    try:
        _journey(settings, seed=seed, stages=stages, console=console)
        return print_summary(
            settings, truth=_truth(settings), stages=stages, as_of=AS_OF, is_kept=keep, console=console
        )
    finally:
        if not keep:
            server.stop(settings)


def throwaway_settings(home: Path) -> Settings:
    """Return the settings of a home of its own: what the environment says of another one does not count here."""
    for name in [name for name in os.environ if name.startswith("FRONTDOOR_")]:
        del os.environ[name]
    os.environ["FRONTDOOR_HOME"] = str(home.absolute())
    return Settings()


def remove(home: Path) -> None:
    """Stop the server of a former demonstration and delete everything it left.

    Raises StageError for a folder that is not a demonstration's: it might be somebody's data.
    """
    if not home.exists():
        return
    if any(home.iterdir()) and not _mark(home).exists():
        raise StageError(f"{home} is not a demonstration's home; name another folder or delete it yourself")
    server.remove(throwaway_settings(home))
    shutil.rmtree(home)


def remove_left_database(settings: Settings) -> None:
    """Delete what a former demonstration's server left outside its home, which somebody deleted by hand.

    Root's data lie elsewhere (ADR 9), and their passwords went with the home. Raises StageError for data that are not a
    demonstration's.
    """
    left = server.data_folder(settings).parent
    if not left.exists():
        return
    if not _mark(left).exists():
        raise StageError(
            f"{left} holds the database of an earlier home at {settings.home}, whose passwords are gone; if nobody"
            " misses it, delete that folder and try again"
        )
    server.remove(settings)


def _journey(settings: Settings, *, seed: int, stages: list[Stage], console: Console) -> None:
    with _stage("prepare PostgreSQL and Airflow", stages, console):
        settings.home.mkdir(parents=True, mode=0o700)
        _mark(settings.home).touch(mode=0o600)
        remove_left_database(settings)
        server.ensure_running(settings, extra_settings=FAST_SERVER)
        _mark(server.data_folder(settings).parent).touch(mode=0o600)
        environment = {
            **os.environ,
            **airflow_environment(settings, database_url=ensure_airflow_database(settings), port=UNUSED_PORT),
        }
        preparing = _start_airflow(settings, environment, "db", "migrate")
        migrate(settings)
        if preparing.wait() != 0:
            raise StageError(f"Airflow's database could not be prepared; see {_log(settings)}")
    with _stage("synthesise a council's week, defects planted", stages, console):
        _synthesise(settings, seed=seed)
    _run_dags(settings, environment, stages=stages, console=console)


def _synthesise(settings: Settings, *, seed: int) -> None:
    from frontdoor.synthesis.synthesise import Plan, synthesise

    folder = _truth(settings)
    synthesise(Plan(seed=seed, has_defects=True), out=folder)
    (folder / "deliveries").rename(Path(settings.inbox))


def _run_dags(settings: Settings, environment: dict[str, str], *, stages: list[Stage], console: Console) -> None:
    """Run the DAGs as Airflow would have, one after the other, in one process of their own."""
    dag_ids = [*(contract.dag_id for contract in load_contracts(settings)), "tidy_inbox"]
    dag_ids += ["build_warehouse", "watch_clocks"]
    started = time.perf_counter()
    with _log(settings).open("ab") as log, console.status("Airflow is starting") as status:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "frontdoor.orchestration.run_dags", AS_OF.isoformat(), *dag_ids],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            umask=0o077,
        )
        failed = None
        for line in process.stdout or ():
            ended = json.loads(line)
            _note(Stage(ended["dag_id"], ended["seconds"]), stages, console)
            if not ended["is_well"]:
                failed = ended["dag_id"]
            status.update(f"{len(stages) - 2} of {len(dag_ids)} DAGs have run")
        exit_code = process.wait()
    waited = time.perf_counter() - started - sum(stage.seconds for stage in stages[2:])
    stages.append(Stage("Airflow's own start", waited))
    if exit_code != 0:
        raise StageError(f"{failed or 'Airflow'} did not end well; see {_log(settings)}")


@contextmanager
def _stage(name: str, stages: list[Stage], console: Console) -> Iterator[None]:
    started = time.perf_counter()
    with console.status(name):
        yield
    _note(Stage(name, time.perf_counter() - started), stages, console)


def _note(stage: Stage, stages: list[Stage], console: Console) -> None:
    stages.append(stage)
    console.print(f"{stage.seconds:6.1f} s  {stage.name}", highlight=False)


def _start_airflow(settings: Settings, environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    with _log(settings).open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "airflow", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=0o077,
        )


def _log(settings: Settings) -> Path:
    folder = airflow_home(settings) / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "demo.log"


def _truth(settings: Settings) -> Path:
    return settings.home / "synthetic"


def _mark(home: Path) -> Path:
    return home / "throw-away-home"
