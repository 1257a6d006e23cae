"""Every kind of bad input: a clear refusal or a quarantine with its reason, a receipt, and nothing lost.

All of it is sent at once and taken in by one run, as on a bad morning; each test looks at one delivery.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from frontdoor.landing.ingest import ingest_all
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.conftest import TEMPLATE
from tests.databases import copied_database
from tests.supplier import COLUMNS, HEADER, RECEIVED_AT, Sent, body, line, send

CANARY = "Zzyzxcanary"


@dataclass(frozen=True)
class Case:
    """What is sent, and what must become of it: state, rule, and lines structural, accepted, quarantined, rejected."""

    content: bytes
    state: str
    lines: tuple[int, int, int, int]
    rule_id: str | None = None
    held: dict[int, str] = field(default_factory=dict)
    warned: frozenset[str] = frozenset()
    row_count: int | None = None
    manifest: dict[str, object] = field(default_factory=dict)
    has_manifest: bool = True


GOOD = (line(1), line(2), line(3))
RENAMED = HEADER.replace(b"requested_at", b"Request_Date")
CASES = {
    "a good file": Case(body(*GOOD), "accepted", (1, 3, 0, 0)),
    "a truncated file": Case(
        body(*GOOD)[:-60], "rejected", (0, 0, 0, 4), "ENV-D04", row_count=3, manifest={"sha256": "0" * 64}
    ),
    "a hash mismatch": Case(body(*GOOD, line(4)), "rejected", (0, 0, 0, 5), "ENV-D04", manifest={"sha256": "a" * 64}),
    "a count mismatch": Case(body(*GOOD, line(5)), "rejected", (0, 0, 0, 5), "ENV-D05", row_count=3),
    "a control total mismatch": Case(
        body(*GOOD, line(6)), "rejected", (0, 0, 0, 5), "ENV-D06", manifest={"control_totals": {"row_count": 5}}
    ),
    "no manifest": Case(body(*GOOD, line(7)), "rejected", (0, 0, 0, 5), "ENV-D01", has_manifest=False),
    "a manifest with a key too many": Case(
        body(*GOOD, line(8)), "rejected", (0, 0, 0, 5), "ENV-D02", manifest={CANARY: CANARY}
    ),
    "a manifest of another council": Case(
        body(*GOOD, line(9)), "rejected", (0, 0, 0, 5), "ENV-D03", manifest={"la_code": "873"}
    ),
    "a mandatory column missing": Case(body(b"1", header=b"source_record_id"), "rejected", (0, 0, 0, 2), "ENV-D10"),
    "no header": Case(
        body(line(10, check_id=CANARY), header=line(11, check_id=CANARY)), "rejected", (0, 0, 0, 2), "ENV-D10"
    ),
    "an optional column missing": Case(
        body(*(one.rpartition(b",")[0] for one in GOOD), header=HEADER.rpartition(b",")[0]),
        "accepted",
        (1, 3, 0, 0),
        warned=frozenset({"ENV-D22"}),
    ),
    "an extra column": Case(
        body(*(one + b",North" for one in GOOD), header=HEADER + b",worker_team"),
        "accepted",
        (1, 3, 0, 0),
        warned=frozenset({"ENV-D22"}),
    ),
    "a column by another known name": Case(
        body(*GOOD, line(12), header=HEADER.replace(b"mash_enquiry_ref", b"Enquiry_Ref")),
        "accepted",
        (1, 4, 0, 0),
        warned=frozenset({"ENV-D22"}),
    ),
    "UTF-16": Case(body(*GOOD).decode().encode("utf-16"), "rejected", (0, 0, 0, 5), "ENV-D08", row_count=3),
    "Windows-1252": Case(
        body(line(13, used_in_decision=""), line(14, source_record_id="Réf 14")).decode().encode("cp1252"),
        "accepted",
        (1, 2, 0, 0),
        warned=frozenset({"ENV-D21"}),
    ),
    "a damaged byte in UTF-8": Case(
        body(line(15, source_record_id="Réf 15")) + line(16).replace(b"POLICE", b"\xff") + b"\n",
        "accepted",
        (1, 1, 1, 0),
        held={3: "ENV-R04"},
        warned=frozenset({"ENV-R04"}),
    ),
    "a byte order mark": Case(b"\xef\xbb\xbf" + body(*GOOD), "accepted", (1, 3, 0, 0)),
    "CRLF line ends": Case(body(*GOOD, end=b"\r\n"), "accepted", (1, 3, 0, 0)),
    "lone CR line ends": Case(body(*GOOD, end=b"\r"), "accepted", (1, 3, 0, 0)),
    "mixed line ends": Case(
        body(line(17), end=b"\r\n") + line(18) + b"\n" + line(19) + b"\r", "accepted", (1, 3, 0, 0)
    ),
    "a NUL": Case(
        body(line(20), line(21).replace(b"POLICE", b"PO\0LICE")),
        "accepted",
        (1, 1, 1, 0),
        held={3: "ENV-R03"},
        warned=frozenset({"ENV-R03"}),
    ),
    "an unclosed quote": Case(
        body(line(22), b'"' + line(23), line(24)),
        "accepted",
        (1, 2, 1, 0),
        held={3: "ENV-R01"},
        warned=frozenset({"ENV-R01"}),
    ),
    "a field too many": Case(
        body(line(25), line(26) + b",x"),
        "accepted",
        (1, 1, 1, 0),
        held={3: "ENV-R02"},
        warned=frozenset({"ENV-R02"}),
    ),
    "an impossible date": Case(
        body(line(27), line(28, due_at="2026-02-30T10:00:00+00:00")),
        "accepted",
        (1, 1, 1, 0),
        held={3: "CHK-R18"},
        warned=frozenset({"CHK-R18"}),
    ),
    "an unknown code": Case(
        body(line(29), line(30, agency=CANARY)),
        "accepted",
        (1, 1, 1, 0),
        held={3: "CHK-R11"},
        warned=frozenset({"CHK-R11"}),
    ),
    "a nil return": Case(body(), "accepted", (1, 0, 0, 0), manifest={"nil_return": True}),
    "another day's nil return, the same bytes": Case(body(), "accepted", (1, 0, 0, 0), manifest={"nil_return": True}),
    "a nil return of no bytes": Case(b"", "accepted", (0, 0, 0, 0), manifest={"nil_return": True}),
    "an empty file that is no nil return": Case(b"", "rejected", (0, 0, 0, 0), "ENV-D07"),
    "a nil return with records": Case(
        body(*GOOD, line(31)), "rejected", (0, 0, 0, 5), "ENV-D07", manifest={"nil_return": True}
    ),
    "blank rows at the end": Case(
        body(line(32), b"", b"," * (len(COLUMNS) - 1)), "accepted", (3, 1, 0, 0), row_count=1
    ),
    "a huge field": Case(body(line(33, quality="x" * 300_000)), "accepted", (1, 0, 1, 0), held={2: "CHK-R29"}),
}


@pytest.fixture(scope="module")
def taken_in(
    warehouse: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, dict[str, Sent]]]:
    """All cases, sent and taken in."""
    with copied_database(warehouse, template=TEMPLATE, home=tmp_path_factory.mktemp("council")) as council:
        sent = {
            case_name: send(
                council.home / "inbox",
                case.content,
                sequence_no=number,
                row_count=case.row_count,
                manifest=case.manifest,
                has_manifest=case.has_manifest,
            )
            for number, (case_name, case) in enumerate(CASES.items(), start=1)
        }
        ingest_all(council, received_at=RECEIVED_AT, grace_seconds=0)
        yield council, sent


@pytest.fixture(scope="module")
def ledger(taken_in: tuple[Settings, dict[str, Sent]]) -> Iterator[psycopg.Connection]:
    with connect(taken_in[0], role="admin", autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_or_quarantined_with_its_reason(
    taken_in: tuple[Settings, dict[str, Sent]], ledger: psycopg.Connection, name: str
) -> None:
    council, sent = taken_in
    case, file_name = CASES[name], sent[name].file_name
    found = ledger.execute(
        "select delivery_id, state, rejected_rule_id, structural_count, accepted_count, quarantined_count,"
        " rejected_count, settled_no from ledger.deliveries where file_name = %s",
        [file_name],
    ).fetchone()
    assert found is not None
    delivery_id, settled_no = found[0], found[7]
    assert found[1:7] == (case.state, case.rule_id, *case.lines)
    held = ledger.execute(
        "select row_number, rule_id from quarantine.records where delivery_id = %s", [delivery_id]
    ).fetchall()
    assert dict(held) == case.held
    receipt = council.receipts / "council__agency_checks" / f"{file_name[:-4]}.{settled_no:08d}.receipt.json"
    told = json.loads(receipt.read_text())
    assert told["state"] == case.state
    assert receipt.with_suffix(".html").exists()
    if case.state == "accepted":
        assert {rule["rule_id"] for rule in told["broken_rules"]} >= case.warned
    archived = list((council.home / "archive" / "council__agency_checks").glob(f"{sent[name].sha256}.*"))
    assert [path.read_bytes() for path in archived] == [case.content]


def test_the_inbox_is_empty_afterwards(taken_in: tuple[Settings, dict[str, Sent]]) -> None:
    assert not list((taken_in[0].home / "inbox").iterdir())


def test_nothing_written_for_people_holds_a_value(taken_in: tuple[Settings, dict[str, Sent]]) -> None:
    written = [path for path in taken_in[0].receipts.rglob("*") if path.is_file()]
    assert len(written) == 2 * len(CASES)
    assert [path for path in written if CANARY in path.read_text()] == []


def test_no_column_name_in_the_ledger_is_a_value(ledger: psycopg.Connection) -> None:
    names = {row[0] for row in ledger.execute("select column_name from ledger.column_drift")}
    assert names <= {"worker_team", "used_in_decision", "Enquiry_Ref"}


def test_every_line_received_is_accounted_for(ledger: psycopg.Connection) -> None:
    assert ledger.execute(
        "select count(*) from ledger.deliveries"
        " where line_count <> structural_count + accepted_count + quarantined_count + rejected_count"
    ).fetchone() == (0,)
    landed = ledger.execute("select count(*) from landing.council__agency_checks").fetchone()
    kept = ledger.execute(
        "select sum(d.accepted_count + d.quarantined_count) - (select count(*) from quarantine.unreadable_lines)"
        " from ledger.deliveries as d"
    ).fetchone()
    assert landed == kept
