"""Quarantine as a work queue: what waits, what a person decides, and another judgement when a rule has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg

from frontdoor.contracts.model import FeedContract
from frontdoor.errors import WarehouseError
from frontdoor.quality.judge import judged_rules
from frontdoor.quality.settle import JudgedRule, hold_rows
from frontdoor.settings import Settings

Decision = Literal["released", "discarded"]

# What a rule could not split into fields cannot be believed by decision: it has to be sent again.
UNREADABLE = "ENV-R%"


@dataclass(frozen=True, slots=True)
class Backlog:
    """The records of one feed that wait for one rule, counted."""

    feed: str
    rule_id: str
    field_name: str | None
    record_count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One held record: where it stands and why, never what it says."""

    delivery_id: int
    file_name: str
    row_number: int
    rule_id: str
    field_name: str | None
    quarantined_at: datetime


def backlog(connection: psycopg.Connection) -> list[Backlog]:
    """Return what waits, the oldest first."""
    rows = connection.execute(
        """
        select feed, rule_id, field_name, count(*), min(quarantined_at)
        from quarantine.records where state = 'waiting'
        group by feed, rule_id, field_name
        order by min(quarantined_at), feed, rule_id
        """
    ).fetchall()
    return [Backlog(*row) for row in rows]


def held_records(connection: psycopg.Connection, *, feed: str, rule_id: str | None, limit: int) -> list[HeldRecord]:
    """Return the waiting records of a feed, the oldest first."""
    rows = connection.execute(
        """
        select q.delivery_id, d.file_name, q.row_number, q.rule_id, q.field_name, q.quarantined_at
        from quarantine.records as q
        inner join ledger.deliveries as d using (delivery_id)
        where q.feed = %s and q.state = 'waiting' and q.rule_id = coalesce(%s, q.rule_id)
        order by q.quarantined_at, q.delivery_id, q.row_number, q.rule_id
        limit %s
        """,
        [feed, rule_id, limit],
    ).fetchall()
    return [HeldRecord(*row) for row in rows]


def decide(
    connection: psycopg.Connection,
    *,
    delivery_id: int,
    row_number: int,
    decision: Decision,
    decided_by: str,
    decided_at: datetime,
    rule_id: str | None = None,
) -> int:
    """Record a person's decision on a held record, for one rule or all; returns how many rules it settled.

    A released record is believed as sent from the next build on, a discarded one is not read at all. A line that
    could not be read can only be discarded. Raises WarehouseError when nothing waits there.
    """
    with connection.transaction():
        settled = connection.execute(
            """
            update quarantine.records
            set state = %s, settled_at = %s, settled_by = %s
            where delivery_id = %s and row_number = %s and state = 'waiting' and rule_id = coalesce(%s, rule_id)
                and (%s = 'discarded' or rule_id not like %s)
            """,
            [decision, decided_at, decided_by, delivery_id, row_number, rule_id, decision, UNREADABLE],
        ).rowcount
        if settled == 0:
            raise WarehouseError(
                "nothing waits there that can be decided so; a line that could not be read must be sent again"
            )
        refate(connection, [delivery_id])
    return settled


