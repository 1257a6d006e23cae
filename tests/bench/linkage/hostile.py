"""Files made to link wrongly, to blow up or to vanish; none of it may happen."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from frontdoor.settings import Settings
from frontdoor.warehouse import server

from tests.bench.council_year import throwaway_council
from tests.bench.linkage.datasets import chain, one_address, unknowns
from tests.bench.linkage.ours import linked

# How much longer ten times as many may take.
GROWTH_BUDGET = 13.0
# No child has so many records that are each only like the next.
LARGEST_CHILD = 10


def measure(*, share: float) -> Iterator[str]:
    """Yield the lines of the report; a share below one makes all files smaller."""
    with throwaway_council() as home:
        settings = Settings(home=home)
        server.ensure_running(settings)
        for name, count in (("unknowns", 50_000), ("one-address", 10_000), ("chain", 300)):
            small = _linked(settings, home, name, max(30, round(count * share / 10)))
            large = _linked(settings, home, name, max(30, round(count * share)))
            yield from _lines(name, small, large)


def _linked(settings: Settings, home: Path, name: str, count: int) -> tuple[int, Counter[str], float, int]:
    path = home / f"{name}-{count}.csv"
    match name:
        case "unknowns":
            unknowns(path, count=count)
        case "one-address":
            one_address(path, count=count, folder=home)
        case _:
            chain(path, count=count)
    with linked(settings, [path], out=home / "linked" / path.stem, weights="default") as outcome:
        sizes = Counter(outcome.clusters.values())
        return count, sizes, sum(outcome.seconds[0].values()), len(outcome.reviews)


def _lines(
    name: str, small: tuple[int, Counter[str], float, int], large: tuple[int, Counter[str], float, int]
) -> Iterator[str]:
    count, sizes, seconds, reviews = large
    most = LARGEST_CHILD if name == "chain" else 1
    largest = max(sizes.values())
    vanished = count - sizes.total()
    yield (
        f"{name}: {count:,} records, {vanished} vanished, {len(sizes):,} children, the largest of {largest} records"
        f" (at most {most}) {'holds' if largest <= most and not vanished else 'MISSED'}; {reviews:,} questions"
    )
    grown = seconds / small[2]
    held = "holds" if grown <= GROWTH_BUDGET else "MISSED"
    yield f"  {seconds:.1f} s, {small[2]:.1f} s with {small[0]:,}: {grown:.1f} times (at most {GROWTH_BUDGET:g}) {held}"
