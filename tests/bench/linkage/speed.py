"""How long linking takes beside Splink, how it grows, and what two thousand new records cost."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from frontdoor.linkage.model import load_linkage_model
from frontdoor.settings import Settings
from frontdoor.synthesis.person_records import write_person_records
from frontdoor.warehouse import server
from frontdoor.warehouse.dbt import run_dbt

from tests.bench.council_year import throwaway_council
from tests.bench.linkage import yardstick
from tests.bench.linkage.datasets import split
from tests.bench.linkage.ours import Outcome, linked

NEW_RECORDS = 2_000
SEED = 7
# Splink is handed records with their keys made; so what makes them is preparation for both.
RELINK = ("int_blocks__oversized", "int_matches__pairs", "int_children__groups")
FULL_BUDGETS = {100_000: 1.2, 1_000_000: 2.0}
INCREMENT_BUDGET, INCREMENT_BUDGET_BESIDE_SPLINK, SPINE_BUDGET = 0.05, 0.1, 1.5
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
            base, new = split(_records(home, size + NEW_RECORDS), last=NEW_RECORDS)
            with linked(settings, [base, new], out=home / "linked", weights="default") as outcome:
                ours, theirs = _side_by_side(settings, outcome, repeats=repeats)
        first, second = outcome.seconds
        full[size], increments[size] = statistics.median([_relink(first), *ours]), _relink(second)
        splink = statistics.median(timing.seconds for timing in theirs)
        yield f"{size:,} records, {theirs[0].pair_count:,} pairs that Splink keeps"
        yield f"  frontdoor {_told(first)}"
        yield f"  Splink predict {theirs[0].predict_seconds:.2f} s, cluster {theirs[0].cluster_seconds:.2f} s"
        yield _ratio("full relink / Splink", full[size], splink, FULL_BUDGETS.get(size))
        yield f"  {NEW_RECORDS:,} new records {_told(second)}"
        yield _ratio(f"{NEW_RECORDS:,} new / full relink", increments[size], full[size], INCREMENT_BUDGET)
        yield _ratio(f"{NEW_RECORDS:,} new / Splink again", increments[size], splink, INCREMENT_BUDGET_BESIDE_SPLINK)
    yield from _growth(full, "full relink", GROWTH_BUDGET)
    yield from _growth(increments, f"{NEW_RECORDS:,} new records", SPINE_BUDGET)


def _records(home: Path, count: int) -> Path:
    path = home / f"records-{count}.csv"
    write_person_records(path, count=count, seed=SEED, has_truth=False)
    return path


def _side_by_side(settings: Settings, outcome: Outcome, *, repeats: int) -> tuple[list[float], list[yardstick.Timed]]:
    """Both again, in turns: the machine is not the same from one minute to the next."""
    model = load_linkage_model(settings)
    ours, theirs = [], []
    for _ in range(repeats):
        theirs += yardstick.timed(outcome.scratch, model, repeats=1)
        again = run_dbt(
            outcome.scratch, selector="linkage", build_no=1, full_refresh=True, left_out=("test", "unit_test")
        )
        ours.append(_relink(again.node_seconds))
    return ours, theirs


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
