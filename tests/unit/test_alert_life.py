"""Whatever happens to an alert, in whatever order: rules of its life that always hold."""

from datetime import UTC, datetime, timedelta

from frontdoor.alerts.life import Alert, Finding, Step, acknowledged, escalated, gone, seen, snoozed
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 3, 3, 8, tzinfo=UTC)
PATIENCE = timedelta(minutes=30)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["seen1", "seen2", "seen3", "gone", "ack", "snooze", "escalate"]),
        st.integers(min_value=0, max_value=120),
    ),
    max_size=30,
)


def finding(severity: int) -> Finding:
    return Finding("FD-02", "subject", severity, START)


def happen(alert: Alert, event: str, at: datetime) -> Step:
    if event.startswith("seen"):
        return seen(alert, finding(int(event[-1])), as_of=at)
    if event == "gone":
        return gone(alert, as_of=at)
    if event == "ack":
        return acknowledged(alert, by="IFDM", at=at)
    if event == "snooze":
        return snoozed(alert, until=at + timedelta(hours=1))
    return escalated(alert, as_of=at, patience=PATIENCE)


@given(EVENTS)
def test_an_alert_is_always_in_one_state_that_its_fields_agree_with(events: list[tuple[str, int]]) -> None:
    at = START
    alert = seen(None, finding(2), as_of=at).alert
    for event, minutes in events:
        at += timedelta(minutes=minutes)
        before, step = alert, happen(alert, event, at)
        alert = step.alert
        assert (alert.state == "resolved") == (alert.resolved_at is not None)
        assert (alert.state == "acknowledged") <= (alert.acknowledged_by is not None)
        assert (alert.snoozed_until_at is not None) == (alert.state == "snoozed")
        assert alert.is_escalated <= (alert.severity == 1 or before.is_escalated)
        assert alert.identity == before.identity
        assert alert.opened_at == before.opened_at
        assert (alert.alert_ref != before.alert_ref) == ("reopened" in step.changes)
        assert step.needs_message <= (alert.state == "open")


@given(EVENTS)
def test_doing_the_same_again_at_the_same_moment_changes_nothing(events: list[tuple[str, int]]) -> None:
    at = START
    alert = seen(None, finding(2), as_of=at).alert
    for event, minutes in events:
        at += timedelta(minutes=minutes)
        once = happen(alert, event, at).alert
        again = happen(once, event, at)
        assert again.alert == once
        assert set(again.changes) <= {"snoozed"}
        alert = once


@given(st.integers(min_value=0, max_value=300), st.integers(min_value=1, max_value=4))
def test_it_escalates_when_sev1_waits_thirty_minutes(minutes: int, severity: int) -> None:
    alert = seen(None, finding(severity), as_of=START).alert

    step = escalated(alert, as_of=START + timedelta(minutes=minutes), patience=PATIENCE)

    assert step.alert.is_escalated == (severity == 1 and minutes >= 30)


def test_who_acknowledged_a_delay_did_not_acknowledge_a_danger() -> None:
    alert = acknowledged(seen(None, finding(2), as_of=START).alert, by="IFDM", at=START).alert

    graver = seen(alert, finding(1), as_of=START + timedelta(hours=1))
    milder = seen(alert, finding(3), as_of=START + timedelta(hours=1))

    assert (graver.alert.state, graver.needs_message) == ("open", True)
    assert (milder.alert.state, milder.needs_message) == ("acknowledged", False)
