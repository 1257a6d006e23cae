"""How right the linking is on records with known answers, and how much worse or better than Splink on the same."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from frontdoor.linkage.model import LinkageModel, load_linkage_model, weight_at
from frontdoor.settings import Settings
from frontdoor.warehouse import server

from tests.bench.council_year import run, throwaway_council
from tests.bench.linkage import metrics, yardstick
from tests.bench.linkage.datasets import THIRD_PARTY, DataSet, data_set, synthetic_persons, third_party, without_columns
from tests.bench.linkage.ours import Outcome, facts_of_warehouse, linked, of_warehouse

GAP_BUDGET = 5.0
WRONG_SHARES = (0.0, 0.01, 0.03)
SEED = 20260302
COUNCIL_YEAR = "council-year"
SYNTHETIC = "synthetic"
PARTS = (*THIRD_PARTY, SYNTHETIC, COUNCIL_YEAR)
# A difference that one pair more or less in the smallest of the data sets would make.
TOLERANCE = 0.0005


def measure(names: Sequence[str], *, count: int, weights: Sequence[str], left_out: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of the report, data set by data set; of files, without the columns that are left out."""
    with throwaway_council() as home:
        settings = Settings(home=home)
        server.ensure_running(settings)
        for data in third_party(home / "third-party", names):
            if left_out:
                data = without_columns(data, left_out, folder=home)
            yield from _compare(settings, data, weights=weights)
        if SYNTHETIC in names:
            for share in WRONG_SHARES:
                data = synthetic_persons(home / "synthetic", count=count, seed=SEED, wrong_share=share)
                yield from _compare(settings, data, weights=weights)
    if COUNCIL_YEAR in names:
        yield from _council_year()


def _compare(settings: Settings, data: DataSet, *, weights: Sequence[str]) -> Iterator[str]:
    model = load_linkage_model(settings)
    yield f"{data.name}: {len(data.truth):,} records, {_true_pairs(data.truth):,} true pairs"
    for version in weights:
        out = settings.home / "linked" / data.name
        with linked(settings, [data.path], out=out, weights=version) as outcome:
            theirs = yardstick.scored(outcome.scratch, model).pairs
        yield from _rows(version, outcome, theirs, data, model)


def _rows(
    version: str,
    outcome: Outcome,
    theirs: list[tuple[float, str, str]],
    data: DataSet,
    model: LinkageModel,
) -> Iterator[str]:
    ours = metrics.pairwise(outcome.clusters, data.truth)
    yield _row(f"frontdoor, {version} weights", ours, metrics.b_cubed(outcome.clusters, data.truth))
    reviewed = metrics.pairwise(outcome.after_review(data.truth), data.truth)
    yield _row(f"  after perfect review ({outcome.review_share():.1%} of records)", reviewed)
    unguarded = metrics.best_threshold(outcome.weighed(), data.truth)
    yield _best("  without guards, best threshold", unguarded)
    best = metrics.best_threshold(theirs, data.truth)
    yield _best(f"Splink, {version} weights, best threshold", best)
    yield _best("  pairs alone, best threshold", metrics.best_edges(theirs, data.truth))
    link_at = weight_at(model.link_at_probability)
    at_production = metrics.clusters(data.truth, [(left, right) for weight, left, right in theirs if weight >= link_at])
    yield _row(f"  at {link_at:.2f}, as in production", metrics.pairwise(at_production, data.truth))
    yield _verdict("  F1 without guards - Splink's best", unguarded.score.f1 - best.score.f1, least=-TOLERANCE)
    yield _verdict("  F1 as it links - Splink's best", ours.f1 - best.score.f1, least=-TOLERANCE)
    yield _mistakes(outcome, data)
    yield from _gaps(outcome.clusters, data)


def _mistakes(outcome: Outcome, data: DataSet) -> str:
    """What the wrong links are: brothers and sisters born together, and what held other pairs back."""
    wrong = [
        pair for pair in outcome.pairs if pair.decision == "linked" and data.truth[pair.left] != data.truth[pair.right]
    ]
    twins = sum(data.births[pair.left] == data.births[pair.right] for pair in wrong)
    held = Counter(
        pair.reasons
        for pair in outcome.pairs
        if pair.decision not in ("linked", "joined", "none") and data.truth[pair.left] == data.truth[pair.right]
    )
    reasons = ", ".join(f"{count:,} {reason or 'separated'}" for reason, count in held.most_common(6))
    return f"  wrong links {len(wrong):,}, of which twins {twins:,}; true pairs held back: {reasons or 'none'}"


