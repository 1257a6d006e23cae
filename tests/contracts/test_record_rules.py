"""Each record rule of each feed: a record that obeys it is not found, one that breaks it is."""

import psycopg
import pytest
from frontdoor.contracts.load import load_contract, load_contracts
from frontdoor.contracts.model import FeedContract
from frontdoor.quality.gx import verdicts
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect, database_url
from psycopg import sql

from expectations.suites import delivery_expectations, verbatim
from tests.contracts.examples import EXTRACT_AT, Row, breaks, good_row

pytestmark = pytest.mark.postgres
FEEDS = [contract.feed for contract in load_contracts(Settings())]


def add_delivery(connection: psycopg.Connection, delivery_id: int, *, contract: FeedContract) -> None:
    """A delivery without lines, to hang rows on."""
    connection.execute(
        "insert into ledger.deliveries (delivery_id, sha256, feed, contract_version, file_name, byte_count, line_count,"
        " extract_at, state, received_at) values (%s, lpad(%s::text, 64, '0'), %s, '1.0.0', 'test', 0, 0, %s, 'landed',"
        " %s)",
        [delivery_id, delivery_id, contract.feed, EXTRACT_AT, EXTRACT_AT],
    )


def land(connection: psycopg.Connection, rows: dict[int, Row], *, delivery_id: int, contract: FeedContract) -> None:
    """Put rows into a feed's landing table under their row numbers."""
    names = [field.name for field in contract.fields]
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier("landing", contract.feed),
        sql.SQL(", ").join(map(sql.Identifier, ["_delivery_id", "_row_number", *names])),
        sql.SQL(", ").join(sql.Placeholder() * (len(names) + 2)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[delivery_id, number, *map(row.get, names)] for number, row in rows.items()])


@pytest.mark.parametrize("feed", FEEDS)
def test_each_rule_finds_the_record_that_breaks_it_and_no_good_one(
    settings: Settings, admin: psycopg.Connection, feed: str
) -> None:
    contract = load_contract(feed)
    add_delivery(admin, 1, contract=contract)
    add_delivery(admin, 2, contract=contract)
    rows = {2: good_row(contract, number=1)}
    broken: dict[str, int] = {}
    for found in breaks(contract):
        if found.beside is not None:
            rows[len(rows) + 2] = found.beside
        broken[found.rule_id] = len(rows) + 2
        rows[len(rows) + 2] = found.row
    land(admin, rows, delivery_id=1, contract=contract)
    # Another delivery's records are none of the judged delivery's business.
    land(admin, {number: row for number, row in rows.items() if number > 2}, delivery_id=2, contract=contract)

    with connect(settings, role="validator") as validator:
        for rule in contract.rules:
            held = validator.execute(rule.sql_for([1])).fetchall()  # type: ignore[call-overload]
            assert {delivery_id for delivery_id, _ in held} == {1}, rule.rule_id
            assert broken[rule.rule_id] in {row_number for _, row_number in held}, rule.rule_id
            assert 2 not in {row_number for _, row_number in held}, rule.rule_id
            # A rule about one field has nothing to say where only others are broken.
            assert len(held) <= 6, rule.rule_id


def test_great_expectations_runs_the_same_text(settings: Settings, admin: psycopg.Connection) -> None:
    contract = load_contract("police__missing_episodes")
    add_delivery(admin, 1, contract=contract)
    add_delivery(admin, 2, contract=contract)
    one = next(found for found in breaks(contract) if found.rule_id == "MEP-R07")
    land(admin, {2: good_row(contract, number=1), 3: one.row}, delivery_id=1, contract=contract)
    land(admin, {2: good_row(contract, number=1)}, delivery_id=2, contract=contract)
    url = database_url(settings, role="validator", driver="psycopg")

    met = {
        delivery_id: {
            verdict.rule_id
            for verdict in verdicts(
                url, name=contract.feed, expectations=delivery_expectations(contract, delivery_ids=[delivery_id])
            )
            if verdict.is_met
        }
        for delivery_id in (1, 2)
    }

    everything = {rule.rule_id for rule in contract.rules}
    assert met == {1: everything - {"MEP-R07"}, 2: everything}


def test_no_reader_of_a_query_takes_part_of_it_for_a_parameter() -> None:
    query = """select '{"a":true}'::jsonb, '12:30', x[1:2] from t where a = :b"""

    assert verbatim(query) == r"""select '{{"a"\:true}}'::jsonb, '12:30', x[1:2] from t where a = \:b"""
