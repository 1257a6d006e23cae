"""What a person links is one child with all that belonged to either; whom only people may join, nobody else joins."""

from collections.abc import Iterator

import pytest
from frontdoor.linkage.decisions import Author, confirm, decide, undo
from frontdoor.linkage.records import find_pair, steward
from frontdoor.linkage.reviews import side_by_side
from frontdoor.settings import Settings

from tests.warehouse.link_situations import nhs
from tests.warehouse.scratch_links import MONDAY, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "she goes by her second name, says the school")
BEN = Author("B. Steward", MONDAY, "seen and agreed")
BASE = {"dob": "2014-05-03", "sex": "F", "forename": "Zzada"}
HOMES = {
    "a": {**BASE, "surname": "Quillworth", "postcode": "PE1 1AA"},
    "e": {**BASE, "surname": "Marrowby", "postcode": "LE2 2BB"},
    "g": {**BASE, "surname": "Pelworth", "postcode": "NG3 3CC"},
}
SOURCES = ("council", "police", "school", "health", "housing")


def child(letter: str, numbers: tuple[int, ...], **values: str) -> list[dict[str, str]]:
    return [{**HOMES[letter], **values, "record_id": f"{letter}{n}", "source": SOURCES[n - 1]} for n in numbers]


def of(links: ScratchLinks, letter: str) -> list[list[str]]:
    return sorted(sorted(group) for group in links.groups() if any(record.startswith(letter) for record in group))


def reference(record: str) -> str:
    return f"{SOURCES[int(record[1:]) - 1]}:{record}"


@pytest.fixture
def links(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchLinks]:
    with scratch_links(warehouse, tmp_path_factory.mktemp("whole")) as found:
        yield found


def test_two_children_a_person_links_become_one_whole_and_come_apart_again(links: ScratchLinks) -> None:
    links.deliver(
        [
            # Perhaps twins; another name altogether; a number in common within one of the two.
            *child("a", (1, 2, 3)),
            *child("a", (4, 5), forename="Zzother"),
            *child("e", (1, 2)),
            *child("e", (3,), surname="Thorringham", forename="Zzother"),
            *child("g", (1, 2), nhs_number=nhs(641)),
            *child("g", (3,), forename="Zzother"),
        ]
    )
    before = links.children()
    assert (of(links, "a"), of(links, "e")) == ([["a1", "a2", "a3"], ["a4", "a5"]], [["e1", "e2"], ["e3"]])
    decided = []
    for left, right in (("a1", "a4"), ("e1", "e3"), ("g1", "g3")):
        with steward(links.scratch) as desk:
            pair = find_pair(desk, reference(left), reference(right))
            decided.append(decide(desk, "link", *pair, ANN)[0].decision_no)
    for is_full in (False, True):
        links.rebuild(is_full=is_full)
        assert [len(of(links, letter)) for letter in "aeg"] == [1, 1, 1]
    # Who is reported later under either name is the same child.
    later = [{**HOMES["a"], "record_id": "a6", "source": "hospital"}]
    later += [{**HOMES["a"], "forename": "Zzother", "record_id": "a7", "source": "charity"}]
    links.deliver(later)
    assert of(links, "a") == [[f"a{n}" for n in range(1, 8)]]
    for decision_no in decided:
        with steward(links.scratch) as desk:
            undo(desk, decision_no, ANN)
    links.rebuild(is_full=False)
    after = links.children()
    assert {record: after[record] for record in before} == before
    assert after["a6"] == before["a1"]
    assert after["a7"] == before["a4"]


def test_nobody_joins_a_restricted_child_by_resembling_whom_two_people_linked_with_it(links: ScratchLinks) -> None:
    links.deliver([*child("a", (1,), restricted_flag="R1"), *child("a", (2,), postcode="LE1 1AA")])
    with steward(links.scratch) as desk:
        pair = find_pair(desk, reference("a1"), reference("a2"))
        decision_no = decide(desk, "link", *pair, ANN)[0].decision_no
        side_by_side(desk, *pair, by="B. Steward", at=MONDAY)
    with steward(links.scratch) as desk:
        confirm(desk, decision_no, BEN)
    links.rebuild(is_full=False)
    assert of(links, "a") == [["a1", "a2"]]
    links.deliver(child("a", (3,), postcode="LE1 1AA"))
    for is_full in (False, True):
        assert of(links, "a") == [["a1", "a2"], ["a3"]]
        assert frozenset({"a2", "a3"}) in links.open_reviews()
        links.rebuild(is_full=is_full)
    # Whom two people link with the third is linked with the whole child.
    with steward(links.scratch) as desk:
        pair = find_pair(desk, reference("a2"), reference("a3"))
        decision = decide(desk, "link", *pair, ANN)[0]
        assert decision.awaits_confirmation
        side_by_side(desk, *pair, by="B. Steward", at=MONDAY)
    with steward(links.scratch) as desk:
        confirm(desk, decision.decision_no, BEN)
    links.rebuild(is_full=False)
    assert of(links, "a") == [["a1", "a2", "a3"]]
