"""What holds of linking whatever is linked, in any order: families, twins, adoptions, chains, slips of the pen."""

import dataclasses
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random
from string import ascii_lowercase

import pytest
from frontdoor.linkage.decisions import DecisionRefused, Kind, decide, undo
from frontdoor.linkage.records import NeverOneChild, find_pair, steward
from frontdoor.settings import Settings

from tests.warehouse.decisions.asking import ANN
from tests.warehouse.invented_families import CROWD, SOURCES, Invention, invented
from tests.warehouse.link_situations import nhs, upn
from tests.warehouse.scratch_links import Found, Pair, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Other families than those of every day: CONTRIBUTING.md.
SEED = int(os.environ.get("FRONTDOOR_TEST_SEED", "1"))
FAMILIES = 60
STRANGERS = 24


def strangers() -> list[PersonRow]:
    """Of other names, days, homes and numbers than anybody, and of each something is not known, or protects it."""
    random = Random(f"{SEED} strangers")
    found: list[PersonRow] = []
    for number in range(STRANGERS):
        letters = f"{ascii_lowercase[number]}{random.choice('aeiou')}"
        told = {
            "forename": f"Zzun{letters}related", "surname": f"Zzno{letters}body", "middle_names": f"Zz{letters}",
            "dob": f"19{50 + number}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}", "postcode": "PE9 9ZZ",
            "nhs_number": nhs(40_000 + number), "upn": upn(40_000 + number), "phone": f"01632 961{number:03}",
            "restricted_flag": "R1", "adoption_marker": random.choice(("PRE", "POST")), "mother_record_id": "nobody",
        }  # fmt: skip
        kept = random.sample(sorted(told), random.randrange(3, len(told)))
        found.append(
            {**{name: told[name] for name in kept}, "record_id": f"stranger-{number}", "source": random.choice(SOURCES)}
        )
    return found


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of all records, and the keys before and after something happened that should change none."""

    groups: set[Pair]
    components: set[Pair]
    pairs: dict[Pair, Found]
    questions: set[tuple[Pair, str]]
    keys: dict[str, str]
    keys_afterwards: dict[str, str]
    decided: "Decided | None" = None


def outcome(links: ScratchLinks) -> Linked:
    keys = links.children()
    return Linked(links.groups(), links.components(), links.pairs(), links.questions(), keys, keys)


def cut(rows: Sequence[PersonRow], deliveries: int, *, seed: int) -> list[list[PersonRow]]:
    """The records in another order, and in so many deliveries."""
    shuffled = Random(f"{seed} {deliveries}").sample(rows, len(rows))
    return [shuffled[start::deliveries] for start in range(deliveries)]


def with_mistakes(parts: list[list[PersonRow]], *, seed: int) -> list[list[PersonRow]]:
    """The same, but some records are first re-delivered as somebody else's, or as sealed, and later as they were."""
    random = Random(seed)
    everybody = [row for part in parts for row in part]
    mistaken = [list(part) for part in parts]
    for at in range(1, len(parts) - 1):
        for row in random.sample(parts[at - 1], 25):
            wrong = dict(random.choice(everybody)) if random.random() < 0.8 else {**row, "adoption_marker": "PRE"}
            mistaken[at].append({**wrong, "record_id": row["record_id"]})
            mistaken[at + 1].append(row)
    return mistaken


def linked_at_once(server: Settings, rows: Sequence[PersonRow], folder: Path, *, seed: int) -> Linked:
    """All in one delivery; afterwards strangers come, and people decide."""
    with scratch_links(server, folder) as links:
        links.deliver(rows)
        found = outcome(links)
        links.deliver(strangers())
        found = dataclasses.replace(found, keys_afterwards=links.children())
        return dataclasses.replace(found, decided=decided_upon(links, rows, seed=seed))


def linked_in_two(server: Settings, rows: Sequence[PersonRow], folder: Path, *, seed: int) -> Linked:
    """In two deliveries."""
    with scratch_links(server, folder) as links:
        for part in cut(rows, 2, seed=seed):
            links.deliver(part)
        return outcome(links)


