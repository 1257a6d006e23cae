"""What staging makes of supplied text: typed where it can be, null where it cannot, never an error."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from frontdoor.warehouse.connect import connect
from psycopg.rows import dict_row

from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person

pytestmark = pytest.mark.postgres


def staged(council: HandMadeCouncil, model: str) -> list[dict[str, Any]]:
    with (
        connect(council.settings, role="transformer") as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(f"select * from staging.{model} order by _row_number".encode()).fetchall()


def contact(contact_id: str, **values: str | None) -> Row:
    return person("P1", contact_id=contact_id, source_record_id=contact_id, **values)


def test_times_are_moments_in_utc_and_days_keep_their_precision(staged_council: HandMadeCouncil) -> None:
    written = {
        "2026-07-01T09:30:15+00:00": (datetime(2026, 7, 1, 9, 30, 15, tzinfo=UTC), "datetime"),
        "2026-07-01T09:30:15.5Z": (datetime(2026, 7, 1, 9, 30, 15, 500_000, tzinfo=UTC), "datetime"),
        "2026-07-01 09:30": (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "datetime"),
        " 01/07/2026 09:30 ": (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "datetime"),
        "2026-01-05T09:30": (datetime(2026, 1, 5, 9, 30, tzinfo=UTC), "datetime"),
        "01/07/2026": (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), "date"),
        "2026-03-02": (datetime(2026, 3, 2, tzinfo=UTC), "date"),
        "2026-02-30T10:00": (None, "datetime"),
        "30/02/2026": (None, "date"),
        "now": (None, None),
        "infinity": (None, None),
        "tomorrow morning": (None, None),
        "": (None, None),
        None: (None, None),
    }
    rows = tuple(contact(f"C{number}", received_at=text) for number, text in enumerate(written))
    staged_council.land(Delivery("council__contacts", rows, 1, MONDAY))
    found = staged(staged_council, "stg_council__contacts")
    assert [(row["received_at"], row["received_at_precision"]) for row in found] == list(written.values())


def test_codes_flags_numbers_and_sets_are_normalised(staged_council: HandMadeCouncil) -> None:
    rows = (
        person(
            " 77 ", source_record_id=" MP/1 ", risk_current=" nar", risk_initial="absent", status="found",
            flags="cce| county_lines ||", looked_after_flag="U", harm_disclosed="n", prior_episode_count_90d="3",
            nhs_number="999 000-0018", postcode="pe11hf", dob="15/03/2012", unborn_flag="N",
        ),
        person(
            "78", source_record_id="MP/2", risk_current="H", flags="", looked_after_flag="y",
            prior_episode_count_90d="three", nhs_number="12", postcode="nowhere", dob="2012-13-01",
        ),
    )  # fmt: skip
    staged_council.land(Delivery("police__missing_episodes", rows, 1, MONDAY))
    first, second = staged(staged_council, "stg_police__missing_episodes")
    expected = {
        "missing_episode_id": "MP/1", "person_scope": "police", "agency_person_id": "77", "risk_current_code": "VL",
        "risk_initial_code": "VL", "status_code": "FOUND", "risk_flag_codes": ["CCE", "COUNTY_LINES"],
        "is_looked_after": None, "is_harm_disclosed": False, "prior_episodes_90d_count": 3,
        "nhs_number": "9990000018", "postcode": "PE1 1HF", "birth_date": date(2012, 3, 15), "is_unborn": False,
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    expected = {
        "risk_current_code": "H", "risk_flag_codes": None, "is_looked_after": True, "prior_episodes_90d_count": None,
        "nhs_number": "12", "postcode": "NOWHERE", "birth_date": None,
    }  # fmt: skip
    assert {name: second[name] for name in expected} == expected


def test_json_feeds_give_their_lists_as_json(staged_council: HandMadeCouncil) -> None:
    rows = (
        person(
            "N1", source_record_id="H-1", parental_factor_codes='["mh", "DA"]', services_checked='[{"service":"HV"}]'
        ),
        person("N2", source_record_id="H2", parental_factor_codes="[broken", services_checked="{"),
    )
    staged_council.land(Delivery("health__check_responses", rows, 1, MONDAY))
    first, second = staged(staged_council, "stg_health__check_responses")
    assert (first["parental_factor_codes"], first["services_checked"]) == (["MH", "DA"], [{"service": "HV"}])
    assert second["services_checked"] is None


def test_a_persons_id_means_a_person_only_within_its_agency(staged_council: HandMadeCouncil) -> None:
    rows = (
        person("1", source_record_id="S-1", agency_type="school", agency_code="8744001"),
        person("1", source_record_id="S-2", agency_type="SCHOOL", agency_code="8744002"),
    )
    staged_council.land(Delivery("portal__sent_referrals", rows, 1, MONDAY))
    found = staged(staged_council, "stg_portal__sent_referrals")
    assert [row["person_scope"] for row in found] == ["portal:SCHOOL:8744001", "portal:SCHOOL:8744002"]


def test_a_record_whose_key_is_held_is_followed_by_its_place(staged_council: HandMadeCouncil) -> None:
    rows = (contact("C1", rag="RED"), contact("C2", rag="RED", nhs_number="9990000018"))
    delivery = Delivery("council__contacts", rows, 1, MONDAY, {0: ("contact_id",), 1: ("nhs_number",)})
    staged_council.land(delivery)
    first, second = staged(staged_council, "stg_council__contacts")
    assert first["contact_id"] == f"held:{delivery.delivery_id}:2"
    assert (second["contact_id"], second["nhs_number"], second["rag_code"]) == ("C2", None, "RED")
    assert (first["_is_held"], second["_is_held"]) == (True, True)


def test_the_councils_list_speaks_of_persons_as_other_feeds_do(staged_council: HandMadeCouncil) -> None:
    rows: tuple[Row, ...] = (
        {"pers_person_id": "P1", "pers_expected_dob": "2026-05-01", "mother_person_id": "P2", "restricted_flag": "R2"},
        {"pers_person_id": "P2", "pers_dob": "1995-05-01", "pers_common_child_id": "9990000026", "pers_is_mother": "Y"},
    )
    staged_council.land(Delivery("council__persons", rows, 1, MONDAY))
    unborn, mother = staged(staged_council, "stg_council__persons")
    assert (unborn["person_scope"], unborn["agency_person_id"], unborn["is_unborn"]) == ("council", "P1", True)
    assert (unborn["mother_agency_person_id"], unborn["restricted_code"]) == ("P2", "R2")
    assert (mother["is_unborn"], mother["nhs_number"], mother["is_mother"]) == (False, "9990000026", True)
