"""A day's linking concerns whom the day's records concern, also after a build that was killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from frontdoor.linkage.decisions import Author, awaiting_confirmation, confirm, decide, undo
from frontdoor.linkage.records import find_pair, steward
from frontdoor.linkage.reviews import side_by_side
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.warehouse.decisions.asking import ANN, MONDAY
from tests.warehouse.link_situations import nhs
from tests.warehouse.scratch_links import PersonRow, ScratchLinks, scratch_links
from tests.warehouse.test_contact_details import APART, HERS, HOSTEL, TOGETHER, of_ada, strangers

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ZENA = {"forename": "Zzena", "surname": "Quimbrel", "dob": "2013-07-09", "sex": "F", "postcode": "ZX2 1AA"}
ZENAS: tuple[PersonRow, ...] = tuple({**ZENA, "record_id": f"zena-{number}"} for number in range(3))


@pytest.fixture
def links(warehouse: Settings, tmp_path: Path) -> Iterator[ScratchLinks]:
    with scratch_links(warehouse, tmp_path) as found:
        yield found


def two_that_only_people_link(count: int) -> tuple[list[PersonRow], list[PersonRow], set[frozenset[str]]]:
    """Records of the council's, of a school's, and which two of them are one child by people's word.

    Several, since which of two records is the lesser depends on their keys.
    """
    numbers = range(count)
    surnames = ("Quimbrook", "Dorvane", "Fellicombe", "Gathersby", "Kestlow", "Lumbriggan")
    known: list[PersonRow] = [
        {**ZENA, "record_id": f"known-{n}", "source": "council", "surname": surnames[n]} for n in numbers
    ]
    others: list[PersonRow] = [
        {"record_id": f"other-{n}", "source": "school", "forename": f"Zzo{'bdfgkl'[n]}a", "surname": "Marrow"}
        for n in numbers
    ]
    return known, others, {frozenset({f"known-{n}", f"other-{n}"}) for n in numbers}


def written(links: ScratchLinks, model: str) -> set[str]:
    """The records whose rows of a model the last build wrote."""
    return {
        record
        for (record,) in links.rows(
            f"select members.agency_person_id from identity.{model} as model"
            " inner join identity.int_children__members as members on model.record_no = members.record_no"
            " where model._built_in = %(build_no)s",
            {"build_no": links.build_no},
        )
    }


def children_of_history(links: ScratchLinks) -> dict[str, list[str]]:
    """The keys each record bears by its history: one each."""
    found: dict[str, list[str]] = {}
    for record, child in links.rows(
        "select members.agency_person_id, history.child_key from identity.child_key_history as history"
        " inner join identity.int_children__members as members on history.record_key = members.record_key"
        " where history.until_build is null"
    ):
        found.setdefault(record, []).append(child)
    return found


def test_a_newcomer_is_written_and_whose_child_it_is_stays_unwritten(links: ScratchLinks) -> None:
    links.deliver([*ZENAS[:2], *HERS])
    before = links.children()
    links.deliver(ZENAS[2:])
    assert links.children() == {**before, "zena-2": before["zena-0"]}
    assert written(links, "int_children__members") == {"zena-2"}
    links.deliver([{**ZENAS[0], "ethnicity": "WBRI"}])
    assert written(links, "int_children__members") == {"zena-0"}
    assert written(links, "int_person_records__blocked") == set(), "no block of hers is another"


def test_what_a_killed_build_wrote_is_written_again_by_the_next(links: ScratchLinks) -> None:
    links.deliver(ZENAS[:2])
    before = links.children()
    links.deliver([{**ZENAS[2], "record_id": "a-zena"}], is_published=False)
    links.rebuild(is_full=False)
    assert links.children() == {**before, "a-zena": before["zena-0"]}
    assert written(links, "int_children__members") >= {"a-zena"}
    assert children_of_history(links) == {record: [child] for record, child in links.children().items()}


def test_who_was_left_in_a_killed_build_has_the_key_that_history_says(links: ScratchLinks) -> None:
    # Twelve couples of records, since with whom a key goes, and what gives a group its number, is as good as chance.
    couples = [({**ZENA, "postcode": "", "nhs_number": nhs(601 + number)}, number) for number in range(12)]
    links.deliver({**zena, "record_id": f"{number}-{place}"} for zena, number in couples for place in range(2))
    assert {len(group) for group in links.groups()} == {2}
    moved = ({**stranger, "record_id": f"{number}-1"} for number, stranger in enumerate(strangers(12)))
    links.deliver(moved, is_published=False)
    links.rebuild(is_full=False)
    assert {len(group) for group in links.groups()} == {1}
    children = links.children()
    assert children_of_history(links) == {record: [child] for record, child in children.items()}
    assert {key for (key,) in links.rows("select child_key from identity.child_keys")} == set(children.values())


def test_a_crowd_that_was_left_in_a_killed_build_is_counted_again_by_the_next(links: ScratchLinks) -> None:
    links.deliver([*HERS, *strangers(49)])
    assert of_ada(links) == APART
    links.deliver([{**next(strangers(1)), "address": "9 Elsewhere Road"}], is_published=False)
    # As if it had been killed between the two models.
    with connect(links.scratch, role="admin") as connection:
        connection.execute("update identity.int_details__crowded set _built_in = 1, _is_retracted = false")
    links.rebuild(is_full=False)
    assert of_ada(links) == TOGETHER


def test_what_changes_and_changes_back_leaves_no_trace(links: ScratchLinks) -> None:
    rows = [*ZENAS, *HERS, *strangers(48)]
    links.deliver(rows)
    before = links.groups(), links.pairs(), links.questions()
    # They move to the hostel, which becomes a crowd's, under another name and telephone; then somebody corrects it.
    links.deliver([{**row, **HOSTEL, "surname": "Marrowby", "phone": "01632 960914"} for row in ZENAS])
    assert of_ada(links) == APART
    assert links.pairs() != before[1]
    links.deliver(ZENAS)
    assert (links.groups(), links.pairs(), links.questions()) == before
    assert of_ada(links) == TOGETHER


def test_after_a_first_build_the_next_one_knows_how_many_keys_there_are(links: ScratchLinks) -> None:
    # Not knowing, the planner compares each with each; who may count them is a right of its own.
    links.deliver([*ZENAS, *HERS])
    counted = dict(
        links.rows(
            "select relname::text, reltuples::integer from pg_class where oid in"
            " ('identity.child_keys'::regclass, 'identity.child_key_history'::regclass)"
        )
    )
    assert counted == {"child_keys": len(set(links.children().values())), "child_key_history": len(links.children())}


@pytest.mark.parametrize(
    "marked",
    [((" ", True), ("PRE", True), (" ", True), ("PRE", True)), (("PRE", False), ("else", True), (" ", True))],
    ids=["taken back and put again", "in a killed build"],
)
def test_a_marker_that_is_taken_back_lets_no_key_be_minted_twice(
    links: ScratchLinks, marked: tuple[tuple[str, bool], ...]
) -> None:
    links.deliver([{**ZENA, "record_id": "zena-0", "source": "police"}])
    links.deliver([{**ZENA, "record_id": "zena-1", "source": "school"}])
    for marker, is_published in marked:
        other = {"forename": "Zzelse", "surname": "Marrow"} if marker == "else" else {"adoption_marker": marker}
        links.deliver([{**ZENA, **other, "record_id": "zena-0", "source": "police"}], is_published=is_published)
    links.rebuild(is_full=False)
    children = links.children()
    assert set(children) == {"zena-0", "zena-1"}
    assert len(set(children.values())) == (2 if marked[-1][0] == "PRE" else 1)
    assert children_of_history(links) == {record: [child] for record, child in children.items()}


def test_what_a_person_linked_is_sealed_by_an_adoption_and_decided_anew_when_the_marker_is_taken_back(
    links: ScratchLinks,
) -> None:
    known, others, together = two_that_only_people_link(6)
    numbers = range(6)
    links.deliver([*known, *others])
    with steward(links.scratch) as desk:
        for n in numbers:
            decide(desk, "link", *find_pair(desk, f"council:known-{n}", f"school:other-{n}"), ANN)
    links.rebuild(is_full=False)
    assert links.groups() == together
    links.deliver([{**row, "adoption_marker": "PRE"} for row in others])
    assert not links.groups() & together
    # Published with the marker: nothing that is kept names both sides any longer.
    links.deliver([{**row, "adoption_marker": "N"} for row in others])
    assert not links.groups() & together
    with steward(links.scratch) as desk:
        for n in numbers:
            decide(desk, "link", *find_pair(desk, f"council:known-{n}", f"school:other-{n}"), ANN)
    links.rebuild(is_full=False)
    assert links.groups() == together
    children = links.children()
    links.rebuild(is_full=True)
    assert links.children() == children


def test_what_one_person_linked_comes_apart_when_a_record_becomes_restricted_until_a_second_confirms_it(
    links: ScratchLinks,
) -> None:
    known, others, together = two_that_only_people_link(4)
    numbers = range(4)
    links.deliver([*known, *others])
    with steward(links.scratch) as desk:
        made = [
            decide(desk, "link", *find_pair(desk, f"council:known-{n}", f"school:other-{n}"), ANN)[0] for n in numbers
        ]
    # One of them in the very build that would have joined them.
    restricted = [{**row, "restricted_flag": "R1"} for row in others]
    links.deliver(restricted[:1])
    assert links.groups() >= together - {frozenset({"known-0", "other-0"})}
    assert frozenset({"known-0"}) in links.groups()
    links.deliver(restricted[1:])
    assert not links.groups() & together
    apart = links.children()
    links.rebuild(is_full=True)
    assert links.children() == apart

    with steward(links.scratch) as desk:
        assert [each.decision_no for each in awaiting_confirmation(desk)] == [each.decision_no for each in made]
        for n in numbers[:2]:
            pair = find_pair(desk, f"council:known-{n}", f"school:other-{n}")
            side_by_side(desk, *pair, by="B. Second", at=MONDAY)
            confirm(desk, made[n].decision_no, Author("B. Second", MONDAY, "seen"))
    # And one is restricted no longer.
    links.deliver(others[2:3])
    assert links.groups() & together == together - {frozenset({"known-3", "other-3"})}
    children = links.children()
    links.rebuild(is_full=True)
    assert links.children() == children


def test_what_a_link_answered_is_asked_again_when_a_build_no_longer_follows_it(links: ScratchLinks) -> None:
    rows: dict[str, PersonRow] = {
        name: {**ZENA, "record_id": name, "source": source, "postcode": postcode}
        for name, source, postcode in (
            ("a", "council", "ZX2 1AA"),
            ("b", "police", "CB9 7ZZ"),
            ("c", "school", "ZX2 1AA"),
        )
    }
    links.deliver(rows.values())
    asked = {frozenset({"a", "b"}), frozenset({"b", "c"})}
    assert links.groups() == {frozenset({"a", "c"}), frozenset({"b"})}
    assert links.open_reviews() <= asked
    assert len(links.open_reviews()) == 1
    with steward(links.scratch) as desk:
        decide(desk, "link", *find_pair(desk, "council:a", "police:b"), ANN)
    assert links.open_reviews() == set(), "answered, though no build has taken it up"
    links.rebuild(is_full=False)
    assert links.groups() == {frozenset({"a", "b", "c"})}
    links.deliver([{**rows["a"], "nhs_number": nhs(61)}, {**rows["b"], "nhs_number": nhs(62)}])
    assert links.groups() == {frozenset({"a", "c"}), frozenset({"b"})}
    assert links.open_reviews() <= asked
    assert len(links.open_reviews()) == 1


def test_a_restriction_suspends_and_revives_links_further_along_what_two_persons_linked(links: ScratchLinks) -> None:
    # Several, since which of two records is the lesser depends on their keys.
    numbers = range(4)
    rows = {
        f"{name}-{n}": {
            "record_id": f"{name}-{n}", "source": source, "forename": f"Zz{name}{'bdfg'[n]}a", "surname": "Marrow"
        }
        for n in numbers
        for name, source in (("one", "council"), ("two", "school"), ("three", "police"), ("four", "health"))
    }  # fmt: skip
    hidden: list[PersonRow] = [{**rows[f"one-{n}"], "restricted_flag": "R1"} for n in numbers]
    links.deliver([*(row for name, row in rows.items() if not name.startswith("one-")), *hidden])
    by_two_persons = []
    with steward(links.scratch) as desk:
        for n in numbers:
            pair = find_pair(desk, f"council:one-{n}", f"school:two-{n}")
            made, _ = decide(desk, "link", *pair, ANN)
            side_by_side(desk, *pair, by="B. Second", at=MONDAY)
            by_two_persons.append(made.decision_no)
            confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
    shown: list[PersonRow] = [rows[f"one-{n}"] for n in numbers]
    links.deliver(shown)
    with steward(links.scratch) as desk:
        for n in numbers:
            decide(desk, "link", *find_pair(desk, f"school:two-{n}", f"police:three-{n}"), ANN)
            decide(desk, "link", *find_pair(desk, f"police:three-{n}", f"health:four-{n}"), ANN)
    links.rebuild(is_full=False)
    all_of_them = {frozenset(f"{name}-{n}" for name in ("one", "two", "three", "four")) for n in numbers}
    assert links.groups() == all_of_them

    links.deliver(hidden)
    by_two = {frozenset({f"one-{n}", f"two-{n}"}) for n in numbers}
    assert links.groups() == by_two | {frozenset({f"three-{n}", f"four-{n}"}) for n in numbers}
    children = links.children()
    links.rebuild(is_full=True)
    assert links.children() == children
    links.deliver(shown)
    assert links.groups() == all_of_them

    def undo_them() -> None:
        with steward(links.scratch) as desk:
            for decision_no in by_two_persons:
                undo(desk, decision_no, ANN)

    moved: list[PersonRow] = [{**row, "postcode": "ZX2 1AA"} for row in hidden]
    links.deliver(hidden)
    links.deliver(moved, meanwhile=undo_them)
    assert links.groups() == by_two | {frozenset({f"three-{n}", f"four-{n}"}) for n in numbers}, "as when it began"
    links.rebuild(is_full=False)
    assert links.groups() == {
        child
        for n in numbers
        for child in (frozenset({f"one-{n}"}), frozenset({f"two-{n}", f"three-{n}", f"four-{n}"}))
    }
