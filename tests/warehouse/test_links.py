"""Which records become one child, on a database in which all situations happened at once, in homes of their own."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from itertools import combinations

import psycopg
import pytest
from frontdoor.linkage.model import load_linkage_model
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, person
from tests.warehouse.link_situations import ADA, FEEDS, SITUATIONS, SWAPPED, Record, Situation, nhs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Of a postcode's last part.
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
LIST_NAMES = {
    "forename": "pers_forename", "surname": "pers_surname", "dob": "pers_dob", "sex": "pers_sex", "upn": "pers_upn",
    "nhs_number": "pers_common_child_id", "postcode": "addr_address_postcode", "agency_person_id": "pers_person_id",
    "mother_agency_person_id": "mother_person_id",
}  # fmt: skip
KEY_FIELDS = {"council": "contact_id", "health": "source_record_id", "police": "source_record_id", "list": None}


def own_home(situation: Situation, place: int) -> Record:
    """Move a situation to a home of its own, so that nobody meets the people next door."""
    found = situation.records[place]
    number = SITUATIONS.index(situation)
    values = dict(found.values)
    values["surname"] += family_name(number)
    if values["forename"] == SWAPPED:
        values["forename"], values["surname"] = f"{ADA['surname']}{family_name(number)}", ADA["forename"]
    if "also_known_as" in values:
        values["also_known_as"] += family_name(number)
    # As many years back, so that days and months stay as the situation has them; a leap year stays one.
    if "dob" in values:
        values["dob"] = re.sub("20[01][0-9]", lambda year: str(int(year[0]) - number % 3 * 4), values["dob"])
    if values.get("postcode", "ZZ").startswith("PE"):
        outward, inward = values["postcode"].split()
        values["postcode"] = f"{outward} {inward[0]}{LETTERS[(ord(inward[1]) + number) % 20]}{LETTERS[number % 19]}"
    values.setdefault("agency_person_id", f"{number}-{place}")
    if values["agency_person_id"] != "77":
        values["agency_person_id"] = f"{number}-{values['agency_person_id']}"
    for name in ("pers_legacy_id", "mother_agency_person_id"):
        if name in values:
            values[name] = f"{number}-{values[name]}"
    return dataclasses.replace(found, values=values)


def family_name(number: int) -> str:
    """An ending unlike any other situation's."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return "".join(
        "bdfgklmnprstvz"[one % 14] + "aeiou"[other % 5] for one, other in zip(digest[:5], digest[5:10], strict=True)
    )


def row_of(agency: str, key: str, values: dict[str, str]) -> dict[str, str | None]:
    if agency == "list":
        row = {LIST_NAMES.get(name, name): value for name, value in values.items() if name != "nhs_status"}
        return {"source_record_id": key, "record_version": "1", "restricted_flag": "N", **row}
    row = person(values.pop("agency_person_id"), **values) | {"source_record_id": key}
    if agency == "council":
        row["contact_id"] = key
    if agency == "school":
        row |= {"agency_type": "SCHOOL", "agency_code": "8744001"}
    return row


