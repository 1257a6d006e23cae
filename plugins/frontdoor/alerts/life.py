"""The life of an alert as pure functions: open, acknowledged, snoozed, resolved; escalated when nobody answers.

One alert is one check about one subject, for ever: what returns is reopened, never a second alert.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal["open", "acknowledged", "snoozed", "resolved"]
Change = Literal["opened", "reopened", "severity_changed", "acknowledged", "snoozed", "woken", "escalated", "resolved"]
# After these somebody must be told.
RAISING: frozenset[Change] = frozenset({"opened", "reopened", "woken"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A subject of which a check is not true at the moment asked about."""

    check_id: str
    subject_key: str
    severity: int
    due_at: datetime | None
    reason_code: str | None = None
    is_restricted: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two findings the same alert."""
        return (self.check_id, self.subject_key)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as stored; `alert_no` is None until it is."""

    alert_no: int | None
    alert_ref: str
    check_id: str
    subject_key: str
    severity: int
    state: State
    is_escalated: bool
    due_at: datetime | None
    reason_code: str | None
    opened_at: datetime
    raised_at: datetime
    last_seen_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    snoozed_until_at: datetime | None
    resolved_at: datetime | None
    reopened_count: int
    is_restricted: bool

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two alerts the same."""
        return (self.check_id, self.subject_key)


@dataclass(frozen=True, slots=True)
class Step:
    """An alert after something happened to it, and what that was."""

    alert: Alert
    changes: tuple[Change, ...] = ()
    # Whether it became more severe than it was.
    is_raised: bool = False
    # Whether nothing but the time it was last seen is different: most alerts at most ticks.
    is_only_seen: bool = False

    @property
    def needs_message(self) -> bool:
        """Whether it began to wait for somebody."""
        return self.is_raised or not RAISING.isdisjoint(self.changes)


def seen(alert: Alert | None, finding: Finding, *, as_of: datetime) -> Step:
    """Return the alert after its check found the subject: opened, reopened, woken, changed or merely seen again.

    What grew more severe waits for an acknowledgement anew: who acknowledged a delay did not acknowledge a danger.
    """
    if alert is None:
        return Step(_opened(finding, as_of), ("opened",))
    changes: list[Change] = []
    is_raised = finding.severity < alert.severity
    if alert.state == "resolved":
        changes.append("reopened")
    elif alert.state == "snoozed" and alert.snoozed_until_at is not None and alert.snoozed_until_at <= as_of:
        changes.append("woken")
    if finding.severity != alert.severity:
        changes.append("severity_changed")
    current = replace(
        alert,
        severity=finding.severity,
        due_at=finding.due_at,
        reason_code=finding.reason_code,
        is_restricted=finding.is_restricted,
        last_seen_at=max(alert.last_seen_at, as_of),
    )
    is_only_seen = not changes and replace(current, last_seen_at=alert.last_seen_at) == alert
    step = Step(current, tuple(changes), is_raised and "reopened" not in changes, is_only_seen)
    return replace(step, alert=_waiting(step, as_of)) if step.needs_message else step


def gone(alert: Alert, *, as_of: datetime) -> Step:
    """Return the alert after its check no longer finds the subject: resolved by itself, whatever its state was."""
    if alert.state == "resolved":
        return Step(alert)
    resolved = replace(alert, state="resolved", resolved_at=as_of, is_escalated=False, snoozed_until_at=None)
    return Step(resolved, ("resolved",))


def escalated(alert: Alert, *, as_of: datetime, patience: timedelta) -> Step:
    """Return the alert escalated when it is SEV1 and has waited longer than `patience` for anybody."""
    is_due = alert.state == "open" and alert.severity == 1 and alert.raised_at + patience <= as_of
    if not is_due or alert.is_escalated:
        return Step(alert)
    return Step(replace(alert, is_escalated=True), ("escalated",))


def acknowledged(alert: Alert, *, by: str, at: datetime) -> Step:
    """Return the alert after somebody took it on; taking on what is taken or resolved changes nothing."""
    if alert.state in ("acknowledged", "resolved"):
        return Step(alert)
    taken = replace(alert, state="acknowledged", acknowledged_at=at, acknowledged_by=by, snoozed_until_at=None)
    return Step(taken, ("acknowledged",))


def snoozed(alert: Alert, *, until: datetime) -> Step:
    """Return the alert put aside until a moment; a resolved alert has nothing to put aside."""
    if alert.state == "resolved":
        return Step(alert)
    return Step(replace(alert, state="snoozed", snoozed_until_at=until), ("snoozed",))


def new_reference() -> str:
    """Return an opaque name for messages: says nothing of the subject and cannot be guessed from another."""
    return f"A-{secrets.token_hex(5)}"


def _opened(finding: Finding, as_of: datetime) -> Alert:
    return Alert(
        alert_no=None,
        alert_ref=new_reference(),
        check_id=finding.check_id,
        subject_key=finding.subject_key,
        severity=finding.severity,
        state="open",
        is_escalated=False,
        due_at=finding.due_at,
        reason_code=finding.reason_code,
        opened_at=as_of,
        raised_at=as_of,
        last_seen_at=as_of,
        acknowledged_at=None,
        acknowledged_by=None,
        snoozed_until_at=None,
        resolved_at=None,
        reopened_count=0,
        is_restricted=finding.is_restricted,
    )


def _waiting(step: Step, as_of: datetime) -> Alert:
    is_reopened = "reopened" in step.changes
    return replace(
        step.alert,
        alert_ref=new_reference() if is_reopened else step.alert.alert_ref,
        state="open",
        is_escalated=False,
        raised_at=as_of,
        acknowledged_at=None,
        acknowledged_by=None,
        snoozed_until_at=None,
        resolved_at=None,
        reopened_count=step.alert.reopened_count + is_reopened,
    )
