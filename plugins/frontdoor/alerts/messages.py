"""What people are told: which alerts wait, how late, until when, and where to look; never whom they are about.

domain.md 7.3 is the law here. The subject line holds a severity, a check's id and a count. The plain name of a check of
a sensitive family appears only after login; of a restricted child's alert nothing appears but that there is one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import psycopg

from frontdoor.alerts.catalogue import Catalogue, Check
from frontdoor.alerts.life import Alert, Step

LOCAL = ZoneInfo("Europe/London")
PUSHED_SEVERITY = 2
DIGEST_FROM = time(8, 0)
# A message is read on a telephone; the rest is one click away.
LISTED = 30
RESTRICTED_TEXT = "One restricted item"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one role, before it is known who that is today."""

    message_id: str
    kind: Literal["push", "escalation", "digest"]
    recipient_role: str
    subject_line: str
    body: str


def compose(steps: Iterable[Step], *, catalogue: Catalogue, as_of: datetime, link_base: str) -> list[Message]:
    """Return the messages that a tick's changes call for: pushed at once when severe, escalated when unanswered."""
    writer = _Writer(catalogue, as_of, link_base)
    raised = [step.alert for step in steps if step.needs_message]
    escalated = [step.alert for step in steps if "escalated" in step.changes]
    return [
        *writer.pushes([alert for alert in raised if not alert.is_restricted and alert.severity <= PUSHED_SEVERITY]),
        *writer.escalations([alert for alert in escalated if not alert.is_restricted]),
        *writer.restricted("push", [alert for alert in raised if alert.is_restricted]),
        *writer.restricted("escalation", [alert for alert in escalated if alert.is_restricted]),
    ]


def compose_digests(alerts: Iterable[Alert], *, catalogue: Catalogue, as_of: datetime, link_base: str) -> list[Message]:
    """Return the digests of the local day: SEV3 every day, SEV4 on Mondays, from eight o'clock on."""
    local = as_of.astimezone(LOCAL)
    if local.time() < DIGEST_FROM:
        return []
    severities = (3, 4) if local.weekday() == 0 else (3,)
    waiting = [alert for alert in alerts if alert.state == "open" and not alert.is_restricted]
    writer = _Writer(catalogue, as_of, link_base)
    return [
        message
        for severity in severities
        for message in writer.digests(severity, [alert for alert in waiting if alert.severity == severity])
    ]


def queue(connection: psycopg.Connection, messages: Sequence[Message], *, as_of: datetime) -> int:
    """Put messages into the outbox table, in the transaction that caused them; return how many were new."""
    queued = 0
    for message in messages:
        queued += connection.execute(
            "insert into alerts.messages (message_id, kind, recipient_role, subject_line, body, queued_at)"
            " values (%s, %s, %s, %s, %s, %s) on conflict (message_id) do nothing",
            [message.message_id, message.kind, message.recipient_role, message.subject_line, message.body, as_of],
        ).rowcount
    return queued


