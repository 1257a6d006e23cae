"""JSON arrays and JSON Lines read strictly, in bounded memory; a damaged element costs exactly itself."""

import codecs
import re
from collections.abc import Iterator, Sequence
from json import JSONDecodeError
from pathlib import Path
from typing import IO

from frontdoor.deliveries.columns import Column, Drift
from frontdoor.deliveries.copy_text import copy_row
from frontdoor.deliveries.encodings import Encoding, decoded_lines
from frontdoor.deliveries.json_values import DECODER, RecordShape, UnreadableValue
from frontdoor.deliveries.lines import BLOCK_BYTES, LONGEST_LINE_BYTES, line_blocks
from frontdoor.deliveries.tally import LineTally
from frontdoor.errors import DeliveryRefused

DELIMITER = ","
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
# More than the whole of an element must be in hand before it is called damaged and not merely cut by the buffer.
_READ_AHEAD_CHARACTERS = 1 << 20


class JsonLineRecords:
    """The records of one JSON Lines file as COPY text, with the tally of its lines."""

    delimiter = DELIMITER

    def __init__(
        self,
        path: Path,
        *,
        columns: Sequence[Column],
        encoding: Encoding = "utf-8",
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.tally = LineTally()
        self._encoding = encoding
        self._file: IO[bytes] = path.open("rb", buffering=0)
        self._block_bytes = block_bytes
        self._shape = RecordShape(columns)
        self.copy_columns = self._shape.copy_columns

    @property
    def drift(self) -> tuple[Drift, ...]:
        """How the keys seen so far differ from the contract."""
        return self._shape.drift()

    def blocks(self, *, delivery_id: int) -> Iterator[bytes]:
        """Yield COPY text until the file ends."""
        with self._file:
            for block in line_blocks(self._file, block_bytes=self._block_bytes):
                yield b"".join(
                    self._copy_line(line, text, delivery_id=delivery_id)
                    for line, text in decoded_lines(block, encoding=self._encoding)
                )

    def _copy_line(self, line: bytes, text: bytes | None, *, delivery_id: int) -> bytes:
        if not line.strip():
            self.tally.add("structural")
            return b""
        if text is None:
            self.tally.add_unreadable(line, rule_id="ENV-R04")
            return b""
        value = _line_value(text.decode())
        copied, rule_id = _copied(
            value, shape=self._shape, delivery_id=delivery_id, row_number=self.tally.line_count + 1
        )
        if rule_id:
            self.tally.add_unreadable(line, rule_id=rule_id)
        else:
            self.tally.add("landed")
        return copied


class JsonArrayRecords:
    """The records of one JSON array as COPY text; its "lines" are the array's elements."""

    delimiter = DELIMITER

    def __init__(
        self,
        path: Path,
        *,
        columns: Sequence[Column],
        encoding: Encoding = "utf-8",
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.tally = LineTally()
        self._codec = "cp1252" if encoding == "cp1252" else "utf-8"
        self._elements = array_elements(path, codec=self._codec, block_bytes=block_bytes)
        self._shape = RecordShape(columns)
        self.copy_columns = self._shape.copy_columns

    @property
    def drift(self) -> tuple[Drift, ...]:
        """How the keys seen so far differ from the contract."""
        return self._shape.drift()

    def blocks(self, *, delivery_id: int) -> Iterator[bytes]:
        """Yield COPY text until the array ends.

        Raises DeliveryRefused (ENV-D12) when the file is not one whole JSON array.
        """
        gathered: list[bytes] = []
        size = 0
        for element, value in self._elements:
            copied = self._copy_element(element, value, delivery_id=delivery_id)
            gathered.append(copied)
            size += len(copied)
            if size >= BLOCK_BYTES:
                yield b"".join(gathered)
                gathered, size = [], 0
        yield b"".join(gathered)

    def _copy_element(self, element: str, value: object, *, delivery_id: int) -> bytes:
        copied, rule_id = _copied(
            value, shape=self._shape, delivery_id=delivery_id, row_number=self.tally.line_count + 1
        )
        if rule_id:
            self.tally.add_unreadable(element.encode(self._codec, "surrogateescape"), rule_id=rule_id)
        else:
            self.tally.add("landed")
        return copied


class _Damaged:
    """Stands for text that is no JSON; no record shape accepts it."""


def array_elements(path: Path, *, codec: str, block_bytes: int = BLOCK_BYTES) -> Iterator[tuple[str, object]]:
    """Yield each element's own text and its value.

    Raises DeliveryRefused (ENV-D12) when the file does not start or end as an array, ENV-D11 at a giant element.
    """
    with path.open("rb") as file:
        text = _TextBuffer(file, codec=codec, block_bytes=block_bytes)
        text.expect("[")
        if text.peek() == "]":
            text.expect("]")
        else:
            while True:
                yield text.element()
                if text.peek() != ",":
                    break
                text.expect(",")
            text.expect("]")
        if text.peek():
            raise _not_an_array()


class _TextBuffer:
    """The decoded text ahead, read on as far as the next element needs."""

    def __init__(self, file: IO[bytes], *, codec: str, block_bytes: int) -> None:
        self._file = file
        self._block_bytes = block_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)("surrogateescape")
        self._text = ""
        self._at = 0
        self._is_at_end = False

    def peek(self) -> str:
        """Return the next character that is not space, or nothing at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def expect(self, character: str) -> None:
        """Step over `character`; raises DeliveryRefused when something else stands there."""
        if self.peek() != character:
            raise _not_an_array()
        self._at += 1

    def element(self) -> tuple[str, object]:
        """Return the next element and step over it."""
        self.peek()
        while True:
            value, end = self._decode()
            is_whole = end is not None and end < len(self._text)
            if not is_whole and len(self._text) - self._at < _READ_AHEAD_CHARACTERS and self._read_on():
                continue
            if end is None:
                end = self._end_of_damaged()
            start, self._at = self._at, end
            return self._text[start:end], value

    def _decode(self) -> tuple[object, int | None]:
        try:
            return DECODER.raw_decode(self._text, self._at)
        except (JSONDecodeError, UnreadableValue, RecursionError):
            return _Damaged(), None

    def _end_of_damaged(self) -> int:
        """Return where an element that is no JSON ends, judging by its quotes and brackets alone."""
        while True:
            depth = 0
            for token in _TOKEN.finditer(self._text, self._at):
                mark = token.group()
                if depth == 0 and mark in ("]", ",") and token.start() > self._at:
                    return token.start()
                depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark, 0)
                if depth < 0:
                    raise _not_an_array()
            if len(self._text) - self._at > LONGEST_LINE_BYTES:
                raise DeliveryRefused("an element is longer than this system reads", rule_id="ENV-D11")
            if not self._read_on():
                raise _not_an_array()

    def _read_on(self) -> bool:
        if self._is_at_end:
            return False
        block = self._file.read(self._block_bytes)
        self._is_at_end = not block
        self._text = self._text[self._at :] + self._decoder.decode(block, final=self._is_at_end)
        self._at = 0
        return True


def _copied(value: object, *, shape: RecordShape, delivery_id: int, row_number: int) -> tuple[bytes, str | None]:
    """Return a record as COPY text, or nothing and the rule it breaks."""
    try:
        copied = copy_row(delivery_id=delivery_id, row_number=row_number, fields=shape.row(value), delimiter=DELIMITER)
    except UnicodeEncodeError:
        return b"", "ENV-R04"
    except (UnreadableValue, RecursionError):
        return b"", "ENV-R05"
    # PostgreSQL can store NUL neither in text nor, escaped, in jsonb.
    if b"\0" in copied or b"\\u0000" in copied:
        return b"", "ENV-R03"
    return copied, None


def _line_value(text: str) -> object:
    try:
        value, end = DECODER.raw_decode(text, _SPACE.match(text).end())  # type: ignore[union-attr]
    except (JSONDecodeError, UnreadableValue, RecursionError):
        return _Damaged()
    return _Damaged() if text[end:].strip() else value


def _not_an_array() -> DeliveryRefused:
    return DeliveryRefused("the file is not one whole JSON array", rule_id="ENV-D12")
