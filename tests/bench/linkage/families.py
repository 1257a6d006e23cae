"""Families of twins and adopted children, their records full of slips: whom linking puts together wrongly."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from frontdoor.settings import Settings
from frontdoor.warehouse import server

from tests.bench.council_year import throwaway_council
from tests.bench.linkage import metrics
from tests.bench.linkage.ours import linked
from tests.warehouse.invented_families import ADOPTED, Invention, invented
from tests.warehouse.scratch_links import write_rows

# Not those of the tests; more families would be given the numbers of adopted children and of chains.
FIRST_SEED, FAMILIES = 100, 400
# In ten thousand records of such families.
WRONG_BUDGET = 1.0


def measure(*, populations: int) -> Iterator[str]:
    """Yield the lines of the report, population by population."""
    wrong, records = Counter[str](), 0
    with throwaway_council() as home:
        settings = Settings(home=home)
        server.ensure_running(settings)
        for seed in range(FIRST_SEED, FIRST_SEED + populations):
            invention = invented(seed, families=FAMILIES)
            clusters = _clusters(settings, home, invention)
            found = _wrong(clusters, invention)
            wrong += found
            records += len(invention.rows)
            recall = metrics.pairwise(clusters, {r: str(child) for r, child in invention.child_of.items()}).recall
            told = ", ".join(f"{count} {what}" for what, count in sorted(found.items())) or "none"
            yield f"families {seed}: {len(invention.rows):,} records, recall {recall:.3f}; wrong children: {told}"
    unexplained = wrong.total() - wrong["before an adoption"]
    share = unexplained / max(records, 1) * 10_000
    yield (
        f"  in 10,000 of {records:,} records {share:.2f} wrong children (at most {WRONG_BUDGET:g})"
        f" {'holds' if share <= WRONG_BUDGET else 'MISSED'}, and {wrong['before an adoption']} of an adopted child and"
        " an unmarked record from before"
    )


def _clusters(settings: Settings, home: Path, invention: Invention) -> dict[str, str]:
    path = write_rows(home / "families.csv", invention.rows)
    with linked(settings, [path], out=home / "linked", weights="default") as outcome:
        return dict(outcome.clusters)


def _wrong(clusters: dict[str, str], invention: Invention) -> Counter[str]:
    """The children made of several people, by who was mistaken for whom."""
    people: dict[str, set[int]] = defaultdict(set)
    for record, cluster in clusters.items():
        people[cluster].add(invention.child_of[record])
    return Counter(
        "twins"
        if len(mixed & invention.twins) > 1
        else "before an adoption"
        if any(person + ADOPTED in mixed for person in mixed)
        else "others"
        for mixed in people.values()
        if len(mixed) > 1
    )
