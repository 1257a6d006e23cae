"""Physical lines in bounded memory: a line ends at LF, CRLF or a lone CR, whatever quotes say."""

from collections.abc import Iterator
from typing import IO

from frontdoor.errors import DeliveryRefused

BLOCK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 8 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def line_blocks(
    file: IO[bytes], *, block_bytes: int = BLOCK_BYTES, longest_line_bytes: int = LONGEST_LINE_BYTES
) -> Iterator[bytes]:
    """Yield the file in blocks of whole physical lines, without its byte order mark.

    Raises DeliveryRefused (ENV-D11) at a line too long to hold in memory.
    """
    rest = b""
    is_first = True
    while read := file.read(block_bytes):
        block = rest + read
        if is_first:
            block, is_first = block.removeprefix(BYTE_ORDER_MARK), False
        end = block.rfind(b"\n") + 1
        # A CR that is the last byte read may be half of a CRLF.
        end = max(end, block.rfind(b"\r", end, len(block) - 1) + 1)
        if end:
            yield block[:end]
        rest = block[end:]
        if len(rest) > longest_line_bytes:
            raise DeliveryRefused("a line is longer than this system reads", rule_id="ENV-D11")
    if rest:
        yield rest


def count_lines(file: IO[bytes]) -> int:
    """Return the number of physical lines without holding any of them."""
    count = 0
    last = b""
    while block := file.read(BLOCK_BYTES):
        count += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
        if last == b"\r" and block.startswith(b"\n"):
            count -= 1
        last = block[-1:]
    return count + (1 if last not in (b"", b"\n", b"\r") else 0)
