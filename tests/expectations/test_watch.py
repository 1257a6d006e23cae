"""A tick of the clock on a real database: alerts open, change, wait, escalate, resolve and return; messages follow."""

import os
import re
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psycopg
import pytest
from frontdoor.alerts import desk
from frontdoor.alerts.catalogue import Catalogue
from frontdoor.alerts.watch import replay, watch
from frontdoor.errors import FrontdoorError
from frontdoor.settings import Settings

from tests.expectations.examples import lay

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CANARY = "Zzyzxcanary"


@pytest.fixture(autouse=True)
def few_checks(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> None:
    """The checks these tests are about and no others: each costs Great Expectations its time at every tick."""
    few = {check_id: catalogue.checks[check_id] for check_id in ("FD-02", "FD-04", "MI-03", "OP-01")}
    monkeypatch.setattr("frontdoor.alerts.watch.load_catalogue", lambda _: replace(catalogue, checks=few, findings=[]))


@pytest.fixture
def post(council: Settings, owner: psycopg.Connection) -> Path:
    """The outbox, with no alert, tick or message left over from another test."""
    owner.execute("truncate alerts.alerts, alerts.messages, alerts.ticks, ledger.stage_runs restart identity cascade")
    folder = council.home / "outbox"
    for file in folder.glob("*"):
        file.unlink()
    return folder


def contact(key: str, **columns: Any) -> dict[str, Any]:
    return {"contact_key": key, "child_key": f"child_{key}", "received_at": NOON - timedelta(hours=5), **columns}


def waiting(
    key: str = "waits", *, rag: str = "RED", due: datetime = NOON - timedelta(hours=2), **columns: Any
) -> dict[str, Any]:
    return contact(key, rag_code=rag, oversight_due_at=due, **columns)


def lay_contacts(
    owner: psycopg.Connection, *contacts: dict[str, Any], children: list[dict[str, Any]] | None = None
) -> None:
    given = {"safeguarding.fct_contacts": list(contacts), "safeguarding.dim_children": children or []}
    lay(owner, given, data_as_of=NOON)


def mail(folder: Path) -> list[tuple[str, str, str]]:
    """To, subject and body of each message written, in order."""
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]
    return [(message["To"], message["Subject"], message.get_content()) for message in read]


def about_oversight(folder: Path) -> list[tuple[str, str, str]]:
    return [message for message in mail(folder) if "FD-02" in message[1] or "FD-02" in message[2]]


def test_an_alert_opens_once_and_resolves_by_itself(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting())
    watch(council, as_of=NOON)
    watch(council, as_of=NOON + timedelta(minutes=15))
    [alert] = desk.find(council, check_id="FD-02")
    assert (alert.subject_key, alert.severity, alert.state) == ("waits", 1, "open")
    assert alert.last_seen_at == NOON + timedelta(minutes=15)

    lay_contacts(owner, waiting(ifd_oversight_at=NOON + timedelta(minutes=20)))
    watch(council, as_of=NOON + timedelta(minutes=30))

    assert desk.find(council, check_id="FD-02") == []
    assert [change["change"] for change in desk.history(council, alert.alert_ref)] == ["opened", "resolved"]


def test_what_returns_is_reopened_under_a_new_name(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting())
    watch(council, as_of=NOON)
    [first] = desk.find(council, check_id="FD-02")
    desk.acknowledge(council, first.alert_ref, by="IFDM", at=NOON)
    lay_contacts(owner)
    watch(council, as_of=NOON + timedelta(minutes=15))
    lay_contacts(owner, waiting())
    watch(council, as_of=NOON + timedelta(minutes=30))

    [again] = desk.find(council, check_id="FD-02")

    assert (again.alert_no, again.state, again.reopened_count) == (first.alert_no, "open", 1)
    assert again.alert_ref != first.alert_ref
    assert again.acknowledged_by is None


