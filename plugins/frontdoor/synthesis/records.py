"""What an agency's system holds over time: records, and when each of their fields came to say what it says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from frontdoor.synthesis.layouts import Layout
from frontdoor.synthesis.registers import Values


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the supplier's extract says so; `values` were true a little before."""

    at: datetime
    values: Values
    action: str = "U"


@dataclass(slots=True)
class Record:
    """One record of one feed with everything that happened to it."""

    layout: Layout
    record_id: str
    changes: list[Change] = field(default_factory=list)

    def change(self, at: datetime, **values: object) -> "Record":
        """Say from a moment on what some fields hold; nothing is said of a record before it is made."""
        self.changes.append(Change(max(at, self.changes[0].at), values))
        return self

    def purge(self, at: datetime) -> "Record":
        """Withdraw the record: it should never have been."""
        self.changes.append(Change(at, {}, action="PURGE"))
        return self

    def until(self, end: datetime) -> Values:
        """What the record says at a moment; empty before it was made."""
        row: Values = {}
        for change in sorted(self.changes, key=lambda change: change.at):
            if change.at <= end:
                row |= change.values
        return row


@dataclass(slots=True)
class Journal:
    """Every record of every feed, in the order in which it was made."""

    records: list[Record] = field(default_factory=list)

    def add(
        self, layout: Layout, record_id: str, *, at: datetime, person: Values | None = None, **values: object
    ) -> Record:
        """A new record; fields not named are empty until a change fills them."""
        columns: Values = dict.fromkeys(layout.columns)
        first = columns | (person or {}) | {layout.key: record_id, "source_record_id": record_id} | values
        record = Record(layout, record_id, [Change(at, first, action="I")])
        self.records.append(record)
        return record

    def of(self, layout: Layout) -> Iterator[Record]:
        """The records of one feed."""
        return (record for record in self.records if record.layout is layout)
