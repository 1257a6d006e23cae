"""The inbox: a folder (or object store) where agencies drop pairs of a data file and its manifest."""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from uuid import uuid4

from upath import UPath

from frontdoor.deliveries.file_names import UNFINISHED_SUFFIX, DeliveryName, manifest_stem, parsed_name
from frontdoor.errors import DeliveryRefused

# A sender writes the manifest last; a file still alone after this long has none.
MANIFEST_GRACE_SECONDS = 600.0
SET_ASIDE_FOLDER = ".refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in the inbox."""

    name: str
    age_seconds: float
    is_regular: bool


class Inbox(Protocol):
    """Where deliveries wait. Every method tolerates that another process took a file meanwhile."""

    def entries(self) -> list[Entry]:
        """List what waits, in order of name."""

    def open(self, name: str) -> IO[bytes]:
        """Open a regular file; raises FileNotFoundError when it is gone, DeliveryRefused when it is none."""

    def remove(self, name: str) -> None:
        """Remove a file that has been dealt with, if it is still there."""

    def set_aside(self, name: str) -> None:
        """Move away, unread and under a name of ours, what can never be a delivery."""


class FolderInbox:
    """A local folder; follows no link, opens nothing but regular files."""

    def __init__(self, folder: Path, *, is_kept: bool = False) -> None:
        self._folder = folder
        self._is_kept = is_kept

    def entries(self) -> list[Entry]:
        """List what waits, in order of name."""
        now = time.time()
        found: list[Entry] = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder) as listing:
            for item in listing:
                if item.name.startswith(".") or item.name.endswith(UNFINISHED_SUFFIX):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    status = item.stat(follow_symlinks=False)
                    found.append(Entry(item.name, now - status.st_mtime, stat.S_ISREG(status.st_mode)))
        return sorted(found, key=lambda entry: entry.name)

    def open(self, name: str) -> IO[bytes]:
        """Open a regular file; raises FileNotFoundError when it is gone, DeliveryRefused when it is none."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self._folder / name, flags)
        except FileNotFoundError:
            raise
        except OSError:
            raise DeliveryRefused("the file cannot be opened as a regular file", rule_id="ENV-D14") from None
        file = os.fdopen(descriptor, "rb", buffering=0)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            file.close()
            raise DeliveryRefused("it is not a regular file", rule_id="ENV-D14")
        return file

    def remove(self, name: str) -> None:
        """Remove a file that has been dealt with, if it is still there."""
        if not self._is_kept:
            (self._folder / name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Move away, unread and under a name of ours, what can never be a delivery."""
        if self._is_kept:
            return
        aside = self._folder / SET_ASIDE_FOLDER
        aside.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._folder / name).rename(aside / uuid4().hex)


class UrlInbox:
    """A folder of an object store by fsspec URL; needs no listing order and no rename from the store."""

    def __init__(self, url: str) -> None:
        self._folder = UPath(url)

    def entries(self) -> list[Entry]:
        """List what waits, in order of name."""
        now = time.time()
        found: list[Entry] = []
        for item in self._folder.iterdir() if self._folder.exists() else ():
            if item.name.startswith(".") or item.name.endswith(UNFINISHED_SUFFIX) or not item.is_file():
                continue
            with contextlib.suppress(FileNotFoundError):
                found.append(Entry(item.name, now - item.stat().st_mtime, is_regular=True))
        return sorted(found, key=lambda entry: entry.name)

    def open(self, name: str) -> IO[bytes]:
        """Open an object for reading."""
        opened: IO[bytes] = (self._folder / name).open("rb")
        return opened

    def remove(self, name: str) -> None:
        """Remove an object that has been dealt with, if it is still there."""
        (self._folder / name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Copy the object under a name of ours, then remove it."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / SET_ASIDE_FOLDER / uuid4().hex).write_bytes((self._folder / name).read_bytes())
            self.remove(name)


@dataclass(frozen=True, slots=True)
class Pickup:
    """Something to deal with: a pair, or one half of it whose other half did not come in time."""

    name: DeliveryName
    data_name: str | None
    manifest_name: str | None
    # A manifest may lie alone because its file was landed by a run that died between removing the two.
    is_overdue: bool = True


def inbox_at(place: Path | str) -> Inbox:
    """Return the inbox at a folder or URL."""
    return UrlInbox(place) if isinstance(place, str) and "://" in place else FolderInbox(Path(place))


def waiting_pickups(inbox: Inbox, *, tokens: frozenset[str], grace_seconds: float) -> Iterator[Pickup]:
    """Yield what is ready among the named feeds' files, in order of sequence number, then name."""
    entries = {entry.name: entry for entry in inbox.entries() if entry.is_regular}
    pickups: list[Pickup] = []
    paired: set[str] = set()
    for entry in entries.values():
        name = parsed_name(entry.name)
        if name is None or name.token not in tokens:
            continue
        manifest = next((candidate for candidate in name.manifest_names if candidate in entries), None)
        if manifest:
            paired.add(manifest)
        if manifest or entry.age_seconds >= grace_seconds:
            pickups.append(Pickup(name, entry.name, manifest))
    pickups.extend(_lone_manifests(entries, paired=paired, tokens=tokens, grace_seconds=grace_seconds))
    yield from sorted(pickups, key=lambda pickup: (pickup.name.sequence_no, pickup.name.file_name))


def unrecognised_entries(inbox: Inbox, *, tokens: frozenset[str]) -> Iterator[Entry]:
    """Yield what no feed expects: other names, links, pipes, folders."""
    for entry in inbox.entries():
        stem = manifest_stem(entry.name)
        name = parsed_name(f"{stem}.csv") if stem else parsed_name(entry.name)
        if name is None or name.token not in tokens or not entry.is_regular:
            yield entry


def _lone_manifests(
    entries: dict[str, Entry], *, paired: set[str], tokens: frozenset[str], grace_seconds: float
) -> Iterator[Pickup]:
    for entry in entries.values():
        stem = manifest_stem(entry.name)
        name = parsed_name(f"{stem}.csv") if stem else None
        if name and name.token in tokens and entry.name not in paired:
            yield Pickup(name, None, entry.name, is_overdue=entry.age_seconds >= grace_seconds)
