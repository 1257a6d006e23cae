"""Increments in any order of arrival give what a full refresh gives, also after a build that died half-way."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.databases import copied_database
from tests.warehouse.hand_made import MONDAY, HandMadeCouncil, deliveries, person
from tests.warehouse.journeys import (
    CHECKS,
    CONTACTS,
    ENQUIRIES,
    EPISODES,
    HELD_EPISODE,
    INTERVIEWS,
    RESPONSES,
    SENT,
    child,
    contact,
    enquiry,
    episode,
    sent,
)
from tests.warehouse.link_situations import verified

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

LATER = MONDAY + timedelta(days=1)


def listed(number: str, **values: str) -> dict[str, str | None]:
    """A row of the council's own list."""
    return {
        "source_record_id": number,
        "pers_person_id": number,
        "record_version": "1",
        "restricted_flag": "N",
        **values,
    }


ADA_ON_THE_LIST = {
    "pers_forename": "Zzada",
    "pers_surname": child(1)["surname"],
    "pers_dob": child(1)["dob"],
    "pers_sex": "F",
    "addr_address_postcode": "PE1 1AA",
}

# What the journeys say first, and what their agencies say later: corrections, purges, moves, merges and separations.
DELIVERIES = (
    deliveries("portal__sent_referrals", SENT),
    deliveries("council__contacts", CONTACTS),
    deliveries("council__mash_enquiries", ENQUIRIES[:-1]),
    deliveries("council__mash_enquiries", ENQUIRIES[-1:], sequence_no=2),
    deliveries("council__agency_checks", CHECKS),
    deliveries("health__check_responses", RESPONSES),
    deliveries("police__missing_episodes", EPISODES),
    HELD_EPISODE,
    deliveries("council__return_interviews", INTERVIEWS),
    deliveries("council__persons", [listed("P1", **ADA_ON_THE_LIST), listed("P1-former", **ADA_ON_THE_LIST)]),
    # The former record turns out to be from before an adoption; another is merged by a former number.
    deliveries(
        "council__persons",
        [
            listed("P1-former", adoption_marker="PRE", **ADA_ON_THE_LIST),
            listed("P30", pers_legacy_id="P12", pers_forename="Zznew", pers_surname="Zznew"),
        ],
        sequence_no=2,
        extract_at=LATER,
    ),
    # Moved to another child, purged, and re-rated.
    deliveries(
        "council__contacts",
        [
            contact("kept", 12, portal_reference="REF-11", record_version="2"),
            contact("again", 8, portal_reference="REF-10", record_version="2", record_action="PURGE"),
            contact("undecided", 12, record_version="2", rag="RED"),
        ],
        sequence_no=2,
        extract_at=LATER,
    ),
    deliveries(
        "council__mash_enquiries",
        [enquiry("unchecked", 14, record_version="2", record_action="PURGE")],
        sequence_no=3,
        extract_at=LATER,
    ),
    # The same sequence number again: the Monday's delivery had the wrong child, and one episode too few.
    deliveries(
        "police__missing_episodes",
        [*EPISODES[:-2], episode("died", 1), episode("fourth", 16, reported_at="2026-03-01T12:00:00+00:00")],
        extract_at=LATER,
    ),
    # Two verified numbers for what looked like one child.
    deliveries(
        "health__check_responses",
        [{**person("N2", **child(1), **verified(401)), "source_record_id": "response-2"}],
        sequence_no=2,
        extract_at=LATER,
    ),
    deliveries(
        "council__contacts",
        [contact("reference", 1, portal_reference="REF-1", record_version="2", rag="AMBER", **verified(402))],
        sequence_no=3,
        extract_at=LATER,
    ),
)


@pytest.fixture
def council(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandMadeCouncil]:
    """An empty council."""
    home = tmp_path_factory.mktemp("increments")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        yield HandMadeCouncil(settings)


def live_rows(council: HandMadeCouncil) -> dict[str, list[tuple[Any, ...]]]:
    """What readers would see of each mart that does not tell when things arrived."""
    with connect(council.settings, role="admin") as connection:
        marts = connection.execute(
            "select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position)"
            " from information_schema.columns where table_schema = 'marts' and column_name not in"
            " ('_built_in', '_is_retracted', 'received_at', 'settled_at', 'quarantined_at')"
            " or table_schema = 'marts' and column_name = 'received_at' and table_name in"
            " ('fct_contacts', 'fct_sent_referrals') group by table_name"
        ).fetchall()
        return {
            name: sorted(
                connection.execute(f"select {columns} from marts.{name} where not _is_retracted".encode()).fetchall(),
                key=repr,
            )
            for name, columns in marts
        }


