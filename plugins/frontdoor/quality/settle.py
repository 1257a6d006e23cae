"""Settles judged deliveries: outcomes, quarantine, fates, counts and state, in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from frontdoor.faults import checkpoint
from frontdoor.quality.envelope import Severity


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule of the contract and whether a set of deliveries met it.

    `rows` is the rule's own SQL text, returning `_delivery_id, _row_number` of what breaks it; it is run again for
    the rows only when the verdict is that some do.
    """

    rule_id: str
    severity: Severity
    field_name: str | None
    is_met: bool
    rows: sql.SQL


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many deliveries and records ended how."""

    accepted: int
    rejected: int
    quarantined_records: int


def settle(
    connection: psycopg.Connection,
    *,
    feed: str,
    delivery_ids: Sequence[int],
    rules: Sequence[JudgedRule],
    settled_at: datetime,
) -> Settlement:
    """Settle deliveries that are still landed; those another run settled meanwhile are left alone."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtextextended('frontdoor.feed.' || %s, 0))", [feed])
        ids = _still_landed(connection, delivery_ids)
        broken = {rule.rule_id: _broken_counts(connection, rule, ids=ids) for rule in rules if not rule.is_met}
        rejected = _rejections(rules, broken)
        accepted = [one for one in ids if one not in rejected]
        _record_outcomes(connection, rules, broken, ids=ids, judged_at=settled_at)
        for rule in rules:
            if rule.severity == "quarantine" and not rule.is_met:
                hold_rows(connection, rule, feed=feed, ids=accepted, held_at=settled_at)
        _reject_lines(connection, rejected)
        _split_lines(connection, accepted)
        _close(connection, ids, rejected=rejected, settled_at=settled_at)
        checkpoint("before-settle-commit")
    checkpoint("after-settle-commit")
    held = connection.execute(
        "select coalesce(sum(quarantined_count), 0) from ledger.deliveries where delivery_id = any(%s)", [accepted]
    ).fetchone()
    return Settlement(accepted=len(accepted), rejected=len(rejected), quarantined_records=int(held[0]) if held else 0)


def _still_landed(connection: psycopg.Connection, delivery_ids: Sequence[int]) -> list[int]:
    found = connection.execute(
        "select delivery_id from ledger.deliveries where delivery_id = any(%s) and state = 'landed'"
        " order by extract_at, sequence_no, delivery_id for update",
        [list(delivery_ids)],
    ).fetchall()
    return [row[0] for row in found]


def _broken_counts(connection: psycopg.Connection, rule: JudgedRule, *, ids: Sequence[int]) -> dict[int, int]:
    statement = sql.SQL(
        "select _delivery_id, count(*) from ({rows}) as broken where _delivery_id = any({ids}) group by _delivery_id"
    ).format(rows=rule.rows, ids=_bigints(ids))
    return dict(connection.execute(statement).fetchall())


def _rejections(rules: Sequence[JudgedRule], broken: dict[str, dict[int, int]]) -> dict[int, str]:
    """Return for each delivery to be rejected the first rule, in order of id, that does so."""
    rejected: dict[int, str] = {}
    for rule in sorted(rules, key=lambda rule: rule.rule_id):
        if rule.severity == "reject":
            for delivery_id in broken.get(rule.rule_id, ()):
                rejected.setdefault(delivery_id, rule.rule_id)
    return rejected


def _record_outcomes(
    connection: psycopg.Connection,
    rules: Sequence[JudgedRule],
    broken: dict[str, dict[int, int]],
    *,
    ids: Sequence[int],
    judged_at: datetime,
) -> None:
    outcomes = [
        (delivery_id, rule.rule_id, rule.severity, broken.get(rule.rule_id, {}).get(delivery_id, 0))
        for rule in rules
        for delivery_id in ids
    ]
    connection.execute(
        """
        insert into ledger.rule_outcomes (delivery_id, rule_id, severity, is_met, broken_count, judged_at)
        select delivery_id, rule_id, severity, broken_count = 0, broken_count, %s
        from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[])
            as outcome (delivery_id, rule_id, severity, broken_count)
        on conflict (delivery_id, rule_id) do update
        set severity = excluded.severity, is_met = excluded.is_met,
            broken_count = excluded.broken_count, judged_at = excluded.judged_at
        """,
        [judged_at, *(list(column) for column in zip(*outcomes, strict=True))] if outcomes else [judged_at, *[[]] * 4],
    )


