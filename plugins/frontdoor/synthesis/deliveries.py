"""From an agency's system to its files: periods cut from the journal, rendered in the feed's format, with manifests."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

from frontdoor.synthesis.layouts import (
    CHECKS,
    CONTACTS,
    ENQUIRIES,
    HEALTH,
    LAYOUTS,
    MISSING,
    PERSONS,
    SENT,
    Layout,
    Row,
)
from frontdoor.synthesis.opening_hours import LONDON, at_local, local_date
from frontdoor.synthesis.records import Journal, Record

_DAILY = (6,)
_TIMES_OF_DAY = {CONTACTS: (6, 10, 14, 18), ENQUIRIES: (6, 10, 14, 18), CHECKS: (6, 10, 14, 18), SENT: (6, 10, 14, 18),
                 HEALTH: (6, 14)}  # fmt: skip
_TIMES_BY_TOKEN = {layout.token: hours for layout, hours in _TIMES_OF_DAY.items()}
_EXTRACTED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file and its manifest, not yet written."""

    layout: Layout
    name: str
    sequence_no: int
    rows: Sequence[Row] = field(repr=False)
    body: bytes = field(repr=False)
    manifest: dict[str, object] = field(repr=False)

    @property
    def stem(self) -> str:
        """The name without its extension."""
        return self.name.rsplit(".", 1)[0]

    def write(self, folder: Path) -> None:
        """The file first, its manifest last: who sees a manifest finds the file whole."""
        folder.joinpath(self.name).write_bytes(self.body)
        text = json.dumps(self.manifest, ensure_ascii=False, indent=2) + "\n"
        folder.joinpath(f"{self.stem}.manifest.json").write_text(text, encoding="utf-8")


def deliver(journal: Journal, *, start: datetime, until: datetime, cadence: str, la_code: str) -> Iterator[Delivery]:
    """Every delivery of a period, feed by feed, consecutive in sequence and time; a quiet period is a nil return."""
    for layout in LAYOUTS.values():
        hours = _DAILY if cadence == "daily" else _TIMES_BY_TOKEN.get(layout.token, _DAILY)
        ends = list(_period_ends(start, until, hours))
        if layout is PERSONS:
            ends = [start, *ends]
        yield from _feed(layout, list(journal.of(layout)), start=start, ends=ends, la_code=la_code)


def _period_ends(start: datetime, until: datetime, hours: Sequence[int]) -> Iterator[datetime]:
    day = local_date(start)
    while day <= local_date(until):
        for hour in hours:
            end = at_local(day, time(hour))
            if start < end < until:
                yield end
        day += timedelta(days=1)
    yield until


def _feed(
    layout: Layout, records: Sequence[Record], *, start: datetime, ends: Sequence[datetime], la_code: str
) -> Iterator[Delivery]:
    events = sorted(
        (
            (change.at, index, position)
            for index, record in enumerate(records)
            for position, change in enumerate(record.changes)
        ),
    )
    states: dict[int, Row] = {}
    versions: dict[int, int] = {}
    cursor = 0
    period_from = start - timedelta(days=1) if layout is PERSONS else start
    for sequence_no, period_to in enumerate(ends, start=1):
        touched: dict[int, Row] = {}
        while cursor < len(events) and events[cursor][0] <= period_to:
            at, index, position = events[cursor]
            change = records[index].changes[position]
            action = "PURGE" if change.action == "PURGE" else touched[index]["record_action"] if index in touched else (
                "U" if index in states else "I"
            )  # fmt: skip
            versions[index] = versions.get(index, 0) + 1
            states[index] = touched[index] = states.get(index, {}) | change.values | {
                "record_version": versions[index], "last_updated_at": at, "record_action": action
            }  # fmt: skip
            cursor += 1
        is_full = layout is PERSONS and sequence_no == 1
        yield packed(layout, [rendered(layout, row) for row in touched.values()], sequence_no=sequence_no,
                     period_from=period_from, period_to=period_to, la_code=la_code, is_full=is_full)  # fmt: skip
        period_from = period_to


def rendered(layout: Layout, row: Row) -> Row:
    """The row as its file says it: times local with their offset, days as the agency writes them, sets joined."""
    return {column: _rendered(layout, column, row.get(column)) for column in layout.columns}


def _rendered(layout: Layout, column: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(LONDON).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y") if layout is MISSING and column == "dob" else value.isoformat()
    if layout.format != "csv":
        return "|".join(value) if layout is SENT and isinstance(value, list) else value
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, list):
        return "|".join(value) or None
    return value


def packed(
    layout: Layout, rows: Sequence[Row], *, sequence_no: int, period_from: datetime, period_to: datetime, la_code: str,
    is_full: bool = False,
) -> Delivery:  # fmt: skip
    """The rows of one period as a delivery whose manifest tells the truth about it."""
    stamp = period_to.astimezone(UTC).strftime("%Y%m%dT%H%M")
    name = f"{layout.token}_{la_code}_{layout.source_org}_{stamp}_{sequence_no:05d}.{layout.format}"
    body = body_of(layout, rows)
    manifest: dict[str, object] = {
        "feed": layout.token,
        "schema_version": "1",
        "source_org": layout.source_org,
        "la_code": la_code,
        "sequence_no": sequence_no,
        "period_from": period_from.astimezone(LONDON).isoformat(timespec="seconds"),
        "period_to": period_to.astimezone(LONDON).isoformat(timespec="seconds"),
        "extract_ts": (period_to + _EXTRACTED_AFTER).astimezone(LONDON).isoformat(timespec="seconds"),
        "row_count": len(rows),
        "sha256": sha256(body).hexdigest(),
        "control_totals": layout.totals(rows),
        "nil_return": not rows,
        "supersedes": None,
        "full_or_delta": "full" if is_full else "delta",
        "contains_restricted_count": sum(row.get("restricted_flag") in ("R1", "R2") for row in rows),
        "generated_by": "frontdoor synthesise",
    }
    return Delivery(layout, name, sequence_no, rows, body, manifest)


def body_of(layout: Layout, rows: Sequence[Row], *, columns: Sequence[str] | None = None) -> bytes:
    """The file's bytes in the feed's format."""
    columns = columns or layout.columns
    if layout.format == "json":
        return (json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n").encode()
    if layout.format == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def with_body(delivery: Delivery, body: bytes) -> Delivery:
    """The delivery with other bytes and their hash, everything else as it was said."""
    return replace(delivery, body=body, manifest=delivery.manifest | {"sha256": sha256(body).hexdigest()})
