"""Publication: what a build changed goes to readers all at once, after its audit, or not at all.

Readers query views over published.* tables that dbt never touches. Each row there is stamped with the
publication that added it and the one that retired it, so moving one pointer changes every mart in the same
instant, an earlier publication can be read again, and the cost follows the change (reliability.md 2.4).
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from frontdoor.errors import WarehouseError
from frontdoor.faults import checkpoint
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.published_tables import Mart, ensure_published, find_marts

logger = logging.getLogger(__name__)

PUBLISH_LOCK = 7_304_002
KEPT_PUBLICATIONS = 30


@dataclass(frozen=True, slots=True)
class Publication:
    """One state of all marts that readers saw or see.

    `changed_counts` holds, per mart, the rows this publication added and retired.
    """

    publication_no: int
    data_as_of: datetime | None
    content_fingerprint: str
    row_counts: dict[str, int]
    changed_counts: dict[str, dict[str, int]]


def publish(settings: Settings, build_no: int, *, published_at: datetime, is_full: bool = False) -> Publication:
    """Show readers what build `build_no` made; running it again for the same build changes nothing.

    A full build also retires published rows whose key it no longer has. Raises WarehouseError, leaving the
    earlier publication in place, when the database refuses.
    """
    try:
        with connect(settings, role="publisher") as connection:
            connection.execute("select pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
            connection.execute("set local timezone to 'UTC'")
            found = _published_already(connection, build_no)
            if found is not None:
                return found
            publication = _move_rows(connection, settings.dbt_project_dir, build_no, published_at, is_full=is_full)
            checkpoint("publish-before-commit")
        checkpoint("publish-after-commit")
    except psycopg.Error as error:
        raise WarehouseError(
            f"publication of build {build_no} failed; readers keep the earlier one", sqlstate=error.sqlstate
        ) from None
    logger.info("published", extra={"publication_no": publication.publication_no, "build_no": build_no})
    return publication


def current_publication(connection: psycopg.Connection) -> Publication | None:
    """Return what readers see now, or None before the first publication."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select p.* from published.publications as p join published.pointer using (publication_no)"
        ).fetchone()
    return None if row is None else _publication(row)


def prune_publications(settings: Settings, *, kept: int = KEPT_PUBLICATIONS) -> int:
    """Delete the rows only publications older than the last `kept` could show; return how many went.

    Raises WarehouseError, with every publication as it was, when the database refuses.
    """
    try:
        return _prune(settings, kept=kept)
    except psycopg.Error as error:
        raise WarehouseError("publications nobody reads any longer were not pruned", sqlstate=error.sqlstate) from None


def _prune(settings: Settings, *, kept: int) -> int:
    deleted = 0
    with connect(settings, role="publisher") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        oldest = connection.execute(
            "select publication_no from published.publications where state in ('current', 'past')"
            " order by publication_no desc offset %s limit 1",
            [kept - 1],
        ).fetchone()
        if oldest is None:
            return 0
        for mart in find_marts(connection, settings.dbt_project_dir):
            deleted += connection.execute(
                sql.SQL("delete from {} where _retired_by <= %s").format(mart.published), oldest
            ).rowcount
        connection.execute(
            "update published.publications set state = 'abandoned' where publication_no < %s and state = 'past'",
            oldest,
        )
    return deleted


def _published_already(connection: psycopg.Connection, build_no: int) -> Publication | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            # One that was pruned has been published all the same.
            "select * from published.publications where build_no = %s",
            [build_no],
        ).fetchone()
    return None if row is None else _publication(row)


def _move_rows(
    connection: psycopg.Connection, project: Path, build_no: int, published_at: datetime, *, is_full: bool
) -> Publication:
    earlier = current_publication(connection)
    publication_no = earlier.publication_no + 1 if earlier else 1
    fingerprints = _mart_fingerprints(connection)
    row_counts, changed_counts = {}, {}
    for mart in find_marts(connection, project):
        is_reshaped = ensure_published(connection, mart)
        retired = _retire(connection, mart, build_no, publication_no, is_full=is_full)
        checkpoint(f"publish-retired-{mart.name}")
        added = _add(connection, mart, build_no, publication_no, is_full=is_full)
        changed_counts[mart.name] = {"added": added, "retired": retired}
        fingerprints[mart.name], row_counts[mart.name] = _fingerprint(
            connection, mart, publication_no, None if is_reshaped else fingerprints.get(mart.name),
            earlier.row_counts.get(mart.name, 0) if earlier else 0,
        )  # fmt: skip
    content = "".join(f"{name}:{fingerprints[name]}\n" for name in sorted(row_counts))
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _RECORD,
            {
                "publication_no": publication_no,
                "build_no": build_no,
                "content_fingerprint": hashlib.sha256(content.encode()).hexdigest(),
                "mart_fingerprints": Jsonb({name: str(value) for name, value in fingerprints.items()}),
                "row_counts": Jsonb(row_counts),
                "changed_counts": Jsonb(changed_counts),
                "published_at": published_at,
            },
        )
        publication = _publication(cursor.fetchall()[0])
    checkpoint("publish-before-flip")
    connection.execute(
        "update published.publications set state = 'past' where state = 'current' and publication_no <> %s",
        [publication_no],
    )
    connection.execute(
        "insert into published.pointer (publication_no) values (%s)"
        " on conflict (is_only_row) do update set publication_no = excluded.publication_no",
        [publication_no],
    )
    connection.execute(
        "update ledger.builds set state = 'published', finished_at = %s where build_no = %s",
        [published_at, build_no],
    )
    return publication


