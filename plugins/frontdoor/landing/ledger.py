"""The ledger statements of landing; each assumes the transaction its caller opened."""

from collections.abc import Sequence
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from frontdoor.contracts.model import FeedContract
from frontdoor.deliveries.columns import Drift
from frontdoor.deliveries.lines import count_lines
from frontdoor.deliveries.manifest import Manifest
from frontdoor.deliveries.tally import LineTally
from frontdoor.errors import DeliveryRefused
from frontdoor.landing.received import Received
from frontdoor.quality.envelope import ENVELOPE_RULES

DeliveryState = Literal["landed", "accepted", "rejected"]


def lock_feed(connection: psycopg.Connection, feed: str) -> None:
    """Wait until no other transaction lands or settles this feed."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended('frontdoor.feed.' || %s, 0))", [feed])


def claim(connection: psycopg.Connection, received: Received, *, contract: FeedContract) -> DeliveryState | None:
    """Insert the delivery's ledger row, or return the state of the one that was there before this transaction."""
    manifest = received.manifest
    inserted = connection.execute(
        """
        insert into ledger.deliveries (
            delivery_id, sha256, feed, contract_version, file_name, byte_count, line_count, source_org, la_code,
            sequence_no, state, received_at
        )
        values (%s, %s, %s, %s, %s, %s, 0, %s, %s, %s, 'landed', %s)
        on conflict do nothing
        """,
        [
            received.delivery_id,
            received.identity,
            contract.feed,
            contract.version,
            received.name.file_name,
            received.archived.byte_count,
            manifest.source_org if manifest else received.name.source_org,
            received.name.la_code,
            received.name.sequence_no,
            received.received_at,
        ],
    )
    if inserted.rowcount:
        return None
    found = connection.execute(
        "select state from ledger.deliveries where delivery_id = %s and sha256 = %s",
        [received.delivery_id, received.identity],
    ).fetchone()
    if found is None:
        raise AssertionError("two different deliveries share the first 63 bits of their SHA-256")
    state: DeliveryState = found[0]
    if state == "rejected":
        _restart(connection, received, contract=contract)
    return state


def _restart(connection: psycopg.Connection, received: Received, *, contract: FeedContract) -> None:
    connection.execute(
        """
        update ledger.deliveries
        set feed = %s, contract_version = %s, file_name = %s, source_org = %s, la_code = %s, sequence_no = %s,
            state = 'landed', rejected_rule_id = null, rejected_detail = null, settled_at = null,
            settled_no = null, received_at = %s
        where delivery_id = %s
        """,
        [
            contract.feed,
            contract.version,
            received.name.file_name,
            received.manifest.source_org if received.manifest else received.name.source_org,
            received.name.la_code,
            received.name.sequence_no,
            received.received_at,
            received.delivery_id,
        ],
    )


def is_in_landing(connection: psycopg.Connection, delivery_id: int, *, feed: str) -> bool:
    """Say whether the delivery's rows were landed by an earlier transaction."""
    statement = sql.SQL("select exists (select from landing.{} where _delivery_id = %s)").format(sql.Identifier(feed))
    found = connection.execute(statement, [delivery_id]).fetchone()
    return found is not None and bool(found[0])


def record_manifest(connection: psycopg.Connection, received: Received, *, manifest: Manifest) -> None:
    """Keep what the manifest says."""
    connection.execute(
        """
        update ledger.deliveries
        set period_from_at = %s, period_to_at = %s, extract_at = %s, is_nil_return = %s, is_full = %s,
            supersedes = %s, manifest_row_count = %s, control_totals = %s
        where delivery_id = %s
        """,
        [
            manifest.period_from,
            manifest.period_to,
            manifest.extract_ts,
            manifest.nil_return,
            manifest.full_or_delta == "full",
            manifest.supersedes,
            manifest.row_count,
            Jsonb(manifest.control_totals),
            received.delivery_id,
        ],
    )


def record_lines(
    connection: psycopg.Connection, received: Received, *, manifest: Manifest, tally: LineTally, feed: str
) -> None:
    """Keep the fate of every line and the bytes of those that could not be read."""
    record_manifest(connection, received, manifest=manifest)
    delivery_id = received.delivery_id
    # A delivery rejected unread has one range over all of its lines.
    connection.execute("delete from ledger.line_fates where delivery_id = %s", [delivery_id])
    with (
        connection.cursor() as cursor,
        cursor.copy("copy ledger.line_fates (delivery_id, lines, fate) from stdin") as copy,
    ):
        for span in tally.ranges():
            copy.write_row((delivery_id, f"[{span.first},{span.after})", span.fate))
    connection.execute(
        """
        update ledger.deliveries
        set line_count = %s, structural_count = %s, accepted_count = %s, quarantined_count = %s, rejected_count = 0
        where delivery_id = %s
        """,
        [
            tally.line_count,
            tally.counts["structural"],
            tally.counts["landed"],
            tally.counts["quarantined"],
            delivery_id,
        ],
    )
    if tally.counts["quarantined"]:
        _record_unreadable(connection, received, tally=tally, feed=feed)


