"""Which of a file's columns is which field of the contract, whatever their order, case or known other names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from frontdoor.errors import DeliveryRefused

# Anything else might be a value: the first line of a file without a header holds a child's record.
COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .\-]{0,62}")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the contract as a reader needs it: its name and the headers it may stand under."""

    field_name: str
    header: str
    synonyms: tuple[str, ...] = ()
    is_mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a file's columns differ from the contract."""

    column_name: str
    kind: Literal["missing", "extra", "renamed"]
    field_name: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """For each column of a file the field it fills, or the name under which its values are kept in `_extra`."""

    field_names: tuple[str | None, ...]
    extra_names: tuple[str | None, ...]
    drift: tuple[Drift, ...]

    @property
    def has_extras(self) -> bool:
        """Whether any column is unknown to the contract."""
        return any(name is not None for name in self.extra_names)


def column_index(columns: Iterable[Column]) -> dict[str, tuple[Column, bool]]:
    """Return the columns by folded header; the flag says that the header is a synonym."""
    index: dict[str, tuple[Column, bool]] = {}
    columns = tuple(columns)
    for column in columns:
        index[folded(column.header)] = (column, False)
    for column in columns:
        for synonym in column.synonyms:
            index.setdefault(folded(synonym), (column, True))
    return index


def folded(header: str) -> str:
    """Return a header without what people vary: case and surrounding space."""
    return header.strip().casefold()


def lay_out(headers: Sequence[str], *, columns: Sequence[Column]) -> Layout:
    """Match a file's headers to the contract.

    Raises DeliveryRefused for a repeated header (ENV-D09) or a missing mandatory column (ENV-D10); the message
    names fields of the contract only, because the line may not be a header at all.
    """
    index = column_index(columns)
    field_names: list[str | None] = []
    extra_names: list[str | None] = []
    drift: list[Drift] = []
    seen: set[str] = set()
    found = [index.get(folded(header), (None, False)) for header in headers]
    # First, because a line of values is no header, whatever else is wrong with it.
    missing = missing_columns(columns, present={column.field_name for column, _ in found if column})
    for number, (header, (column, is_synonym)) in enumerate(zip(headers, found, strict=True), start=1):
        name = column.field_name if column else extra_name(header, number=number)
        if name in seen:
            raise DeliveryRefused(f"two columns have the same name (the second is column {number})", rule_id="ENV-D09")
        seen.add(name)
        field_names.append(column.field_name if column else None)
        extra_names.append(None if column else name)
        if column is None:
            drift.append(Drift(name, "extra"))
        elif is_synonym:
            drift.append(Drift(header.strip(), "renamed", column.field_name))
    return Layout(tuple(field_names), tuple(extra_names), (*drift, *missing))


def missing_columns(columns: Iterable[Column], *, present: set[str]) -> list[Drift]:
    """Return the drift of absent optional columns; raises DeliveryRefused (ENV-D10) when one is mandatory."""
    absent = [column for column in columns if column.field_name not in present]
    mandatory = [column.header for column in absent if column.is_mandatory]
    if mandatory:
        raise DeliveryRefused(f"mandatory columns are missing: {', '.join(mandatory)}", rule_id="ENV-D10")
    return [Drift(column.header, "missing", column.field_name) for column in absent]


def extra_name(header: str, *, number: int) -> str:
    """Return the name of an unknown column, or its place where the header does not look like a name."""
    name = header.strip()
    return name if COLUMN_NAME.fullmatch(name) else f"unnamed column {number}"
