"""Deliveries over time: sent twice, restated, late, corrected; hostile files; the quarantine worked by people."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.landing import ingest
from frontdoor.landing.ingest import IngestResult, contract_of, ingest_all, ingest_feed, land_feed
from frontdoor.quality import quarantine
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.supplier import EXTRACTED_AT, FEED, RECEIVED_AT, body, line, send


def take_in(settings: Settings) -> IngestResult:
    return ingest_feed(settings, FEED, received_at=RECEIVED_AT, grace_seconds=0)


def inbox(settings: Settings) -> Path:
    return Path(settings.inbox)


def effective(admin: psycopg.Connection) -> dict[int, str]:
    """The rows that count, by sequence number: which status the first record has."""
    return dict(
        admin.execute(
            "select _sequence_no, max(status) from accepted.council__agency_checks group by 1 order by 1"
        ).fetchall()
    )


def test_the_same_bytes_twice_change_nothing(settings: Settings, admin: psycopg.Connection) -> None:
    send(inbox(settings), body(line(1)))
    take_in(settings)
    before = admin.execute("select * from ledger.deliveries").fetchall()
    send(inbox(settings), body(line(1)))
    assert take_in(settings).count("duplicate") == 1
    assert admin.execute("select * from ledger.deliveries").fetchall() == before
    assert admin.execute("select outcome from ledger.arrivals order by arrival_no").fetchall() == [
        ("new",),
        ("duplicate",),
    ]


@pytest.mark.parametrize("is_in_order", [True, False], ids=["in order", "the restatement first"])
def test_a_restatement_supersedes_whatever_the_order(
    settings: Settings, admin: psycopg.Connection, is_in_order: bool
) -> None:
    first = (body(line(1, status="NO_RESPONSE")), {})
    restated = (body(line(1)), {"extract_ts": (EXTRACTED_AT + timedelta(hours=1)).isoformat()})
    for content, manifest in (first, restated) if is_in_order else (restated, first):
        send(inbox(settings), content, manifest=manifest)
        take_in(settings)
    assert effective(admin) == {1: "RETURNED"}
    warned = admin.execute("select count(*) from ledger.rule_outcomes where rule_id = 'ENV-D20'").fetchone()
    assert warned == (1,)


def test_an_older_delivery_after_a_newer_changes_nothing_newer(settings: Settings, admin: psycopg.Connection) -> None:
    send(inbox(settings), body(line(2)), sequence_no=2)
    take_in(settings)
    older = {"extract_ts": (EXTRACTED_AT - timedelta(days=1)).isoformat()}
    send(inbox(settings), body(line(1)), sequence_no=1, manifest=older)
    assert take_in(settings).count("accepted") == 1
    assert effective(admin) == {1: "RETURNED", 2: "RETURNED"}


def test_a_refused_file_is_landed_when_its_manifest_is_corrected(settings: Settings, admin: psycopg.Connection) -> None:
    send(inbox(settings), body(line(1)), row_count=2)
    assert take_in(settings).count("rejected") == 1
    send(inbox(settings), body(line(1)))
    assert take_in(settings).count("accepted") == 1
    assert admin.execute("select state, accepted_count, rejected_rule_id from ledger.deliveries").fetchall() == [
        ("accepted", 1, None)
    ]


def test_a_bad_manifest_does_not_undo_what_was_accepted(settings: Settings, admin: psycopg.Connection) -> None:
    send(inbox(settings), body(line(1)))
    take_in(settings)
    send(inbox(settings), body(line(1)), row_count=7)
    assert take_in(settings).count("duplicate") == 1
    assert admin.execute("select state from ledger.deliveries").fetchall() == [("accepted",)]


def test_a_file_waits_for_its_manifest(settings: Settings, admin: psycopg.Connection) -> None:
    send(inbox(settings), body(line(1)), has_manifest=False)
    assert ingest_feed(settings, FEED, received_at=RECEIVED_AT).counts["to_judge"] == 0
    send(inbox(settings), body(line(1)))
    assert ingest_feed(settings, FEED, received_at=RECEIVED_AT).count("accepted") == 1


def test_an_unfinished_file_is_left_alone(settings: Settings) -> None:
    sent = send(inbox(settings), body(line(1)), has_manifest=False)
    unfinished = inbox(settings) / f"{sent.file_name}.part"
    (inbox(settings) / sent.file_name).rename(unfinished)
    ingest_all(settings, received_at=RECEIVED_AT, grace_seconds=0)
    assert unfinished.exists()


def test_a_manifest_without_its_file_is_reported(settings: Settings, admin: psycopg.Connection) -> None:
    sent = send(inbox(settings), body(line(1)))
    (inbox(settings) / sent.file_name).unlink()
    assert take_in(settings).count("rejected") == 1
    assert admin.execute("select outcome, rule_id from ledger.arrivals").fetchall() == [("rejected", "ENV-D13")]


HOSTILE_NAMES = [
    "Robert Zzyzxcanary.csv",
    "mashchk_874_LCS_20260309T0600_00001.csv\n",
    "mashchk_874_LCS_20260309T0600_00001.csv\u202evsc",
    "mashchk_874_..\\LCS_20260309T0600_00001.csv",
    "mashchk_874_LCS_20260309T0600_00001.exe",
    "unknown_874_LCS_20260309T0600_00001.csv",
    "mashchk_874_LCS_20260309T0600_٠٠٠٠١.csv",
    "x" * 250,
    "CON",
]


def test_hostile_names_are_recorded_without_being_repeated(settings: Settings, admin: psycopg.Connection) -> None:
    inbox(settings).mkdir(parents=True)
    for name in HOSTILE_NAMES:
        (inbox(settings) / name).write_text("x")
    ingest_all(settings, received_at=RECEIVED_AT, grace_seconds=0)
    arrivals = admin.execute("select feed, file_name, outcome from ledger.arrivals").fetchall()
    assert arrivals == [(None, None, "unrecognised")] * len(HOSTILE_NAMES)
    set_aside = list((inbox(settings) / ".refused").iterdir())
    assert len(set_aside) == len(HOSTILE_NAMES)
    assert not {path.name for path in set_aside} & set(HOSTILE_NAMES)


def test_links_pipes_and_folders_are_never_opened(
    settings: Settings, admin: psycopg.Connection, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(body(line(1)))
    inbox(settings).mkdir(parents=True)
    names = [f"mashchk_874_LCS_20260309T0600_{number:05d}.csv" for number in (1, 2, 3)]
    (inbox(settings) / names[0]).symlink_to(secret)
    os.mkfifo(inbox(settings) / names[1])
    (inbox(settings) / names[2]).mkdir()
    ingest_all(settings, received_at=RECEIVED_AT, grace_seconds=0)
    assert admin.execute("select outcome from ledger.arrivals").fetchall() == [("unrecognised",)] * 3
    assert admin.execute("select count(*) from ledger.deliveries").fetchone() == (0,)
    assert secret.read_bytes() == body(line(1))


def test_a_folder_given_by_hand_is_read_and_left_as_it_is(settings: Settings, tmp_path: Path) -> None:
    from frontdoor.deliveries.inbox import FolderInbox

    given = tmp_path / "given"
    send(given, body(line(1)))
    before = sorted(path.name for path in given.iterdir())
    kept = FolderInbox(given, is_kept=True)
    for expected in ("new", "duplicate"):
        results = ingest_all(settings, received_at=RECEIVED_AT, inbox=kept, grace_seconds=0)
        assert sum(result.count(expected) for result in results) == 1
    assert sorted(path.name for path in given.iterdir()) == before


def test_an_inbox_and_archive_by_url(settings: Settings, admin: psycopg.Connection, tmp_path: Path) -> None:
    remote = settings.model_copy(
        update={"inbox_url": f"file://{tmp_path}/remote/inbox", "archive_url": f"file://{tmp_path}/remote/archive"}
    )
    sent = send(tmp_path / "remote" / "inbox", body(line(1)))
    assert take_in(remote).count("accepted") == 1
    assert (tmp_path / "remote" / "archive" / FEED / f"{sent.sha256}.csv").read_bytes() == sent.content
    assert not list((tmp_path / "remote" / "inbox").iterdir())


def test_a_failing_database_names_its_code_and_no_value(settings: Settings, admin: psycopg.Connection) -> None:
    admin.execute("alter table landing.council__agency_checks add check (agency <> 'POLICE')")
    send(inbox(settings), body(line(1, check_id="Zzyzxcanary")))
    with pytest.raises(WarehouseError) as failed:
        take_in(settings)
    assert failed.value.sqlstate == "23514"
    assert "Zzyzxcanary" not in str(failed.value)
    assert failed.value.__cause__ is None
    assert admin.execute("select state, failure from ledger.stage_runs").fetchall() == [
        ("failed", "WarehouseError 23514")
    ]
    assert len(list(inbox(settings).iterdir())) == 2


@pytest.fixture
def held(settings: Settings, admin: psycopg.Connection) -> int:
    """A delivery whose third line waits for its unknown agency and whose fourth could not be read."""
    send(inbox(settings), body(line(1), line(2, agency="NOBODY"), b'"' + line(3)))
    take_in(settings)
    found = admin.execute("select delivery_id from ledger.deliveries").fetchone()
    assert found is not None
    return int(found[0])


def counts(admin: psycopg.Connection) -> tuple[int, ...] | None:
    return admin.execute(
        "select accepted_count, quarantined_count from ledger.deliveries where state = 'accepted'"
    ).fetchone()


def readable(admin: psycopg.Connection) -> list[tuple[int, str | None, bool]]:
    return admin.execute(
        "select _row_number, agency, _is_held from accepted.council__agency_checks order by 1"
    ).fetchall()


def test_a_held_record_is_read_without_the_field_that_is_not_believed(
    settings: Settings, admin: psycopg.Connection, held: int
) -> None:
    assert readable(admin) == [(2, "POLICE", False), (3, None, True)]
    with connect(settings, role="loader") as connection:
        assert [(one.rule_id, one.field_name, one.record_count) for one in quarantine.backlog(connection)] == [
            ("CHK-R11", "agency", 1),
            ("ENV-R01", None, 1),
        ]
        shown = quarantine.held_records(connection, feed=FEED, rule_id="CHK-R11", limit=10)
    assert [(one.delivery_id, one.row_number) for one in shown] == [(held, 3)]


@pytest.mark.parametrize(
    ("decision", "after", "fates"),
    [
        ("released", [(2, "POLICE", False), (3, "NOBODY", False)], (2, 1)),
        ("discarded", [(2, "POLICE", False)], (1, 2)),
    ],
)
def test_a_persons_decision_settles_a_held_record(
    settings: Settings,
    admin: psycopg.Connection,
    held: int,
    decision: quarantine.Decision,
    after: list[tuple[int, str, bool]],
    fates: tuple[int, int],
) -> None:
    with connect(settings, role="loader", autocommit=True) as connection:
        quarantine.decide(
            connection, delivery_id=held, row_number=3, decision=decision, decided_by="a", decided_at=RECEIVED_AT
        )
    assert (readable(admin), counts(admin)) == (after, fates)


def test_a_line_that_could_not_be_read_cannot_be_released(settings: Settings, held: int) -> None:
    with connect(settings, role="loader", autocommit=True) as connection, pytest.raises(WarehouseError):
        quarantine.decide(
            connection, delivery_id=held, row_number=4, decision="released", decided_by="a", decided_at=RECEIVED_AT
        )


def test_held_records_are_judged_anew_when_a_rule_changes(
    settings: Settings, admin: psycopg.Connection, held: int
) -> None:
    contract = contract_of(settings, FEED)
    rules = tuple(
        replace(rule, sql=f"select * from ({rule.sql}) as r where false") if rule.rule_id == "CHK-R11" else rule
        for rule in contract.rules
    )
    with connect(settings, role="loader", autocommit=True) as connection:
        result = quarantine.replay(settings, connection, contract=replace(contract, rules=rules), at=RECEIVED_AT)
    assert result == {"released": 1, "held": 0}
    assert (readable(admin)[1], counts(admin)) == ((3, "NOBODY", False), (2, 1))


def test_a_rejecting_rule_rejects_the_whole_delivery_and_judges_it_anew_when_sent_again(
    settings: Settings, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = contract_of(settings, FEED)
    strict = replace(
        contract,
        rules=tuple(replace(rule, severity="reject") if rule.rule_id == "CHK-R11" else rule for rule in contract.rules),
    )
    content = body(line(1), line(2, agency="NOBODY"), b'"' + line(3))
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "load_contracts", lambda settings: (strict,))
        send(inbox(settings), content)
        assert take_in(settings).count("rejected_by_rule") == 1
    assert admin.execute("select rejected_rule_id, rejected_count from ledger.deliveries").fetchall() == [
        ("CHK-R11", 3)
    ]
    assert readable(admin) == []
    send(inbox(settings), content)
    assert take_in(settings).count("accepted") == 1
    assert (counts(admin), len(readable(admin))) == ((1, 2), 2)


def test_receipts_are_made_again_from_the_ledger(settings: Settings, held: int) -> None:
    written = {path.name: path.read_bytes() for path in (settings.receipts / FEED).iterdir()}
    shutil.rmtree(settings.receipts)
    assert take_in(settings).count("receipts") == 1
    assert {path.name: path.read_bytes() for path in (settings.receipts / FEED).iterdir()} == written


def test_another_run_of_the_feed_is_left_to_its_work(settings: Settings) -> None:
    send(inbox(settings), body(line(1)))
    with (
        connect(settings, role="loader", autocommit=True) as other,
        ingest.only_run_of(other, FEED),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("frontdoor.landing.locks.PATIENCE_SECONDS", 0.0)
        assert land_feed(settings, FEED, received_at=RECEIVED_AT).is_skipped
    assert take_in(settings).count("accepted") == 1


def test_an_nhs_number_that_fails_its_check_digit_is_held_and_not_believed(
    settings: Settings, admin: psycopg.Connection
) -> None:
    fields = {
        "source_record_id": "C-1",
        "record_version": "1",
        "record_action": "I",
        "last_updated_at": "2026-03-04T13:40:38+00:00",
        "agency_person_id": "P-1",
        "forename": "Testa",
        "surname": "Example",
        "dob": "2015-01-02",
        "contact_id": "C-1",
        "received_at": "2026-03-04T13:40:38+00:00",
        "channel": "PORTAL",
    }
    header = ",".join((*fields, "nhs_number")).encode()
    records = [",".join((*fields.values(), number)).encode() for number in ("9990000018", "9990000019")]
    send(inbox(settings), body(*records, header=header), token="contacts")
    assert ingest_feed(settings, "council__contacts", received_at=RECEIVED_AT).count("accepted") == 1
    held = admin.execute("select row_number from quarantine.records where field_name = 'nhs_number'").fetchall()
    believed = admin.execute("select nhs_number from accepted.council__contacts order by _row_number").fetchall()
    assert (held, believed) == ([(3,)], [("9990000018",), (None,)])