def _record_unreadable(connection: psycopg.Connection, received: Received, *, tally: LineTally, feed: str) -> None:
    delivery_id = received.delivery_id
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        with cursor.copy("copy quarantine.unreadable_lines (delivery_id, row_number, line_bytes) from stdin") as copy:
            for line in tally.unreadable_lines():
                copy.write_row((delivery_id, line.row_number, line.line_bytes))
        with cursor.copy(
            "copy quarantine.records (delivery_id, row_number, rule_id, feed, quarantined_at) from stdin"
        ) as copy:
            for line in tally.unreadable_lines():
                counts[line.rule_id] = counts.get(line.rule_id, 0) + 1
                copy.write_row((delivery_id, line.row_number, line.rule_id, feed, received.received_at))
    for rule_id, count in sorted(counts.items()):
        record_broken_rule(connection, received, rule_id=rule_id, count=count)


def record_drift(connection: psycopg.Connection, delivery_id: int, *, drift: Sequence[Drift]) -> None:
    """Keep how the columns differ from the contract."""
    if drift:
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into ledger.column_drift (delivery_id, column_name, kind, field_name)"
                " values (%s, %s, %s, %s) on conflict do nothing",
                [(delivery_id, one.column_name, one.kind, one.field_name) for one in drift],
            )


def record_broken_rule(connection: psycopg.Connection, received: Received, *, rule_id: str, count: int = 1) -> None:
    """Keep that an envelope rule was not met."""
    connection.execute(
        """
        insert into ledger.rule_outcomes (delivery_id, rule_id, severity, is_met, broken_count, judged_at)
        values (%s, %s, %s, false, %s, %s)
        on conflict (delivery_id, rule_id) do update
        set is_met = false, broken_count = excluded.broken_count, judged_at = excluded.judged_at
        """,
        [received.delivery_id, rule_id, ENVELOPE_RULES[rule_id].severity, count, received.received_at],
    )


def record_arrival(
    connection: psycopg.Connection,
    received: Received,
    *,
    feed: str,
    outcome: Literal["new", "duplicate", "rejected"],
    rule_id: str | None = None,
) -> None:
    """Keep that a file was picked up."""
    connection.execute(
        """
        insert into ledger.arrivals (feed, file_name, sha256, delivery_id, outcome, rule_id, arrived_at)
        values (%s, %s, %s, %s, %s, %s, %s)
        """,
        [
            feed,
            received.name.file_name,
            received.archived.sha256,
            received.delivery_id,
            outcome,
            rule_id,
            received.received_at,
        ],
    )


def is_restatement(connection: psycopg.Connection, received: Received, *, feed: str) -> bool:
    """Say whether other bytes were landed under the same sequence number."""
    manifest = received.manifest
    found = connection.execute(
        """
        select exists (
            select from ledger.deliveries
            where feed = %s and source_org = %s and sequence_no = %s and delivery_id <> %s and state <> 'rejected'
        )
        """,
        [feed, manifest.source_org if manifest else None, received.name.sequence_no, received.delivery_id],
    ).fetchone()
    return found is not None and bool(found[0])


def reject_unread(connection: psycopg.Connection, received: Received, *, refusal: DeliveryRefused) -> None:
    """Settle a delivery as rejected, none of its lines landed."""
    delivery_id = received.delivery_id
    if received.manifest is not None:
        record_manifest(connection, received, manifest=received.manifest)
    with received.archived.path.open("rb") as file:
        line_count = count_lines(file)
    connection.execute("delete from ledger.line_fates where delivery_id = %s", [delivery_id])
    if line_count:
        connection.execute(
            "insert into ledger.line_fates (delivery_id, lines, fate) values (%s, int8range(1, %s), 'rejected')",
            [delivery_id, line_count + 1],
        )
    connection.execute(
        """
        update ledger.deliveries
        set state = 'rejected', rejected_rule_id = %s, rejected_detail = %s, line_count = %s,
            structural_count = 0, accepted_count = 0,
            quarantined_count = 0, rejected_count = %s, settled_at = %s, settled_no = nextval('ledger.settled_no_seq')
        where delivery_id = %s
        """,
        [refusal.rule_id, str(refusal), line_count, line_count, received.received_at, delivery_id],
    )
    record_broken_rule(connection, received, rule_id=refusal.rule_id)


def reopen(connection: psycopg.Connection, received: Received, *, manifest: Manifest) -> None:
    """Give a delivery that a rule rejected after landing another judgement: its rejected lines are landed again."""
    record_manifest(connection, received, manifest=manifest)
    connection.execute(
        """
        with rejected as (
            delete from ledger.line_fates where delivery_id = %(delivery)s and fate = 'rejected' returning lines
        ),
        unreadable as (
            select range_agg(int8range(row_number, row_number + 1)) as lines
            from quarantine.unreadable_lines where delivery_id = %(delivery)s
        ),
        spans as (
            select range_agg(r.lines) as lines, coalesce(max(u.lines::text)::int8multirange, '{}') as held
            from rejected as r cross join unreadable as u
        )
        insert into ledger.line_fates (delivery_id, lines, fate)
        select %(delivery)s, unnest(lines - held), 'landed' from spans
        union all
        select %(delivery)s, unnest(lines * held), 'quarantined' from spans
        """,
        {"delivery": received.delivery_id},
    )
    connection.execute(
        """
        update ledger.deliveries as d
        set accepted_count = c.landed, quarantined_count = c.quarantined, rejected_count = 0
        from (
            select
                coalesce(sum(upper(lines) - lower(lines)) filter (where fate = 'landed'), 0) as landed,
                coalesce(sum(upper(lines) - lower(lines)) filter (where fate = 'quarantined'), 0) as quarantined
            from ledger.line_fates where delivery_id = %(delivery)s
        ) as c
        where d.delivery_id = %(delivery)s
        """,
        {"delivery": received.delivery_id},
    )
