"""Rows in PostgreSQL's COPY text format: empty means null, everything else verbatim."""

import json
from collections.abc import Mapping, Sequence

DELIMITERS = ",;|\t"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def copy_options(delimiter: str) -> str:
    """Return the options under which COPY reads this text; an empty value is no value, in every format."""
    shown = r"E'\t'" if delimiter == "\t" else f"'{delimiter}'"
    return f"format text, delimiter {shown}, null '', encoding 'UTF8'"


def copy_row(*, delivery_id: int, row_number: int, fields: Sequence[str | None], delimiter: str) -> bytes:
    """Return one line of COPY text: the fields between row number and delivery, as landing names its columns."""
    joined = delimiter.join([field or "" for field in fields])
    # Few rows hold anything to escape; looking at the whole row is quicker than at each field.
    if joined.count(delimiter) >= len(fields) or "\\" in joined or "\n" in joined or "\r" in joined:
        joined = delimiter.join([_escaped(field or "", delimiter=delimiter) for field in fields])
    return f"{row_number}{delimiter}{joined}{delimiter}{delivery_id}\n".encode()


def _escaped(value: str, *, delimiter: str) -> str:
    for character, escape in _ESCAPES.items():
        value = value.replace(character, escape)
    return value.replace(delimiter, "\\" + delimiter)


def extra_text(extras: Mapping[str, object]) -> str | None:
    """Return the unknown columns of a record as JSON, or None when they hold nothing."""
    kept = {name: value for name, value in extras.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if kept else None
