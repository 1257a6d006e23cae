"""What a second delivery day and a watch tick cost beside a full build, on a synthetic council-year.

Every figure is wall time of the `frontdoor` command a person would type, in one run on one machine: read the ratios.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontdoor.settings import Settings
from frontdoor.warehouse import server

PERIOD = re.compile(r"_(\d{8})T\d{4}_\d+\.")
AS_OF = "2026-03-09T08:00+00:00"
DAY_BUDGET = 0.2
TICK_BUDGET = 0.1


def measure() -> list[str]:
    """Return the lines of the report."""
    with throwaway_council() as home:
        year, last_day = home / "year", home / "last-day"
        run(home, "synthesise", "--council-year", "--seed", "7", "--out", str(year), "--no-defects")
        set_last_day_aside(year / "deliveries", last_day)
        run(home, "init")
        land_year = run(home, "land", str(year))
        build_year = run(home, "build", "--full-refresh")
        land_day = run(home, "land", str(last_day))
        build_day = run(home, "build")
        tick = run(home, "watch", "--as-of", AS_OF)
        again = run(home, "watch", "--as-of", AS_OF)
    return [
        f"council-year: land {land_year:.1f} s, full build {build_year:.1f} s",
        f"second day:   land {land_day:.1f} s, build {build_day:.1f} s",
        ratio("a second day's build / full build", build_day, build_year, DAY_BUDGET),
        ratio(
            "a second day's landing and build / the year's", land_day + build_day, land_year + build_year, DAY_BUDGET
        ),
        f"watch tick: first {tick:.1f} s, again {again:.1f} s",
        ratio("a watch tick / full build", again, build_year, TICK_BUDGET),
        ratio("a watch tick / the year's landing and build", again, land_year + build_year, TICK_BUDGET),
    ]


def ratio(what: str, part: float, whole: float, budget: float) -> str:
    """One line: the ratio, its budget and whether it holds."""
    value = part / whole
    return f"{what}: {value:.3f} (at most {budget}) {'holds' if value <= budget else 'MISSED'}"


@contextmanager
def throwaway_council() -> Iterator[Path]:
    """A home that is gone afterwards, its server with it."""
    home = Path(tempfile.mkdtemp(prefix="frontdoor-bench-"))
    try:
        yield home
    finally:
        server.remove(Settings(home=home))
        shutil.rmtree(home, ignore_errors=True)


def run(home: Path, *arguments: str) -> float:
    """Run `frontdoor` with these arguments; return its wall time in seconds."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDOOR_")}
    started = time.perf_counter()
    subprocess.run(
        [Path(sys.executable).with_name("frontdoor"), *arguments],
        env={**environment, "FRONTDOOR_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def set_last_day_aside(year: Path, last_day: Path) -> None:
    """Move the newest day's deliveries out of the year."""
    last_day.mkdir()
    days = {path: match.group(1) for path in year.iterdir() if (match := PERIOD.search(path.name))}
    newest = max(days.values())
    for path, day in days.items():
        if day == newest:
            path.rename(last_day / path.name)
