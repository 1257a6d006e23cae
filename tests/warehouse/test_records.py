"""Records' versions and what holds now: the same state whatever order, batches and interruptions led there."""

from datetime import timedelta

import pytest
from frontdoor.warehouse.connect import connect
from psycopg import sql

from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, Row, person

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

DAY = timedelta(days=1)
# When and by which build a row was written differs between two ways to the same state; everything else may not.
CIRCUMSTANCE = {"_received_at", "_settled_no", "_built_in", "_version_built_in"}


def contact(contact_id: str, **values: str | None) -> Row:
    return person("P1", contact_id=contact_id, source_record_id=contact_id, **values)


FIRST = Delivery("council__contacts", (contact("C1", rag="GREEN"), contact("C2"), contact("C3")), 1, MONDAY)
SECOND = Delivery(
    "council__contacts",
    (contact("C1", rag="RED", record_version="2"), contact("C4", rag="AMBER"), contact("C5", rag="RED")),
    2,
    MONDAY + DAY,
    {2: ("contact_id",)},
)
# The first delivery again, as it had been meant: C3 was never a contact.
RESTATED = Delivery("council__contacts", (contact("C1", rag="BLUE"), contact("C2")), 1, MONDAY + 2 * DAY)
PURGING = Delivery(
    "council__contacts", (contact("C2", record_action="PURGE", record_version="2"),), 3, MONDAY + 3 * DAY
)
# Extracted before all others and held up on its way: what it says of C4 is no longer so.
LATE = Delivery("council__contacts", (contact("C4", rag="GREEN"), contact("C6")), 4, MONDAY - DAY)


def state(council: HandMadeCouncil, table: str, *, where: str) -> set[str]:
    with connect(council.settings, role="transformer") as connection:
        columns = connection.execute(
            "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
            [f"journeys.{table}"],
        ).fetchall()
        kept = sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns if name not in CIRCUMSTANCE)
        rows = connection.execute(
            sql.SQL("select row({})::text from {} where ").format(kept, sql.Identifier("journeys", table))
            + sql.SQL(where)  # type: ignore[arg-type]
        ).fetchall()
    return {row[0] for row in rows}


def everything(council: HandMadeCouncil) -> tuple[set[str], set[str]]:
    return (
        state(council, "jny_contacts", where="not _is_retracted"),
        state(council, "jny_contacts__versions", where="not _is_withdrawn"),
    )


@pytest.fixture
def expected() -> dict[str, str | None]:
    """What holds in the end: contact and RAG."""
    return {"C1": "BLUE", f"held:{SECOND.delivery_id}:4": "RED", "C4": "AMBER", "C6": None}


def current(council: HandMadeCouncil) -> dict[str, str | None]:
    with connect(council.settings, role="transformer") as connection:
        return dict(
            connection.execute(
                "select contact_id, rag_code from journeys.jny_contacts where not _is_retracted"
            ).fetchall()
        )


def test_increments_with_a_killed_build_end_as_a_full_refresh(
    staged_council: HandMadeCouncil, expected: dict[str, str | None]
) -> None:
    staged_council.land(FIRST)
    staged_council.build(selector="staging")
    assert current(staged_council) == {"C1": "GREEN", "C2": None, "C3": None}
    staged_council.land(SECOND)
    staged_council.build(selector="staging", is_published=False)
    staged_council.land(RESTATED, PURGING, LATE)
    build_no = staged_council.build(selector="staging")
    by_increments = everything(staged_council)
    assert current(staged_council) == expected
    with connect(staged_council.settings, role="transformer") as connection:
        # Whoever builds on these tables learns of every change by the build's number: also of what is gone.
        touched = connection.execute(
            "select contact_id, _is_retracted from journeys.jny_contacts where _built_in = %s", [build_no]
        ).fetchall()
    assert dict(touched) == {**dict.fromkeys(expected, False), "C2": True, "C3": True}
    staged_council.build(selector="staging", full=True)
    assert everything(staged_council) == by_increments


def test_the_reverse_order_ends_in_the_same_state_and_a_released_record_takes_its_place(
    staged_council: HandMadeCouncil, expected: dict[str, str | None]
) -> None:
    staged_council.land(LATE, PURGING, RESTATED, SECOND)
    staged_council.build(selector="staging", is_published=False)
    assert current(staged_council) == expected
    with connect(staged_council.settings, role="admin") as connection:
        connection.execute("update quarantine.records set state = 'released', settled_at = %s", [MONDAY])
        connection.execute(
            "update ledger.deliveries set settled_no = nextval('ledger.settled_no_seq') where delivery_id = %s",
            [SECOND.delivery_id],
        )
    staged_council.land(FIRST)
    staged_council.build(selector="staging")
    del expected[f"held:{SECOND.delivery_id}:4"]
    assert current(staged_council) == expected | {"C5": "RED"}
