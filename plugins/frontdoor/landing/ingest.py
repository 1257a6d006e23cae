"""Takes in a feed's waiting deliveries: claim, archive, land, judge, settle, receipt; safe to run twice or be killed.

The inbox only says what is new. What is still to be judged, settled or receipted is read from the ledger, so a run
that died at any point is finished by the next.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from frontdoor.contracts.load import load_contracts
from frontdoor.contracts.model import FeedContract
from frontdoor.deliveries.archive import Archive
from frontdoor.deliveries.inbox import MANIFEST_GRACE_SECONDS, Inbox, Pickup, inbox_at, waiting_pickups
from frontdoor.errors import DeliveryRefused, WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.landing.claims import pickup_names, receive, refuse_unarchivable, set_unrecognised_aside
from frontdoor.landing.land import land_delivery
from frontdoor.landing.locks import only_run_of
from frontdoor.landing.stages import stage_run
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one run did, in counts; `is_skipped` when another run of the feed was under way."""

    feed: str
    counts: dict[str, int] = field(default_factory=dict)
    is_skipped: bool = False

    def count(self, name: str) -> int:
        """Return one count, 0 when nothing was counted under that name."""
        return self.counts.get(name, 0)


def ingest_feed(
    settings: Settings,
    feed: str,
    *,
    received_at: datetime,
    inbox: Inbox | None = None,
    grace_seconds: float = MANIFEST_GRACE_SECONDS,
    report: Report | None = None,
) -> IngestResult:
    """Land and settle what waits for one feed, and return the counts of both."""
    landed = land_feed(settings, feed, received_at=received_at, inbox=inbox, grace_seconds=grace_seconds, report=report)
    if landed.is_skipped:
        return landed
    settled = settle_feed(settings, feed, settled_at=received_at)
    return IngestResult(feed, {**landed.counts, **settled.counts}, is_skipped=settled.is_skipped)


def ingest_all(
    settings: Settings,
    *,
    received_at: datetime,
    inbox: Inbox | None = None,
    grace_seconds: float = MANIFEST_GRACE_SECONDS,
    report: Report | None = None,
) -> list[IngestResult]:
    """Land and settle what waits for every feed, and set aside what no feed expects."""
    refuse_unrecognised(settings, received_at=received_at, inbox=inbox)
    return [
        ingest_feed(
            settings,
            contract.feed,
            received_at=received_at,
            inbox=inbox,
            grace_seconds=grace_seconds,
            report=report,
        )
        for contract in load_contracts(settings)
    ]


def land_feed(
    settings: Settings,
    feed: str,
    *,
    received_at: datetime,
    inbox: Inbox | None = None,
    grace_seconds: float = MANIFEST_GRACE_SECONDS,
    report: Report | None = None,
) -> IngestResult:
    """Land what waits for one feed; counts new, duplicate and rejected deliveries and those still to be judged."""
    contract = contract_of(settings, feed)
    inbox = inbox or inbox_at(settings.inbox)
    archive = Archive(settings.archive, working_folder=settings.home / "archive")
    pickups = list(waiting_pickups(inbox, tokens=frozenset({contract.file_token}), grace_seconds=grace_seconds))
    with connect(settings, role="loader", autocommit=True) as connection:
        if not pickups:
            return IngestResult(feed, {"to_judge": _to_judge(connection, feed)})
        with only_run_of(connection, feed) as is_ours:
            if not is_ours:
                return IngestResult(feed, is_skipped=True)
            archive.sweep(feed)
            with stage_run(connection, f"land {feed}") as counts:
                for pickup in pickups:
                    landing = _Pickup(connection, inbox, archive, contract, settings.council, received_at)
                    outcome = landing.land(pickup)
                    counts[outcome] = counts.get(outcome, 0) + 1
                    if report:
                        report(outcome)
        return IngestResult(feed, {**counts, "to_judge": _to_judge(connection, feed)})


