"""`frontdoor up` and `frontdoor down`: the whole of Airflow as one thing that runs or does not."""

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from frontdoor.errors import FrontdoorError, SettingsError
from frontdoor.orchestration.environment import (
    ADMIN,
    ADMIN_SECRET,
    admin_password_file,
    airflow_environment,
    airflow_home,
)
from frontdoor.settings import Settings
from frontdoor.warehouse import server
from frontdoor.warehouse.migrate import ensure_airflow_database, migrate
from frontdoor.warehouse.secrets import secret

# Marks every process of one home's Airflow, through forks and sessions, so that `down` finds them all.
MARK = "FRONTDOOR_SUPERVISED"
USUAL_PORT = 8080
READY_SECONDS = 180.0
DOWN_SECONDS = 45.0


class NotReadyError(FrontdoorError):
    """Airflow did not come up in time."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running Airflow: where its page is and where its password is kept."""

    supervisor_pid: int
    url: str
    user: str
    password_file: str


def up(settings: Settings, *, say: Callable[[str], None]) -> tuple[Service, str | None]:
    """Start PostgreSQL and Airflow, wait until they work, and return where they are; a running one is left alone.

    The second result is the password of Airflow's page when this start made it: it is shown once.
    Raises NotReadyError, with the place of the logs, when Airflow does not come up.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    airflow_home(settings).mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_at_a_time(settings):
        found = running_service(settings)
        if found is not None:
            return found, None
        is_first = not admin_password_file(settings).exists()
        _end_leftovers(settings)
        say("starting PostgreSQL")
        migrate(settings)
        for folder in (settings.inbox, settings.outbox):
            if isinstance(folder, Path):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = service_environment(settings)
        say("preparing Airflow's database")
        _run_airflow(settings, environment, "db", "migrate")
        say("starting Airflow")
        service = _start_supervisor(settings, environment)
    _wait_until_ready(settings, service)
    return service, secret(settings.secrets, ADMIN_SECRET) if is_first else None


def down(settings: Settings) -> int:
    """End the supervisor, everything it started and the embedded server; return how many processes were left over."""
    with _one_at_a_time(settings):
        found = running_service(settings)
        if found is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(found.supervisor_pid, signal.SIGTERM)
            _wait_for_end(found.supervisor_pid)
        leftovers = _end_leftovers(settings)
        _service_file(settings).unlink(missing_ok=True)
        if settings.database_url is None:
            server.stop(settings)
    return leftovers


def running_service(settings: Settings) -> Service | None:
    """Return the Airflow of this home when its supervisor lives."""
    service = _recorded_service(settings)
    return service if service and _is_marked(service.supervisor_pid, settings) else None


def service_environment(settings: Settings, *, port: int | None = None) -> dict[str, str]:
    """Return the environment of every process of this home's Airflow; what the caller set of Airflow's stands."""
    if settings.airflow_database_url:
        url = settings.airflow_database_url
    elif settings.database_url:
        raise SettingsError("with FRONTDOOR_DATABASE_URL set, set FRONTDOOR_AIRFLOW_DATABASE_URL too")
    else:
        url = ensure_airflow_database(settings)
    ours = airflow_environment(settings, database_url=url, port=port or _web_port())
    theirs = {name: value for name, value in os.environ.items() if name.startswith("AIRFLOW__")}
    return {**os.environ, **ours, **theirs, MARK: _mark(settings)}


def _start_supervisor(settings: Settings, environment: dict[str, str]) -> Service:
    log = airflow_home(settings) / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "frontdoor.orchestration.supervise"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    service = Service(
        supervisor_pid=process.pid,
        url=environment["AIRFLOW__API__BASE_URL"],
        user=ADMIN,
        password_file=str(admin_password_file(settings)),
    )
    _service_file(settings).write_text(json.dumps(asdict(service)))
    return service


def _wait_until_ready(settings: Settings, service: Service) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if not _is_marked(service.supervisor_pid, settings):
            break
        if is_healthy(service):
            return
        time.sleep(1.0)
    raise NotReadyError(f"Airflow did not come up; its logs are in {airflow_home(settings) / 'logs'}")


def is_healthy(service: Service) -> bool:
    """Say whether Airflow's own health page calls its database, scheduler and dag-processor healthy."""
    try:
        with urlopen(f"{service.url}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310
            health = json.load(answer)
    except (URLError, OSError, ValueError):
        return False
    return all(
        (health.get(part) or {}).get("status") == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")
    )


def _run_airflow(settings: Settings, environment: dict[str, str], *arguments: str) -> None:
    log = airflow_home(settings) / "logs" / "airflow.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        finished = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "airflow", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            umask=0o077,
        )
    if finished.returncode != 0:
        raise NotReadyError(f"`airflow {' '.join(arguments)}` failed; its log is {log}")


@contextlib.contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Hold off a second `up` or `down` of the same home until this one is done."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "service.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _end_leftovers(settings: Settings) -> int:
    """End what outlived its supervisor; a killed scheduler leaves workers that go on."""
    recorded = _recorded_service(settings)
    session = recorded.supervisor_pid if recorded else None
    leftovers = [process for process in psutil.process_iter() if _is_ours(process.pid, settings, session=session)]
    for process in leftovers:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(leftovers, timeout=10)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return len(leftovers)


def _recorded_service(settings: Settings) -> Service | None:
    try:
        return Service(**json.loads(_service_file(settings).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _is_ours(pid: int, settings: Settings, *, session: int | None) -> bool:
    """Say whether a process is of this home's Airflow: by its mark, or by the supervisor's session.

    Airflow's workers overwrite their environment with their title. A session's number is not given out again while
    a member lives, so members without a leader are ours too.
    """
    if _is_marked(pid, settings):
        return True
    try:
        is_member = session is not None and os.getsid(pid) == session and pid != os.getpid()
    except OSError:
        return False
    return is_member and (not psutil.pid_exists(session or 0) or _is_marked(session or 0, settings))


def _is_marked(pid: int, settings: Settings) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == _mark(settings))
    except (psutil.Error, OSError):
        return False


def _wait_for_end(pid: int) -> None:
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).wait(timeout=DOWN_SECONDS)


def _mark(settings: Settings) -> str:
    return hashlib.sha256(str(settings.home.absolute()).encode()).hexdigest()


def _service_file(settings: Settings) -> Path:
    return airflow_home(settings) / "service.json"


def _web_port() -> int:
    for port in (USUAL_PORT, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            chosen: int = probe.getsockname()[1]
            return chosen
    raise SettingsError("no free port on 127.0.0.1")
