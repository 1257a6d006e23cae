"""A council whose deliveries are written by hand, straight into landing and ledger, for tests of what follows."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
from frontdoor.settings import Settings
from frontdoor.warehouse.build import TAKE_BATCH
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt
from psycopg import sql

Row = Mapping[str, str | None]
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SUPPLIERS = {"police": "35", "health": "RYV", "portal": "PORTAL", "council": "LCS"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rows of one feed as a supplier extracted them; `held` maps a row's place to the fields nobody may believe."""

    feed: str
    rows: tuple[Row, ...]
    sequence_no: int
    extract_at: datetime
    held: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """What identifies it, whichever order it arrives in."""
        content = json.dumps([self.feed, self.sequence_no, self.extract_at.isoformat(), [dict(r) for r in self.rows]])
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def delivery_id(self) -> int:
        """As the ledger derives it."""
        return int(self.sha256[:16], 16) >> 1


class HandMadeCouncil:
    """Lands deliveries and builds what they hold; each build is published in the ledger unless told otherwise."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._arrival = itertools.count()

    def land(self, *deliveries: Delivery) -> None:
        """Put accepted deliveries where ingest would have put them."""
        with connect(self.settings, role="admin") as connection:
            for delivery in deliveries:
                self._land(connection, delivery)

    def build(self, *, full: bool = False, selector: str = "warehouse", is_published: bool = True) -> int:
        """Run dbt over what no published build has, as frontdoor.warehouse.build would; return the build's number."""
        with connect(self.settings, role="admin") as connection:
            [build_no] = connection.execute(_OPEN_BUILD, [full, MONDAY]).fetchall()[0]
            connection.execute(TAKE_BATCH, {"build_no": build_no})
        selected = selector if full else f"{selector}_increment"
        run_dbt(self.settings, selector=selected, build_no=build_no, full_refresh=full, left_out=("test", "unit_test"))
        if is_published:
            with connect(self.settings, role="admin") as connection:
                connection.execute("update ledger.builds set state = 'published' where build_no = %s", [build_no])
        return build_no

    def _land(self, connection: psycopg.Connection, delivery: Delivery) -> None:
        rows, held = len(delivery.rows), len(delivery.held)
        received_at = MONDAY + timedelta(minutes=next(self._arrival))
        connection.execute(
            _DELIVERY,
            {
                "delivery_id": delivery.delivery_id,
                "sha256": delivery.sha256,
                "feed": delivery.feed,
                "source_org": SUPPLIERS[delivery.feed.split("__")[0]],
                "sequence_no": delivery.sequence_no,
                "extract_at": delivery.extract_at,
                "received_at": received_at,
                "lines": rows + 1,
                "accepted": rows - held,
                "held": held,
            },
        )
        self._settle_lines(connection, delivery, received_at)
        for number, row in enumerate(delivery.rows, start=2):
            columns = {"_delivery_id": delivery.delivery_id, "_row_number": number, **row}
            connection.execute(
                sql.SQL("insert into landing.{} ({}) values ({})").format(
                    sql.Identifier(delivery.feed),
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
                ),
                list(columns.values()),
            )

    def _settle_lines(self, connection: psycopg.Connection, delivery: Delivery, settled_at: datetime) -> None:
        fates = ["structural"] + [
            "quarantined" if place in delivery.held else "accepted" for place in range(len(delivery.rows))
        ]
        line = 1
        for fate, run in itertools.groupby(fates):
            length = len(list(run))
            connection.execute(
                "insert into ledger.line_fates values (%s, int8range(%s, %s), %s)",
                [delivery.delivery_id, line, line + length, fate],
            )
            line += length
        for place, fields in delivery.held.items():
            for name in fields:
                connection.execute(
                    "insert into quarantine.records"
                    " (delivery_id, row_number, rule_id, feed, field_name, quarantined_at)"
                    " values (%s, %s, %s, %s, %s, %s)",
                    [delivery.delivery_id, place + 2, f"TST-R{name}", delivery.feed, name, settled_at],
                )


_OPEN_BUILD = """
    insert into ledger.builds (is_full, state, started_at, decided_up_to)
    values (%s, 'running', %s, (select coalesce(max(decision_no), 0) from linkage.decisions))
    returning build_no
"""
_DELIVERY = """
    insert into ledger.deliveries (
        delivery_id, sha256, feed, contract_version, file_name, byte_count, line_count, source_org, la_code,
        sequence_no, period_to_at, extract_at, manifest_row_count, state, structural_count, accepted_count,
        quarantined_count, received_at, settled_at, settled_no
    ) values (
        %(delivery_id)s, %(sha256)s, %(feed)s, '1.0.0', 'hand_made', 1, %(lines)s, %(source_org)s, '874',
        %(sequence_no)s, %(extract_at)s, %(extract_at)s, %(accepted)s::bigint + %(held)s, 'accepted', 1, %(accepted)s,
        %(held)s, %(received_at)s, %(received_at)s, nextval('ledger.settled_no_seq')
    )
"""


def person(agency_person_id: str, /, **values: str | None) -> dict[str, str | None]:
    """A person block with nothing in it but what is given."""
    return {
        "agency_person_id": agency_person_id,
        "restricted_flag": "N",
        "unborn_flag": "N",
        "record_version": "1",
        "record_action": "I",
        **values,
    }


def deliveries(feed: str, rows: Iterable[Row], /, *, sequence_no: int = 1, extract_at: datetime = MONDAY) -> Delivery:
    """One delivery of the feed with these rows."""
    return Delivery(feed, tuple(rows), sequence_no, extract_at)
