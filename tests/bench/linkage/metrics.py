"""How right a grouping of records is: pairwise and B-cubed, by group, and at every threshold at once."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

Grouping = Mapping[str, Hashable]
# A group with fewer true pairs says more about chance than about fairness.
LEAST_PAIRS_OF_A_GROUP = 100


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall; nothing found is not wrong, and nothing to find is found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Best:
    """The threshold with the best pairwise F1, chosen with the answers in hand."""

    weight: float
    score: Score


def pairwise(found: Grouping, truth: Grouping) -> Score:
    """Return the share of pairs put together that belong together, and of those that belong that were put."""
    right = _pairs(Counter((found[record], truth[record]) for record in truth))
    return _score(right, _pairs(Counter(found[r] for r in truth)), _pairs(Counter(truth.values())))


def b_cubed(found: Grouping, truth: Grouping) -> Score:
    """Return the same from each record's own point of view, so that one large mistake is not all that counts."""
    together = Counter((found[record], truth[record]) for record in truth)
    found_sizes = Counter(found[record] for record in truth)
    true_sizes = Counter(truth.values())
    squares = [(cluster, person, count * count) for (cluster, person), count in together.items()]
    records = len(truth) or 1
    return Score(
        sum(square / found_sizes[cluster] for cluster, _, square in squares) / records,
        sum(square / true_sizes[person] for _, person, square in squares) / records,
    )


def by_group(found: Grouping, truth: Grouping, groups: Mapping[str, str]) -> dict[str, tuple[Score, int]]:
    """Return for each group the score of the pairs its records stand in, and how many of them are true."""
    together = Counter((found[record], truth[record]) for record in truth)
    found_sizes = Counter(found[record] for record in truth)
    true_sizes = Counter(truth.values())
    right, put, true = Counter[str](), Counter[str](), Counter[str]()
    for record, group in groups.items():
        right[group] += together[found[record], truth[record]] - 1
        put[group] += found_sizes[found[record]] - 1
        true[group] += true_sizes[truth[record]] - 1
    return {group: (_score(right[group], put[group], true[group]), true[group]) for group in sorted(true)}


def chance(found: Grouping, truth: Grouping, records: Iterable[str]) -> tuple[float, int]:
    """Return by how much the recall of these records may be off by chance (95 in 100), and of how many people they are.

    A person's links are found or missed together, so people are counted, not links: the error of a ratio.
    """
    together = Counter((found[record], truth[record]) for record in truth)
    true_sizes = Counter(truth.values())
    right, true = Counter[Hashable](), Counter[Hashable]()
    for record in records:
        right[truth[record]] += together[found[record], truth[record]] - 1
        true[truth[record]] += true_sizes[truth[record]] - 1
    pairs = true.total() or 1
    recall = right.total() / pairs
    off = sum((right[person] - recall * true[person]) ** 2 for person in true)
    return 1.96 * math.sqrt(off) / pairs, len(true)


def gap(scores: Mapping[str, tuple[Score, int]]) -> float:
    """Return by how many points recall or precision differs, at most, between two groups large enough to judge."""
    large = [score for score, pairs in scores.values() if pairs >= LEAST_PAIRS_OF_A_GROUP]
    if len(large) < 2:
        return 0.0
    recalls, precisions = [score.recall for score in large], [score.precision for score in large]
    return 100 * max(max(recalls) - min(recalls), max(precisions) - min(precisions))


def clusters(records: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return to which group each record belongs when these pairs are put together."""
    forest = _Forest({record: record for record in records})
    for left, right in pairs:
        forest.join(left, right)
    return {record: forest.root(record) for record in forest.parents}


def best_threshold(pairs: Iterable[tuple[float, str, str]], truth: Mapping[str, str]) -> Best:
    """Return the weight from which upwards the pairs (weight, left, right), clustered, score best."""
    forest = _Forest({record: record for record in truth})
    people: dict[str, Counter[str]] = {record: Counter({person: 1}) for record, person in truth.items()}
    true, right, put = _pairs(Counter(truth.values())), 0, 0
    best, last = Best(float("inf"), _score(0, 0, true)), float("inf")
    for weight, left, other in sorted(pairs, key=lambda pair: -pair[0]):
        if weight < last:
            best = _better(best, last, _score(right, put, true))
        last = weight
        kept, gone = sorted((forest.root(left), forest.root(other)), key=lambda root: -len(people[root]))
        if kept != gone:
            put += people[kept].total() * people[gone].total()
            right += sum(count * people[kept][person] for person, count in people[gone].items())
            people[kept].update(people.pop(gone))
            forest.parents[gone] = kept
    return _better(best, last, _score(right, put, true))


def best_edges(pairs: Iterable[tuple[float, str, str]], truth: Mapping[str, str]) -> Best:
    """Return the weight from which upwards the pairs themselves, not clustered, score best."""
    true, right, put = _pairs(Counter(truth.values())), 0, 0
    best, last = Best(float("inf"), _score(0, 0, true)), float("inf")
    for weight, left, other in sorted(pairs, key=lambda pair: -pair[0]):
        if weight < last:
            best = _better(best, last, _score(right, put, true))
        last = weight
        put += 1
        right += truth[left] == truth[other]
    return _better(best, last, _score(right, put, true))


class _Forest:
    """Which records are joined, however indirectly."""

    def __init__(self, parents: dict[str, str]) -> None:
        self.parents = parents

    def root(self, record: str) -> str:
        while (parent := self.parents[record]) != record:
            self.parents[record] = self.parents[parent]
            record = parent
        return record

    def join(self, left: str, right: str) -> None:
        self.parents[self.root(right)] = self.root(left)


def _better(best: Best, weight: float, score: Score) -> Best:
    return Best(weight, score) if score.f1 > best.score.f1 else best


def _pairs(sizes: Counter[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _score(right: int, put: int, true: int) -> Score:
    return Score(right / put if put else 1.0, right / true if true else 1.0)
