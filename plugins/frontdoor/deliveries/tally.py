"""The account of a delivery's lines while it is read: every physical line in exactly one fate."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Literal

Fate = Literal["structural", "landed", "quarantined"]

# A hostile file may be unreadable from end to end; its lines then wait on disk, not in memory.
UNREADABLE_IN_MEMORY_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class FateRange:
    """Lines `first` to `after` - 1 share one fate."""

    first: int
    after: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line no reader could split into fields, and the rule that says why."""

    row_number: int
    rule_id: str
    line_bytes: bytes


class LineTally:
    """Counts lines in order and run-length codes their fates; the ranges always tile 1..line_count."""

    def __init__(self) -> None:
        self.line_count = 0
        self.counts: dict[Fate, int] = {"structural": 0, "landed": 0, "quarantined": 0}
        self._starts: list[tuple[int, Fate]] = []
        self._unreadable: IO[bytes] | None = None

    def add(self, fate: Fate, *, count: int = 1) -> None:
        """Give the next `count` lines this fate."""
        if count == 0:
            return
        if not self._starts or self._starts[-1][1] != fate:
            self._starts.append((self.line_count + 1, fate))
        self.line_count += count
        self.counts[fate] += count

    def add_unreadable(self, line_bytes: bytes, *, rule_id: str) -> None:
        """Quarantine the next line, keeping its bytes."""
        self.add("quarantined")
        if self._unreadable is None:
            self._unreadable = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by close()
                max_size=UNREADABLE_IN_MEMORY_BYTES
            )
        self._unreadable.write(b"%d %b %b\n" % (self.line_count, rule_id.encode(), line_bytes.hex().encode()))

    def close(self) -> None:
        """Forget the bytes of unreadable lines."""
        if self._unreadable is not None:
            self._unreadable.close()

    @property
    def record_count(self) -> int:
        """Lines that hold a record, readable or not: what a manifest's row_count must equal."""
        return self.counts["landed"] + self.counts["quarantined"]

    def ranges(self) -> Iterator[FateRange]:
        """Yield the fates in line order; none for a file without lines, such as an empty array."""
        ends = [start for start, _ in self._starts[1:]] + [self.line_count + 1] * bool(self._starts)
        for (first, fate), after in zip(self._starts, ends, strict=True):
            yield FateRange(first=first, after=after, fate=fate)

    def unreadable_lines(self) -> Iterator[UnreadableLine]:
        """Yield the quarantined lines in order; may be called again."""
        if self._unreadable is None:
            return
        self._unreadable.seek(0)
        for entry in self._unreadable:
            number, rule_id, line_hex = entry.rstrip(b"\n").split(b" ")
            yield UnreadableLine(int(number), rule_id.decode(), bytes.fromhex(line_hex.decode()))
        self._unreadable.seek(0, 2)
