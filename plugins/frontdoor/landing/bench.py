"""What landing costs, hash, archive, ledger, fates and rows, against a bare COPY of the same lines into one column.

`make bench` calls `landing_figures`; each measurement runs in a process of its own, so that memory can be compared.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from frontdoor.contracts.load import load_contracts
from frontdoor.contracts.model import FeedContract
from frontdoor.deliveries.archive import Archive
from frontdoor.deliveries.file_names import parsed_name
from frontdoor.deliveries.inbox import FolderInbox, Pickup
from frontdoor.deliveries.lines import BLOCK_BYTES
from frontdoor.deliveries.manifest import Manifest, manifest_text
from frontdoor.errors import WarehouseError
from frontdoor.landing.claims import receive
from frontdoor.landing.land import land_delivery
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.migrate import migrate

FEEDS = ("council__agency_checks", "council__contacts")
LINE_COUNTS = (10_000, 1_000_000)
DATABASE = "bench_landing"
# Bare COPY and landing take turns this often, and the best of each counts: the machine is rarely quiet.
TURNS = 3
MOMENT = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)
# One record in so many has a quoted field, as an export with free addresses has.
QUOTED_EVERY = 50


@dataclass(frozen=True, slots=True)
class LandingFigure:
    """One feed's lines landed and copied bare."""

    feed: str
    line_count: int
    copy_seconds: float
    landing_seconds: float
    peak_megabytes: float

    @property
    def ratio(self) -> float:
        """Landing's speed as a part of the bare COPY's."""
        return self.copy_seconds / self.landing_seconds


def landing_figures(settings: Settings) -> list[LandingFigure]:
    """Measure every feed of interest at every size, each in a fresh process and a fresh database."""
    figures: list[LandingFigure] = []
    for feed in FEEDS:
        for line_count in LINE_COUNTS:
            done = subprocess.run(  # noqa: S603 - our own module, our own arguments
                [sys.executable, "-m", "frontdoor.landing.bench", str(settings.home), feed, str(line_count)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise WarehouseError(f"measuring the landing of {feed} failed")
            figures.append(LandingFigure(**json.loads(done.stdout.splitlines()[-1])))
    return figures


def measure(settings: Settings, *, feed: str, line_count: int) -> LandingFigure:
    """Land and bare-copy the same generated delivery in turns."""
    (contract,) = [one for one in load_contracts(settings) if one.feed == feed]
    copy_seconds, landing_seconds = [], []
    with TemporaryDirectory() as folder:
        for turn in range(TURNS if line_count > LINE_COUNTS[0] else 1):
            path = _delivery(Path(folder), contract, line_count=line_count, sequence_no=turn + 1)
            copy_seconds.append(_bare_copy(settings, path))
            landing_seconds.append(_landing(settings, path, contract=contract))
            path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return LandingFigure(feed, line_count, min(copy_seconds), min(landing_seconds), round(peak, 1))


@contextmanager
def bench_settings(settings: Settings) -> Iterator[Settings]:
    """Give a database of the bench's own, dropped afterwards."""
    own = settings.model_copy(update={"database_name": DATABASE})
    drop = f"drop database if exists {DATABASE} with (force)"
    migrate(own)
    try:
        yield own
    finally:
        with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute(drop.encode())


def _delivery(folder: Path, contract: FeedContract, *, line_count: int, sequence_no: int) -> Path:
    """Write a delivery of plausible lines and its manifest."""
    stem = f"{contract.file_token}_874_LCS_20260302T0600_{sequence_no:05d}"
    path = folder / f"{stem}.csv"
    digest = sha256()
    with path.open("wb") as file:
        for block in _lines(contract, line_count=line_count, sequence_no=sequence_no):
            file.write(block)
            digest.update(block)
    manifest = Manifest(
        feed=contract.feed,
        schema_version=contract.version,
        source_org="LCS",
        la_code="874",
        sequence_no=sequence_no,
        period_from=MOMENT,
        period_to=MOMENT,
        extract_ts=MOMENT,
        row_count=line_count,
        sha256=digest.hexdigest(),
    )
    (folder / f"{stem}.manifest.json").write_text(manifest_text(manifest))
    return path


def _lines(contract: FeedContract, *, line_count: int, sequence_no: int) -> Iterator[bytes]:
    values = {
        "timestamp": "2026-03-02T10:05:00+00:00",
        "date": "2014-05-06",
        "integer": "3",
        "boolean": "Y",
        "ternary": "N",
        "code": "RETURNED",
        "codes": "RETURNED",
    }
    # A fifth of the fields are empty, as in the feeds' own examples.
    shape = [
        "" if place % 5 == 4 else values.get(field.type, "LCS-0012345") for place, field in enumerate(contract.fields)
    ]
    tail = ",".join(shape[1:])
    quoted = tail.replace("LCS-0012345", '"Flat 2, The Mill"', 1)
    yield (",".join(field.header for field in contract.fields) + "\n").encode()
    for first in range(0, line_count, 10_000):
        numbers = range(first, min(first + 10_000, line_count))
        yield "".join(
            f"R{sequence_no}-{number:08d},{tail if number % QUOTED_EVERY else quoted}\n" for number in numbers
        ).encode()


def _bare_copy(settings: Settings, path: Path) -> float:
    with connect(settings, role="admin") as connection:
        connection.execute("drop table if exists public.bare_lines")
        connection.execute("create table public.bare_lines (line text)")
        connection.commit()
        started = time.perf_counter()
        with connection.cursor().copy("copy public.bare_lines from stdin") as copy, path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - started


def _landing(settings: Settings, path: Path, *, contract: FeedContract) -> float:
    name = parsed_name(path.name)
    if name is None:
        raise WarehouseError("the bench's own file name does not follow the grammar")
    inbox = FolderInbox(path.parent)
    with TemporaryDirectory(dir=path.parent) as folder, connect(settings, role="loader", autocommit=True) as connection:
        archive = Archive(Path(folder), working_folder=Path(folder))
        started = time.perf_counter()
        pickup = Pickup(name, path.name, name.manifest_names[0])
        received = receive(inbox, pickup, archive=archive, contract=contract, received_at=MOMENT)
        if received is None or land_delivery(connection, received, contract=contract, council="874").outcome != "new":
            raise WarehouseError("the bench's delivery was not landed")
        return time.perf_counter() - started


def main() -> None:
    """Measure one feed at one size and print the figure as JSON."""
    home, feed, line_count = sys.argv[1:]
    with bench_settings(Settings(home=Path(home))) as settings:
        figure = measure(settings, feed=feed, line_count=int(line_count))
    fields = (f'"{name}": {json.dumps(getattr(figure, name))}' for name in figure.__slots__)
    sys.stdout.write("{" + ", ".join(fields) + "}\n")


if __name__ == "__main__":
    main()
