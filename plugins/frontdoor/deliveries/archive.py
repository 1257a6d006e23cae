"""The archive: every byte received, kept under its own hash before anything is made of it."""

import hashlib
import os
from codecs import getincrementaldecoder
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from upath import UPath

from frontdoor.deliveries.encodings import is_utf16
from frontdoor.deliveries.lines import BLOCK_BYTES
from frontdoor.errors import DeliveryRefused
from frontdoor.faults import checkpoint

LARGEST_DELIVERY_BYTES = 16 << 30
_INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A received file as kept: what it was hashed to is what will be read."""

    path: Path
    sha256: str
    byte_count: int
    is_utf8: bool
    is_utf16: bool
    # Done once file and folder are on disk, which may take longer than reading the file: wait before relying on it.
    durable: Future[None]


class Archive:
    """Content-addressed storage in a folder; with a URL, the folder is the local working copy of an object store."""

    def __init__(self, place: Path | str, *, working_folder: Path) -> None:
        self._syncing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive-sync")
        self._remote = UPath(place) if isinstance(place, str) and "://" in place else None
        self._folder = working_folder if self._remote is not None else Path(place)

    def store(self, source: IO[bytes], *, shelf: str, extension: str) -> ArchivedFile:
        """Copy a file to archive/<shelf>/<sha256>.<extension>, hashing on the way; doing it twice is harmless.

        It can be read at once and is safe when `durable` is done. Raises DeliveryRefused (ENV-D11) above the size cap.
        """
        folder = self._folder / shelf
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming = folder / f"{_INCOMING}{uuid4().hex}"
        try:
            with incoming.open("xb", buffering=0) as target:
                copied = _copy_hashing(source, target)
            path = folder / f"{copied.sha256}.{extension}"
            incoming.rename(path)
        finally:
            incoming.unlink(missing_ok=True)
        self._upload(path, shelf=shelf)
        durable = self._syncing.submit(_sync, path)
        return ArchivedFile(path, copied.sha256, copied.byte_count, copied.is_utf8, copied.is_utf16, durable)

    def sweep(self, shelf: str) -> None:
        """Remove what killed copies left; call it only while holding the feed's lock."""
        for leftover in (self._folder / shelf).glob(f"{_INCOMING}*"):
            leftover.unlink(missing_ok=True)

    def _upload(self, path: Path, *, shelf: str) -> None:
        if self._remote is None:
            return
        target = self._remote / shelf / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, target.open("wb") as sink:
            while block := source.read(BLOCK_BYTES):
                sink.write(block)


def inspect(path: Path) -> ArchivedFile:
    """Return what storing a file would find out about it, without storing it."""
    with path.open("rb", buffering=0) as source, Path(os.devnull).open("wb", buffering=0) as nowhere:
        copied = _copy_hashing(source, nowhere)
    durable: Future[None] = Future()
    durable.set_result(None)
    return ArchivedFile(path, copied.sha256, copied.byte_count, copied.is_utf8, copied.is_utf16, durable)


@dataclass(frozen=True, slots=True)
class _Copied:
    sha256: str
    byte_count: int
    is_utf8: bool
    is_utf16: bool


def _copy_hashing(source: IO[bytes], target: IO[bytes]) -> _Copied:
    digest = hashlib.sha256()
    decoder = getincrementaldecoder("utf-8")()
    byte_count = 0
    is_utf8, is_wide = True, False
    for block in _blocks(source):
        if byte_count == 0:
            is_wide = is_utf16(block)
        digest.update(block)
        target.write(block)
        byte_count += len(block)
        if byte_count > LARGEST_DELIVERY_BYTES:
            raise DeliveryRefused("the file is larger than this system accepts", rule_id="ENV-D11")
        if is_utf8 and (decoder.getstate()[0] or not block.isascii()):
            is_utf8 = _decodes(decoder.decode, block)
        checkpoint("mid-hash-copy")
    return _Copied(digest.hexdigest(), byte_count, is_utf8 and not decoder.getstate()[0], is_wide)


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(BLOCK_BYTES):
        yield block


def _decodes(decode: object, block: bytes) -> bool:
    try:
        decode(block)  # type: ignore[operator]
    except UnicodeDecodeError:
        return False
    return True


def _sync(path: Path) -> None:
    """Bring a file and the folder that names it to disk."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