def test_running_a_tick_twice_changes_nothing(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting(), waiting("green", rag="GREEN"))
    watch(council, as_of=NOON)
    before = state_of(owner)
    files = {path.name: path.read_bytes() for path in post.iterdir()}

    result = watch(council, as_of=NOON)

    assert (result.change_counts, result.queued_count, result.sent_count) == ({}, 0, 0)
    assert state_of(owner) == before
    assert {path.name: path.read_bytes() for path in post.iterdir()} == files


def state_of(owner: psycopg.Connection) -> list[Any]:
    return [
        owner.execute(f"select * from alerts.{table} order by 1".encode()).fetchall()
        for table in ("alerts", "alert_changes", "messages")
    ]


def test_sev1_is_pushed_per_check_and_sev2_per_role(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting("a"), waiting("b"), waiting("c", rag="AMBER"))

    watch(council, as_of=NOON)

    subjects = [(to, subject) for to, subject, _ in about_oversight(post)]
    assert subjects == [
        ("ifd.duty-manager@example.invalid", "[SEV1] FD-02 2 items need action"),
        ("ifd.duty-manager@example.invalid", "[SEV2] FD-02 1 item needs action"),
    ]


def test_sev3_waits_for_the_days_digest(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    early = datetime(2026, 3, 3, 6, tzinfo=UTC)
    lay_contacts(owner, waiting(rag="GREEN", due=early - timedelta(hours=1)))
    watch(council, as_of=early)
    assert about_oversight(post) == []

    for minutes in (0, 15, 300):
        watch(council, as_of=early + timedelta(hours=2, minutes=minutes))

    assert [subject for _, subject, _ in about_oversight(post)] == ["[SEV3] FD-02 1 item needs action"]


def test_sev1_escalates_when_nobody_answers(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting("a"), waiting("b"))
    watch(council, as_of=NOON)
    taken = next(alert for alert in desk.find(council, check_id="FD-02") if alert.subject_key == "b")
    desk.acknowledge(council, taken.alert_ref, by="IFDM", at=NOON + timedelta(minutes=5))

    watch(council, as_of=NOON + timedelta(minutes=15))
    watch(council, as_of=NOON + timedelta(minutes=30))
    watch(council, as_of=NOON + timedelta(minutes=45))

    escalations = [(to, subject) for to, subject, _ in mail(post) if "not acknowledged" in subject]
    assert escalations == [("head-of-service@example.invalid", "[SEV1] FD-02 1 item not acknowledged")]
    assert {alert.subject_key: alert.is_escalated for alert in desk.find(council, check_id="FD-02")} == {
        "a": True,
        "b": False,
    }


def test_a_snoozed_alert_wakes_and_a_graver_one_wakes_at_once(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    lay_contacts(owner, waiting("a", rag="AMBER"), waiting("b", rag="AMBER"))
    watch(council, as_of=NOON)
    for alert in desk.find(council, check_id="FD-02"):
        desk.snooze(council, alert.alert_ref, by="IFDM", at=NOON, until=NOON + timedelta(hours=1))

    lay_contacts(owner, waiting("a", rag="AMBER"), waiting("b", rag="RED"))
    watch(council, as_of=NOON + timedelta(minutes=15))
    assert {a.subject_key: a.state for a in desk.find(council, check_id="FD-02")} == {"a": "snoozed", "b": "open"}
    watch(council, as_of=NOON + timedelta(hours=1))

    assert {a.subject_key: a.state for a in desk.find(council, check_id="FD-02")} == {"a": "open", "b": "open"}


def test_a_check_that_cannot_be_evaluated_resolves_nothing_and_is_reported(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    lay_contacts(owner, waiting())
    watch(council, as_of=NOON)
    owner.execute("revoke select on safeguarding.fct_contacts from validator")
    try:
        result = watch(council, as_of=NOON + timedelta(minutes=15))
    finally:
        owner.execute("grant select on safeguarding.fct_contacts to validator")

    assert {"FD-02", "FD-04"} <= set(result.unanswered_checks)
    assert [alert.state for alert in desk.find(council, check_id="FD-02")] == ["open"]
    assert "check:FD-02" in {alert.subject_key for alert in desk.find(council, check_id="OP-01")}
    states = owner.execute(
        "select sqlstate, is_met from alerts.check_verdicts where tick_no = 2 and check_id = 'FD-02'"
    )
    assert states.fetchall() == [("42501", False)]
    watch(council, as_of=NOON + timedelta(minutes=30))
    assert "check:FD-02" not in {alert.subject_key for alert in desk.find(council, check_id="OP-01")}


def test_the_past_can_be_replayed_but_not_changed(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_contacts(owner, waiting(ifd_oversight_at=NOON - timedelta(hours=1)))
    watch(council, as_of=NOON)
    before = state_of(owner)

    with pytest.raises(FrontdoorError, match="already as at"):
        watch(council, as_of=NOON - timedelta(minutes=90))
    found = replay(council, as_of=NOON - timedelta(minutes=90))

    assert [finding.subject_key for finding in found.findings if finding.check_id == "FD-02"] == ["waits"]
    assert state_of(owner) == before


def test_a_restricted_child_is_told_to_the_custodians_only(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    restricted = [{"child_key": "child_waits", "is_restricted": True}]
    lay_contacts(owner, waiting(), children=restricted)

    watch(council, as_of=NOON)
    watch(council, as_of=NOON + timedelta(minutes=30))

    assert about_oversight(post) == []
    secret = [(to, subject, body) for to, subject, body in mail(post) if "restricted" in subject]
    assert [(to, subject) for to, subject, _ in secret] == [
        ("custodians@example.invalid", "[SEV1] One restricted item"),
    ] * 2
    assert all("FD" not in body and "oversight" not in body for _, _, body in secret)
    assert owner.execute("select count(*) from safeguarding.fct_alerts where check_id = 'FD-02'").fetchone() == (0,)


def test_messages_say_how_late_and_where_but_never_whom(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    episode = {
        "missing_episode_key": f"{CANARY}episode", "child_key": f"{CANARY}child", "is_interview_required": True,
        "is_high_priority": True, "found_at": NOON - timedelta(days=5),
        "interview_due_at": NOON - timedelta(days=2, hours=3),
        "interview_outcome_code": "CHILD_REFUSED", "risk_code": "H",
    }  # fmt: skip
    lay(owner, {
        "safeguarding.fct_missing_episodes": [episode],
        "safeguarding.fct_contacts": [waiting(f"{CANARY}contact")],
    }, data_as_of=NOON)  # fmt: skip

    watch(council, as_of=NOON)

    everything = b"".join(path.read_bytes() for path in post.iterdir())
    assert CANARY.encode() not in everything
    [(_, subject, body)] = [message for message in mail(post) if "MI-03" in message[1]]
    assert subject == "[SEV1] MI-03 1 item needs action"
    assert re.search(r"A-[0-9a-f]{10}  SEV1  due Sun 01 Mar 2026 09:00, 2 d 3 h ago  https://\S+/A-[0-9a-f]{10}", body)
    assert not re.search("interview|missing child|refused|high", body.lower())


@pytest.mark.parametrize("place", ["alerts-queued", "alerts-message-sent"])
def test_a_kill_between_queueing_and_marking_sent_loses_and_doubles_nothing(
    council: Settings, owner: psycopg.Connection, post: Path, place: str
) -> None:
    lay_contacts(owner, waiting("a"), waiting("b", rag="AMBER"))
    child = os.fork()
    if child == 0:
        os.environ["FRONTDOOR_FAULT_AT"] = place
        watch(council, as_of=NOON)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    queued = owner.execute("select message_id from alerts.messages order by 1").fetchall()
    assert len(queued) >= 2

    watch(council, as_of=NOON)

    assert (
        owner.execute("select message_id from alerts.messages where sent_at is not null order by 1").fetchall()
        == queued
    )
    written = [message_from_bytes(path.read_bytes())["Message-ID"] for path in post.glob("*.eml")]
    assert sorted(written) == [row[0] for row in queued]
    assert list(post.glob("*.part")) == []
