"""Reads bytes with one of the readers and hands back everything it said."""

from dataclasses import dataclass
from pathlib import Path

from frontdoor.deliveries.columns import Column, Drift
from frontdoor.deliveries.csv_records import CsvRecords
from frontdoor.deliveries.json_records import JsonArrayRecords, JsonLineRecords
from frontdoor.deliveries.tally import FateRange, UnreadableLine

COLUMNS = (Column("a", "a", is_mandatory=True), Column("b", "B", ("bee",)), Column("c", "c"))
Reader = type[CsvRecords] | type[JsonArrayRecords] | type[JsonLineRecords]


@dataclass(frozen=True)
class Read:
    rows: dict[int, dict[str, str | None]]
    fates: list[FateRange]
    unreadable: list[UnreadableLine]
    drift: tuple[Drift, ...]
    line_count: int

    @property
    def reasons(self) -> dict[int, str]:
        return {line.row_number: line.rule_id for line in self.unreadable}


def read(reader: Reader, content: bytes, folder: Path, **options: object) -> Read:
    path = folder / "delivery"
    path.write_bytes(content)
    records = reader(path, columns=COLUMNS, **options)  # type: ignore[arg-type]
    copied = b"".join(records.blocks(delivery_id=7))
    names = ("_row_number", *records.copy_columns, "_delivery_id")
    rows = {}
    for line in copied.decode().split("\n")[:-1]:
        values = dict(zip(names, unescaped(line), strict=True))
        assert values.pop("_delivery_id") == "7"
        rows[int(values.pop("_row_number") or 0)] = values
    tally = records.tally
    unreadable = list(tally.unreadable_lines())
    tally.close()
    return Read(rows, list(tally.ranges()), unreadable, records.drift, tally.line_count)


def unescaped(line: str) -> list[str | None]:
    """A line of COPY text as PostgreSQL would split it."""
    fields, field, characters = [], "", iter(line)
    for character in characters:
        if character == "\\":
            escaped = next(characters)
            field += {"n": "\n", "r": "\r"}.get(escaped, escaped)
        elif character == ",":
            fields.append(field or None)
            field = ""
        else:
            field += character
    return [*fields, field or None]
