"""Rows in PostgreSQL's COPY text format: empty means null, everything else verbatim."""

import json
import re
from collections.abc import Mapping, Sequence

DELIMITERS = ",;|\t"
_SPECIAL = re.compile(r"[\\\n\r\t,;|]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def copy_options(delimiter: str) -> str:
    """Return the options under which COPY reads this text; an empty value is no value, in every format."""
    shown = r"E'\t'" if delimiter == "\t" else f"'{delimiter}'"
    return f"format text, delimiter {shown}, null '', encoding 'UTF8'"


def copy_field(value: str | None) -> str:
    """Return one value as COPY reads it back."""
    if not value:
        return ""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found.group(), "\\" + found.group()), value)


def copy_row(*, delivery_id: int, row_number: int, fields: Sequence[str | None], delimiter: str) -> bytes:
    """Return one line of COPY text: lineage, then the fields."""
    values = delimiter.join((str(delivery_id), str(row_number), *map(copy_field, fields)))
    return values.encode() + b"\n"


def extra_text(extras: Mapping[str, object]) -> str | None:
    """Return the unknown columns of a record as JSON, or None when they hold nothing."""
    kept = {name: value for name, value in extras.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if kept else None
