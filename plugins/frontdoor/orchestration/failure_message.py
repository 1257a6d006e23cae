"""A message to operations that needs no database: it may be the database that failed."""

import contextlib
import hashlib
import os
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from frontdoor.settings import Settings

SENDER = "frontdoor@localhost.invalid"
RECIPIENT = "operations@localhost.invalid"


def write_failure_message(settings: Settings, *, dag_id: str, task_id: str, run_id: str, error_class: str) -> None:
    """Put one message per failed task and run in the outbox folder; the same failure twice is one file.

    An outbox that is not a folder is left to the mail system's own alarms.
    """
    if settings.outbox_url is not None:
        return
    reference = hashlib.sha256(f"{dag_id}|{task_id}|{run_id}|{error_class}".encode()).hexdigest()[:16]
    message = EmailMessage(policy=SMTP)
    message["From"] = SENDER
    message["To"] = RECIPIENT
    message["Date"] = format_datetime(datetime.now(tz=UTC))
    message["Message-ID"] = f"<failure-{reference}@frontdoor.invalid>"
    message["Subject"] = f"Frontdoor: {dag_id}.{task_id} failed ({error_class})"
    message.set_content(
        f"{dag_id}, task {task_id}, failed for good with {error_class}.\n"
        f"Nothing was lost: what it was to do is still recorded as not done.\n"
        f"What to do: docs/runbook.md\n"
    )
    outbox = Path(settings.outbox)
    outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = outbox / f"operations-{reference}.eml"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
