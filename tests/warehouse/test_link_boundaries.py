"""Where linking begins and ends: each threshold, limit and contradiction with an example on either side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pytest
from frontdoor.linkage.decisions import decide
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.reasons import REASONS
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings

from tests.warehouse.boundary_examples import (
    CHAINS,
    CROWDS,
    DETAILS,
    EXAMPLES,
    LINKED,
    OFTEN,
    THRESHOLDS,
    Crowd,
    Decision,
    Name,
    alike,
    names_around,
    residents,
    review,
    rows_at,
    rows_of,
    separated,
)
from tests.warehouse.decisions.asking import ANN
from tests.warehouse.link_situations import SITUATIONS
from tests.warehouse.scratch_links import Found, Pair, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Reasons that nothing written on two records gives a pair.
ELSEWHERE = {
    "CONFIRMATION": "of a decision that waits for a second person: decisions/test_reviews.py",
    "ONE_PER_SOURCE": "of agencies named in the project's settings: test_one_record_sources.py",
    "PERSON": "of people's decisions: test_who_fits_two_whom_a_person_keeps_apart_joins_neither",
}
CUT = separated("CHAIN")
# How a build numbers that somebody says the very same, and the third of the blocking rules.
REPEATED, FORENAME_BIRTH_DATE = -1, 3
KEPT_APART = alike("kept-apart", 3, postcode="ZX8 1AA")


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of all examples' records."""

    children: dict[str, str]
    pairs: dict[Pair, Found]

    def children_of(self, records: Sequence[PersonRow]) -> set[tuple[int, ...]]:
        """Which of these, by place, are one child."""
        found: dict[str, list[int]] = {}
        for place, row in enumerate(records):
            found.setdefault(self.children[row["record_id"]], []).append(place)
        return set(map(tuple, found.values()))

    def pairs_of(self, records: Sequence[PersonRow]) -> list[Found]:
        """The pairs of these that were kept."""
        between = combinations((row["record_id"] for row in records), 2)
        return [self.pairs[pair] for pair in map(frozenset, between) if pair in self.pairs]

    def decisions_of(self, records: Sequence[PersonRow]) -> set[Decision]:
        """What was decided about them, and why."""
        return {(found.decision, found.reason) for found in self.pairs_of(records)}


@pytest.fixture(scope="module")
def model(warehouse: Settings) -> LinkageModel:
    return load_linkage_model(warehouse)


@pytest.fixture(scope="module")
def names(warehouse: Settings, model: LinkageModel) -> list[tuple[Name, Name]]:
    """For each threshold the name that just misses it and the one that just reaches it."""
    frequencies = warehouse.linkage_dir / "name_frequencies.csv"
    return [names_around(model, frequencies, threshold) for threshold in THRESHOLDS]


@pytest.fixture(scope="module")
def links(
    warehouse: Settings, names: list[tuple[Name, Name]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScratchLinks]:
    """All examples, linked in one go."""
    rows: list[PersonRow] = [*KEPT_APART, *(row for crowd in CROWDS for row in crowd.records)]
    rows += [row for number, example in enumerate(EXAMPLES) for row in rows_of(number, example)]
    rows += [row for detail in DETAILS for more in (0, 1) for row in residents(detail, more=more)]
    for number, both in enumerate(names):
        for is_reached, name in zip((False, True), both, strict=True):
            rows += rows_at(number, name, is_reached=is_reached)
    with scratch_links(warehouse, tmp_path_factory.mktemp("boundaries")) as found:
        found.deliver(rows)
        yield found


@pytest.fixture(scope="module")
def linked(links: ScratchLinks) -> Linked:
    return Linked(links.children(), links.pairs())


def test_no_family_meets_another(linked: Linked) -> None:
    met = {tuple(sorted({record.rsplit("-", 1)[0] for record in pair})) for pair in linked.pairs}
    assert not [families for families in met if len(families) > 1]


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[example.name for example in EXAMPLES])
def test_who_is_one_child(linked: Linked, number: int) -> None:
    example = EXAMPLES[number]
    rows = list(rows_of(number, example))
    assert linked.children_of(rows) == set(example.children)
    assert linked.decisions_of(rows) == example.decisions


@pytest.mark.parametrize("is_reached", [False, True], ids=["just not", "just"])
@pytest.mark.parametrize("number", range(len(THRESHOLDS)), ids=[threshold.name for threshold in THRESHOLDS])
def test_a_rarer_name_is_what_it_takes(
    linked: Linked, names: list[tuple[Name, Name]], number: int, is_reached: bool
) -> None:
    threshold, name = THRESHOLDS[number], names[number][is_reached]
    assert abs(name.weight - threshold.bits) < 0.15
    rows = list(rows_at(number, name, is_reached=is_reached))
    decision = threshold.reached if is_reached else threshold.missed
    assert linked.decisions_of(rows) == ({decision} if decision else set())
    assert [found.weight for found in linked.pairs_of(rows)] == ([pytest.approx(name.weight)] if decision else [])


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: crowd.name)
def test_how_many_children_a_crowd_is(linked: Linked, crowd: Crowd) -> None:
    assert len(linked.children_of(crowd.records)) == crowd.child_count


def test_what_is_said_more_than_five_times_is_compared_through_one_record(linked: Linked) -> None:
    rules = {times: {found.rule_no for found in linked.pairs_of(records)} for times, records in OFTEN.items()}
    assert rules == {5: {FORENAME_BIRTH_DATE}, 6: {REPEATED}}
    assert {times: len(linked.pairs_of(records)) for times, records in OFTEN.items()} == {5: 10, 6: 5}


def test_a_chain_that_grew_too_long_is_cut_and_a_person_is_asked(linked: Linked) -> None:
    assert linked.decisions_of(CHAINS[150]) == {LINKED}
    assert linked.decisions_of(CHAINS[151]) == {LINKED, CUT}
    # Not where the NHS number joins them, which is stronger than the pupil number.
    assert len(linked.children_of([row for row in CHAINS[151] if "nhs_number" in row])) == 1


@pytest.mark.parametrize("detail", DETAILS)
def test_a_home_speaks_for_a_child_until_a_crowd_shares_it(linked: Linked, detail: str) -> None:
    few, many = (list(residents(detail, more=more)) for more in (0, 1))
    assert linked.decisions_of(few) == {LINKED}
    assert linked.decisions_of(many) == {review("NAME_BIRTH_ONLY")}


def test_who_fits_two_whom_a_person_keeps_apart_joins_neither(links: ScratchLinks, linked: Linked) -> None:
    assert linked.decisions_of(KEPT_APART) == {LINKED}
    with steward(links.scratch) as desk:
        decide(desk, "separate", *find_pair(desk, "agency-0:kept-apart-0", "agency-2:kept-apart-2"), ANN)
    links.rebuild(is_full=False)
    afterwards = Linked(links.children(), links.pairs())
    assert afterwards.children_of(KEPT_APART) == {(0,), (1,), (2,)}
    assert afterwards.decisions_of(KEPT_APART) == {separated("PERSON")}


def test_every_reason_has_an_example() -> None:
    of_situations = {reason for situation in SITUATIONS for *_, reason in situation.decisions}
    of_examples = {reason for example in EXAMPLES for _, reason in example.decisions}
    of_thresholds = {reason for one in THRESHOLDS for _, reason in filter(None, (one.reached, one.missed))}
    assert REASONS.keys() - of_situations - of_examples - of_thresholds - {CUT[1]} == ELSEWHERE.keys()
