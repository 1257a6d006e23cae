"""A steward's day, end to end: the commands people type, the real models, and what becomes of children and keys."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

import pytest
from frontdoor.linkage.commands import app
from frontdoor.linkage.records import NEVER_ONE_CHILD, NeverOneChild
from frontdoor.settings import Settings
from frontdoor.warehouse.build import build
from frontdoor.warehouse.connect import connect
from typer.testing import CliRunner

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person
from tests.warehouse.link_situations import nhs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

BY = ("--reason", "seen with the school", "--by", "A. Steward")
# Two girls, one NHS number: a clerk copied the sister's.
ADA = {"forename": "Zzada", "surname": "Quillworth", "dob": "2014-05-03", "sex": "F", "postcode": "PE1 1AA"}
BEA = {**ADA, "forename": "Zzbea"}
SHARED = {"nhs_number": nhs(901), "nhs_status": "VERIFIED"}
# One boy, who moved: nothing but his name and birth date agree.
CAI = {"forename": "Zzcai", "surname": "Marrowby", "dob": "2011-09-21", "sex": "M"}
# A child nobody may find.
EVE = {"forename": "Zzeve", "surname": "Underlay", "dob": "2012-02-29", "sex": "F", "postcode": "PE3 3CC"}
FAY = {"forename": "Zzfay", "surname": "Overstone", "dob": "2015-11-11", "sex": "F", "postcode": "PE4 4DD"}


def episode(number: str, child: dict[str, str], /, **values: str) -> Row:
    return {"source_record_id": number, **person(number, **{**child, **values}), "reported_at": MONDAY.isoformat()}


def listed(number: str, child: dict[str, str], /, *, marker: str) -> Row:
    return {
        "source_record_id": number, "record_version": "1", "restricted_flag": "N", "pers_person_id": number,
        "pers_forename": child["forename"], "pers_surname": child["surname"], "pers_dob": child["dob"],
        "pers_sex": child["sex"], "addr_address_postcode": child["postcode"], "adoption_marker": marker,
    }  # fmt: skip


def contact(number: str, child: dict[str, str], /, **values: str) -> Row:
    return {"source_record_id": f"c-{number}", "contact_id": f"c-{number}", **person(number, **{**child, **values})}


@pytest.fixture
def council(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Everybody's records, landed and built."""
    home = tmp_path_factory.mktemp("day")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        episodes = (
            episode("p-ada", ADA, **SHARED), episode("p-bea", BEA), episode("p-cai", CAI, postcode="PE2 2BB"),
            episode("p-eve", EVE), episode("p-fay", FAY),
        )  # fmt: skip
        contacts = (
            contact("10", BEA, **SHARED), contact("11", CAI, postcode="PE9 9ZZ"),
            contact("12", EVE, restricted_flag="R1"),
        )  # fmt: skip
        people = (listed("20", FAY, marker="PRE"), listed("21", {**FAY, "surname": "Newhome"}, marker="POST"))
        HandMadeCouncil(settings).land(
            Delivery("police__missing_episodes", episodes, 1, MONDAY),
            Delivery("council__contacts", contacts, 1, MONDAY + timedelta(hours=1)),
            Delivery("council__persons", people, 1, MONDAY + timedelta(hours=1)),
        )
        build(settings, started_at=MONDAY + timedelta(hours=2))
        yield settings


def children(settings: Settings) -> dict[str, str]:
    """Each record's child, by the agency's own number."""
    with connect(settings, role="data_steward") as connection:
        return dict(
            connection.execute(
                "select agency_person_id, child_key from identity.int_children__members where not _is_retracted"
            ).fetchall()
        )


def rebuilt(settings: Settings) -> dict[str, str]:
    build(settings, started_at=MONDAY + timedelta(hours=3))
    return children(settings)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def last_decision(settings: Settings) -> str:
    with connect(settings, role="data_steward") as connection:
        [[number]] = connection.execute("select max(decision_no) from linkage.decisions").fetchall()
    return str(number)


def one_child(found: dict[str, str], *numbers: str) -> bool:
    return len({found[number] for number in numbers}) == 1


def test_a_steward_s_day(council: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDOOR_HOME", str(council.home))
    monkeypatch.setenv("FRONTDOOR_SERVER_HOME", str(council.server_home))
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", council.database_name)
    morning = children(council)
    assert one_child(morning, "p-ada", "10")
    assert not any(
        one_child(morning, *pair) for pair in (("p-cai", "11"), ("p-eve", "12"), ("20", "21"), ("20", "p-fay"))
    )

    # A review item: the boy who moved is in the queue, and leaves it when somebody decides.
    queue = {item["review_key"]: item for item in json.loads(said("review", "list", "--format", "json"))}
    [cai] = [
        key
        for key, item in queue.items()
        if {item["left_child_key"], item["right_child_key"]} == {morning["p-cai"], morning["11"]}
    ]
    assert "Marrowby" in said("review", "show", cai[:12])
    assert "become one" in said("review", "link", "police:p-cai", "council:11", *BY)
    linked = last_decision(council)
    assert cai not in said("review", "list", "--format", "json")

    # Two children merged wrongly; a restricted one; an adoption.
    assert "taken apart" in said("review", "separate", "police:p-ada", "council:10", *BY)
    assert "another person" in said("review", "link", "police:p-eve", "council:12", *BY)
    restricted = last_decision(council)
    for pair in combinations(("council:20", "council:21", "police:p-fay"), 2):
        if "council:20" in pair:
            with pytest.raises(NeverOneChild, match=NEVER_ONE_CHILD):
                said("review", "link", *pair, *BY)

    assert children(council) == morning
    noon = rebuilt(council)
    assert one_child(noon, "p-cai", "11")
    assert noon["p-cai"] in (morning["p-cai"], morning["11"])
    assert not one_child(noon, "p-ada", "10")
    assert morning["p-ada"] in (noon["p-ada"], noon["10"])
    assert not one_child(noon, "p-eve", "12")
    assert not one_child(noon, "20", "21")

    # The second person's word; and the boys were cousins after all.
    said("review", "show", "police:p-eve", "council:12", "--by", "B. Second")
    said("review", "confirm", restricted, "--by", "B. Second")
    back = said("review", "undo", linked, *BY)
    [gone] = {morning["p-cai"], morning["11"]} - {noon["p-cai"]}
    assert f"key {gone[:12]} comes back" in back
    evening = rebuilt(council)
    assert one_child(evening, "p-eve", "12")
    assert {number: evening[number] for number in ("p-cai", "11")} == {
        number: morning[number] for number in ("p-cai", "11")
    }
    assert "one child" in said("explain", "police:p-eve", "council:12")
    assert "two children" in said("explain", "police:p-ada", "council:10")

    # Nothing of it is lost by building everything again.
    build(council, started_at=MONDAY + timedelta(hours=5), full_refresh=True)
    assert children(council) == evening
    assert_no_adoption_key_is_kept(council)


def assert_no_adoption_key_is_kept(settings: Settings) -> None:
    with connect(settings, role="data_steward") as connection:
        kept = connection.execute(
            "select string_agg(kept.row_text, ' ') from ("
            " select to_jsonb(d)::text from linkage.decisions as d"
            " union all select to_jsonb(a)::text from linkage.refused_attempts as a"
            " union all select to_jsonb(l)::text from linkage.looks as l"
            ") as kept (row_text)"
        ).fetchall()[0][0]
        keys = connection.execute(
            "select record_key from identity.int_children__members where agency_person_id in ('20', '21', 'p-fay')"
        ).fetchall()
    assert len(keys) == 3
    assert not [key for (key,) in keys if key in kept]
