"""Judges landed deliveries by their contract's rules: Great Expectations' verdict, the same SQL text for the rows."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice

import psycopg
from psycopg import sql

from expectations.suites import ALL_OTHERS
from frontdoor.contracts.model import FeedContract
from frontdoor.errors import WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.quality.gx import Verdict, import_great_expectations, verdicts
from frontdoor.quality.settle import JudgedRule, Settlement, settle
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect, database_url

# Deliveries judged in one pass and settled in one transaction: few enough to lock, many enough to be quick.
DELIVERIES_AT_ONCE = 500


def judge(
    settings: Settings, connection: psycopg.Connection, *, contract: FeedContract, settled_at: datetime
) -> dict[str, int]:
    """Judge and settle everything of a feed that is landed; returns counts.

    Raises WarehouseError when a rule cannot be evaluated: what was landed then stays landed, for the next run.
    """
    counts = {"accepted": 0, "rejected_by_rule": 0, "quarantined_records": 0}
    for delivery_ids in _batches(connection, contract.feed):
        rules = judged_rules(settings, contract, delivery_ids=delivery_ids)
        checkpoint("judged")
        try:
            settlement = settle(
                connection, feed=contract.feed, delivery_ids=delivery_ids, rules=rules, settled_at=settled_at
            )
        except psycopg.Error as error:
            raise WarehouseError(f"settling {contract.feed} failed", sqlstate=error.sqlstate) from None
        _add(counts, settlement)
    return counts


def judged_rules(settings: Settings, contract: FeedContract, *, delivery_ids: Sequence[int]) -> list[JudgedRule]:
    """Return each rule of the contract with Great Expectations' verdict over these deliveries.

    Rules that a first look finds unbroken are judged together; when that verdict is not clean, each is judged alone.
    """
    found = _verdicts(settings, contract, delivery_ids, apart=_seem_broken(settings, contract, delivery_ids))
    if any(rule.rule_id not in found for rule in contract.rules) and not found[ALL_OTHERS].is_met:
        found = _verdicts(settings, contract, delivery_ids, apart=None)
    for verdict in found.values():
        if verdict.sqlstate is not None:
            raise WarehouseError(
                f"rule {verdict.rule_id} of {contract.feed} cannot be evaluated", sqlstate=verdict.sqlstate
            )
    return [
        JudgedRule(
            rule_id=rule.rule_id,
            severity=rule.severity,
            field_name=rule.field,
            is_met=found.get(rule.rule_id, found.get(ALL_OTHERS, _UNJUDGED)).is_met,
            rows=_text(rule.sql_for(delivery_ids)),
        )
        for rule in contract.rules
    ]


_UNJUDGED = Verdict("", is_met=False)


def _verdicts(
    settings: Settings, contract: FeedContract, delivery_ids: Sequence[int], *, apart: Collection[str] | None
) -> dict[str, Verdict]:
    import_great_expectations()
    from expectations.suites import delivery_expectations

    expectations = delivery_expectations(contract, delivery_ids=tuple(delivery_ids), apart=apart)
    url = database_url(settings, role="validator", driver="psycopg")
    return {verdict.rule_id: verdict for verdict in verdicts(url, name=contract.feed, expectations=expectations)}


def _seem_broken(settings: Settings, contract: FeedContract, delivery_ids: Sequence[int]) -> set[str] | None:
    """Return the rules to ask about one by one; None, meaning all, when the first look itself cannot be had."""
    looks = (
        sql.SQL("select {} where exists ({})").format(sql.Literal(rule.rule_id), _text(rule.sql_for(delivery_ids)))
        for rule in contract.rules
    )
    with connect(settings, role="validator") as connection:
        try:
            return {row[0] for row in connection.execute(sql.SQL(" union all ").join(looks))}
        except psycopg.Error:
            connection.rollback()
            return None


def _batches(connection: psycopg.Connection, feed: str) -> Iterator[list[int]]:
    found = connection.execute(
        "select delivery_id from ledger.deliveries where feed = %s and state = 'landed'"
        " order by extract_at, sequence_no, delivery_id",
        [feed],
    ).fetchall()
    ids = (row[0] for row in found)
    while batch := list(islice(ids, DELIVERIES_AT_ONCE)):
        yield batch


def _add(counts: dict[str, int], settlement: Settlement) -> None:
    counts["accepted"] += settlement.accepted
    counts["rejected_by_rule"] += settlement.rejected
    counts["quarantined_records"] += settlement.quarantined_records


def _text(query: str) -> sql.SQL:
    # Our own contracts' text, from files under review: nothing of a delivery is in it but its id.
    return sql.SQL(query)
