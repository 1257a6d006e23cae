"""Receipts: what a supplier is told of a delivery, in counts, rule ids and line numbers, never in values."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from frontdoor.contracts.model import FeedContract
from frontdoor.faults import checkpoint
from frontdoor.quality.envelope import ENVELOPE_RULES
from frontdoor.quality.receipt_page import receipt_page
from frontdoor.settings import Settings

# Receipts are made from the ledger; those of the latest settlements are looked for, in case a run died before.
RECENT = 1000
# A page with a million line numbers helps nobody; counts are always whole.
LISTED_LINES = 200


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule a delivery did not meet, with the first of the lines that broke it."""

    rule_id: str
    severity: str
    sentence: str
    action: str
    broken_count: int
    field_name: str | None
    line_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DriftedColumn:
    """One column that is not as the contract says."""

    column_name: str
    kind: str
    field_name: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything a receipt says."""

    feed: str
    file_name: str
    sha256: str
    state: str
    rejected_rule_id: str | None
    rejected_detail: str | None
    source_org: str | None
    sequence_no: int | None
    received_at: str
    settled_at: str
    settled_no: int
    byte_count: int
    lines: dict[str, int]
    manifest_row_count: int | None
    control_totals: dict[str, object]
    is_nil_return: bool
    broken_rules: tuple[BrokenRule, ...]
    column_drift: tuple[DriftedColumn, ...]

    @property
    def stem(self) -> str:
        """The receipt's own file name without extension: one per settlement of a delivery."""
        return f"{self.file_name.rpartition('.')[0]}.{self.settled_no:08d}.receipt"


def write_missing_receipts(settings: Settings, connection: psycopg.Connection, *, contract: FeedContract) -> int:
    """Write the receipts of recent settlements that are not there yet; returns how many that were."""
    folder = settings.receipts / contract.feed
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    present = {path.name for path in folder.glob("*.receipt.json")}
    written = 0
    for delivery_id, stem in _recent(connection, contract.feed):
        if f"{stem}.json" in present:
            continue
        receipt = receipt_of(connection, delivery_id, contract=contract)
        _write(folder / f"{receipt.stem}.html", receipt_page(receipt))
        checkpoint("receipt")
        # The JSON comes last: where it is, the page is too.
        _write(folder / f"{receipt.stem}.json", json.dumps(asdict(receipt), indent=2, ensure_ascii=False) + "\n")
        written += 1
    return written


def receipt_of(connection: psycopg.Connection, delivery_id: int, *, contract: FeedContract) -> Receipt:
    """Return the receipt of a settled delivery, from the ledger alone."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute("select * from ledger.deliveries where delivery_id = %s", [delivery_id]).fetchone()
    if found is None:
        raise LookupError("no such delivery")
    return Receipt(
        **{name: found[name] for name in _VERBATIM},
        received_at=found["received_at"].isoformat(),
        settled_at=found["settled_at"].isoformat(),
        lines={name: found[f"{name}_count"] for name in ("line", "structural", "accepted", "quarantined", "rejected")},
        broken_rules=tuple(_broken_rules(connection, delivery_id, contract=contract)),
        column_drift=tuple(
            DriftedColumn(*row)
            for row in connection.execute(
                "select column_name, kind, field_name from ledger.column_drift where delivery_id = %s order by 1, 2",
                [delivery_id],
            )
        ),
    )


_VERBATIM = (
    "feed",
    "file_name",
    "sha256",
    "state",
    "rejected_rule_id",
    "rejected_detail",
    "source_org",
    "sequence_no",
    "settled_no",
    "byte_count",
    "manifest_row_count",
    "control_totals",
    "is_nil_return",
)


def _recent(connection: psycopg.Connection, feed: str) -> Iterator[tuple[int, str]]:
    rows = connection.execute(
        "select delivery_id, file_name, settled_no from ledger.deliveries"
        " where feed = %s and settled_no is not null order by settled_no desc limit %s",
        [feed, RECENT],
    ).fetchall()
    for delivery_id, file_name, settled_no in rows:
        yield delivery_id, f"{file_name.rpartition('.')[0]}.{settled_no:08d}.receipt"


def _broken_rules(connection: psycopg.Connection, delivery_id: int, *, contract: FeedContract) -> Iterator[BrokenRule]:
    sentences = {rule.rule_id: (rule.sentence, "Correct the records at their source.") for rule in contract.rules}
    sentences |= {rule.rule_id: (rule.sentence, rule.action) for rule in ENVELOPE_RULES.values()}
    outcomes = connection.execute(
        "select rule_id, severity, broken_count from ledger.rule_outcomes"
        " where delivery_id = %s and not is_met order by rule_id",
        [delivery_id],
    ).fetchall()
    for rule_id, severity, broken_count in outcomes:
        lines = connection.execute(
            "select row_number, field_name from quarantine.records where delivery_id = %s and rule_id = %s"
            " order by row_number limit %s",
            [delivery_id, rule_id, LISTED_LINES],
        ).fetchall()
        sentence, action = sentences.get(rule_id, ("A rule of an earlier contract.", "Nothing."))
        yield BrokenRule(
            rule_id=rule_id,
            severity=severity,
            sentence=sentence,
            action=action,
            broken_count=broken_count,
            field_name=lines[0][1] if lines else None,
            line_numbers=tuple(line[0] for line in lines),
        )


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
