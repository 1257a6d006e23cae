"""Picks a delivery up from the inbox: its bytes into the archive, its manifest read, its envelope not yet judged."""

from collections.abc import Iterator
from datetime import datetime

import psycopg

from frontdoor.contracts.model import FeedContract
from frontdoor.deliveries.archive import Archive
from frontdoor.deliveries.inbox import Inbox, Pickup, unrecognised_entries
from frontdoor.deliveries.manifest import LARGEST_MANIFEST_BYTES, Manifest, read_manifest
from frontdoor.errors import DeliveryRefused
from frontdoor.faults import checkpoint
from frontdoor.landing.received import Received


def receive(
    inbox: Inbox, pickup: Pickup, *, archive: Archive, contract: FeedContract, received_at: datetime
) -> Received | None:
    """Return a picked-up delivery, its bytes archived; None when another process took the file meanwhile.

    Raises DeliveryRefused for what cannot even be archived: not a regular file, or too large.
    """
    if pickup.data_name is None:
        return None
    checkpoint("claim")
    manifest, refusal = _manifest(inbox, pickup)
    if refusal is None and pickup.name.extension != contract.format:
        refusal = DeliveryRefused(f"this feed is delivered as {contract.format}", rule_id="ENV-D14")
    try:
        source = inbox.open(pickup.data_name)
    except FileNotFoundError:
        return None
    with source:
        archived = archive.store(source, shelf=contract.feed, extension=pickup.name.extension)
    checkpoint("copied")
    return Received(name=pickup.name, archived=archived, manifest=manifest, received_at=received_at, refusal=refusal)


def _manifest(inbox: Inbox, pickup: Pickup) -> tuple[Manifest | None, DeliveryRefused | None]:
    if pickup.manifest_name is None:
        return None, None
    try:
        with inbox.open(pickup.manifest_name) as file:
            return read_manifest(file.read(LARGEST_MANIFEST_BYTES + 1)), None
    except FileNotFoundError:
        return None, None
    except DeliveryRefused as refusal:
        return None, refusal


def refuse_unarchivable(
    connection: psycopg.Connection,
    pickup: Pickup,
    *,
    feed: str,
    refusal: DeliveryRefused,
    received_at: datetime,
) -> None:
    """Record a pick-up of which no bytes could be kept."""
    connection.execute(
        "insert into ledger.arrivals (feed, file_name, outcome, rule_id, arrived_at)"
        " values (%s, %s, 'rejected', %s, %s)",
        [feed, pickup.name.file_name, refusal.rule_id, received_at],
    )


def set_unrecognised_aside(
    connection: psycopg.Connection, inbox: Inbox, *, tokens: frozenset[str], received_at: datetime
) -> int:
    """Record and move away what no feed expects, never repeating its name; returns how many there were."""
    count = 0
    for entry in unrecognised_entries(inbox, tokens=tokens):
        connection.execute(
            "insert into ledger.arrivals (outcome, rule_id, arrived_at) values ('unrecognised', 'ENV-D14', %s)",
            [received_at],
        )
        inbox.set_aside(entry.name)
        count += 1
    return count


def pickup_names(pickup: Pickup) -> Iterator[str]:
    """Yield the names a pick-up takes out of the inbox: the data file first, so that no lone file is left."""
    for name in (pickup.data_name, pickup.manifest_name):
        if name is not None:
            yield name
