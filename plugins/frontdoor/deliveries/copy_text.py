"""Rows in PostgreSQL's COPY text format: empty means null, everything else verbatim."""

import json
import re
from collections.abc import Mapping, Sequence

_SPECIAL = re.compile(r"[\\\n\r\t,]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", ",": "\\,"}

DELIMITER = b","
# For COPY ... FROM STDIN: an empty value is no value, in every format a supplier may use.
COPY_OPTIONS = "format text, delimiter ',', null '', encoding 'UTF8'"


def copy_field(value: str | None) -> str:
    """Return one value as COPY reads it back."""
    if not value:
        return ""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda found: _ESCAPES[found.group()], value)


def copy_row(prefix: bytes, *, row_number: int, fields: Sequence[str | None]) -> bytes:
    """Return one line of COPY text; `prefix` holds the delivery's id and a comma."""
    return b"%b%d,%b\n" % (prefix, row_number, ",".join(map(copy_field, fields)).encode())


def extra_text(extras: Mapping[str, object]) -> str | None:
    """Return the unknown columns of a record as JSON, or None when they hold nothing."""
    kept = {name: value for name, value in extras.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if kept else None
