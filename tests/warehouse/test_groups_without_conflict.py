"""How a component with contradictions comes apart: the function of that name, for any links and conflicts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Of links: two by name that are about as good, a better one, two by identifiers, one by a person.
STRENGTHS = (8.0, 10.0, 20.0, 1020.0, 2030.0, 9000.0)
IDENTIFIED, DECIDED = 1000.0, 9000.0
MARGIN = 3.0
# No two links are ever about as good as each other.
NEVER_UNDECIDED = -1.0
SOFT, FIRM, CLOSED, HARD = 1, 2, 3, 4
# How strong a link must be to join what contradicts each other so much.
OVERRULED_AT = {SOFT: IDENTIFIED, FIRM: DECIDED, CLOSED: DECIDED, HARD: float("inf")}
MANY = 99
many = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Component:
    """Members by place from 1, links in the order in which they are tried, and pairs that contradict each other."""

    size: int
    links: tuple[tuple[Edge, float], ...]
    conflicts: dict[Edge, int] = field(default_factory=dict)


Parts = Callable[..., list[int]]


@pytest.fixture
def parts(reference: psycopg.Connection) -> Parts:
    """For each member the first of its group, as the database says."""

    def call(component: Component, *, largest: int = MANY, margin: float = MARGIN) -> list[int]:
        [row] = reference.execute(
            "select reference.groups_without_conflict(%s::integer, %s::integer[], %s::integer[], %s::float8[],"
            " %s::integer[], %s::integer[], %s::integer[], %s::float8, %s::integer, %s::float8)",
            [
                component.size,
                [left for (left, _), _ in component.links],
                [right for (_, right), _ in component.links],
                [strength for _, strength in component.links],
                [left for left, _ in component.conflicts],
                [right for _, right in component.conflicts],
                list(component.conflicts.values()),
                IDENTIFIED,
                largest,
                margin,
            ],
        ).fetchall()
        return list(row[0])

    return call


@st.composite
def components(draw: st.DrawFn, *, kinds: Sequence[int] = (SOFT, FIRM, CLOSED, HARD)) -> Component:
    size = draw(st.integers(1, 9))
    edges = list(combinations(range(1, size + 1), 2))
    linked = draw(st.lists(st.sampled_from(edges), unique=True, max_size=14)) if edges else []
    links = sorted(((edge, draw(st.sampled_from(STRENGTHS))) for edge in linked), key=lambda link: -link[1])
    contradicted = draw(st.lists(st.sampled_from(edges), unique=True, max_size=6)) if edges and kinds else []
    return Component(size, tuple(links), {edge: draw(st.sampled_from(kinds)) for edge in contradicted})


def connected(component: Component, *, at_least: float = 0.0) -> list[int]:
    """For each member the first of all that links of this strength connect it with, written again in plain Python."""
    first = list(range(component.size + 1))
    for (left, right), strength in component.links:
        if strength >= at_least:
            one, other = sorted((first[left], first[right]))
            first = [one if found == other else found for found in first]
    return first[1:]


def together(firsts: Sequence[int]) -> set[Edge]:
    return {
        (one, other)
        for one, other in combinations(range(1, len(firsts) + 1), 2)
        if firsts[one - 1] == firsts[other - 1]
    }


@many
@given(component=components(), margin=st.sampled_from([MARGIN, NEVER_UNDECIDED]), largest=st.integers(1, 9))
def test_every_member_is_in_one_group_called_by_its_first(
    parts: Parts, component: Component, margin: float, largest: int
) -> None:
    found = parts(component, margin=margin, largest=largest)
    assert len(found) == component.size
    for place, first in enumerate(found, start=1):
        assert first <= place
        assert found[first - 1] == first
        assert found.count(first) <= largest


@many
@given(component=components(), margin=st.sampled_from([MARGIN, NEVER_UNDECIDED]))
def test_a_conflict_is_in_one_group_only_by_links_that_overrule_it(
    parts: Parts, component: Component, margin: float
) -> None:
    found = together(parts(component, margin=margin))
    assert found <= together(connected(component))
    # What a person linked brings all along that evidence joined with either, but for what only people join.
    decided = [link for link, strength in component.links if strength >= DECIDED and link in found]
    for edge, kind in component.conflicts.items():
        if edge in found and edge not in together(connected(component, at_least=OVERRULED_AT[kind])):
            assert kind in (SOFT, FIRM)
            assert any({(edge[0], end), (end, edge[0])} & found or end == edge[0] for link in decided for end in link)


@many
@given(component=components(kinds=(SOFT, FIRM)))
def test_what_a_person_links_brings_both_children_whole(parts: Parts, component: Component) -> None:
    evidence = tuple((link, strength) for link, strength in component.links if strength < DECIDED)
    children = together(parts(Component(component.size, evidence, component.conflicts), margin=NEVER_UNDECIDED))
    found = together(parts(component, margin=NEVER_UNDECIDED))
    assert children <= found
    assert {link for link, strength in component.links if strength >= DECIDED} <= found


@many
@given(component=components(kinds=()), margin=st.sampled_from([MARGIN, NEVER_UNDECIDED]))
def test_without_conflicts_groups_are_what_hangs_together(parts: Parts, component: Component, margin: float) -> None:
    assert parts(component, margin=margin) == connected(component)


@many
@given(component=components(), data=st.data())
def test_a_further_conflict_keeps_its_two_apart_and_joins_nobody_to_strangers(
    parts: Parts, component: Component, data: st.DataObject
) -> None:
    assume(component.size > 1)
    edge = data.draw(st.sampled_from(list(combinations(range(1, component.size + 1), 2))))
    further = Component(component.size, component.links, {**component.conflicts, edge: HARD})
    before, after = parts(component), parts(further)
    assert edge not in together(after)
    if edge not in together(connected(component)):
        assert after == before
    if not component.conflicts:
        assert together(after) <= together(before)


@many
@given(component=components(), data=st.data())
def test_groups_do_not_depend_on_how_members_are_numbered(
    parts: Parts, component: Component, data: st.DataObject
) -> None:
    places = data.draw(st.permutations(range(1, component.size + 1)))

    def renumbered(edge: Edge) -> Edge:
        return places[edge[0] - 1], places[edge[1] - 1]

    other = Component(
        component.size,
        tuple((renumbered(edge), strength) for edge, strength in component.links),
        {renumbered(edge): kind for edge, kind in component.conflicts.items()},
    )
    expected = {tuple(sorted(renumbered(edge))) for edge in together(parts(component))}
    assert together(parts(other)) == expected


@many
@given(component=components(), data=st.data())
def test_conflicts_may_be_given_in_any_order_and_twice(parts: Parts, component: Component, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(list(component.conflicts.items())))
    turned = {(right, left): kind for (left, right), kind in shuffled}
    # Of a pair given twice the weightier counts.
    twice = {**dict.fromkeys(component.conflicts, SOFT), **turned}
    assert parts(Component(component.size, component.links, twice)) == parts(component)


def test_of_equal_links_the_one_given_first_is_taken(parts: Parts) -> None:
    links = (((1, 2), 8.0), ((2, 3), 8.0))
    for first, expected in ((links, [1, 1, 3]), (links[::-1], [1, 2, 2])):
        assert parts(Component(3, first, {(1, 3): HARD}), margin=NEVER_UNDECIDED) == expected
        assert parts(Component(3, first), largest=2) == expected


@pytest.mark.parametrize(
    ("stronger", "expected"),
    [(8.0, [1, 2, 3]), (11.0, [1, 2, 3]), (11.5, [1, 1, 3]), (1008.0, [1, 1, 3])],
    ids=["as good", "at the margin", "better", "identified"],
)
def test_who_fits_two_groups_about_equally_well_belongs_to_neither(
    parts: Parts, stronger: float, expected: list[int]
) -> None:
    links = (((1, 2), stronger), ((2, 3), 8.0))
    assert parts(Component(3, links, {(1, 3): HARD})) == expected


def test_who_belongs_to_neither_does_not_take_its_friends_along(parts: Parts) -> None:
    # The fourth hangs on the second, which fits the first and the third; the fifth on the first alone.
    links = (((1, 2), 9.0), ((1, 5), 9.0), ((2, 3), 8.0), ((2, 4), 7.0))
    assert parts(Component(5, links, {(1, 3): HARD})) == [1, 2, 3, 4, 1]


def test_a_link_between_two_that_contradict_each_other_makes_neither_doubtful(parts: Parts) -> None:
    links = (((1, 2), 9.0), ((3, 4), 9.0), ((2, 3), 8.5))
    assert parts(Component(4, links, {(2, 3): SOFT})) == [1, 1, 3, 3]


@pytest.mark.parametrize(
    ("strength", "kind", "expected"),
    [
        (999.9, SOFT, [1, 2]),
        (1000.0, SOFT, [1, 1]),
        (8999.9, FIRM, [1, 2]),
        (9000.0, FIRM, [1, 1]),
        (8999.9, CLOSED, [1, 2]),
        (9000.0, CLOSED, [1, 1]),
        (9000.0, HARD, [1, 2]),
    ],
    ids=[
        *("soft, by name", "soft, by identifier", "firm, by identifier", "firm, by a person"),
        *("closed, by identifier", "closed, by a person", "hard, by a person"),
    ],
)
def test_each_kind_of_conflict_holds_up_to_its_strength(
    parts: Parts, strength: float, kind: int, expected: list[int]
) -> None:
    assert parts(Component(2, (((1, 2), strength),), {(1, 2): kind})) == expected


def test_who_resembles_one_whom_a_person_linked_comes_along_unless_only_people_may_join_them(parts: Parts) -> None:
    # A person linked the first two; the third is the second's by evidence, and something stands between it and the
    # first.
    links = (((1, 2), 9000.0), ((2, 3), 20.0))
    for kind, expected in ((SOFT, [1, 1, 1]), (FIRM, [1, 1, 1]), (CLOSED, [1, 1, 3]), (HARD, [1, 1, 3])):
        assert parts(Component(3, links, {(1, 3): kind})) == expected


def test_a_chain_breaks_into_pieces_no_larger_than_allowed_at_its_weakest_links(parts: Parts) -> None:
    size = 150
    chain = sorted((((place, place + 1), 30.0 - place % 10) for place in range(1, size)), key=lambda link: -link[1])
    found = parts(Component(size, tuple(chain)), largest=10)
    assert max(map(found.count, found)) == 10
    # The weakest are those after every ninth of ten.
    assert all((place, place + 1) in together(found) for place in range(1, size) if place % 10 == 0)


def test_sixty_who_all_contradict_each_other_stay_alone(parts: Parts) -> None:
    edges = list(combinations(range(1, 61), 2))
    found = parts(Component(60, tuple((edge, 8.0) for edge in edges), dict.fromkeys(edges, HARD)))
    assert found == list(range(1, 61))