@dataclass(frozen=True, slots=True)
class _Writer:
    catalogue: Catalogue
    as_of: datetime
    link_base: str

    def pushes(self, alerts: Sequence[Alert]) -> Iterable[Message]:
        """SEV1 one message per check and role, SEV2 one per role."""
        groups: dict[tuple[int, str, str], list[Alert]] = defaultdict(list)
        for alert in alerts:
            for role in self._check(alert).recipients:
                groups[(alert.severity, role, alert.check_id if alert.severity == 1 else "")].append(alert)
        for (severity, role, _), group in sorted(groups.items()):
            yield self._message("push", role, f"[SEV{severity}] {self._asked(group)}", group)

    def escalations(self, alerts: Sequence[Alert]) -> Iterable[Message]:
        """One message per check to whom unanswered SEV1 alerts go; of a confidential check, to its recipients again."""
        groups: dict[str, list[Alert]] = defaultdict(list)
        for alert in alerts:
            groups[alert.check_id].append(alert)
        for check_id, group in sorted(groups.items()):
            subject = f"[SEV1] {check_id} {_items(len(group))} not acknowledged"
            check = self.catalogue.checks[check_id]
            roles = check.recipients if check.is_confidential else [self.catalogue.recipients.escalation_role]
            for role in roles:
                yield self._message("escalation", role, subject, group)

    def restricted(self, kind: Literal["push", "escalation"], alerts: Sequence[Alert]) -> Iterable[Message]:
        """One message per alert, to the custodians only, saying nothing of it."""
        for alert in alerts:
            body = f"{RESTRICTED_TEXT}.\n\n{self._link(alert)}\n\n{_REPLY}\n"
            role = self.catalogue.recipients.custodian_role
            yield Message(
                self._message_id(kind, role, [alert]), kind, role, f"[SEV{alert.severity}] {RESTRICTED_TEXT}", body
            )

    def digests(self, severity: int, alerts: Sequence[Alert]) -> Iterable[Message]:
        """One message per role with everything of a severity that waits for it."""
        groups: dict[str, list[Alert]] = defaultdict(list)
        for alert in alerts:
            for role in self._check(alert).recipients:
                groups[role].append(alert)
        day = self.as_of.astimezone(LOCAL).date().isoformat()
        for role, group in sorted(groups.items()):
            message_id = _identifier("digest", str(severity), role, day)
            subject = f"[SEV{severity}] {self._asked(group)}"
            yield Message(message_id, "digest", role, subject, self._body(role, group))

    def _message(self, kind: Literal["push", "escalation"], role: str, subject: str, alerts: list[Alert]) -> Message:
        return Message(self._message_id(kind, role, alerts), kind, role, subject, self._body(role, alerts))

    def _message_id(self, kind: str, role: str, alerts: Sequence[Alert]) -> str:
        return _identifier(kind, role, self.as_of.isoformat(), *sorted(alert.alert_ref for alert in alerts))

    def _check(self, alert: Alert) -> Check:
        return self.catalogue.checks[alert.check_id]

    def _asked(self, alerts: Sequence[Alert]) -> str:
        checks = sorted({alert.check_id for alert in alerts})
        what = checks[0] if len(checks) == 1 else f"{len(checks)} checks"
        return f"{what} {_items(len(alerts))} {'needs' if len(alerts) == 1 else 'need'} action"

    def _body(self, role: str, alerts: Sequence[Alert]) -> str:
        lines = [f"For: {self.catalogue.recipients.roles[role].label}", f"As at: {_moment(self.as_of)}", ""]
        by_check: dict[str, list[Alert]] = defaultdict(list)
        for alert in alerts:
            by_check[alert.check_id].append(alert)
        room = LISTED
        for check_id, group in sorted(by_check.items()):
            group.sort(key=lambda alert: (alert.severity, alert.due_at or self.as_of, alert.alert_ref))
            lines += [self._heading(self.catalogue.checks[check_id], len(group))]
            lines += [self._line(alert) for alert in group[:room]]
            if len(group) > room:
                lines.append(f"  and {len(group) - room} more: {self.link_base}?check={check_id}")
            room = max(room - len(group), 0)
            lines.append("")
        return "\n".join([*lines, _REPLY, ""])

    def _heading(self, check: Check, count: int) -> str:
        name = "" if check.is_name_sensitive else f" {check.name}"
        return f"{check.id}{name}: {_items(count)}"

    def _line(self, alert: Alert) -> str:
        due = f"due {_moment(alert.due_at)}, {age(self.as_of - alert.due_at)} ago" if alert.due_at else "no due time"
        return f"  {alert.alert_ref}  SEV{alert.severity}  {due}  {self._link(alert)}"

    def _link(self, alert: Alert) -> str:
        return f"{self.link_base}/{alert.alert_ref}"


_REPLY = "The links ask who you are. Acknowledge and reply in the system, not to this message; do not forward it."


def age(delay: timedelta) -> str:
    """Return a delay in the two largest units that matter: '2 d 3 h', '45 min'."""
    minutes = max(int(delay.total_seconds() // 60), 0)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%a %d %b %Y %H:%M")


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _identifier(*parts: str) -> str:
    return f"<{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}@frontdoor.invalid>"
