"""The stable tables and views behind a publication, shaped after the marts dbt built."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from frontdoor.errors import WarehouseError

LINEAGE_COLUMNS = ("_built_in", "_is_retracted")
READERS = sql.SQL(", ").join(map(sql.Identifier, ("bi_reader", "validator", "alerter")))


@dataclass(frozen=True, slots=True)
class Column:
    """A column as PostgreSQL describes it."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class Mart:
    """One mart: its key, its columns without lineage, and the readers' schema it appears in."""

    name: str
    reader_schema: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    comment: str | None

    @property
    def built(self) -> sql.Identifier:
        """The table dbt builds, which readers never see."""
        return sql.Identifier("marts", self.name)

    @property
    def published(self) -> sql.Identifier:
        """The stable table that keeps every published row."""
        return sql.Identifier("published", self.name)

    @property
    def view(self) -> sql.Identifier:
        """What people query."""
        return sql.Identifier(self.reader_schema, self.name)

    @property
    def column_list(self) -> sql.Composed:
        """The columns, for an insert or a row."""
        return sql.SQL(", ").join(sql.Identifier(column.name) for column in self.columns)

    def qualified_columns(self, alias: str) -> sql.Composed:
        """The columns of the relation called `alias`, in the same order."""
        return sql.SQL(", ").join(sql.Identifier(alias, column.name) for column in self.columns)

    def same_key(self, left: str, right: str) -> sql.Composed:
        """The condition that two aliases are the same row."""
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name)) for name in self.key
        )


def find_marts(connection: psycopg.Connection, project: Path) -> list[Mart]:
    """Return the marts dbt has built, in name order; the folder a model lies in names its readers' schema.

    Raises WarehouseError for a mart without a primary key: its changes could not be told from new rows.
    """
    marts = []
    for path in sorted((project / "models" / "marts").glob("*/*.sql"), key=lambda path: path.stem):
        if connection.execute("select to_regclass(%s)", [f"marts.{path.stem}"]).fetchone() == (None,):
            continue
        marts.append(_mart(connection, path.stem, path.parent.name))
    return marts


def ensure_published(connection: psycopg.Connection, mart: Mart) -> bool:
    """Make the published table and view fit the mart; return whether the columns changed.

    A column that went stays in the table, so that earlier publications can still be read, but leaves the view.
    """
    found = _table_columns(connection, "published", mart.name)
    wanted = {column.name: column.type for column in mart.columns}
    if not found:
        _create(connection, mart)
    else:
        for name, type_name in wanted.items():
            if name not in found:
                connection.execute(
                    sql.SQL("alter table {} add column {} {}").format(
                        mart.published,
                        sql.Identifier(name),
                        sql.SQL(type_name),
                    )
                )
            elif found[name] != type_name:
                raise WarehouseError(
                    f"mart {mart.name} changed the type of column {name} from {found[name]} to {type_name};"
                    " give the column a new name so that earlier publications stay readable"
                )
    if list(_table_columns(connection, mart.reader_schema, mart.name)) != list(wanted):
        _create_view(connection, mart)
        return True
    return False


def _create(connection: psycopg.Connection, mart: Mart) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in mart.columns
    )
    connection.execute(
        sql.SQL("create table {} ({}, _added_by bigint not null, _retired_by bigint)").format(mart.published, columns)
    )
    key = sql.SQL(", ").join(map(sql.Identifier, mart.key))
    connection.execute(sql.SQL("create unique index on {} ({}) where _retired_by is null").format(mart.published, key))
    connection.execute(sql.SQL("create index on {} (_added_by)").format(mart.published))
    connection.execute(sql.SQL("create index on {} (_retired_by) where _retired_by is not null").format(mart.published))


def _create_view(connection: psycopg.Connection, mart: Mart) -> None:
    connection.execute(sql.SQL("drop view if exists {}").format(mart.view))
    connection.execute(
        sql.SQL(
            "create view {view} with (security_barrier) as select {columns} from {published}"
            " where _added_by <= (select published.publication_in_view())"
            " and (_retired_by is null or _retired_by > (select published.publication_in_view()))"
        ).format(view=mart.view, columns=mart.column_list, published=mart.published)
    )
    connection.execute(sql.SQL("grant select on {} to {}").format(mart.view, READERS))
    if mart.comment:
        connection.execute(sql.SQL("comment on view {} is {}").format(mart.view, sql.Literal(mart.comment)))
    for column in mart.columns:
        if column.comment:
            connection.execute(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier(mart.reader_schema, mart.name, column.name), sql.Literal(column.comment)
                )
            )


def _mart(connection: psycopg.Connection, name: str, reader_schema: str) -> Mart:
    rows = connection.execute(
        """
        select a.attname, format_type(a.atttypid, a.atttypmod), col_description(a.attrelid, a.attnum),
            coalesce(a.attnum = any(k.conkey), false), obj_description(a.attrelid)
        from pg_attribute as a
        left join pg_constraint as k on k.conrelid = a.attrelid and k.contype = 'p'
        where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        """,
        [f"marts.{name}"],
    ).fetchall()
    key = tuple(row[0] for row in rows if row[3])
    if not key:
        raise WarehouseError(f"mart {name} has no primary key; declare one in its contract")
    columns = tuple(Column(row[0], row[1], row[2]) for row in rows if row[0] not in LINEAGE_COLUMNS)
    return Mart(name, reader_schema, key, columns, rows[0][4])


def _table_columns(connection: psycopg.Connection, schema: str, name: str) -> dict[str, str]:
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [f"{schema}.{name}"],
    ).fetchall()
    return {name: type_name for name, type_name in rows if name not in ("_added_by", "_retired_by")}
