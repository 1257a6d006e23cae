"""What real builds make of decisions that are sealed, and of separations that links contradict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from frontdoor.linkage.decisions import Author, Kind, decide
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person
from tests.warehouse.test_records_that_vanish import CHILDREN, listed

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "so the school says")


@dataclass(slots=True)
class Told:
    """After each build: whose key each agency's number has, and what is in force."""

    children: dict[str, dict[str, str]] = field(default_factory=dict)
    decisions: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    written: list[tuple[str, ...]] = field(default_factory=list)
    sealed_key: str = ""

    def together(self, at: str, number: str) -> set[str]:
        """Everybody who is one child with this number."""
        found = self.children[at]
        return {other for other, key in found.items() if key == found[number]}


@pytest.fixture(scope="module")
def told(staged_template: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("decided")
    with copied_database(staged_template, template=staged_template.database_name, home=home) as settings:
        yield story(HandMadeCouncil(settings))


def story(council: HandMadeCouncil) -> Told:
    found = Told()

    def people(number: int, *rows: Row) -> None:
        council.land(Delivery("council__persons", rows, number, MONDAY + timedelta(hours=number)))

    def say(kind: Kind, one: str, other: str) -> None:
        with steward(council.settings) as desk:
            decide(desk, kind, *find_pair(desk, one, other), ANN)

    def build(at: str, *, is_full: bool = False) -> None:
        council.build(full=is_full)
        with connect(council.settings, role="data_steward") as connection:
            found.children[at] = dict(
                connection.execute(
                    "select agency_person_id, child_key from identity.int_children__members where not _is_retracted"
                ).fetchall()
            )
            found.decisions[at] = connection.execute(
                "select decision_no, kind from linkage.effective_decisions where ended_by_no is null order by 1"
            ).fetchall()

    episodes = [
        {"source_record_id": f"p-{name}", "reported_at": MONDAY.isoformat(), **person(f"p-{name}", **CHILDREN[name])}
        for name in ("dan", "fay", "eve")
    ]
    council.land(Delivery("police__missing_episodes", tuple(episodes), 1, MONDAY))
    numbers = {"D1": "dan", "D2": "gil", "X1": "cai", "F1": "fay", "E1": "eve"}
    people(1, *(listed(number, CHILDREN[name]) for number, name in numbers.items()))
    build("first", is_full=True)
    say("separate", "council:D1", "police:p-dan")
    say("link", "council:D2", "council:X1")
    say("link", "council:X1", "police:p-dan")
    say("separate", "council:F1", "police:p-fay")
    say("link", "council:E1", "police:p-fay")
    build("decided")
    # D2 is who D1 was, says the agency; F1 is who somebody was before an adoption.
    people(
        2,
        listed("D2", CHILDREN["gil"], pers_legacy_id="D1", record_version="2"),
        listed("F1", CHILDREN["fay"], adoption_marker="PRE", record_version="2"),
    )
    build("told")
    build("next")
    build("anew", is_full=True)
    with connect(council.settings, role="data_steward") as connection:
        found.written = connection.execute(
            "select left_record_key, right_record_key, reason from linkage.decisions where kind = 'separate' order by"
            " decision_no"
        ).fetchall()
        [[found.sealed_key]] = connection.execute(
            "select record_key from identity.int_person_records where agency_person_id = 'F1'"
        ).fetchall()
    return found


def test_people_s_links_hold_together_whom_a_former_number_would_part_and_nothing_is_carried_against_them(
    told: Told,
) -> None:
    for at in ("decided", "told", "next", "anew"):
        assert told.together(at, "D2") == {"D2", "X1", "p-dan"}
        assert told.together(at, "D1") == {"D1"}
    assert len(told.written) == 2


def test_what_is_sealed_is_in_no_build_s_way_and_names_the_record_no_longer(told: Told) -> None:
    assert (4, "separate") in told.decisions["decided"]
    for at in ("told", "next", "anew"):
        assert [number for number, _ in told.decisions[at]] == [1, 2, 3, 5]
        assert told.together(at, "F1") == {"F1"}
        assert told.together(at, "p-fay") == {"p-fay", "E1", "p-eve"}
    assert told.written[1][1:] == ("sealed 4", "sealed 4")
    assert told.sealed_key not in told.written[1]


def test_building_everything_anew_changes_no_key(told: Told) -> None:
    assert told.children["anew"] == told.children["next"] == told.children["told"]