def _gaps(clusters: Mapping[str, str], data: DataSet) -> Iterator[str]:
    for kind, groups in data.groups.items():
        scores = metrics.by_group(clusters, data.truth, groups)
        large = [group for group, (_, pairs) in scores.items() if pairs >= metrics.LEAST_PAIRS_OF_A_GROUP]
        if len(large) < 2:
            continue
        worst = min(large, key=lambda group: scores[group][0].recall)
        score, pairs = scores[worst]
        error, people = metrics.chance(clusters, data.truth, (r for r, group in groups.items() if group == worst))
        points = metrics.gap(scores)
        verdict = f"gap {points:.1f} points (at most {GAP_BUDGET:.0f}) {'holds' if points <= GAP_BUDGET else 'ALERT'}"
        least = f"{worst}, {score.recall:.4f} (give or take {error:.4f}) of {pairs:,} links of {people:,} people"
        yield f"  {kind}: {len(large)} groups, {verdict}; least found: {least}"


def _council_year() -> Iterator[str]:
    """The synthetic council's year through landing and build, as in production."""
    with throwaway_council() as home:
        year = home / "year"
        run(home, "synthesise", "--council-year", "--seed", "7", "--out", str(year), "--no-defects")
        for command in (["init"], ["land", str(year)], ["build", "--full-refresh"]):
            run(home, *command)
        settings = Settings(home=home)
        outcome = of_warehouse(settings)
        facts = facts_of_warehouse(settings)
        data = _year_truth(year, set(outcome.clusters), facts)
        model = load_linkage_model(settings)
        theirs = yardstick.scored(settings, model, is_named_by_scope=True).pairs
        adopted = _adoption_breaches(year, outcome, data.truth)
    yield f"{COUNCIL_YEAR}: {len(data.truth):,} records, {_true_pairs(data.truth):,} true pairs"
    yield from _rows("default", outcome, theirs, data, model)
    left_to_people = {record for record in data.truth if facts[record]["is_left_to_people"] == "Y"}
    yield f"  without the {len(left_to_people):,} records that are unborn or restricted, whom only people link:"
    yield from _gaps(outcome.clusters, _without_records(data, left_to_people))
    ours = metrics.pairwise(outcome.clusters, data.truth)
    reviewed = metrics.pairwise(outcome.after_review(data.truth), data.truth)
    yield _verdict("  precision", ours.precision, least=0.999)
    yield _verdict("  recall", ours.recall, least=0.95)
    yield _verdict("  recall after perfect review", reviewed.recall, least=0.99)
    yield _verdict("  share of records not in review", 1 - outcome.review_share(), least=0.97)
    yield f"  children holding both sides of an adoption: {adopted} (0) {'holds' if adopted == 0 else 'MISSED'}"


def _year_truth(year: Path, records: set[str], facts: Mapping[str, Mapping[str, str]]) -> DataSet:
    truth = {}
    with (year / "persons_truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            record = f"{row['scope']}|{row['agency_person_id']}"
            if record in records:
                truth[record] = row["child_number"]
    return data_set(COUNCIL_YEAR, year, facts, truth)


def _without_records(data: DataSet, records: set[str]) -> DataSet:
    groups = {
        kind: {record: group for record, group in members.items() if record not in records}
        for kind, members in data.groups.items()
    }
    truth = {record: person for record, person in data.truth.items() if record not in records}
    return replace(data, truth=truth, groups=groups)


def _adoption_breaches(year: Path, outcome: Outcome, truth: Mapping[str, str]) -> int:
    children: dict[str, set[str]] = {}
    for record, person in truth.items():
        children.setdefault(person, set()).add(outcome.clusters[record])
    with (year / "adoptions_truth.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["former_child_number"], row["child_number"]) for row in csv.DictReader(file)]
    return sum(bool(children.get(former, set()) & children.get(now, set())) for former, now in pairs)


def _true_pairs(truth: Mapping[str, str]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(truth.values()).values())


def _row(what: str, score: metrics.Score, b_cubed: metrics.Score | None = None) -> str:
    line = f"  {what:<52} P {score.precision:.4f} R {score.recall:.4f} F1 {score.f1:.4f}"
    if b_cubed:
        line += f" | B-cubed P {b_cubed.precision:.4f} R {b_cubed.recall:.4f} F1 {b_cubed.f1:.4f}"
    return line


def _best(what: str, best: metrics.Best) -> str:
    return f"{_row(what, best.score)} at {best.weight:.1f}"


def _verdict(what: str, value: float, *, least: float) -> str:
    return f"  {what}: {value:.4f} (at least {least:g}) {'holds' if value >= least else 'MISSED'}"
