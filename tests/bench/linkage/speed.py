"""How long linking takes beside Splink, how it grows, and what two thousand new records cost."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from frontdoor.linkage.link import FAINTEST_WEIGHT
from frontdoor.linkage.model import load_linkage_model
from frontdoor.settings import Settings
from frontdoor.synthesis.person_records import write_person_records
from frontdoor.warehouse import server
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

from tests.bench.council_year import throwaway_council
from tests.bench.linkage import yardstick
from tests.bench.linkage.datasets import split
from tests.bench.linkage.ours import linked

NEW_RECORDS = 2_000
SEED = 7
# Splink is handed records with their keys made; so what makes them is preparation for both.
RELINK = ("int_blocks__oversized", "int_matches__pairs", "int_children__groups")
FULL_BUDGETS = {100_000: 1.2, 1_000_000: 2.0}
INCREMENT_BUDGETS, INCREMENT_BUDGETS_BESIDE_SPLINK = {1_000_000: 0.05}, {1_000_000: 0.1}
SPINE_BUDGET = 1.5
# Ten times the records may cost this many times as much: n log n from ten thousand to a million, and some noise.
GROWTH_BUDGET = 13.0


def measure(sizes: Sequence[int], *, repeats: int) -> Iterator[str]:
    """Yield the lines of the report, smallest size first."""
    full: dict[int, float] = {}
    increments: dict[int, float] = {}
    for size in sorted(sizes):
        with throwaway_council() as home:
            settings = Settings(home=home)
            server.ensure_running(settings)
            paths = split(_records(home, size + NEW_RECORDS * repeats), new=NEW_RECORDS, parts=repeats)
            side_by_side = _SideBySide(repeats)
            with linked(
                settings, paths, out=home / "linked", weights="default", after_first=side_by_side.measure
            ) as outcome:
                first, *later = outcome.seconds
        ours, theirs = side_by_side.ours, side_by_side.theirs
        full[size] = statistics.median([_relink(first), *ours])
        increments[size] = statistics.median(map(_relink, later))
        splink = statistics.median(timing.seconds for timing in theirs)
        yield f"{size:,} records, {theirs[0].pair_count:,} pairs that Splink keeps"
        yield f"  frontdoor {_told(first)}"
        yield f"  Splink predict {theirs[0].predict_seconds:.2f} s, cluster {theirs[0].cluster_seconds:.2f} s"
        yield _ratio("full relink / Splink", full[size], splink, FULL_BUDGETS.get(size))
        for each in later:
            yield f"  {NEW_RECORDS:,} new records {_told(each)}"
        yield _ratio(f"{NEW_RECORDS:,} new / full relink", increments[size], full[size], INCREMENT_BUDGETS.get(size))
        beside_splink = INCREMENT_BUDGETS_BESIDE_SPLINK.get(size)
        yield _ratio(f"{NEW_RECORDS:,} new / Splink again", increments[size], splink, beside_splink)
    yield from _growth(full, "full relink", GROWTH_BUDGET)
    yield from _growth(increments, f"{NEW_RECORDS:,} new records", SPINE_BUDGET)


def _records(home: Path, count: int) -> Path:
    path = home / f"records-{count}.csv"
    write_person_records(path, count=count, seed=SEED, has_truth=False)
    return path


@dataclass
class _SideBySide:
    """Both full relinks again, in turns: the machine is not the same from one minute to the next."""

    repeats: int
    ours: list[float] = field(default_factory=list)
    theirs: list[yardstick.Timed] = field(default_factory=list)

    def measure(self, scratch: Settings) -> None:
        model = load_linkage_model(scratch)
        for _ in range(self.repeats):
            self.theirs += yardstick.timed(scratch, model, repeats=1)
            again = run_dbt(
                scratch,
                selector="linkage",
                build_no=1,
                full_refresh=True,
                left_out=("test", "unit_test"),
                faintest_weight=FAINTEST_WEIGHT,
            )
            self.ours.append(_relink(again.node_seconds))
        # New records come the next day: what was written is vacuumed by then.
        with connect(scratch, role="admin", autocommit=True) as connection:
            connection.execute("vacuum (analyze)")


def _relink(seconds: Mapping[str, float]) -> float:
    return sum(seconds.get(name, 0.0) for name in RELINK)


def _told(seconds: Mapping[str, float]) -> str:
    others = sum(seconds.values()) - _relink(seconds)
    models = ", ".join(f"{name.removeprefix('int_')} {seconds.get(name, 0):.2f}" for name in RELINK)
    return f"{models}; together {_relink(seconds):.2f} s; all other models {others:.2f} s"


def _growth(seconds: Mapping[int, float], what: str, budget: float) -> Iterator[str]:
    sizes = sorted(seconds)
    for smaller, larger in zip(sizes, sizes[1:], strict=False):
        yield _ratio(f"{what}: {larger:,} / {smaller:,}", seconds[larger], seconds[smaller], budget)


def _ratio(what: str, part: float, whole: float, budget: float | None) -> str:
    value = part / whole if whole else float("inf")
    verdict = "" if budget is None else f" (at most {budget:g}) {'holds' if value <= budget else 'MISSED'}"
    return f"  {what}: {part:.2f} s / {whole:.2f} s = {value:.3f}{verdict}"
