"""Messages on their way: files in an outbox folder by default, or SMTP; chat by Apprise beside either.

At least once: a message is marked sent after it went. One that a crash made go twice has the same Message-ID (and the
same file name), so its reader has it once.
"""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.rows import class_row

from frontdoor.alerts.catalogue import Recipients
from frontdoor.errors import SettingsError
from frontdoor.faults import checkpoint
from frontdoor.settings import Settings

logger = logging.getLogger(__name__)

# Long lines stay whole: a link that is broken over two lines cannot be clicked, nor a leak be searched for.
PLAIN = policy.default.clone(max_line_length=300)
SENDER = "Frontdoor <frontdoor@frontdoor.invalid>"


@dataclass(frozen=True, slots=True)
class Queued:
    """A message as it waits in the outbox table."""

    message_no: int
    message_id: str
    recipient_role: str
    subject_line: str
    body: str
    queued_at: datetime


Transport = Callable[[Queued, EmailMessage], None]


def send_waiting(
    settings: Settings, connection: psycopg.Connection, *, recipients: Recipients, at: datetime
) -> tuple[int, int]:
    """Send every message that waits, oldest first; return how many went and how many could not.

    Each is its own transaction, so that one mailbox that refuses holds up no other. What fails stays queued.
    """
    transports = _transports(settings)
    sent = failed = 0
    after = 0
    while True:
        with connection.transaction():
            message = _next(connection, after)
            if message is None:
                return sent, failed
            after = message.message_no
            try:
                email = _email(message, recipients)
                for transport in transports:
                    transport(message, email)
            except (OSError, smtplib.SMTPException, SettingsError) as error:
                # Its class only: a mail server's answer may quote what it was sent.
                logger.warning(
                    "message not sent", extra={"message_no": message.message_no, "error": type(error).__name__}
                )
                failed += 1
                _count_attempt(connection, message, sent_at=None)
            else:
                checkpoint("alerts-message-sent")
                sent += 1
                _count_attempt(connection, message, sent_at=at)


def _next(connection: psycopg.Connection, after: int) -> Queued | None:
    with connection.cursor(row_factory=class_row(Queued)) as cursor:
        return cursor.execute(
            "select message_no, message_id, recipient_role, subject_line, body, queued_at from alerts.messages"
            " where sent_at is null and message_no > %s order by message_no limit 1 for update skip locked",
            [after],
        ).fetchone()


def _count_attempt(connection: psycopg.Connection, message: Queued, *, sent_at: datetime | None) -> None:
    connection.execute(
        "update alerts.messages set sent_at = %s, attempt_count = attempt_count + 1 where message_no = %s",
        [sent_at, message.message_no],
    )


def _email(message: Queued, recipients: Recipients) -> EmailMessage:
    role = recipients.roles.get(message.recipient_role)
    if role is None:
        raise SettingsError(f"recipients.yaml has no role {message.recipient_role}")
    email = EmailMessage(policy=PLAIN)
    email["From"] = SENDER
    email["To"] = ", ".join(role.addresses)
    email["Subject"] = message.subject_line
    email["Date"] = format_datetime(message.queued_at)
    email["Message-ID"] = message.message_id
    # Asks mail programs neither to answer for their owner nor to send it on.
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    email["Sensitivity"] = "Company-Confidential"
    email.set_content(message.body)
    return email


def _transports(settings: Settings) -> list[Transport]:
    transports: list[Transport] = [_smtp(settings.smtp_url) if settings.smtp_url else _outbox(settings)]
    if settings.apprise_urls:
        transports.append(_chat(settings.apprise_urls))
    return transports


def outbox_folder(settings: Settings) -> Path:
    """Return the folder messages are written to; raises SettingsError for a place that is not on this machine."""
    place = str(settings.outbox)
    parts = urlsplit(place)
    if parts.scheme not in ("", "file"):
        raise SettingsError("FRONTDOOR_OUTBOX_URL is a folder of this machine; set FRONTDOOR_SMTP_URL to send mail")
    return Path(unquote(parts.path)) if parts.scheme else Path(place)


def _outbox(settings: Settings) -> Transport:
    folder = outbox_folder(settings)

    def write(message: Queued, email: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{message.message_no:08d}-{message.message_id[1:13]}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(bytes(email))
        unfinished.replace(path)

    return write


def _smtp(url: str) -> Transport:
    """Send by a mail server: `smtp://` plain (a server on this machine), `smtp+tls://` STARTTLS, `smtps://` TLS."""
    place = urlsplit(url)
    if place.scheme not in ("smtp", "smtp+tls", "smtps") or not place.hostname:
        raise SettingsError("FRONTDOOR_SMTP_URL is smtp://, smtp+tls:// or smtps:// with a host")
    host = place.hostname

    def deliver(_: Queued, email: EmailMessage) -> None:
        kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
        # A name of ours: else smtplib asks the network for this machine's, which is nobody's business.
        with kind(host, place.port or 0, local_hostname="frontdoor.invalid", timeout=30) as server:
            if place.scheme == "smtp+tls":
                server.starttls()
            if place.username:
                server.login(unquote(place.username), unquote(place.password or ""))
            server.send_message(email)

    return deliver


def _chat(urls: str) -> Transport:
    import apprise

    channel = apprise.Apprise()
    for url in urls.split():
        if not channel.add(url):
            raise SettingsError("one of FRONTDOOR_APPRISE_URLS is not a URL Apprise understands")

    def post(message: Queued, _: EmailMessage) -> None:
        # The subject line only: a channel has more readers than a mailbox.
        if not channel.notify(title=message.subject_line, body="Details after login."):
            raise OSError("no chat service took the message")

    return post


def waiting_count(connection: psycopg.Connection) -> int:
    """Return how many messages have not been sent."""
    [[count]] = connection.execute("select count(*) from alerts.messages where sent_at is null").fetchall()
    return int(count)
