"""Lands one delivery: ledger row, verbatim rows and the fate of every line, in one transaction or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal, Protocol

import psycopg
from psycopg import sql

from frontdoor.contracts.model import FeedContract
from frontdoor.deliveries.archive import ArchivedFile
from frontdoor.deliveries.columns import Column, Drift
from frontdoor.deliveries.copy_text import copy_options
from frontdoor.deliveries.csv_records import CsvRecords
from frontdoor.deliveries.encodings import Encoding
from frontdoor.deliveries.json_records import JsonArrayRecords, JsonLineRecords
from frontdoor.deliveries.manifest import Manifest
from frontdoor.deliveries.tally import LineTally
from frontdoor.errors import ContractError, DeliveryRefused, WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.landing import ledger
from frontdoor.landing.received import Received, check_envelope, encoding_for

Outcome = Literal["new", "duplicate", "rejected"]


class Records(Protocol):
    """What every reader offers landing."""

    tally: LineTally
    delimiter: str

    @property
    def copy_columns(self) -> tuple[str, ...]:
        """The landing columns a block fills between `_row_number` and `_delivery_id`."""

    @property
    def drift(self) -> tuple[Drift, ...]:
        """How the columns differ from the contract; complete once `blocks` is exhausted."""

    def blocks(self, *, delivery_id: int) -> Iterator[bytes]:
        """Yield COPY text until the file ends."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of one pick-up."""

    outcome: Outcome
    delivery_id: int
    rule_id: str | None = None


def land_delivery(
    connection: psycopg.Connection, received: Received, *, contract: FeedContract, council: str
) -> Landing:
    """Land a delivery once, however often it is tried.

    The ledger row is the first statement, keyed by the bytes: a retry after an unacknowledged commit finds it.
    A refused delivery changes nothing but the ledger, and is tried again when it is sent again.
    Raises WarehouseError with the SQLSTATE only, because PostgreSQL's messages quote what it was given.
    """
    try:
        try:
            with connection.transaction():
                landing = _land(connection, received, contract=contract, council=council)
                # The ledger may only know bytes that are safe.
                received.archived.durable.result()
                checkpoint("before-commit")
        except DeliveryRefused as refusal:
            with connection.transaction():
                landing = _reject(connection, received, contract=contract, refusal=refusal)
                received.archived.durable.result()
                checkpoint("before-rejection-commit")
        checkpoint("after-landing-commit")
    except psycopg.Error as error:
        raise WarehouseError(
            f"landing a delivery of {contract.feed} failed; nothing of it was kept", sqlstate=error.sqlstate
        ) from None
    return landing


def _land(connection: psycopg.Connection, received: Received, *, contract: FeedContract, council: str) -> Landing:
    ledger.lock_feed(connection, contract.feed)
    state = ledger.claim(connection, received, contract=contract)
    if state in ("landed", "accepted"):
        ledger.record_arrival(connection, received, feed=contract.feed, outcome="duplicate")
        return Landing("duplicate", received.delivery_id)
    manifest = check_envelope(received, feed=contract.feed, council=council)
    if ledger.is_in_landing(connection, received.delivery_id, feed=contract.feed):
        # Rejected by a rule after it had landed: its rows are still there, to be judged anew.
        ledger.reopen(connection, received, manifest=manifest)
    else:
        _land_lines(connection, received, manifest=manifest, contract=contract)
    ledger.record_arrival(connection, received, feed=contract.feed, outcome="new")
    return Landing("new", received.delivery_id)


def _land_lines(
    connection: psycopg.Connection, received: Received, *, manifest: Manifest, contract: FeedContract
) -> None:
    encoding = encoding_for(received.archived, accepts_cp1252=contract.accepts_cp1252)
    records = open_records(received.archived, contract=contract, encoding=encoding)
    with closing(records.tally):
        copy_records(connection, records, feed=contract.feed, delivery_id=received.delivery_id)
        drift = records.drift
        _check_counts(records.tally, manifest)
        ledger.record_lines(connection, received, manifest=manifest, tally=records.tally, feed=contract.feed)
    ledger.record_drift(connection, received.delivery_id, drift=drift)
    _warn(connection, received, manifest=manifest, contract=contract, encoding=encoding, drift=drift)


