"""Agencies purge records, correct their numbers and give people new ones; nobody becomes somebody else by it.

The builds in which a record vanishes are full ones for some families and increments for others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from frontdoor.linkage.decisions import Author, decide
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "two girls")
Child = Mapping[str, str]
SURNAMES = {"ada": "Quillworth", "cai": "Zandelby", "eve": "Pelworthy", "dan": "Drovixen", "fay": "Kabraymer"}
POSTCODES = {name: f"PE{number} 1AA" for number, name in enumerate(SURNAMES, start=1)}
CHILDREN: dict[str, Child] = {
    name: {"forename": f"Zz{name}", "surname": SURNAMES[name], "dob": "2014-05-03", "sex": "F", "postcode": postcode}
    for name, postcode in POSTCODES.items()
}
STRANGER = {"forename": "Zzbea", "surname": "Marrow", "dob": "2012-02-03", "sex": "F", "postcode": "LE2 9ZZ"}


def listed(number: str, child: Child, **changes: str) -> Row:
    """A person on the council's own list."""
    return {
        "source_record_id": number,
        "record_version": "1",
        "restricted_flag": "N",
        "pers_person_id": number,
        "pers_forename": child["forename"],
        "pers_surname": child["surname"],
        "pers_dob": child["dob"],
        "pers_sex": child["sex"],
        "addr_address_postcode": child["postcode"],
        **changes,
    }


def purged(number: str, name: str) -> Row:
    return listed(number, CHILDREN[name], record_version="2", record_action="PURGE")


def contact(number: str, child: Child, of: str, **changes: str) -> Row:
    return {"source_record_id": number, "contact_id": number, **person(of, **child), **changes}


@dataclass(slots=True)
class Told:
    """After each build: whose key each agency's number has."""

    children: dict[str, dict[str, str]] = field(default_factory=dict)
    ghosts: dict[str, int] = field(default_factory=dict)

    def together(self, at: str, number: str) -> set[str]:
        """Everybody who is one child with this number."""
        found = self.children[at]
        return {other for other, key in found.items() if key == found[number]}


@pytest.fixture(scope="module")
def told(staged_template: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("vanish")
    with copied_database(staged_template, template=staged_template.database_name, home=home) as settings:
        yield story(HandMadeCouncil(settings))


def story(council: HandMadeCouncil) -> Told:
    found = Told()
    sequence = iter(range(1, 100))

    def build(at: str, *, is_full: bool = False, contacts: tuple[Row, ...] = (), people: tuple[Row, ...] = ()) -> None:
        number = next(sequence)
        for feed, rows in (("council__contacts", contacts), ("council__persons", people)):
            if rows:
                council.land(Delivery(feed, rows, number, MONDAY + timedelta(hours=number)))
        council.build(full=is_full)
        remember(council, found, at)

    episodes = [
        {"source_record_id": f"p-{name}", "reported_at": MONDAY.isoformat(), **person(f"p-{name}", **child)}
        for name, child in CHILDREN.items()
    ]
    council.land(Delivery("police__missing_episodes", tuple(episodes), 1, MONDAY))
    first = {"C1": "cai", "C3": "eve", "D1": "dan", "F1": "fay"}
    renumbered = [("D2", "dan", "D1"), ("F2", "fay", "F1")]
    build(
        "first",
        is_full=True,
        contacts=(contact("k1", CHILDREN["ada"], "123"),),
        people=(
            *(listed(number, CHILDREN[name]) for number, name in first.items()),
            *(listed(number, CHILDREN[name], pers_legacy_id=former) for number, name, former in renumbered),
        ),
    )
    with steward(council.settings) as desk:
        for number, name in (("D1", "dan"), ("F1", "fay")):
            decide(desk, "separate", *find_pair(desk, f"council:{number}", f"police:p-{name}"), ANN)
    build(
        "vanished",
        is_full=True,
        contacts=(contact("k1", CHILDREN["ada"], "124", record_version="2"),),
        people=tuple(purged(number, first[number]) for number in ("C1", "C3", "F1")),
    )
    adopted = {**CHILDREN["cai"], "forename": "Zznew", "surname": "Newhomeby", "postcode": "NG1 4BB"}
    build(
        "back",
        contacts=(contact("k2", STRANGER, "123"),),
        people=(
            listed("C1", adopted, record_version="3", adoption_marker="POST"),
            listed("C3", CHILDREN["eve"], record_version="3", restricted_flag="R1"),
            purged("D1", "dan"),
        ),
    )
    build("anew", is_full=True)
    return found


def remember(council: HandMadeCouncil, found: Told, at: str) -> None:
    with connect(council.settings, role="transformer") as connection:
        found.children[at] = dict(
            connection.execute(
                "select agency_person_id, child_key from identity.int_children__members where not _is_retracted"
            ).fetchall()
        )
        [[found.ghosts[at]]] = connection.execute(
            "select count(*) from identity.child_key_history where until_build is null and record_key not in"
            " (select record_key from identity.int_children__members where not _is_retracted)"
        ).fetchall()


def test_evidence_makes_one_child_of_what_two_agencies_say(told: Told) -> None:
    assert told.together("first", "123") == {"123", "p-ada"}
    assert told.together("first", "C1") == {"C1", "p-cai"}


def test_a_number_that_was_mistyped_and_is_somebody_else_s_after_all_is_that_stranger_s(told: Told) -> None:
    assert told.together("vanished", "124") == {"124", "p-ada"}
    assert told.together("back", "123") == {"123"}
    assert told.children["back"]["124"] == told.children["first"]["p-ada"]


def test_who_comes_back_after_an_adoption_is_nobody_they_were(told: Told) -> None:
    assert told.together("back", "C1") == {"C1"}
    assert told.children["back"]["p-cai"] == told.children["first"]["p-cai"]
    assert told.children["back"]["C1"] not in set(told.children["first"].values())


def test_who_comes_back_restricted_takes_nobody_s_key(told: Told) -> None:
    assert told.together("back", "C3") == {"C3"}
    assert told.children["back"]["p-eve"] == told.children["first"]["p-eve"]


def test_a_separation_carries_on_to_the_number_an_agency_gives_the_record_next(told: Told) -> None:
    assert told.together("first", "D2") == {"D1", "D2", "p-dan"}
    assert told.together("vanished", "D2") == {"D1", "D2"}
    assert told.together("back", "D2") == {"D2"}
    assert told.together("vanished", "F2") == told.together("anew", "F2") == {"F2"}


def test_nobody_who_is_gone_bears_a_key(told: Told) -> None:
    assert told.ghosts == dict.fromkeys(told.children, 0)


def test_building_everything_anew_changes_no_key(told: Told) -> None:
    assert told.children["anew"] == told.children["back"]