def hold_rows(
    connection: psycopg.Connection, rule: JudgedRule, *, feed: str, ids: Sequence[int], held_at: datetime
) -> int:
    """Put the records that break a rule into quarantine; returns how many were not held for it before."""
    statement = sql.SQL(
        """
        insert into quarantine.records (delivery_id, row_number, rule_id, feed, field_name, quarantined_at)
        select distinct _delivery_id, _row_number, {rule_id}, {feed}, {field_name}::text, {held_at}::timestamptz
        from ({rows}) as broken
        where _delivery_id = any({ids})
        on conflict do nothing
        """
    ).format(
        rule_id=sql.Literal(rule.rule_id),
        feed=sql.Literal(feed),
        field_name=sql.Literal(rule.field_name),
        held_at=sql.Literal(held_at),
        rows=rule.rows,
        ids=_bigints(ids),
    )
    return connection.execute(statement).rowcount if ids else 0


def _bigints(ids: Sequence[int]) -> sql.Composable:
    return sql.SQL("array[{}]::bigint[]").format(sql.SQL(", ").join(map(sql.Literal, ids)))


def _reject_lines(connection: psycopg.Connection, rejected: dict[int, str]) -> None:
    connection.execute(
        "update ledger.line_fates set fate = 'rejected'"
        " where delivery_id = any(%s) and fate in ('landed', 'quarantined')",
        [list(rejected)],
    )


def _split_lines(connection: psycopg.Connection, accepted: Sequence[int]) -> None:
    """Give every landed line its last fate: quarantined when a record waits under its number, else accepted."""
    connection.execute(
        """
        with landed as (
            delete from ledger.line_fates
            where delivery_id = any(%(ids)s) and fate = 'landed'
            returning delivery_id, lines
        ),
        whole as (select delivery_id, range_agg(lines) as lines from landed group by delivery_id),
        held as (
            select delivery_id, range_agg(int8range(row_number, row_number + 1)) as lines
            from quarantine.records
            where delivery_id = any(%(ids)s) and state = 'waiting'
            group by delivery_id
        ),
        split as (
            select whole.delivery_id, whole.lines as landed, coalesce(held.lines, '{}') as held
            from whole left join held using (delivery_id)
        )
        insert into ledger.line_fates (delivery_id, lines, fate)
        select delivery_id, unnest(landed - held), 'accepted' from split
        union all
        select delivery_id, unnest(landed * held), 'quarantined' from split
        """,
        {"ids": list(accepted)},
    )


def _close(
    connection: psycopg.Connection, ids: Sequence[int], *, rejected: dict[int, str], settled_at: datetime
) -> None:
    connection.execute(
        """
        update ledger.deliveries as d
        set state = case when closing.rule_id is null then 'accepted' else 'rejected' end,
            rejected_rule_id = closing.rule_id,
            accepted_count = coalesce(f.accepted, 0),
            quarantined_count = coalesce(f.quarantined, 0),
            rejected_count = coalesce(f.rejected, 0),
            settled_at = %(settled_at)s,
            settled_no = closing.settled_no
        from (
            select ordered.delivery_id, ordered.rule_id, nextval('ledger.settled_no_seq') as settled_no
            from (
                select * from unnest(%(ids)s::bigint[], %(rules)s::text[])
                with ordinality as given (delivery_id, rule_id, place)
                order by place
            ) as ordered
        ) as closing
        left join (
            select
                delivery_id,
                sum(upper(lines) - lower(lines)) filter (where fate = 'accepted') as accepted,
                sum(upper(lines) - lower(lines)) filter (where fate = 'quarantined') as quarantined,
                sum(upper(lines) - lower(lines)) filter (where fate = 'rejected') as rejected
            from ledger.line_fates
            where delivery_id = any(%(ids)s)
            group by delivery_id
        ) as f using (delivery_id)
        where d.delivery_id = closing.delivery_id
        """,
        {"ids": list(ids), "rules": [rejected.get(one) for one in ids], "settled_at": settled_at},
    )
