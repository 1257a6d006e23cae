"""The records as Splink reads them: the spine in a DuckDB of this process, gone when the work is done."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from frontdoor.errors import WarehouseError
from frontdoor.linkage.model import LinkageModel
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

SPINE = "spine"
_COLUMN = re.compile(r"\b[lr]\.([a-z_]+)")
_WORD = re.compile(r"[a-z_]+")
# What blocking rules may make of columns, in PostgreSQL as in DuckDB.
_FUNCTIONS = {"least", "greatest", "nullif", "left", "hashtext"}
_DUCKDB_TYPES = {
    "bigint": "bigint",
    "integer": "integer",
    "smallint": "smallint",
    "boolean": "boolean",
    "text": "varchar",
    '"char"': "varchar",
}


def spine_columns(model: LinkageModel) -> list[str]:
    """Return the columns that comparisons and blocking rules look at, without the record's number and adjustments."""
    levels = (level for comparison in model.comparisons for level in comparison.levels)
    compared = {column for level in levels for column in _COLUMN.findall(level.sql)}
    blocked = {word for rule in model.blocking_rules for column in rule.columns for word in _WORD.findall(column)}
    return sorted(compared | (blocked - _FUNCTIONS))


def adjustments(model: LinkageModel) -> dict[str, str]:
    """Return, by term, the column that says what a record's value adds to its weight under the version in force."""
    return {term: f"{term}_tf" for term in model.terms}


@contextmanager
def exported_spine(settings: Settings, model: LinkageModel) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a DuckDB with the table `spine`: one row for each record that may be compared, with its blocking keys.

    Raises WarehouseError when nothing was built. What lies on disk on the way is this user's alone and deleted.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="spine-", dir=settings.home) as folder:
        path = Path(folder) / "spine.csv"
        with connect(settings, role="transformer", application_name="frontdoor spine") as connection:
            types = export_spine(connection, path, model=model)
        loaded = duckdb.connect(config={"temp_directory": folder})
        try:
            load_spine(loaded, path, types, model=model)
            path.unlink()
            yield loaded
        finally:
            loaded.close()


def export_spine(connection: psycopg.Connection, path: Path, *, model: LinkageModel) -> dict[str, str]:
    """Write the spine as CSV and return its columns with DuckDB's names for their types."""
    columns = ["record_no", *spine_columns(model), *adjustments(model).values()]
    copying = sql.SQL(
        "copy (select {} from identity.int_person_records__spine where not _is_retracted)"
        " to stdout (format csv, header)"
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    try:
        types = _types(connection, columns)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file, connection.cursor() as cursor, cursor.copy(copying) as copy:
            for block in copy:
                file.write(block)
    except psycopg.Error as error:
        raise WarehouseError("the spine could not be read", sqlstate=error.sqlstate) from None
    return types


def load_spine(
    connection: duckdb.DuckDBPyConnection, path: Path, types: dict[str, str], *, model: LinkageModel
) -> None:
    """Read an exported spine into the table `spine` and give each record its keys, as the rules have them."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    try:
        connection.execute("create or replace macro hashtext(value) as hash(value)")
        connection.execute(
            f"create table {SPINE} as with records as (select * from"
            f" read_csv(?, header = true, columns = {{{columns}}}, auto_detect = false, delim = ',', quote = '\"'))"
            f", keyed as (select *, {_keys(model)} from records)"
            f" select * replace ({_usable_keys(model)}) from keyed",
            [str(path)],
        )
    except duckdb.Error:
        raise WarehouseError("DuckDB cannot read the exported spine") from None


def _keys(model: LinkageModel) -> str:
    """A rule's columns as one number; none when one of them is missing."""
    return ", ".join(
        f"case when {' and '.join(f'({column}) is not null' for column in rule.columns)}"
        f" then hash({', '.join(rule.columns)}) end as {key}"
        for key, rule in zip(model.key_columns, model.blocking_rules, strict=True)
    )


def _usable_keys(model: LinkageModel) -> str:
    """No key where too many records share it."""
    return ", ".join(
        f"case when count(*) over (partition by {key}) <= {cap} then {key} end as {key}"
        for key, cap in zip(model.key_columns, model.block_caps, strict=True)
    )


def _types(connection: psycopg.Connection, columns: list[str]) -> dict[str, str]:
    found: dict[str, str] = dict(
        connection.execute(
            "select attname::text, format_type(atttypid, null) from pg_attribute"
            " where attrelid = to_regclass('identity.int_person_records__spine') and attnum > 0"
        ).fetchall()
    )
    missing = [column for column in columns if column not in found]
    if missing:
        raise WarehouseError(
            f"the spine of the last build has no {', '.join(missing)}; run `frontdoor build --full-refresh` first"
        )
    return {column: _DUCKDB_TYPES[found[column]] for column in columns}
