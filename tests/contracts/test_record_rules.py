"""Each record rule of each feed: a record that obeys it is not found, one that breaks it is."""

import re
from collections import Counter
from dataclasses import replace

import psycopg
import pytest
from frontdoor.contracts.load import load_contract, load_contracts
from frontdoor.contracts.model import FeedContract
from frontdoor.errors import WarehouseError
from frontdoor.quality.gx import verdicts
from frontdoor.quality.judge import judged_rules
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect, database_url
from psycopg import sql
from psycopg.types.json import Jsonb

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
        for rule in (rule for rule in contract.rules if rule.rule_id in broken):
            held = validator.execute(rule.sql_for([1])).fetchall()  # type: ignore[call-overload]
            assert {delivery_id for delivery_id, _ in held} == {1}, rule.rule_id
            assert broken.pop(rule.rule_id) in {row_number for _, row_number in held}, rule.rule_id
            assert 2 not in {row_number for _, row_number in held}, rule.rule_id
            # A rule about one field has nothing to say where only others are broken.
            assert len(held) <= 6, rule.rule_id
    assert not broken


@pytest.mark.parametrize("feed", FEEDS)
def test_control_totals_are_those_of_the_records(settings: Settings, admin: psycopg.Connection, feed: str) -> None:
    contract = load_contract(feed)
    rule = next(rule for rule in contract.rules if rule.rule_id.endswith("-D01"))
    for delivery_id in range(1, 5):
        add_delivery(admin, delivery_id, contract=contract)
    records = {number: good_row(contract, number=number) for number in (2, 3)}
    for delivery_id in (1, 2, 4):
        land(admin, records, delivery_id=delivery_id, contract=contract)
    true_totals = {total.name: true_total(total.sentence, records) for total in contract.control_totals}
    name = contract.control_totals[-1].name
    wrong_totals = true_totals | {name: {"OTHER": 2} if isinstance(true_totals[name], dict) else 99}
    # The third is a nil return that says so; the fourth has a line nobody could read.
    for delivery_id, totals in {1: true_totals, 2: wrong_totals, 3: {}, 4: wrong_totals}.items():
        admin.execute(
            "update ledger.deliveries set control_totals = %s where delivery_id = %s", [Jsonb(totals), delivery_id]
        )
    with admin.transaction():
        admin.execute("insert into ledger.line_fates values (4, '[1,2)', 'quarantined')")
        admin.execute("update ledger.deliveries set line_count = 1, quarantined_count = 1 where delivery_id = 4")

    with connect(settings, role="validator") as validator:
        found = validator.execute(rule.sql_for([1, 2, 3, 4])).fetchall()  # type: ignore[call-overload]

    assert found == [(2, 1)]


def true_total(sentence: str, records: dict[int, Row]) -> object:
    """A total reckoned from its sentence, which is what the supplier has to go by."""
    rows = [{name: value or "" for name, value in row.items()} for row in records.values()]
    names = re.findall("`(.*?)`", sentence)
    if sentence.startswith("records by"):
        return dict(Counter(":".join(row[name] for name in names) for row in rows))
    if sentence.startswith("distinct"):
        return len({row[names[0]] for row in rows})
    if sentence.startswith("the largest"):
        return 0
    conditions = [(name, codes.split(" or ")) for name, codes in re.findall("`(.*?)` is ([A-Z0-9_ or]+)", sentence)]
    return sum(all(row[name] in codes for name, codes in conditions if codes != ["given"]) for row in rows)


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
    # Judging unbroken rules together says the same of each.
    together = {
        delivery_id: {
            rule.rule_id for rule in judged_rules(settings, contract, delivery_ids=[delivery_id]) if rule.is_met
        }
        for delivery_id in (1, 2)
    }
    assert together == met


def test_a_rule_that_cannot_be_asked_is_named_and_nothing_counts_as_met(settings: Settings) -> None:
    contract = load_contract("police__missing_episodes")
    wrong = replace(contract.rules[3], sql=contract.rules[3].sql.replace("rules.", "no_such_schema."))
    rules = (*contract.rules[:3], wrong, *contract.rules[4:])
    with pytest.raises(WarehouseError, match=f"{wrong.rule_id} of {contract.feed} cannot be evaluated"):
        judged_rules(settings, replace(contract, rules=rules), delivery_ids=[1])


def test_no_reader_of_a_query_takes_part_of_it_for_a_parameter() -> None:
    query = """select '{"a":true}'::jsonb, '12:30', x[1:2] from t where a = :b"""

    assert verbatim(query) == r"""select '{{"a"\:true}}'::jsonb, '12:30', x[1:2] from t where a = \:b"""