def open_records(archived: ArchivedFile, *, contract: FeedContract, encoding: Encoding) -> Records:
    """Return the reader of a feed's format, its header already matched."""
    columns = feed_columns(contract)
    match contract.format:
        case "csv":
            return CsvRecords(archived.path, columns=columns, encoding=encoding, delimiter=contract.delimiter)
        case "json":
            return JsonArrayRecords(archived.path, columns=columns, encoding=encoding)
        case "jsonl":
            return JsonLineRecords(archived.path, columns=columns, encoding=encoding)
        case _:
            raise ContractError(f"{contract.feed}: no reader for {contract.format} yet")


def feed_columns(contract: FeedContract) -> tuple[Column, ...]:
    """Return a contract's fields as readers need them."""
    return tuple(
        Column(field.name, field.header, tuple(field.synonyms), field.is_mandatory) for field in contract.fields
    )


def copy_records(connection: psycopg.Connection, records: Records, *, feed: str, delivery_id: int) -> None:
    """COPY a reader's records into the feed's landing table; Python prepares the next block while the server works."""
    statement = sql.SQL("copy landing.{} ({}) from stdin with ({})").format(
        sql.Identifier(feed),
        sql.SQL(", ").join(map(sql.Identifier, ("_row_number", *records.copy_columns, "_delivery_id"))),
        sql.SQL(copy_options(records.delimiter)),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in records.blocks(delivery_id=delivery_id):
            copy.write(block)
            checkpoint("mid-copy")


def _check_counts(tally: LineTally, manifest: Manifest) -> None:
    count = tally.record_count
    if count == 0 and not manifest.nil_return:
        raise DeliveryRefused("the file holds no records and is not a nil return", rule_id="ENV-D07")
    if count > 0 and manifest.nil_return:
        raise DeliveryRefused(f"the nil return holds {count} records", rule_id="ENV-D07")
    if count != manifest.row_count:
        raise DeliveryRefused(
            f"the file holds {count} records and its manifest states {manifest.row_count}", rule_id="ENV-D05"
        )
    stated = manifest.control_totals.get("row_count", count)
    if stated != count:
        raise DeliveryRefused("the control total row_count is not the file's", rule_id="ENV-D06")


def _warn(
    connection: psycopg.Connection,
    received: Received,
    *,
    manifest: Manifest,
    contract: FeedContract,
    encoding: Encoding,
    drift: Sequence[Drift],
) -> None:
    broken = {
        "ENV-D20": ledger.is_restatement(connection, received, feed=contract.feed),
        "ENV-D21": encoding == "cp1252",
        "ENV-D22": len(drift),
        "ENV-D23": _major(manifest.schema_version) != _major(contract.version),
    }
    for rule_id, count in broken.items():
        if count:
            ledger.record_broken_rule(connection, received, rule_id=rule_id, count=int(count))


def _major(version: str) -> str:
    return version.partition(".")[0]


def _reject(
    connection: psycopg.Connection, received: Received, *, contract: FeedContract, refusal: DeliveryRefused
) -> Landing:
    ledger.lock_feed(connection, contract.feed)
    state = ledger.claim(connection, received, contract=contract)
    if state in ("landed", "accepted"):
        # The same bytes were landed with a better manifest: this one changes nothing.
        ledger.record_arrival(connection, received, feed=contract.feed, outcome="duplicate", rule_id=refusal.rule_id)
        return Landing("duplicate", received.delivery_id, refusal.rule_id)
    ledger.reject_unread(connection, received, refusal=refusal)
    ledger.record_arrival(connection, received, feed=contract.feed, outcome="rejected", rule_id=refusal.rule_id)
    return Landing("rejected", received.delivery_id, refusal.rule_id)