@pytest.fixture(scope="module")
def linked_council(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    """Every situation landed and built."""
    home = tmp_path_factory.mktemp("links")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        council = HandMadeCouncil(settings)
        for agency, feed in FEEDS.items():
            rows, held = [], {}
            for situation in SITUATIONS:
                for place in range(len(situation.records)):
                    found = own_home(situation, place)
                    if found.agency == agency:
                        if found.held:
                            held[len(rows)] = found.held
                        rows.append(row_of(agency, event_id(situation, place), dict(found.values)))
            council.land(Delivery(feed, tuple(rows), 1, MONDAY, held))
        council.land(crowd())
        council.build(full=True)
        with connect(settings, role="transformer", autocommit=True) as connection:
            yield connection


# More than may share a number, let alone a name.
CROWD = 160


def crowd() -> Delivery:
    """People who all gave one NHS number, name, birth date and home, and each a middle name of their own."""
    return Delivery(
        "police__missing_episodes",
        tuple(
            {"source_record_id": f"crowd-{number}"}
            | person(
                f"crowd-{number}", forename="Zzcrowd", surname="Zzcrowd", dob="2010-10-10", postcode="PE7 7GG",
                middle_names=f"Zz{chr(97 + number // 26)}{chr(97 + number % 26)}", nhs_number=nhs(999),
                nhs_status="VERIFIED",
            )
            for number in range(CROWD)
        ),
        2,
        MONDAY,
    )  # fmt: skip


def event_id(situation: Situation, place: int) -> str:
    return f"{SITUATIONS.index(situation)}-{place}"


def children_of(connection: psycopg.Connection, situation: Situation) -> list[str]:
    """The child each of the situation's records became, in their order."""
    return [
        child_of(connection, found.agency, event_id(situation, place), found.values["agency_person_id"])
        for place in range(len(situation.records))
        if (found := own_home(situation, place))
    ]


def child_of(connection: psycopg.Connection, agency: str, event: str, listed: str) -> str:
    query = (
        "select child_key from identity.int_children__members where person_scope = 'council' and agency_person_id = %s"
        if agency == "list"
        else "select child_key from journeys.jny_child_events where event_id = %s and event_code = %s"
    )
    codes = {
        "council": "contacts", "police": "missing_episodes", "health": "health_responses", "school": "sent_referrals",
    }  # fmt: skip
    parameters = [listed] if agency == "list" else [event, codes[agency]]
    [row] = connection.execute(query.encode(), parameters).fetchall()
    return str(row[0])


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_situation(linked_council: psycopg.Connection, situation: Situation) -> None:
    keys = children_of(linked_council, situation)
    together = {frozenset(pair) for child in situation.children for pair in combinations(child, 2)}
    for left, right in combinations(range(len(keys)), 2):
        assert (keys[left] == keys[right]) == (frozenset((left, right)) in together), (left, right)
    if situation.decisions or len(keys) == 2:
        assert decisions_about(linked_council, keys) == situation.decisions


def decisions_about(connection: psycopg.Connection, keys: list[str]) -> set[tuple[str, str, str | None]]:
    rows = connection.execute(
        """
        select outcome_code, rule_no, why_code
        from identity.int_matches__outcomes
        where left_child_key = any(%(keys)s) and right_child_key = any(%(keys)s)
        """,
        {"keys": keys},
    ).fetchall()
    rules = ["AGENCY_ID", *(rule.code.upper() for rule in load_linkage_model(Settings()).blocking_rules)]
    return {(str(decision), rules[rule_no], veto) for decision, rule_no, veto in rows}


def test_a_value_so_many_records_share_links_none_of_them(linked_council: psycopg.Connection) -> None:
    [row] = linked_council.execute(
        "select count(*), count(distinct child_key) from identity.int_children__members"
        " where agency_person_id like 'crowd-%'"
    ).fetchall()
    assert row == (CROWD, CROWD)
    oversized = linked_council.execute(
        "select distinct rule_no, record_count > 50 from identity.int_blocks__oversized order by 1"
    )
    assert oversized.fetchall() == [(number, True) for number in (1, 3, 4, 5, 6, 7, 9, 10, 11, 12)]


def test_a_decision_about_an_adoption_names_nobody(linked_council: psycopg.Connection) -> None:
    rows = linked_council.execute(
        "select distinct left_child_key, right_child_key, left_agency_code, right_agency_code"
        " from marts.fct_match_decisions where reason_code = 'ADOPTION'"
    ).fetchall()
    assert rows == [(None, None, None, None)]


def test_no_mart_shows_an_agency_s_number_or_a_name(linked_council: psycopg.Connection) -> None:
    marts = linked_council.execute("select tablename from pg_tables where schemaname = 'marts'").fetchall()
    personal = f"(zzada|quillworth|{nhs(101)}|[^0-9a-f]0-1[^0-9])"
    for (mart,) in marts:
        [found] = linked_council.execute(
            f"select count(*) from marts.{mart} as mart where mart::text ~* %s".encode(), [personal]
        ).fetchall()[0]
        assert found == 0, mart
