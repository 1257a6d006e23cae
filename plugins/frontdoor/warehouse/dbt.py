"""Runs dbt: a command of its own, never imported, whose results are counted and whose messages are not read.

dbt's messages, logs and artefacts may hold values of the rows it was working on, so nothing of them leaves this
module but the names of nodes and how many ended how.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import database_url

FAILED = ("error", "fail", "runtime error", "partial success")
Command = Literal["build", "run", "test", "seed", "parse", "compile"]


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What one run of dbt did: how many nodes ended how, and which failed."""

    counts: Mapping[str, int]
    failing_nodes: tuple[str, ...]
    seconds: float


def run_dbt(
    settings: Settings,
    command: Command = "build",
    *,
    selector: str | None = None,
    variables: Mapping[str, int | str] | None = None,
    full_refresh: bool = False,
    excluded: tuple[str, ...] = (),
) -> DbtResult:
    """Run dbt and return its counts.

    Raises WarehouseError naming the nodes that failed, or saying that dbt did not get as far as running any.
    """
    target = target_folder(settings)
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    arguments = [
        *(["--selector", selector] if selector else []),
        *(["--exclude-resource-type", *excluded] if excluded else []),
        *(["--vars", json.dumps(dict(variables))] if variables else []),
        *(["--full-refresh"] if full_refresh else []),
    ]
    finished = subprocess.run(  # noqa: S603
        [*_dbt_program(), *GLOBAL_FLAGS, command, *arguments],
        cwd=settings.dbt_project_dir,
        env={**os.environ, **dbt_environment(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        umask=0o077,
    )
    return _read_results(results, command=f"dbt {command} {selector or ''}".strip(), exit_code=finished.returncode)


# No file or terminal may repeat a row's values; the cache is asked only about what the selector touches.
GLOBAL_FLAGS = (
    "--quiet",
    "--no-use-colors",
    "--log-level-file", "none",
    "--no-version-check",
    "--no-send-anonymous-usage-stats",
    "--cache-selected-only",
    "--no-write-json",
)  # fmt: skip


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


def _dbt_program() -> list[str]:
    return [sys.executable, "-m", "dbt.cli.main"]


def _read_results(path: Path, *, command: str, exit_code: int) -> DbtResult:
    if not path.exists():
        raise WarehouseError(f"{command} ended with code {exit_code} before it ran anything; try `frontdoor dbt parse`")
    document = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    counts = Counter(result["status"] for result in document["results"])
    failing = tuple(sorted(result["unique_id"] for result in document["results"] if result["status"] in FAILED))
    if failing or exit_code:
        raise WarehouseError(f"{command} failed at {', '.join(failing) or 'no node'} (exit code {exit_code})")
    return DbtResult(counts=dict(counts), failing_nodes=failing, seconds=document["elapsed_time"])
