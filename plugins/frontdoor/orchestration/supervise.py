"""The supervisor: keeps Airflow's four processes and the embedded database alive until it is told to stop.

Airflow's scheduler and dag-processor exit when the database restarts, and a scheduler can hang with its process
alive (reliability.md 2.1). So both ends and silences are noticed here, outside Airflow, and told to operations.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from frontdoor.errors import FrontdoorError
from frontdoor.orchestration.environment import airflow_home
from frontdoor.orchestration.failure_message import write_failure_message
from frontdoor.orchestration.heartbeats import silent_components
from frontdoor.settings import Settings
from frontdoor.warehouse.server import ensure_running

COMPONENTS: dict[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
LONGEST_PAUSE_SECONDS = 60.0
# A process that lived this long was well; its next end is a new fault, not the same one.
WELL_AFTER_SECONDS = 120.0
LOOK_EVERY_SECONDS = 1.0
LISTEN_EVERY_SECONDS = 30.0
STOP_SECONDS = 20.0
LOG_LIMIT_BYTES = 20_000_000
TELL_AFTER_FALLS = 5


@dataclass(slots=True)
class Component:
    """One Airflow process and how it has fared."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start the process, its output going to a log that only this user can read."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "airflow", *COMPONENTS[self.name]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                umask=0o077,
            )
        self.started_at = time.monotonic()

    def is_down(self) -> bool:
        """Say whether there is no living process."""
        return self.process is None or self.process.poll() is not None

    def note_fall(self) -> None:
        """Remember an end, and wait longer before the next start the more often it has just ended."""
        was_well = time.monotonic() - self.started_at > WELL_AFTER_SECONDS
        self.falls = 1 if was_well else self.falls + 1
        self.process = None
        self.not_before = time.monotonic() + min(2.0 ** (self.falls - 1), LONGEST_PAUSE_SECONDS)

    def kill(self) -> None:
        """End a process that no longer answers."""
        if self.process is not None:
            self.process.kill()


class Supervisor:
    """Starts everything, looks after it, and ends it on SIGTERM."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        logs = airflow_home(settings) / "logs"
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._components = [Component(name, logs / f"{name}.log") for name in COMPONENTS]
        self._is_stopping = False
        self._listened_at = time.monotonic()

    def run(self) -> None:
        """Look after the processes until told to stop."""
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, self._stop)
        while not self._is_stopping:
            self._look()
            time.sleep(LOOK_EVERY_SECONDS)
        self._end_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _look(self) -> None:
        now = time.monotonic()
        fallen = [component for component in self._components if component.is_down()]
        for component in fallen:
            if component.process is not None:
                component.note_fall()
                self._tell(component)
        waiting = [component for component in fallen if now >= component.not_before]
        if waiting and self._database_answers():
            for component in waiting:
                component.start()
        if now - self._listened_at > LISTEN_EVERY_SECONDS:
            self._listened_at = now
            self._database_answers()
            self._listen()
            for component in self._components:
                _cut(component.log)

    def _listen(self) -> None:
        """End what lives but is silent; the next look starts it again."""
        silent = silent_components(self._settings)
        for component in self._components:
            if component.name in silent and time.monotonic() - component.started_at > WELL_AFTER_SECONDS:
                component.kill()

    def _database_answers(self) -> bool:
        if self._settings.database_url is not None:
            return True
        try:
            ensure_running(self._settings)
        except FrontdoorError:
            return False
        return True

    def _tell(self, component: Component) -> None:
        if component.falls == TELL_AFTER_FALLS:
            with contextlib.suppress(OSError):
                write_failure_message(
                    self._settings, dag_id="airflow", task_id=component.name, error_class="KeepsEnding", run_id=""
                )

    def _end_all(self) -> None:
        living = [component.process for component in self._components if component.process is not None]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in living:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
        for process in living:
            if process.poll() is None:
                process.kill()


def _cut(log: Path) -> None:
    """Keep a component's log bounded; it is opened for appending, so its writer goes on at the new end."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.with_suffix(".log.1").write_bytes(log.read_bytes())
            os.truncate(log, 0)


if __name__ == "__main__":
    os.umask(0o077)
    Supervisor(Settings()).run()
