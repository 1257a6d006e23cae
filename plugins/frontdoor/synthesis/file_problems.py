"""Files as they really come: cut short, sent twice, with new columns, old encodings and values that cannot be right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from frontdoor.synthesis.deliveries import Delivery, body_of, with_body
from frontdoor.synthesis.identifiers import broken_nhs_number
from frontdoor.synthesis.layouts import CHECKS, CONTACTS, HEALTH, MISSING, PERSONS, SENT, Layout, Row
from frontdoor.synthesis.truth import FileProblem, PlantedDefect, RowProblem, Truth

_MISSING_FILES = {"agency": 3, "daily": 2}


@dataclass(slots=True)
class Post:
    """The deliveries on their way, and what happens to them."""

    deliveries: list[Delivery]
    truth: Truth
    random: Random
    # Records whose defect must not be blurred by another.
    spared: frozenset[str]

    def damage(self, *, cadence: str, until: datetime) -> list[Delivery]:
        """The deliveries as they arrive."""
        self._spoil_rows()
        self._change_bytes()
        self._send_twice()
        self._cut_short()
        self._misstate()
        self._lose_one()
        self._lose_last(_MISSING_FILES[cadence], until=until)
        return self.deliveries

    def _pick(self, layout: Layout, *, least_rows: int = 2, field: str | None = None) -> int:
        """An undamaged delivery of a feed, neither its first nor among its last, where a field is given."""
        damaged = {problem.file_name for problem in self.truth.files}
        of_feed = [index for index, delivery in enumerate(self.deliveries) if delivery.layout is layout]
        able = [
            index
            for index in of_feed[1:-4]
            if len(self.deliveries[index].rows) >= least_rows
            and self.deliveries[index].name not in damaged
            and (field is None or self._rows_with(field, self.deliveries[index].rows, key=layout.key))
        ]
        return self.random.choice(able)

    def _rows_with(self, field: str, rows: Sequence[Row], *, key: str) -> list[Row]:
        return [row for row in rows if row[field] and str(row[key]) not in self.spared]

    def _note(self, name: str, problem: str, outcome: str, *, quarantined: int = 0) -> None:
        self.truth.files.append(FileProblem(name, problem, outcome, quarantined))

    def _spoil_rows(self) -> None:
        for layout, field, problem, spoil in _SPOILINGS:
            index = self._pick(layout, field=field)
            delivery = self.deliveries[index]
            rows = [dict(row) for row in delivery.rows]
            row = self.random.choice(self._rows_with(field, rows, key=layout.key))
            row[field] = spoil(str(row[field]))
            self.deliveries[index] = _repacked(delivery, rows)
            self.truth.rows.append(RowProblem(delivery.name, str(row[layout.key]), field, problem, "quarantined"))
            self._note(delivery.name, problem, "accepted", quarantined=1)

    def _change_bytes(self) -> None:
        for layout, problem, change in _BYTE_CHANGES:
            self._change_one(self._pick(layout), problem, change)
        # Of all files, one whose accents the old encoding has: else nobody would notice.
        able = [index for index, delivery in enumerate(self.deliveries) if _fits_windows_1252(delivery)]
        if able:
            index = self.random.choice(able)
            self._change_one(index, "Windows-1252", lambda delivery: delivery.body.decode().encode("cp1252"))

    def _change_one(self, index: int, problem: str, change: Callable[[Delivery], bytes]) -> None:
        delivery = self.deliveries[index]
        self.deliveries[index] = with_body(delivery, change(delivery))
        self._note(delivery.name, problem, "accepted")

    def _send_twice(self) -> None:
        index = self._pick(CHECKS)
        delivery = self.deliveries[index]
        again = replace(delivery, name=_later_name(delivery, minutes=1))
        self.deliveries.insert(index + 1, again)
        self._note(again.name, "same bytes sent twice", "duplicate")

    def _cut_short(self) -> None:
        """A file cut off on its way: refused by its hash, then sent again in full under the same sequence number."""
        index = self._pick(CONTACTS, least_rows=4)
        whole = self.deliveries[index]
        self.deliveries[index] = replace(whole, body=whole.body[: len(whole.body) * 2 // 3])
        extracted_at = datetime.fromisoformat(str(whole.manifest["extract_ts"])) + timedelta(minutes=40)
        manifest = whole.manifest | {"extract_ts": extracted_at.isoformat(), "supersedes": whole.name}
        # Another extract, so other bytes: the rows come in another order.
        rows = list(reversed(whole.rows))
        again = with_body(replace(whole, name=_later_name(whole, minutes=42), rows=rows, manifest=manifest),
                          body_of(whole.layout, rows))  # fmt: skip
        self.deliveries.insert(index + 1, again)
        self._note(whole.name, "truncated", "rejected")
        self._note(again.name, "restatement of the truncated file", "accepted")

    def _misstate(self) -> None:
        """A manifest that counts a row its file does not have; nobody sends it again."""
        index = self._pick(HEALTH)
        delivery = self.deliveries[index]
        manifest = delivery.manifest | {"row_count": len(delivery.rows) + 1}
        self.deliveries[index] = replace(delivery, manifest=manifest)
        self._note(delivery.name, "manifest counts a row too many", "rejected")
        at = datetime.fromisoformat(str(delivery.manifest["extract_ts"]))
        self.truth.defects.append(
            PlantedDefect("DQ-02", HEALTH.feed, delivery.name, "SEV2", at, "manifest does not fit its file")
        )

    def _lose_last(self, number: int, *, until: datetime) -> None:
        """The health trust falls silent before the weekend is over, without so much as a nil return."""
        lost = [delivery for delivery in self.deliveries if delivery.layout is HEALTH][-number:]
        self.deliveries = [delivery for delivery in self.deliveries if delivery not in lost]
        for delivery in lost:
            self._note(delivery.name, "never sent", "missing")
        self._plant_missing(lost[0], subject=HEALTH.source_org, note=f"silent until {until.isoformat()}")

    def _lose_one(self) -> None:
        """A file lost on its way: the next one's running number shows it."""
        lost = self.deliveries.pop(self._pick(HEALTH, least_rows=1))
        self._note(lost.name, "lost on its way", "missing")
        self._plant_missing(lost, subject=f"{HEALTH.source_org}:{lost.sequence_no}", note="running number left out")

    def _plant_missing(self, delivery: Delivery, *, subject: str, note: str) -> None:
        at = datetime.fromisoformat(str(delivery.manifest["period_to"]))
        self.truth.defects.append(PlantedDefect("DQ-01", HEALTH.feed, subject, "SEV2", at, note))


