"""In which encoding a delivery is written, decided once per file and never guessed per value."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from frontdoor.deliveries.lines import line_blocks

# "mixed": some lines are UTF-8 and some are neither; the latter cannot be read without inventing characters.
Encoding = Literal["utf-8", "cp1252", "mixed"]

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SNIFFED_BYTES = 4096


def is_utf16(head: bytes) -> bool:
    """Say whether a file's first bytes are UTF-16 or UTF-32, marked or not."""
    sniffed = head[:SNIFFED_BYTES]
    return sniffed.startswith(UTF16_MARKS) or (len(sniffed) >= 4 and sniffed.count(b"\0") * 4 >= len(sniffed))


def encoding_of(path: Path, *, accepts_cp1252: bool) -> Encoding:
    """Return the encoding of a file that is known not to be all UTF-8.

    One line of valid multi-byte UTF-8 shows that the file means UTF-8; its other lines are damaged then, not cp1252.
    """
    if not accepts_cp1252:
        return "mixed"
    with path.open("rb") as file:
        for block in line_blocks(file):
            if not block.isascii() and any(_is_multibyte_utf8(line) for line in block.splitlines()):
                return "mixed"
    return "cp1252"


def decoded_lines(block: bytes, *, encoding: Encoding) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield each line of a block as it came and as UTF-8, None where it cannot be decoded."""
    codec = "cp1252" if encoding == "cp1252" else "utf-8"
    for line in block.splitlines():
        if line.isascii():
            yield line, line
            continue
        try:
            yield line, line.decode(codec).encode()
        except UnicodeDecodeError:
            yield line, None


def _is_multibyte_utf8(line: bytes) -> bool:
    if line.isascii():
        return False
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
