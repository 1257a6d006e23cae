"""Runs dbt: in a process of its own, whose results are counted and whose messages are not read.

dbt's messages, logs and artefacts may hold values of the rows it was working on, so nothing of them leaves this
module but the names of nodes and how many ended how.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import database_url

FAILED = ("error", "fail", "runtime error", "partial success")


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What one run of dbt did: how many nodes ended how, which failed, and how long each took."""

    counts: Mapping[str, int]
    failing_nodes: tuple[str, ...]
    seconds: float
    node_seconds: Mapping[str, float]


# No file or terminal may repeat a row's values; the cache is asked only about what the selector touches. The manifest
# is not written: nobody reads it, and it took a quarter of a short run.
GLOBAL_FLAGS = (
    "--quiet",
    "--no-use-colors",
    "--log-level-file", "none",
    "--no-version-check",
    "--no-send-anonymous-usage-stats",
    "--no-write-json",
    "--cache-selected-only",
)  # fmt: skip


def run_dbt(
    settings: Settings,
    *,
    selector: str,
    build_no: int = 0,
    full_refresh: bool = False,
    left_out: tuple[str, ...] = ("unit_test",),
    faintest_weight: float | None = None,
) -> DbtResult:
    """Run dbt for a selector and return its counts; resource types `left_out` are not run.

    Pairs of records below the threshold of review are kept when a `faintest_weight` (bits) is asked for.

    Raises WarehouseError naming the nodes that failed, or saying that dbt did not get as far as running any.
    """
    results = target_folder(settings).resolve() / "results.json"
    results.unlink(missing_ok=True)
    # A test that also reads a later layer waits for that layer.
    arguments = ["--selector", selector, "--indirect-selection", "buildable"]
    arguments += ["--full-refresh"] if full_refresh else []
    for resource_type in left_out:
        arguments += ["--exclude-resource-type", resource_type]
    # Numbers of a run are no dbt variables: dbt parses the whole project again whenever one changes.
    environment = {**os.environ, **dbt_environment(settings), "FRONTDOOR_BUILD_NO": str(build_no)}
    environment.pop("FRONTDOOR_FAINTEST_WEIGHT", None)
    if faintest_weight is not None:
        environment["FRONTDOOR_FAINTEST_WEIGHT"] = str(faintest_weight)
    exit_code = _ordered(
        {
            "arguments": [*GLOBAL_FLAGS, "build", *arguments],
            "folder": str(settings.dbt_project_dir.absolute()),
            "environment": environment,
            "results": str(results),
            "asked_by": os.getpid(),
        }
    )
    return _read_results(results, command=f"dbt build --selector {selector}", exit_code=exit_code)


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which dbt finds the project, the database and its own folders."""
    address = urlsplit(database_url(settings, role="transformer"))
    target = target_folder(settings)
    target.mkdir(parents=True, exist_ok=True)
    return {
        "DO_NOT_TRACK": "1",
        "DBT_PROFILES_DIR": str(settings.dbt_project_dir),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target / "logs"),
        "FRONTDOOR_DBT_HOST": address.hostname or "127.0.0.1",
        "FRONTDOOR_DBT_PORT": str(address.port or 5432),
        "FRONTDOOR_DBT_USER": unquote(address.username or ""),
        "FRONTDOOR_DBT_DATABASE": address.path.lstrip("/"),
        "FRONTDOOR_DBT_THREADS": str(settings.dbt_threads),
        "FRONTDOOR_DBT_SSLMODE": parse_qs(address.query).get("sslmode", ["prefer"])[0],
        "DBT_ENV_SECRET_FRONTDOOR_PASSWORD": unquote(address.password or ""),
    }


def target_folder(settings: Settings) -> Path:
    """Where dbt keeps its artefacts: below the home, which only this user can read."""
    return (settings.home / "dbt").absolute()


# Processes in which dbt is imported and that nobody uses at the moment; a thread that finds none starts its own.
_idle: list[subprocess.Popen[bytes]] = []


def _ordered(order: Mapping[str, object]) -> int:
    """Have one command of dbt run, and return its exit code."""
    try:
        process = _idle.pop()
    except IndexError:
        process = None
    if process is not None and process.poll() is not None:
        _end(process)
        process = None
    if process is None:
        # Without -P whatever lies in the folder one happens to stand in would be imported before what is installed.
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "frontdoor.warehouse.dbt_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    if process.stdin is None or process.stdout is None:
        raise WarehouseError("dbt's process has no pipes")
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except OSError:
        answer = b""
    except BaseException:
        # What it was doing is over as soon as nobody listens.
        _end(process)
        raise
    if not answer:
        _end(process)
        return process.returncode
    _idle.append(process)
    return int(answer)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


@atexit.register
def _end_idle() -> None:
    while _idle:
        _end(_idle.pop())


# The pipes are the parent's: two who write to one process would read each other's answers.
os.register_at_fork(after_in_child=_idle.clear)


def _read_results(path: Path, *, command: str, exit_code: int) -> DbtResult:
    if exit_code < 0:
        raise WarehouseError(f"{command} was killed by signal {-exit_code}; when that is 9, look for too little memory")
    if not path.exists():
        raise WarehouseError(
            f"{command} ended with exit code {exit_code} before it ran anything: the project does not parse,"
            " the warehouse cannot be reached, or the disk is full"
        )
    document = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    counts = Counter(result["status"] for result in document["results"])
    failing = tuple(sorted(result["unique_id"] for result in document["results"] if result["status"] in FAILED))
    if failing or exit_code:
        raise WarehouseError(f"{command} failed at {', '.join(failing) or 'no node'} (exit code {exit_code})")
    node_seconds = {result["unique_id"].split(".")[-1]: result["execution_time"] for result in document["results"]}
    return DbtResult(
        counts=dict(counts), failing_nodes=failing, seconds=document["elapsed_time"], node_seconds=node_seconds
    )