def _repacked(delivery: Delivery, rows: Sequence[Row]) -> Delivery:
    """The delivery with other rows and a manifest that fits them."""
    totals = {"row_count": len(rows), "control_totals": delivery.layout.totals(rows)}
    changed = replace(delivery, rows=rows, manifest=delivery.manifest | totals)
    return with_body(changed, body_of(delivery.layout, rows))


def _later_name(delivery: Delivery, *, minutes: int) -> str:
    """The name the same period gets when it is sent some minutes later."""
    parts = delivery.stem.split("_")
    later = datetime.strptime(parts[3], "%Y%m%dT%H%M") + timedelta(minutes=minutes)  # noqa: DTZ007  a name, not a time
    parts[3] = later.strftime("%Y%m%dT%H%M")
    return "_".join(parts) + "." + delivery.layout.format


def _fits_windows_1252(delivery: Delivery) -> bool:
    if delivery.layout.format != "csv" or delivery.body.isascii() or delivery.body.startswith(b"\xef\xbb\xbf"):
        return False
    try:
        return bool(delivery.body.decode().encode("cp1252"))
    except UnicodeEncodeError:
        return False


def _with_new_column(delivery: Delivery) -> bytes:
    rows = [row | {"worker_team": "FRONT_DOOR"} for row in delivery.rows]
    return body_of(delivery.layout, rows, columns=(*delivery.layout.columns, "worker_team"))


def _with_shouted_header(delivery: Delivery) -> bytes:
    header, _, rest = delivery.body.partition(b"\n")
    return header.upper() + b"\n" + rest


_SPOILINGS: tuple[tuple[Layout, str, str, Callable[[str], str]], ...] = (
    (CONTACTS, "nhs_number", "NHS number fails its check digit", broken_nhs_number),
    (HEALTH, "nhs_number", "NHS number fails its check digit", broken_nhs_number),
    (MISSING, "dob", "impossible date", lambda value: f"31/02/{value[6:]}"),
    (SENT, "dob", "impossible date", lambda value: f"{value[:4]}-04-31"),
    (CONTACTS, "source_code", "code not in list", lambda value: "Z9"),  # noqa: ARG005
    (CHECKS, "expectation_reason", "code not in list", lambda value: "BECAUSE"),  # noqa: ARG005
    (PERSONS, "pers_ethnicity", "code not in list", lambda value: "XXXX"),  # noqa: ARG005
    (CONTACTS, "closed_at", "time in the future", lambda value: f"2036{value[4:]}"),
)
_BYTE_CHANGES: tuple[tuple[Layout, str, Callable[[Delivery], bytes]], ...] = (
    (CONTACTS, "byte order mark", lambda delivery: b"\xef\xbb\xbf" + delivery.body),
    (CHECKS, "CRLF line ends", lambda delivery: delivery.body.replace(b"\n", b"\r\n")),
    (CHECKS, "new column", _with_new_column),
    (CHECKS, "header in capitals", _with_shouted_header),
    (CHECKS, "blank trailing rows", lambda delivery: delivery.body + b"\n\n\n"),
)
