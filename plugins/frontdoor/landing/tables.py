"""The landing table of a feed and the view of what may be read of it, made from its contract."""

from collections.abc import Iterable

import psycopg
from psycopg import sql

from frontdoor.contracts.model import FeedContract

# What a reader of accepted rows learns about where each came from.
LINEAGE = (
    ("_sequence_no", "sequence_no"),
    ("_extract_at", "extract_at"),
    ("_period_to_at", "period_to_at"),
    ("_received_at", "received_at"),
    ("_settled_no", "settled_no"),
    ("_source_org", "source_org"),
    ("_la_code", "la_code"),
    ("_is_full", "is_full"),
)


def ensure_landing_tables(connection: psycopg.Connection, contracts: Iterable[FeedContract]) -> None:
    """Make every feed's landing table and accepted view fit its contract; running it twice changes nothing.

    A new field becomes a new last column of both, so that views built on the accepted view stand; a field that left
    the contract keeps its column, because rows that were sent with it stay what they were.
    """
    for contract in contracts:
        connection.execute(_view(contract.feed, fields=_ensure_table(connection, contract)))


def _ensure_table(connection: psycopg.Connection, contract: FeedContract) -> list[str]:
    """Return the fields of the landing table in the order in which it got them."""
    table = sql.Identifier("landing", contract.feed)
    connection.execute(
        sql.SQL(
            "create table if not exists {} (_delivery_id bigint not null, _row_number bigint not null, _extra jsonb)"
        ).format(table)
    )
    # One delivery's rows are loaded together, so the index over deliveries is small and nearly free to keep.
    connection.execute(
        sql.SQL("create index if not exists {} on {} (_delivery_id)").format(
            sql.Identifier(f"{contract.feed}__delivery"), table
        )
    )
    found = [
        row[0]
        for row in connection.execute(
            "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
            " and not starts_with(attname, '_') order by attnum",
            [f"landing.{contract.feed}"],
        )
    ]
    missing = [field for field in contract.fields if field.name not in found]
    if missing:
        added = sql.SQL(", ").join(
            sql.SQL("add column {} text").format(sql.Identifier(field.name)) for field in missing
        )
        connection.execute(sql.SQL("alter table {} {}").format(table, added))
    for field in missing:
        connection.execute(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier("landing", contract.feed, field.name), sql.Literal(field.description)
            )
        )
    return [*found, *(field.name for field in missing)]


def _view(feed: str, *, fields: Iterable[str]) -> sql.Composed:
    """Return the view's definition: accepted rows, and held rows without the fields their rules do not believe."""
    lineage = sql.SQL(", ").join(
        sql.SQL("d.{} as {}").format(sql.Identifier(column), sql.Identifier(name)) for name, column in LINEAGE
    )
    believed = sql.SQL(", ").join(
        sql.SQL(
            "case when h.field_names is null or not ({name} = any (h.field_names)) then r.{column} end as {column}"
        ).format(name=sql.Literal(field), column=sql.Identifier(field))
        for field in fields
    )
    return sql.SQL(
        """
        create or replace view {view} as
        select r._delivery_id, r._row_number, {lineage}, coalesce(h.is_held, false) as _is_held, r._extra, {believed}
        from {table} as r
        inner join ledger.effective_deliveries as d on d.delivery_id = r._delivery_id
        left join quarantine.held_fields as h on h.delivery_id = r._delivery_id and h.row_number = r._row_number
        where d.feed = {feed} and not coalesce(h.is_discarded, false)
        """
    ).format(
        view=sql.Identifier("accepted", feed),
        table=sql.Identifier("landing", feed),
        feed=sql.Literal(feed),
        lineage=lineage,
        believed=believed,
    )
