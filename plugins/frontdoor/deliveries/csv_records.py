"""CSV read strictly: one record per physical line, and a damaged line costs exactly itself."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from frontdoor.deliveries.columns import Column, Drift, Layout, lay_out
from frontdoor.deliveries.copy_text import copy_row, extra_text
from frontdoor.deliveries.encodings import Encoding, decoded_lines
from frontdoor.deliveries.lines import BLOCK_BYTES, LONGEST_LINE_BYTES, line_blocks
from frontdoor.deliveries.tally import LineTally
from frontdoor.errors import DeliveryRefused

# The length of lines is capped already; the module's own limit would refuse long but honest fields.
csv.field_size_limit(LONGEST_LINE_BYTES)


class CsvRecords:
    """The records of one CSV file as COPY text, with the tally of its lines.

    `tally` and `drift` are complete once `blocks` is exhausted.
    """

    def __init__(
        self,
        path: Path,
        *,
        columns: Sequence[Column],
        encoding: Encoding = "utf-8",
        delimiter: str = ",",
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.tally = LineTally()
        self.delimiter = delimiter
        self._comma = delimiter.encode()
        self._encoding = encoding
        self._file: IO[bytes] = path.open("rb", buffering=0)
        self._blocks = line_blocks(self._file, block_bytes=block_bytes)
        try:
            header, self._first_block = self._read_header()
            self._layout = lay_out(header, columns=columns) if header is not None else Layout((), (), ())
        except DeliveryRefused:
            self._file.close()
            raise
        self._comma_count = len(self._layout.field_names) - 1
        self._blank_record = self._comma * self._comma_count

    @property
    def copy_columns(self) -> tuple[str, ...]:
        """The landing columns a block fills between `_row_number` and `_delivery_id`."""
        named = tuple(name for name in self._layout.field_names if name is not None)
        return (*named, "_extra") if self._layout.has_extras else named

    @property
    def drift(self) -> tuple[Drift, ...]:
        """How the header differs from the contract."""
        return self._layout.drift

    def blocks(self, *, delivery_id: int) -> Iterator[bytes]:
        """Yield COPY text until the file ends."""
        with self._file:
            if self._first_block:
                yield self._copy_block(self._first_block, delivery_id=delivery_id)
            for block in self._blocks:
                yield self._copy_block(block, delivery_id=delivery_id)

    def _read_header(self) -> tuple[list[str] | None, bytes]:
        for block in self._blocks:
            lines = block.splitlines(keepends=True)
            for number, line in enumerate(lines, start=1):
                self.tally.add("structural")
                if line.strip():
                    return self._header_fields(line), b"".join(lines[number:])
        return None, b""

    def _header_fields(self, line: bytes) -> list[str]:
        ((_, text),) = decoded_lines(line, encoding=self._encoding)
        fields = _split_quoted(text, delimiter=self.delimiter) if text is not None and b"\0" not in text else None
        if fields is None:
            raise DeliveryRefused("the header line cannot be read", rule_id="ENV-D09")
        return fields

    def _copy_block(self, block: bytes, *, delivery_id: int) -> bytes:
        if self._layout.has_extras or self._encoding != "utf-8":
            return b"".join(
                self._copy_line(line, text, delivery_id=delivery_id)
                for line, text in decoded_lines(block, encoding=self._encoding)
            )
        lines = block.splitlines()
        copied: list[bytes] = []
        done = 0
        for place in sorted(self._unusual(lines, block=block)):
            copied.append(self._copy_plain(lines[done:place], delivery_id=delivery_id))
            copied.append(self._copy_line(lines[place], lines[place], delivery_id=delivery_id))
            done = place + 1
        copied.append(self._copy_plain(lines[done:] if done else lines, delivery_id=delivery_id))
        return b"".join(copied)

    def _copy_plain(self, lines: list[bytes], *, delivery_id: int) -> bytes:
        """Return lines as they came between lineage: COPY splits them where we would. The innermost loop of landing."""
        if not lines:
            return b""
        first = self.tally.line_count + 1
        self.tally.add("landed", count=len(lines))
        end = b"%b%d\n" % (self._comma, delivery_id)
        numbered = (b"%d" + self._comma + b"%b").__mod__
        return end.join(map(numbered, enumerate(lines, start=first))) + end

    def _unusual(self, lines: list[bytes], *, block: bytes) -> set[int]:
        """Return the places of lines that COPY would not read as we do: quoted, escaped, blank, or miscounted."""
        comma, count, blank = self._comma, self._comma_count, self._blank_record
        places = {place for place, line in enumerate(lines) if line.count(comma) != count}
        if block.startswith(blank) or b"\n" + blank in block or b"\r" + blank in block:
            places.update(place for place, line in enumerate(lines) if line.startswith(blank))
        for mark in (b'"', b"\\", b"\0"):
            if mark in block:
                places.update(place for place, line in enumerate(lines) if mark in line)
        return places

    def _copy_line(self, line: bytes, text: bytes | None, *, delivery_id: int) -> bytes:
        if not line.strip() or not line.strip(self._comma):
            # Spreadsheets leave such rows behind at the end.
            self.tally.add("structural")
            return b""
        if text is None:
            self.tally.add_unreadable(line, rule_id="ENV-R04")
            return b""
        if b"\0" in text:
            self.tally.add_unreadable(line, rule_id="ENV-R03")
            return b""
        fields = self._fields(text)
        if fields is None or len(fields) != self._comma_count + 1:
            self.tally.add_unreadable(line, rule_id="ENV-R01" if fields is None else "ENV-R02")
            return b""
        self.tally.add("landed")
        return copy_row(
            delivery_id=delivery_id,
            row_number=self.tally.line_count,
            fields=self._landed_fields(fields),
            delimiter=self.delimiter,
        )

    def _fields(self, text: bytes) -> list[str] | None:
        return _split_quoted(text, delimiter=self.delimiter) if b'"' in text else text.decode().split(self.delimiter)

    def _landed_fields(self, fields: list[str]) -> list[str | None]:
        if not self._layout.has_extras:
            return list(fields)
        named: list[str | None] = []
        extras: dict[str, object] = {}
        for value, extra in zip(fields, self._layout.extra_names, strict=True):
            if extra is None:
                named.append(value)
            else:
                extras[extra] = value
        return [*named, extra_text(extras)]


def _split_quoted(line: bytes, *, delimiter: str) -> list[str] | None:
    """Return a line's fields, or None when its quotes do not close."""
    try:
        return next(csv.reader([line.decode().rstrip("\r\n")], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