def linked_with_mistakes(server: Settings, rows: Sequence[PersonRow], folder: Path, *, seed: int) -> Linked:
    """In four deliveries full of mistakes that are all mended; afterwards everything is built anew."""
    with scratch_links(server, folder) as links:
        for part in with_mistakes(cut(rows, 4, seed=seed), seed=seed):
            links.deliver(part)
        found = outcome(links)
        links.rebuild(is_full=True)
        return dataclasses.replace(found, keys_afterwards=links.children())


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs that people linked and kept apart, and the children before, with and after all that was taken back."""

    linked: set[Pair]
    kept_apart: set[Pair]
    before: dict[str, str]
    between: dict[str, str]
    afterwards: dict[str, str]


def decided_upon(links: ScratchLinks, rows: Sequence[PersonRow], *, seed: int) -> Decided:
    """People decide about pairs that are one child or wait for somebody, and take it all back."""
    random, before = Random(seed), links.children()
    names = {row["record_id"]: f"{row['source']}:{row['record_id']}" for row in rows}
    one_child = [pair for group in links.groups() for pair in map(frozenset, combinations(sorted(group), 2))]
    waiting = [pair for pair, reason in links.questions() if reason != "RESTRICTED"]
    asked: dict[Kind, list[Pair]] = {"separate": sorted(one_child, key=sorted), "link": sorted(waiting, key=sorted)}
    made: dict[Kind, dict[Pair, int]] = {"separate": {}, "link": {}}
    for kind, pairs in asked.items():
        for pair in random.sample(pairs, 20):
            # Two sides of an adoption, what stands against another decision: refused, and nothing was written.
            with suppress(NeverOneChild, DecisionRefused), steward(links.scratch) as desk:
                decision, _ = decide(desk, kind, *find_pair(desk, *(names[record] for record in pair)), ANN)
                made[kind] |= {} if decision.awaits_confirmation else {pair: decision.decision_no}
    links.rebuild(is_full=False)
    between = links.children()
    for decision_no in [number for pairs in made.values() for number in pairs.values()]:
        with steward(links.scratch) as desk:
            undo(desk, decision_no, ANN)
    links.rebuild(is_full=False)
    return Decided(set(made["link"]), set(made["separate"]), before, between, links.children())


@pytest.fixture(scope="module")
def invention() -> Invention:
    return invented(SEED, families=FAMILIES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return tmp_path_factory.mktemp("properties")


@pytest.fixture(scope="module")
def at_once(warehouse: Settings, invention: Invention, folder: Path) -> Linked:
    return linked_at_once(warehouse, invention.rows, folder, seed=SEED)


@pytest.fixture(scope="module")
def in_two(warehouse: Settings, invention: Invention, folder: Path) -> Linked:
    return linked_in_two(warehouse, invention.rows, folder, seed=SEED)


@pytest.fixture(scope="module")
def mended(warehouse: Settings, invention: Invention, folder: Path) -> Linked:
    return linked_with_mistakes(warehouse, invention.rows, folder, seed=SEED)


def assert_same(one: Linked, other: Linked) -> None:
    assert one.groups ^ other.groups == set()
    assert {
        pair for pair in one.pairs.keys() | other.pairs.keys() if one.pairs.get(pair) != other.pairs.get(pair)
    } == set()
    assert one.questions ^ other.questions == set()


def test_neither_order_of_arrival_nor_cutting_into_deliveries_changes_who_is_who(
    at_once: Linked, in_two: Linked
) -> None:
    assert_same(at_once, in_two)


def test_what_was_corrected_and_corrected_back_is_as_if_it_never_was(at_once: Linked, mended: Linked) -> None:
    assert_same(at_once, mended)


def test_strangers_change_nobody_s_key_and_are_nobody_else(at_once: Linked) -> None:
    keys = dict(at_once.keys_afterwards)
    of_strangers = {keys.pop(row["record_id"]) for row in strangers()}
    assert keys == at_once.keys
    assert len(of_strangers - set(keys.values())) == STRANGERS


def test_building_everything_anew_changes_no_key(mended: Linked) -> None:
    assert mended.keys_afterwards == mended.keys


def test_every_record_is_in_exactly_one_child(at_once: Linked, invention: Invention) -> None:
    assert sorted(record for group in at_once.groups for record in group) == sorted(invention.child_of)
    # Not a property of much that links nobody: these are linked, kept apart by each rule, and waiting for people.
    assert len(at_once.groups) < len(invention.rows) * 0.75
    assert {"linked", "joined", "separated", "review", "vetoed"} == {found.decision for found in at_once.pairs.values()}


def test_what_links_join_is_one_component_and_nothing_else_is(at_once: Linked, in_two: Linked, mended: Linked) -> None:
    for found in (at_once, in_two, mended):
        first = {record: record for record in found.keys}
        for one, other in (
            sorted(pair) for pair, kept in found.pairs.items() if kept.decision in ("linked", "separated")
        ):
            joined, gone = sorted((first[one], first[other]))
            first = {record: joined if name == gone else name for record, name in first.items()}
        hanging_together = {frozenset(record for record in first if first[record] == name) for name in first.values()}
        assert found.components ^ hanging_together == set()


def test_no_path_joins_an_adoption(at_once: Linked, in_two: Linked, mended: Linked, invention: Invention) -> None:
    for found in (at_once, in_two, mended):
        assert_adoptions_are_kept(found.groups, invention)
        marked = records_by_marker(invention)
        assert not [pair for pair in found.pairs if pair & (marked["PRE"] | marked["Y"])]


def test_no_path_joins_an_adoption_whatever_people_decide(at_once: Linked, invention: Invention) -> None:
    decided = at_once.decided
    assert decided
    for children in (decided.between, decided.afterwards):
        assert_adoptions_are_kept(groups_of(children), invention)


def groups_of(children: dict[str, str]) -> set[Pair]:
    """Which records are one child."""
    found: dict[str, set[str]] = defaultdict(set)
    for record, child in children.items():
        found[child].add(record)
    return set(map(frozenset, found.values()))


def records_by_marker(invention: Invention) -> dict[str, set[str]]:
    """The records that bear each marker of an adoption."""
    found: dict[str, set[str]] = {"PRE": set(), "Y": set(), "POST": set()}
    for row in invention.rows:
        if marker := row.get("adoption_marker"):
            found[marker].add(row["record_id"])
    return found


def assert_adoptions_are_kept(groups: set[Pair], invention: Invention) -> None:
    marked = records_by_marker(invention)
    of_council = {row["record_id"] for row in invention.rows if row.get("source") == "council"}
    joined = {"PRE": 0, "POST": 0}
    for group in groups:
        if group & (marked["PRE"] | marked["Y"]):
            assert len(group) == 1, group
            joined["PRE"] += 1
        if group & marked["POST"]:
            assert len(group & of_council) == 1, group
            joined["POST"] += len(group) > 1
    assert all(joined.values())


def test_two_nhs_numbers_are_never_one_child(at_once: Linked, invention: Invention) -> None:
    numbers = {row["record_id"]: row["nhs_number"] for row in invention.rows if {"nhs_number", "dob"} <= row.keys()}
    for group in at_once.groups:
        assert len({numbers[record] for record in group if record in numbers}) <= 1, group


def test_twins_without_identifiers_are_never_one_child(at_once: Linked, invention: Invention) -> None:
    together = 0
    for group in at_once.groups:
        twins = {invention.child_of[record] for record in group} & invention.twins
        assert len(twins) <= 1, group
        together += bool(twins) and len(group) > 1
    assert together > 5


def test_neither_a_mother_nor_a_restricted_record_nor_another_family_is_joined(
    at_once: Linked, invention: Invention
) -> None:
    restricted = {row["record_id"] for row in invention.rows if "restricted_flag" in row}
    assert restricted
    for group in at_once.groups:
        children = {invention.child_of[record] for record in group}
        assert not (children & invention.mothers and len(children) > 1), group
        assert not (group & restricted and len(group) > 1), group
        assert len({invention.family_of[child] for child in children}) == 1, group


def test_twins_of_one_forename_are_not_joined_by_a_record_without_middle_name(
    at_once: Linked, invention: Invention
) -> None:
    twins = {record for record, child in invention.child_of.items() if child in invention.namesakes}
    assert {group for group in at_once.groups if group & twins} == {frozenset({record}) for record in twins}


def test_no_chain_grows_and_no_crowd_is_one_child(at_once: Linked, invention: Invention) -> None:
    by_child: dict[int, list[int]] = defaultdict(list)
    for group in at_once.groups:
        by_child[min(invention.child_of[record] for record in group)].append(len(group))
    assert max(size for child in (10_000, 10_001) for size in by_child[child]) <= 10
    assert [by_child[11_000 + person] for person in range(CROWD)] == [[1]] * CROWD


def test_what_people_keep_apart_is_never_one_child_and_what_they_link_is(at_once: Linked) -> None:
    decided = at_once.decided
    assert decided
    assert len(decided.kept_apart) > 10
    assert not [pair for pair in decided.kept_apart if len({decided.between[record] for record in pair}) == 1]
    linked = [pair for pair in decided.linked if len({decided.between[record] for record in pair}) == 1]
    # Some would bring together what nobody may.
    assert len(linked) > len(decided.linked) / 2 > 5


def test_to_decide_and_to_take_it_back_leaves_every_key_where_it_was(at_once: Linked) -> None:
    decided = at_once.decided
    assert decided
    assert {record for record in decided.before if decided.before[record] != decided.between[record]}
    assert {record for record in decided.before if decided.before[record] != decided.afterwards[record]} == set()