def settle_feed(settings: Settings, feed: str, *, settled_at: datetime) -> IngestResult:
    """Judge what was landed, settle it and write the receipts that are missing."""
    # Great Expectations costs seconds: it is imported by whoever has something to judge.
    from frontdoor.quality.judge import judge
    from frontdoor.quality.receipts import write_missing_receipts

    contract = contract_of(settings, feed)
    with connect(settings, role="loader", autocommit=True) as connection, only_run_of(connection, feed) as is_ours:
        if not is_ours:
            return IngestResult(feed, is_skipped=True)
        counts: dict[str, int] = {}
        if _to_judge(connection, feed):
            with stage_run(connection, f"judge {feed}") as counts:
                counts.update(judge(settings, connection, contract=contract, settled_at=settled_at))
        counts["receipts"] = write_missing_receipts(settings, connection, contract=contract)
        return IngestResult(feed, dict(counts))


def refuse_unrecognised(settings: Settings, *, received_at: datetime, inbox: Inbox | None = None) -> int:
    """Record and set aside what no feed expects; returns how many there were."""
    tokens = frozenset(contract.file_token for contract in load_contracts(settings))
    inbox = inbox or inbox_at(settings.inbox)
    with connect(settings, role="loader", autocommit=True) as connection:
        return set_unrecognised_aside(connection, inbox, tokens=tokens, received_at=received_at)


def count_waiting(settings: Settings, *, inbox: Inbox, grace_seconds: float) -> int:
    """Return how many pick-ups wait for any feed."""
    tokens = frozenset(contract.file_token for contract in load_contracts(settings))
    return sum(1 for _ in waiting_pickups(inbox, tokens=tokens, grace_seconds=grace_seconds))


def contract_of(settings: Settings, feed: str) -> FeedContract:
    """Return a feed's contract."""
    for contract in load_contracts(settings):
        if contract.feed == feed:
            return contract
    raise WarehouseError(f"there is no feed contract called {feed}")


def _to_judge(connection: psycopg.Connection, feed: str) -> int:
    row = connection.execute(
        "select count(*) from ledger.deliveries where feed = %s and state = 'landed'", [feed]
    ).fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class _Pickup:
    """The means with which one run lands its pick-ups."""

    connection: psycopg.Connection
    inbox: Inbox
    archive: Archive
    contract: FeedContract
    council: str
    received_at: datetime

    def land(self, pickup: Pickup) -> str:
        """Land one pick-up and take it out of the inbox; returns its outcome, `gone` when somebody else has it."""
        try:
            outcome = self._land(pickup)
        except DeliveryRefused as refusal:
            refuse_unarchivable(
                self.connection, pickup, feed=self.contract.feed, refusal=refusal, received_at=self.received_at
            )
            for name in pickup_names(pickup):
                self.inbox.set_aside(name)
            return "rejected"
        checkpoint("before-inbox-removal")
        if outcome not in ("gone", "waiting"):
            for name in pickup_names(pickup):
                self.inbox.remove(name)
                checkpoint("between-inbox-removals")
        return outcome

    def _land(self, pickup: Pickup) -> str:
        if pickup.data_name is None:
            return self._lone_manifest(pickup)
        received = receive(
            self.inbox, pickup, archive=self.archive, contract=self.contract, received_at=self.received_at
        )
        if received is None:
            return "gone"
        return land_delivery(self.connection, received, contract=self.contract, council=self.council).outcome

    def _lone_manifest(self, pickup: Pickup) -> str:
        found = self.connection.execute(
            "select exists (select from ledger.arrivals where feed = %s and starts_with(file_name, %s || '.'))",
            [self.contract.feed, pickup.name.stem],
        ).fetchone()
        if found and found[0]:
            # Its file was landed by a run that died before it could remove both.
            return "duplicate"
        if not pickup.is_overdue:
            return "waiting"
        raise DeliveryRefused("the manifest came without its file", rule_id="ENV-D13")
