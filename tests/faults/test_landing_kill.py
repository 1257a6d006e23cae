"""Landing killed anywhere, run twice at once, or cut off from its database: nothing lost, nothing doubled.

Each run is a forked process, so that Great Expectations is imported once. The harness itself is tried on planted
bugs: zeros from a harness that cannot see a loss would mean nothing.
"""

import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.faults import FAULT_VARIABLE
from frontdoor.landing import ingest
from frontdoor.landing.ingest import ingest_feed
from frontdoor.quality.gx import import_great_expectations
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import database_url

from tests.supplier import FEED, RECEIVED_AT, body, line, send

PLACES = [
    "claim",
    "mid-hash-copy",
    "copied",
    "mid-copy",
    "before-commit",
    "before-rejection-commit",
    "after-landing-commit",
    "before-inbox-removal",
    "between-inbox-removals",
    "judged",
    "before-settle-commit",
    "after-settle-commit",
    "receipt",
]
fork = multiprocessing.get_context("fork")
Run = Callable[[Settings], None]

State = dict[str, list[tuple[object, ...]]]


def run(settings: Settings) -> None:
    ingest_feed(settings, FEED, received_at=RECEIVED_AT)


def in_a_process(settings: Settings, *, fault: str = "", run: Run = run) -> int | None:
    """Run in a fork and return its exit code: minus nine when it was killed."""

    def child() -> None:
        os.environ[FAULT_VARIABLE] = fault
        run(settings)

    process = fork.Process(target=child)
    process.start()
    process.join(120)
    return process.exitcode


def send_three(settings: Settings) -> None:
    """One delivery with a held record and an unreadable line, one that is clean, one that is refused."""
    inbox = Path(settings.inbox)
    send(inbox, body(line(1), line(2, agency="NOBODY"), b'"' + line(3), line(4)), sequence_no=1)
    send(inbox, body(*(line(number) for number in range(5, 25))), sequence_no=2)
    send(inbox, body(line(30)), sequence_no=3, row_count=2)


def state(admin: psycopg.Connection, settings: Settings) -> State:
    """Everything that must be the same whatever happened on the way."""
    questions = {
        "rows": "select _delivery_id, _row_number, check_id from landing.council__agency_checks",
        "fates": "select delivery_id, lines::text, fate from ledger.line_fates",
        "held": "select delivery_id, row_number, rule_id, state from quarantine.records",
        "deliveries": "select delivery_id, state, accepted_count, quarantined_count, rejected_count"
        " from ledger.deliveries",
        "outcomes": "select delivery_id, rule_id, is_met, broken_count from ledger.rule_outcomes",
    }
    found = {name: sorted(admin.execute(f"{text} order by 1, 2").fetchall()) for name, text in questions.items()}
    receipts = (settings.receipts / FEED).glob("*.json") if settings.receipts.exists() else ()
    found["receipts"] = sorted((path.name.split(".")[0],) for path in receipts)
    found["inbox"] = sorted((path.name,) for path in Path(settings.inbox).iterdir())
    return found


@pytest.fixture(scope="module")
def undisturbed() -> State:
    """What three deliveries come to: counted by hand, not by the code under test."""
    return {
        "rows": [3 + 20],
        "deliveries": [("accepted", 2, 2, 0), ("accepted", 20, 0, 0), ("rejected", 0, 0, 2)],
        "held": ["CHK-R11", "ENV-R01"],
    }  # type: ignore[dict-item]


def assert_undisturbed(found: State, undisturbed: State) -> None:
    assert len(found["rows"]) == undisturbed["rows"][0], "rows lost or doubled"
    assert len({row[:2] for row in found["rows"]}) == len(found["rows"]), "rows doubled"
    assert sorted(row[1:] for row in found["deliveries"]) == undisturbed["deliveries"]
    assert sorted(row[2] for row in found["held"]) == undisturbed["held"]
    assert len(found["receipts"]) == 3
    assert found["inbox"] == []


@pytest.fixture(autouse=True, scope="module")
def _great_expectations() -> None:
    import_great_expectations()


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_one_more_run_completes_it(
    settings: Settings, admin: psycopg.Connection, undisturbed: State, place: str
) -> None:
    send_three(settings)
    assert in_a_process(settings, fault=place) == -9
    assert in_a_process(settings) == 0
    assert_undisturbed(state(admin, settings), undisturbed)
    assert not list((settings.home / "archive" / FEED).glob(".incoming-*"))


def test_two_runs_at_once_do_the_work_once(settings: Settings, admin: psycopg.Connection, undisturbed: State) -> None:
    send_three(settings)
    processes = [fork.Process(target=run, args=(settings,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert_undisturbed(state(admin, settings), undisturbed)


@contextmanager
def cutting_proxy(host: str, port: int) -> Iterator[int]:
    """Forward to a server until a client says COMMIT: that reaches the server, and its answer nobody."""
    listener = socket.create_server(("127.0.0.1", 0))

    def forward(client: socket.socket) -> None:
        server = socket.create_connection((host, port))

        is_cut = threading.Event()

        def answers() -> None:
            while data := server.recv(65536):
                if is_cut.is_set():
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)

        threading.Thread(target=answers, daemon=True).start()
        while data := client.recv(65536):
            if b"COMMIT" in data:
                is_cut.set()
            server.sendall(data)
        server.close()

    def accept() -> None:
        try:
            while True:
                threading.Thread(target=forward, args=(listener.accept()[0],), daemon=True).start()
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def test_a_commit_whose_answer_is_lost_is_not_repeated(
    settings: Settings, admin: psycopg.Connection, undisturbed: State
) -> None:
    send_three(settings)
    target = psycopg.conninfo.conninfo_to_dict(database_url(settings, role="loader"))
    with cutting_proxy(str(target["host"]), int(str(target["port"]))) as port, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "connect", lambda *_, **__: psycopg.connect(**{**target, "port": port}, autocommit=True))
        with pytest.raises(WarehouseError):
            run(settings)
    assert admin.execute("select count(*) from ledger.deliveries").fetchone() == (1,), "the commit had arrived"
    run(settings)
    assert_undisturbed(state(admin, settings), undisturbed)


def mark_first(settings: Settings) -> None:
    """A planted bug: take the file out of the inbox before it is landed."""
    original = ingest._Pickup._land

    def removing_first(self: ingest._Pickup, pickup: ingest.Pickup) -> str:
        for name in ingest.pickup_names(pickup):
            (Path(settings.inbox) / name).rename(settings.home / name)
        self.inbox._folder = settings.home  # type: ignore[attr-defined]
        return original(self, pickup)

    ingest._Pickup._land = removing_first  # type: ignore[method-assign]
    run(settings)


def without_transactions(settings: Settings) -> None:
    """A planted bug: every statement commits by itself."""
    psycopg.Connection.transaction = lambda *_, **__: nullcontext()  # type: ignore[method-assign,assignment]
    run(settings)


@pytest.mark.parametrize(
    ("bug", "place"),
    [(mark_first, "copied"), (without_transactions, "mid-copy")],
    ids=["marker first", "no transaction"],
)
def test_the_harness_sees_planted_bugs(
    settings: Settings, admin: psycopg.Connection, undisturbed: State, bug: Run, place: str
) -> None:
    send_three(settings)
    assert in_a_process(settings, fault=place, run=bug) == -9
    in_a_process(settings)
    with pytest.raises(AssertionError):
        assert_undisturbed(state(admin, settings), undisturbed)
