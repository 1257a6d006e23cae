"""A pretend supplier of agency checks: writes deliveries as the file specification says, and as it does not."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

FEED = "council__agency_checks"
HEADER = (
    b"source_record_id,record_version,record_action,last_updated_at,check_id,mash_enquiry_ref,agency,expected,"
    b"expectation_reason,requested_at,due_at,returned_at,status,status_reason,information_found,quality,"
    b"used_in_decision"
)
COLUMNS = HEADER.decode().split(",")
EXTRACTED_AT = datetime(2026, 3, 9, 6, 5, tzinfo=UTC)
RECEIVED_AT = datetime(2026, 3, 9, 6, 10, tzinfo=UTC)


def line(number: int, **changes: str) -> bytes:
    """One record that keeps every rule, but for the changes."""
    values = {
        "source_record_id": f"CHK-{number:07d}",
        "record_version": "1",
        "record_action": "I",
        "last_updated_at": "2026-03-04T13:40:38+00:00",
        "check_id": f"CHK-{number:07d}",
        "mash_enquiry_ref": "MASH-26-00317",
        "agency": "POLICE",
        "expected": "Y",
        "expectation_reason": "RAG_RULE",
        "requested_at": "2026-03-03T15:06:59+00:00",
        "due_at": "2026-03-06T23:59:59+00:00",
        "returned_at": "2026-03-04T13:40:38+00:00",
        "status": "RETURNED",
        "information_found": "Y",
        "quality": "THOROUGH",
    } | changes
    return ",".join(values.get(column, "") for column in COLUMNS).encode()


def body(*lines: bytes, header: bytes = HEADER, end: bytes = b"\n") -> bytes:
    """A file of these lines."""
    return b"".join(one + end for one in (header, *lines))


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery put into an inbox."""

    file_name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of what was sent."""
        return sha256(self.content).hexdigest()


def send(
    inbox: Path,
    content: bytes,
    *,
    sequence_no: int = 1,
    row_count: int | None = None,
    manifest: dict[str, object] | None = None,
    has_manifest: bool = True,
    token: str = "mashchk",
    extension: str = "csv",
) -> Sent:
    """Put a delivery into the inbox, its manifest last; `manifest` replaces keys of a true one."""
    inbox.mkdir(parents=True, exist_ok=True)
    stem = f"{token}_874_LCS_20260309T0600_{sequence_no:05d}"
    sent = Sent(f"{stem}.{extension}", content)
    (inbox / sent.file_name).write_bytes(content)
    if has_manifest:
        counted = max(len(content.splitlines()) - 1, 0) if row_count is None else row_count
        said = {
            "feed": token,
            "schema_version": "1",
            "source_org": "LCS",
            "la_code": "874",
            "sequence_no": sequence_no,
            "period_from": (EXTRACTED_AT - timedelta(days=1)).isoformat(),
            "period_to": EXTRACTED_AT.isoformat(),
            "extract_ts": EXTRACTED_AT.isoformat(),
            "row_count": counted,
            "sha256": sent.sha256,
            "control_totals": {"row_count": counted},
            "nil_return": False,
            "supersedes": None,
            "full_or_delta": "delta",
            "contains_restricted_count": 0,
            "generated_by": "tests",
        } | (manifest or {})
        (inbox / f"{stem}.manifest.json").write_text(json.dumps(said))
    return sent