# A delivery is in this publication when a published build, or this one, brought it in.
_RECORD = """
    insert into published.publications (
        publication_no, build_no, state, data_as_of, input_fingerprint, content_fingerprint, mart_fingerprints,
        row_counts, changed_counts, created_at, published_at
    )
    select
        %(publication_no)s, %(build_no)s, 'current', max(extract_at),
        encode(sha256(convert_to(coalesce(string_agg(sha256, '' order by sha256), ''), 'UTF8')), 'hex'),
        %(content_fingerprint)s, %(mart_fingerprints)s, %(row_counts)s, %(changed_counts)s,
        %(published_at)s, %(published_at)s
    from ledger.deliveries
    where delivery_id in (
        select bd.delivery_id
        from ledger.build_deliveries as bd
        inner join ledger.builds as b using (build_no)
        where b.state = 'published' or b.build_no = %(build_no)s
    )
    returning *
"""


def _retire(connection: psycopg.Connection, mart: Mart, build_no: int, publication_no: int, *, is_full: bool) -> int:
    """Retire the published rows this build replaced, retracted or (full) no longer has."""
    statement = sql.SQL(
        """
        update {published} as old
        set _retired_by = {publication_no}
        from {built} as new
        where old._retired_by is null
            and {same_key}
            and new._built_in {built_in} {build_no}
            and (new._is_retracted or row({old_columns}) is distinct from row({new_columns}))
        """
    ).format(
        published=mart.published,
        built=mart.built,
        publication_no=publication_no,
        same_key=mart.same_key("old", "new"),
        built_in=sql.SQL("<=" if is_full else "="),
        build_no=build_no,
        old_columns=mart.qualified_columns("old"),
        new_columns=mart.qualified_columns("new"),
    )
    retired = connection.execute(statement).rowcount
    if is_full:
        retired += connection.execute(
            sql.SQL(
                "update {published} as old set _retired_by = {publication_no} where old._retired_by is null"
                " and not exists (select from {built} as new where {same_key})"
            ).format(
                published=mart.published,
                built=mart.built,
                publication_no=publication_no,
                same_key=mart.same_key("old", "new"),
            )
        ).rowcount
    return retired


def _add(connection: psycopg.Connection, mart: Mart, build_no: int, publication_no: int, *, is_full: bool) -> int:
    """Add the built rows that have no live published row: new ones, and those just retired for a new content."""
    statement = sql.SQL(
        """
        insert into {published} ({columns}, _added_by)
        select {new_columns}, {publication_no}
        from {built} as new
        where new._built_in {built_in} {build_no}
            and not new._is_retracted
            and not exists (select from {published} as old where old._retired_by is null and {same_key})
        """
    ).format(
        published=mart.published,
        columns=mart.column_list,
        new_columns=mart.qualified_columns("new"),
        publication_no=publication_no,
        built=mart.built,
        built_in=sql.SQL("<=" if is_full else "="),
        build_no=build_no,
        same_key=mart.same_key("old", "new"),
    )
    return connection.execute(statement).rowcount


def _fingerprint(
    connection: psycopg.Connection, mart: Mart, publication_no: int, earlier: int | None, earlier_count: int
) -> tuple[int, int]:
    """Return the mart's order-free fingerprint and row count, from the change alone where the earlier one is known."""
    changed = sql.SQL("where _added_by = {0} or _retired_by = {0}").format(publication_no)
    whole = sql.SQL("where _retired_by is null")
    [row] = connection.execute(
        sql.SQL(
            """
            select
                coalesce(sum(sign * hashtextextended(row({columns})::text, 0)::numeric), 0),
                coalesce(sum(sign), 0)
            from (
                select *, case when _retired_by is null then 1 else -1 end as sign
                from {published} {scope}
            ) as published
            """
        ).format(columns=mart.column_list, published=mart.published, scope=whole if earlier is None else changed)
    ).fetchall()
    hashes, rows = int(row[0]), int(row[1])
    return (hashes, rows) if earlier is None else (earlier + hashes, earlier_count + rows)


def _mart_fingerprints(connection: psycopg.Connection) -> dict[str, int]:
    row = connection.execute(
        "select p.mart_fingerprints from published.publications as p join published.pointer using (publication_no)"
    ).fetchone()
    return {name: int(value) for name, value in row[0].items()} if row else {}


def _publication(row: dict[str, object]) -> Publication:
    return Publication(
        publication_no=row["publication_no"],  # type: ignore[arg-type]
        data_as_of=row["data_as_of"],  # type: ignore[arg-type]
        content_fingerprint=row["content_fingerprint"],  # type: ignore[arg-type]
        row_counts=row["row_counts"],  # type: ignore[arg-type]
        changed_counts=row["changed_counts"],  # type: ignore[arg-type]
    )
