"""The demo's DAGs beside the same work by the command line, without Airflow."""

import re
import subprocess
import sys
from pathlib import Path

from frontdoor.orchestration.demo import AS_OF, FAST_SERVER
from frontdoor.settings import Settings
from frontdoor.warehouse import server

from tests.bench.council_year import ratio, run, throwaway_council

STAGE = re.compile(r"^\s+([0-9.]+) s  (ingest_|tidy_inbox|build_warehouse|watch_clocks)", re.MULTILINE)
AIRFLOW_START = re.compile(r"Airflow's own start\s+([0-9.]+)")
BUDGET = 2.0


def measure() -> list[str]:
    """Return the lines of the report."""
    with throwaway_council() as home:
        printed = subprocess.run(
            [Path(sys.executable).with_name("frontdoor"), "demo", "--home", str(home / "demo")],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        server.remove(Settings(home=home / "demo"))
    dags = sum(float(seconds) for seconds, _ in STAGE.findall(printed))
    start = float(AIRFLOW_START.findall(printed)[-1])
    with throwaway_council() as home:
        server.ensure_running(Settings(home=home), extra_settings=FAST_SERVER)
        run(home, "init")
        run(home, "synthesise", "--council-week", "--defects", "--out", str(home / "week"))
        alone = (
            run(home, "land", str(home / "week"))
            + run(home, "build")
            + run(home, "watch", "--as-of", AS_OF.isoformat())
        )
    return [
        f"DAGs {dags:.1f} s and Airflow's start {start:.1f} s; the command line {alone:.1f} s",
        ratio("the demo's DAGs / the same work without Airflow", dags, alone, BUDGET),
        ratio("with Airflow's start / the same work without Airflow", dags + start, alone, BUDGET),
    ]
