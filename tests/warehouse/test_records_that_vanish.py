"""Agencies purge records, correct their numbers and give people new ones; nobody becomes somebody else by it.

The builds in which a record vanishes are full ones for some families and increments for others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from frontdoor.linkage.decisions import Author, DecisionRefused, decide
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "two girls")
Child = Mapping[str, str]
SURNAMES = {
    "ada": "Quillworth",
    "cai": "Zandelby",
    "eve": "Pelworthy",
    "dan": "Drovixen",
    "fay": "Kabraymer",
    "gil": "Wendlebury",
}
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
    carried: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    refused: str = ""

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
    first = {"C1": "cai", "C3": "eve", "D1": "dan", "F1": "fay", "G1": "gil", "K1": "gil"}
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
        for number, other in (("D1", "police:p-dan"), ("F1", "police:p-fay"), ("G1", "council:K1")):
            decide(desk, "separate", *find_pair(desk, f"council:{number}", other), ANN)
    build(
        "vanished",
        is_full=True,
        contacts=(contact("k1", CHILDREN["ada"], "124", record_version="2"),),
        people=(
            *(purged(number, first[number]) for number in ("C1", "C3", "F1", "G1", "K1")),
            listed("F2", CHILDREN["fay"], pers_legacy_id="F1", record_version="2", restricted_flag="R1"),
            *(listed(f"{former[0]}2", CHILDREN["gil"], pers_legacy_id=former) for former in ("G1", "K1")),
        ),
    )
    adopted = {**CHILDREN["cai"], "forename": "Zznew", "surname": "Newhomeby", "postcode": "NG1 4BB"}
    build(
        "back",
        contacts=(contact("k2", STRANGER, "123"),),
        people=(
            listed("C1", adopted, record_version="3", adoption_marker="POST"),
            listed("C3", CHILDREN["eve"], record_version="3", restricted_flag="R1"),
            purged("D1", "dan"),
            purged("D2", "dan"),
            listed("D3", CHILDREN["dan"], pers_legacy_id="D2"),
        ),
    )
    build("anew", is_full=True)
    with steward(council.settings) as desk, pytest.raises(DecisionRefused) as refused:
        decide(desk, "link", *find_pair(desk, "council:D3", "police:p-dan"), ANN)
    found.refused = str(refused.value)
    return found


def remember(council: HandMadeCouncil, found: Told, at: str) -> None:
    with connect(council.settings, role="transformer") as connection:
        found.children[at] = dict(
            connection.execute(
                "select agency_person_id, child_key from identity.int_children__members where not _is_retracted"
            ).fetchall()
        )
        found.carried[at] = connection.execute(
            "select decided_by, needs_confirmation from linkage.decisions where reason ^@ 'carried on' order by 1"
        ).fetchall()
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


def test_a_separation_carries_on_to_the_numbers_an_agency_gives_the_record_next(told: Told) -> None:
    assert told.together("first", "D2") == {"D1", "D2", "p-dan"}
    assert told.together("vanished", "D2") == {"D1", "D2"}
    assert told.together("back", "D3") == told.together("anew", "D3") == {"D3"}


def test_a_separation_carries_on_when_both_records_have_other_numbers(told: Told) -> None:
    assert "K1" not in told.together("vanished", "G2") | told.together("vanished", "K2")
    assert "K2" not in told.together("vanished", "G2") | told.together("anew", "G2")


def test_what_is_carried_on_is_a_decision_that_holds_at_once_and_stands_in_a_link_s_way(told: Told) -> None:
    """Also where the child became restricted since: whom two persons keep apart, two persons keep apart."""
    # D2 and F2, and G2 from K1, K2 from G1, and the two from each other; then D3.
    assert told.carried["vanished"] == [(ANN.by, False)] * 5
    assert told.carried["anew"] == told.carried["back"] == [(ANN.by, False)] * 6
    assert "kept apart" in told.refused


def test_nobody_who_is_gone_bears_a_key(told: Told) -> None:
    assert told.ghosts == dict.fromkeys(told.children, 0)


def test_building_everything_anew_changes_no_key(told: Told) -> None:
    assert told.children["anew"] == told.children["back"]
