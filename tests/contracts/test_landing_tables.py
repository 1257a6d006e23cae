"""Landing tables and accepted views follow the contracts, also when a contract changes."""

from dataclasses import replace

import psycopg
import pytest
from frontdoor.contracts.load import load_contract
from frontdoor.contracts.model import FeedContract
from frontdoor.landing.tables import ensure_landing_tables

from tests.contracts.test_record_rules import add_delivery, land

pytestmark = pytest.mark.postgres
FEED = "council__agency_checks"


def columns(connection: psycopg.Connection, relation: str) -> list[str]:
    found = connection.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 order by attnum", [relation]
    )
    return [row[0] for row in found]


def accept(connection: psycopg.Connection, delivery_id: int, *, settled_no: int) -> None:
    connection.execute(
        "update ledger.deliveries set state = 'accepted', settled_at = received_at, settled_no = %s"
        " where delivery_id = %s",
        [settled_no, delivery_id],
    )


def hold(connection: psycopg.Connection, row_number: int, *, field: str | None, state: str = "waiting") -> None:
    connection.execute(
        "insert into quarantine.records (delivery_id, row_number, rule_id, feed, field_name, state, quarantined_at)"
        " values (1, %s, 'CHK-R01', %s, %s, %s, '2026-03-02')",
        [row_number, FEED, field, state],
    )


@pytest.fixture
def contract() -> FeedContract:
    return load_contract(FEED)


def test_making_the_tables_again_changes_nothing(admin: psycopg.Connection, contract: FeedContract) -> None:
    catalogue = "select oid, relname, relkind, relhasindex, reltuples from pg_class where relname like %s order by oid"
    before = admin.execute(catalogue, [f"%{FEED}%"]).fetchall()

    ensure_landing_tables(admin, [contract])

    assert before
    assert admin.execute(catalogue, [f"%{FEED}%"]).fetchall() == before


def test_a_new_field_is_added_and_views_on_the_feed_stand(admin: psycopg.Connection, contract: FeedContract) -> None:
    admin.execute(f"create view staging.reader as select check_id, status from accepted.{FEED}".encode())
    first, *rest = contract.fields
    # At the beginning of the contract, and another field given up.
    changed = replace(contract, fields=(replace(first, name="urgency", header="urgency"), first, *rest[:-1]))

    ensure_landing_tables(admin, [changed])

    assert columns(admin, f"landing.{FEED}")[-1] == columns(admin, f"accepted.{FEED}")[-1] == "urgency"
    assert rest[-1].name in columns(admin, f"accepted.{FEED}")
    assert admin.execute("select count(*) from staging.reader").fetchone() == (0,)


def test_only_what_may_be_believed_is_accepted(admin: psycopg.Connection, contract: FeedContract) -> None:
    add_delivery(admin, 1, contract=contract)
    add_delivery(admin, 2, contract=contract)
    rows = {number: {"check_id": f"TEST-{number}", "status": "LOST"} for number in range(2, 7)}
    land(admin, rows, delivery_id=1, contract=contract)
    land(admin, rows, delivery_id=2, contract=contract)
    hold(admin, 3, field="status")
    hold(admin, 4, field=None)
    hold(admin, 5, field="status", state="released")
    hold(admin, 6, field="status", state="discarded")
    accept(admin, 1, settled_no=1)

    accepted = admin.execute(
        f"select _delivery_id, _row_number, check_id, status, _is_held from accepted.{FEED} order by 1, 2".encode()
    ).fetchall()

    assert accepted == [
        (1, 2, "TEST-2", "LOST", False),
        (1, 3, "TEST-3", None, True),
        (1, 4, "TEST-4", "LOST", True),
        (1, 5, "TEST-5", "LOST", False),
    ]


def test_reading_one_delivery_of_many_uses_the_index(admin: psycopg.Connection, contract: FeedContract) -> None:
    admin.execute(
        f"insert into landing.{FEED} (_delivery_id, _row_number, check_id)"
        " select delivery, number, 'TEST'"
        " from generate_series(1, 300) as delivery, generate_series(1, 100) as number".encode()
    )
    admin.execute(
        "insert into ledger.deliveries (delivery_id, sha256, feed, contract_version, file_name, byte_count, line_count,"
        " extract_at, state, received_at, settled_at, settled_no) select id, lpad(id::text, 64, '0'), %s, '1', 't', 0,"
        " 0, '2026-03-02', 'accepted', '2026-03-02', '2026-03-02', id from generate_series(1, 300) as id",
        [FEED],
    )
    admin.execute("analyze")

    plan = admin.execute(f"explain select * from accepted.{FEED} where _delivery_id in (7, 8)".encode()).fetchall()

    assert f"{FEED}__delivery" in str(plan)
    assert f"Seq Scan on {FEED}" not in str(plan)