def empty(council: HandMadeCouncil) -> None:
    """Take back everything that was landed; what was built stays, for the next full build to replace.

    The children's keys stay too: a rebuild never changes a key already given.
    """
    with connect(council.settings, role="admin") as connection:
        connection.execute("truncate ledger.deliveries cascade")
        for feed in {delivery.feed for delivery in DELIVERIES}:
            connection.execute(f"truncate landing.{feed}".encode())


def test_increments_out_of_order_with_a_build_that_died_equal_a_full_build_in_order(council: HandMadeCouncil) -> None:
    order = list(DELIVERIES)
    random.Random(1).shuffle(order)
    council.land(*order[:6])
    council.build(full=True)
    council.land(*order[6:12])
    # Killed after identity: what it wrote is not published, and nothing downstream has followed.
    council.build(selector="staging", is_published=False)
    council.build(selector="identity", is_published=False)
    council.land(*order[12:])
    council.build()
    incremental = live_rows(council)
    empty(council)
    council.land(*DELIVERIES)
    council.build(full=True)
    in_order = live_rows(council)
    for mart, rows in in_order.items():
        assert incremental[mart] == rows, mart
    # One contact was purged.
    assert len(in_order["fct_contacts"]) == len(CONTACTS) - 1


# Taken for one child's until a correction says otherwise: an episode, and what came of a referral. Six times,
# since which record gives a group its number, and so which are written anyhow, is as good as chance.
SIX = range(201, 213, 2)
MISTAKEN = (
    deliveries("portal__sent_referrals", [sent(f"mistaken-{own}", own + 60, f"REF-{own}") for own in SIX]),
    deliveries("council__contacts", [contact(f"mistaken-{own}", own + 61, **child(own + 60)) for own in SIX]),
    deliveries(
        "police__missing_episodes",
        [
            row
            for own in SIX
            for row in (
                episode(f"{own}", own),
                {
                    **episode(f"{own}-again", own, reported_at="2026-03-01T12:00:00+00:00"),
                    "agency_person_id": f"N{own}",
                },
                episode(f"{own}-mistaken", own + 1, reported_at="2026-02-27T12:00:00+00:00", **child(own)),
            )
        ],
    ),
)
CORRECTED = (
    deliveries(
        "council__contacts",
        [contact(f"mistaken-{own}", own + 61, record_version="2") for own in SIX],
        sequence_no=2,
        extract_at=LATER,
    ),
    deliveries(
        "police__missing_episodes",
        [
            episode(f"{own}-mistaken", own + 1, reported_at="2026-02-27T12:00:00+00:00", record_version="2")
            for own in SIX
        ],
        sequence_no=2,
        extract_at=LATER,
    ),
)
EPISODES_COUNTED = "select episodes_90d_count, count(*) from marts.fct_missing_episodes group by 1 order by 1"
REFERRALS_RECEIVED = "select contact_key is not null, count(*) from marts.fct_sent_referrals group by 1 order by 1"


def answers(council: HandMadeCouncil, query: str) -> list[tuple[Any, ...]]:
    with connect(council.settings, role="admin") as connection:
        return connection.execute(query.encode()).fetchall()


def test_who_is_left_when_a_record_turns_out_to_be_another_childs_is_counted_anew(council: HandMadeCouncil) -> None:
    council.land(*MISTAKEN)
    council.build(full=True)
    assert answers(council, EPISODES_COUNTED) == [(1, 6), (2, 6), (3, 6)]
    assert answers(council, REFERRALS_RECEIVED) == [(True, 6)]
    council.land(*CORRECTED)
    council.build()
    assert answers(council, EPISODES_COUNTED) == [(1, 12), (2, 6)]
    assert answers(council, REFERRALS_RECEIVED) == [(False, 6)]
    in_increments = live_rows(council)
    empty(council)
    council.land(*MISTAKEN, *CORRECTED)
    council.build(full=True)
    for mart, rows in live_rows(council).items():
        assert in_increments[mart] == rows, mart
