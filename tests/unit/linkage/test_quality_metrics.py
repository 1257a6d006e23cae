"""The measures of `make bench-linkage`, worked out by hand and against their own definitions."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.linkage import metrics

# Five records of two people; the second record of the first person was put with the other person.
TRUTH = {"a": "one", "b": "one", "c": "two", "d": "two", "e": "two"}
FOUND = {"a": 1, "b": 2, "c": 2, "d": 2, "e": 3}

groupings = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12)
weighted = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 9), st.integers(0, 9)), max_size=25)


def test_pairwise_by_hand() -> None:
    # Put together: bc, bd, cd, of which cd is right; true: ab, cd, ce, de.
    score = metrics.pairwise(FOUND, TRUTH)
    assert (score.precision, score.recall) == (1 / 3, 1 / 4)
    assert score.f1 == pytest.approx(2 / 7)


def test_b_cubed_by_hand() -> None:
    score = metrics.b_cubed(FOUND, TRUTH)
    assert score.precision == pytest.approx((1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 5)
    assert score.recall == pytest.approx((1 / 2 + 1 / 2 + 2 / 3 + 2 / 3 + 1 / 3) / 5)


def test_nothing_found_is_precise_and_recalls_nothing() -> None:
    alone = {record: record for record in TRUTH}
    assert metrics.pairwise(alone, TRUTH) == metrics.Score(1.0, 0.0)


def test_groups_are_scored_by_the_pairs_their_records_stand_in() -> None:
    scores = metrics.by_group(FOUND, TRUTH, {"a": "x", "b": "x", "c": "y", "d": "y", "e": "y"})
    assert scores == {"x": (metrics.Score(0.0, 0.0), 2), "y": (metrics.Score(1 / 2, 1 / 3), 6)}


def test_a_gap_is_the_widest_difference_between_large_groups() -> None:
    scores = {
        "x": (metrics.Score(0.99, 0.97), 500),
        "y": (metrics.Score(0.98, 0.90), 100),
        "z": (metrics.Score(0.1, 0.1), 99),
    }
    assert metrics.gap(scores) == pytest.approx(7)
    assert metrics.gap({"z": scores["z"]}) == 0


def test_what_chance_does_to_a_recall_counts_people_and_not_their_links() -> None:
    # Person "one": none of 2 found; "two": 2 of 6 found. Recall 1/4 of 8, off by 1/2 either way.
    assert metrics.chance(FOUND, TRUTH, TRUTH) == (pytest.approx(1.96 * (1 / 2) ** 0.5 / 8), 2)
    many = {f"{record}{copy}": person + str(copy) for copy in range(4) for record, person in TRUTH.items()}
    found = {f"{record}{copy}": (FOUND[record], copy) for copy in range(4) for record in TRUTH}
    assert metrics.chance(found, many, many) == (pytest.approx(1.96 * (1 / 2) ** 0.5 / 16), 8)


@given(groupings)
def test_pairwise_and_b_cubed_are_what_they_are_defined_as(drawn: list[tuple[int, int]]) -> None:
    found = {str(number): cluster for number, (cluster, _) in enumerate(drawn)}
    truth = {str(number): person for number, (_, person) in enumerate(drawn)}
    put = {pair for pair in combinations(found, 2) if found[pair[0]] == found[pair[1]]}
    true = {pair for pair in combinations(truth, 2) if truth[pair[0]] == truth[pair[1]]}
    score = metrics.pairwise(found, truth)
    assert score.precision == (len(put & true) / len(put) if put else 1)
    assert score.recall == (len(put & true) / len(true) if true else 1)
    own = metrics.b_cubed(found, truth)
    precisions = [_share(found, truth, record) for record in found]
    recalls = [_share(truth, found, record) for record in found]
    assert own.precision == pytest.approx(sum(precisions) / len(found))
    assert own.recall == pytest.approx(sum(recalls) / len(found))


@given(groupings, weighted)
def test_the_best_threshold_is_no_worse_than_any(
    drawn: list[tuple[int, int]], edges: list[tuple[int, int, int]]
) -> None:
    truth = {str(number): str(person) for number, (_, person) in enumerate(drawn)}
    pairs = [
        (float(weight), str(left), str(right)) for weight, left, right in edges if left < right and str(right) in truth
    ]
    scores = {}
    for threshold in [float("inf"), *{weight for weight, _, _ in pairs}]:
        joined = metrics.clusters(truth, [(left, right) for weight, left, right in pairs if weight >= threshold])
        scores[threshold] = metrics.pairwise(joined, truth)
    best = metrics.best_threshold(pairs, truth)
    assert best.score.f1 == pytest.approx(max(score.f1 for score in scores.values()))
    assert best.score == scores[best.weight]


def test_the_best_edges_are_counted_without_what_follows_from_them() -> None:
    pairs = [(9.0, "c", "d"), (8.0, "d", "e"), (7.0, "a", "b"), (1.0, "b", "c")]
    assert metrics.best_edges(pairs, TRUTH) == metrics.Best(7.0, metrics.Score(1.0, 3 / 4))
    assert metrics.best_threshold(pairs, TRUTH) == metrics.Best(7.0, metrics.Score(1.0, 1.0))


def _share(one: dict[str, int], other: dict[str, int], record: str) -> float:
    mates = [mate for mate in one if one[mate] == one[record]]
    return sum(other[mate] == other[record] for mate in mates) / len(mates)
