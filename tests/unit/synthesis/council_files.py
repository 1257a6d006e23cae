"""Reads a synthetic council's files back and says which record breaks which check, apart from Frontdoor's own SQL."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
Row = dict[str, object]


@dataclass
class File:
    """One file and its manifest."""

    name: str
    body: bytes
    manifest: dict[str, object]

    @property
    def token(self) -> str:
        return self.name.split("_")[0]

    @property
    def rows(self) -> list[Row]:
        if self.name.endswith(".json"):
            return json.loads(self.body)
        if self.name.endswith(".jsonl"):
            return [json.loads(line) for line in self.body.splitlines()]
        try:
            text = self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = self.body.decode("cp1252")
        header, _, rest = text.partition("\n")
        return list(csv.DictReader(io.StringIO(header.lower() + "\n" + rest, newline="")))


@dataclass
class CouncilFiles:
    """A folder that `frontdoor synthesise` wrote."""

    folder: Path
    files: list[File] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.glob("deliveries/*.manifest.json")):
            manifest = json.loads(path.read_text("utf-8"))
            (data,) = (each for each in path.parent.glob(path.name.removesuffix("manifest.json") + "*") if each != path)
            self.files.append(File(data.name, data.read_bytes(), manifest))

    def truth(self, name: str = "truth") -> list[dict[str, str]]:
        with self.folder.joinpath(f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def current(self, token: str) -> dict[str, Row]:
        """Each record as last delivered in a file that can be trusted; withdrawn ones are gone."""
        refused = {line["file_name"] for line in self.truth("file_truth") if line["expected_outcome"] == "rejected"}
        records: dict[str, Row] = {}
        of_feed = [file for file in self.files if file.token == token and file.name not in refused]
        for file in sorted(of_feed, key=lambda file: str(file.manifest["extract_ts"])):
            records |= {str(row["source_record_id"]): row for row in file.rows}
        return {key: row for key, row in records.items() if row["record_action"] != "PURGE"}


def moment(value: object) -> datetime | None:
    """A time, or the end of a day known only as such."""
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value))
    return parsed if parsed.tzinfo else datetime.combine(parsed.date(), time(23, 59, 59), LONDON).astimezone(UTC)


def _done(value: object, as_of: datetime) -> bool:
    """Something is recorded as done by then; of a day only, its morning counts."""
    if not value:
        return False
    parsed = datetime.fromisoformat(str(value))
    return (parsed if parsed.tzinfo else datetime.combine(parsed.date(), time(0), LONDON)) <= as_of


def _end_of_working_day(start: datetime, days: int, *, at_once: bool = False) -> datetime:
    """No bank holiday falls near the weeks these tests read."""
    local = start.astimezone(LONDON)
    day = local.date()
    if not at_once and (day.weekday() > 4 or local.time() > time(17)):
        day, days = _next(day), days
    for _ in range(days):
        day = _next(day)
    return datetime.combine(day, time(23, 59, 59), LONDON).astimezone(UTC)


def _next(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _same_time(start: datetime, days: int) -> datetime:
    day = start.astimezone(LONDON).date()
    for _ in range(days):
        day = _next(day)
    return datetime.combine(day, start.astimezone(LONDON).time(), LONDON).astimezone(UTC)


def breaches(council: CouncilFiles, as_of: datetime) -> set[tuple[str, str]]:
    """(check, record) of every journey that breaks a check, by the plainest reading of the catalogue."""
    return {
        *_lost(council, as_of),
        *_unhandled(council, as_of),
        *_enquiries(council, as_of),
        *_missing(council, as_of),
    }


def _lost(council: CouncilFiles, as_of: datetime) -> Iterator[tuple[str, str]]:
    received = defaultdict(set)
    for row in council.current("contacts").values():
        received[row["portal_reference"]].add((row["forename"], row["surname"], row["dob"]))
    for key, row in council.current("portalsent").items():
        if row["delivery_status"] == "WITHDRAWN":
            continue
        submitted_at = moment(row["submitted_at"])
        assert submitted_at
        hours = 1 if row["urgency_stated"] == "IMMEDIATE" else 4
        children = received.get(row["portal_reference"], set())
        if not children:
            if submitted_at + timedelta(hours=hours) < as_of:
                yield "LR-01", key
            if row["delivery_status"] in ("BOUNCED", "FAILED", "UNKNOWN"):
                yield "LR-02", key
            if row["postcode"] and row["target_la"] != _home(str(row["postcode"])):
                yield "LR-07", key
        elif (
            int(str(row["child_count"])) > len(children)
            and (row["forename"], row["surname"], row["dob"]) not in children
        ):
            yield "LR-09", key


def _home(postcode: str) -> str:
    return "874" if postcode.split()[0] in {f"PE{number}" for number in range(1, 8)} else "873"


def _unhandled(council: CouncilFiles, as_of: datetime) -> Iterator[tuple[str, str]]:
    for key, row in council.current("contacts").items():
        received_at, is_red = moment(row["received_at"]), row["rag"] == "RED"
        assert received_at
        due = _end_of_working_day(received_at, 1, at_once=is_red)
        if row["rag"] in ("RED", "AMBER"):
            # Four opening hours end at the latest four hours into the next working day.
            hours = 1 if is_red else 4
            due_at = received_at + timedelta(hours=hours)
            if not is_red and not 8 <= due_at.astimezone(LONDON).hour < 16:
                due_at = _same_time(received_at, 1)
        else:
            due_at = due
        if due_at < as_of and not _done(row["ifd_oversight_at"], as_of):
            yield "FD-02", key
        if due < as_of and not _done(row["ifd_decision_at"], as_of):
            yield "FD-04", key


def _enquiries(council: CouncilFiles, as_of: datetime) -> Iterator[tuple[str, str]]:
    checks = {
        str(row["mash_enquiry_ref"]): row for row in council.current("mashchk").values() if row["agency"] == "HEALTH"
    }
    for key, row in council.current("mashenq").items():
        started_at, concluded_at = moment(row["enquiry_started_at"]), moment(row["concluded_at"])
        if started_at is None:
            continue
        rag = str(row["rag_at_start"])
        due = {
            "RED": started_at + timedelta(hours=4), "AMBER": _same_time(started_at, 1),
            "GREEN": _same_time(started_at, 3), "BLUE": _end_of_working_day(started_at, 5),
        }[rag]  # fmt: skip
        if (concluded_at or as_of) > due:
            yield "MS-02", key
        health = checks.get(key, {})
        is_answered = health.get("status") in ("RETURNED", "PARTIAL")
        is_waived = health.get("status_reason") == "NOT_PROPORTIONATE"
        if concluded_at and not is_waived and not (is_answered and _done(health["returned_at"], concluded_at)):
            yield "MS-04", key
        if health.get("status") == "REQUESTED":
            requested_at = moment(health["requested_at"])
            assert requested_at
            days = {"AMBER": 1, "GREEN": 3, "BLUE": 5}
            limit = requested_at + timedelta(hours=2) if rag == "RED" else _end_of_working_day(requested_at, days[rag])
            if limit < as_of:
                yield "MS-05", str(health["check_id"])
        yield from _unsafe(key, row, started_at=started_at, concluded_at=concluded_at, as_of=as_of)


def _unsafe(
    key: str, row: Row, *, started_at: datetime, concluded_at: datetime | None, as_of: datetime
) -> Iterator[tuple[str, str]]:
    limits = {"RED": started_at + timedelta(hours=1), "AMBER": _end_of_working_day(started_at, 0)}
    limit = limits.get(str(row["rag_at_start"]), _end_of_working_day(started_at, 1))
    confirmed_at, last_at = moment(row["safety_confirmed_at"]), moment(row["last_safety_confirmed_at"])
    if confirmed_at is None or last_at is None:
        if limit < as_of:
            yield "MS-11", key
    elif confirmed_at > limit or (concluded_at is None and _end_of_working_day(last_at, 1) < as_of):
        yield "MS-11", key


def _missing(council: CouncilFiles, as_of: datetime) -> Iterator[tuple[str, str]]:
    held = {str(row["misper_ref"]): row for row in council.current("rhi").values()}
    contacts = council.current("contacts")
    for key, row in council.current("misper").items():
        found_at = moment(row["found_at"])
        if found_at is None or row["responsible_la_code"] != "874":
            continue
        completed_at = moment(held.get(key, {}).get("completed_at"))
        if (completed_at or as_of) > found_at + timedelta(hours=72):
            yield "MI-03", key
    for key, row in council.current("rhi").items():
        completed_at = moment(row["completed_at"])
        is_due = completed_at is not None and _end_of_working_day(completed_at, 1) < as_of
        if row["concern_increase"] == "Y" and is_due and row["contact_id_created"] not in contacts:
            yield "MI-05", key