def replay(
    settings: Settings, connection: psycopg.Connection, *, contract: FeedContract, at: datetime
) -> dict[str, int]:
    """Judge every delivery with waiting records anew by the rules as they are now; returns counts.

    Records that now keep a rule are released, by the rule's id; records that break a new one are held.
    """
    ids = [
        row[0]
        for row in connection.execute(
            "select distinct q.delivery_id from quarantine.records as q inner join ledger.deliveries as d"
            " using (delivery_id) where q.feed = %s and q.state = 'waiting' and d.state = 'accepted' order by 1",
            [contract.feed],
        )
    ]
    counts = {"released": 0, "held": 0}
    if not ids:
        return counts
    rules = judged_rules(settings, contract, delivery_ids=ids)
    with connection.transaction():
        connection.execute(
            "select pg_advisory_xact_lock(hashtextextended('frontdoor.feed.' || %s, 0))", [contract.feed]
        )
        for rule in rules:
            if rule.severity == "quarantine" and not rule.is_met:
                counts["held"] += hold_rows(connection, rule, feed=contract.feed, ids=ids, held_at=at)
        still_broken = _still_broken(connection, rules)
        waiting = connection.execute(
            "select delivery_id, row_number, rule_id from quarantine.records"
            " where delivery_id = any(%s) and state = 'waiting' and rule_id not like %s",
            [ids, UNREADABLE],
        ).fetchall()
        freed = [record for record in waiting if record not in still_broken]
        counts["released"] = len(freed)
        _release(connection, freed, at=at)
        changed = connection.execute(
            "select distinct delivery_id from quarantine.records"
            " where delivery_id = any(%s) and (quarantined_at = %s or settled_at = %s)",
            [ids, at, at],
        ).fetchall()
        refate(connection, [row[0] for row in changed])
    return counts


def refate(connection: psycopg.Connection, delivery_ids: Sequence[int]) -> None:
    """Make the fates and counts of accepted deliveries follow their quarantine: released lines are accepted.

    Each is settled anew, so that the next build takes it up, also when only the fields it believes have changed.
    """
    connection.execute(
        """
        with judged as (
            delete from ledger.line_fates
            where delivery_id = any(%(ids)s) and fate in ('accepted', 'quarantined')
            returning delivery_id, lines
        ),
        whole as (select delivery_id, range_agg(lines) as lines from judged group by delivery_id),
        held as (
            select delivery_id, range_agg(int8range(row_number, row_number + 1)) as lines
            from quarantine.records
            where delivery_id = any(%(ids)s) and state in ('waiting', 'discarded')
            group by delivery_id
        ),
        split as (
            select whole.delivery_id, whole.lines as judged, coalesce(held.lines, '{}') as held
            from whole left join held using (delivery_id)
        )
        insert into ledger.line_fates (delivery_id, lines, fate)
        select delivery_id, unnest(judged - held), 'accepted' from split
        union all
        select delivery_id, unnest(judged * held), 'quarantined' from split
        """,
        {"ids": list(delivery_ids)},
    )
    connection.execute(
        """
        update ledger.deliveries as d
        set accepted_count = f.accepted, quarantined_count = f.quarantined,
            settled_no = nextval('ledger.settled_no_seq')
        from (
            select
                delivery_id,
                coalesce(sum(upper(lines) - lower(lines)) filter (where fate = 'accepted'), 0) as accepted,
                coalesce(sum(upper(lines) - lower(lines)) filter (where fate = 'quarantined'), 0) as quarantined
            from ledger.line_fates where delivery_id = any(%(ids)s)
            group by delivery_id
        ) as f
        where d.delivery_id = f.delivery_id
        """,
        {"ids": list(delivery_ids)},
    )


def _still_broken(connection: psycopg.Connection, rules: Sequence[JudgedRule]) -> set[tuple[int, int, str]]:
    return {
        (delivery_id, row_number, rule.rule_id)
        for rule in rules
        if rule.severity == "quarantine" and not rule.is_met
        for delivery_id, row_number in connection.execute(rule.rows)
    }


def _release(connection: psycopg.Connection, freed: Sequence[tuple[int, int, str]], *, at: datetime) -> None:
    if freed:
        delivery_ids, row_numbers, rule_ids = (list(column) for column in zip(*freed, strict=True))
        connection.execute(
            """
            update quarantine.records as q
            set state = 'released', settled_at = %s, settled_by = 'replay'
            from unnest(%s::bigint[], %s::bigint[], %s::text[]) as freed (delivery_id, row_number, rule_id)
            where q.delivery_id = freed.delivery_id and q.row_number = freed.row_number and q.rule_id = freed.rule_id
            """,
            [at, delivery_ids, row_numbers, rule_ids],
        )
