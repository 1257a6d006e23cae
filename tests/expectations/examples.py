"""Example rows for the checks: the marts as their contracts describe them, empty until an example fills them."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.publish import publish
from psycopg import sql

# What a check reads beside the marts, and what its rows have that an example does not name.
TABLE_DEFAULTS: dict[str, dict[str, Any]] = {
    "ledger.deliveries": {"contract_version": "1.0.0", "byte_count": 0, "line_count": 0, "state": "accepted"},
    "ledger.stage_runs": {},
    "ledger.arrivals": {},
    "linkage.refused_attempts": {"kind": "ADOPTION", "attempted_by": "somebody"},
}


def publish_empty_marts(settings: Settings, *, at: datetime) -> None:
    """Publish every mart of the project as its YAML contract describes it, without a row."""
    with connect(settings, role="transformer") as connection:
        for contract in mart_contracts(settings.dbt_project_dir):
            columns = ", ".join(f"{column['name']} {column['data_type']}" for column in contract["columns"])
            key = ", ".join(contract["constraints"][0]["columns"])
            connection.execute(f"create table marts.{contract['name']} ({columns}, primary key ({key}))".encode())
        [[build_no]] = connection.execute(
            "insert into ledger.builds (is_full, state, started_at) values (true, 'running', %s) returning build_no",
            [at],
        ).fetchall()
    publish(settings, build_no, published_at=at)


def mart_contracts(project: Path) -> list[dict[str, Any]]:
    """The marts that have both a contract and a model: publication knows no others."""
    return [
        model
        for path in sorted((project / "models" / "marts").glob("*/_*.yml"))
        for model in yaml.safe_load(path.read_text())["models"]
        if path.with_name(f"{model['name']}.sql").exists()
    ]


def lay(admin: psycopg.Connection, given: dict[str, list[dict[str, Any]]], *, data_as_of: datetime) -> None:
    """Make the rows of an example all there is; a column an example does not name is empty, false or nought."""
    tables = [row[0] for row in admin.execute("select tablename from pg_tables where schemaname = 'published'")]
    marts = ", ".join(f"published.{name}" for name in tables if name not in ("publications", "pointer"))
    with admin.transaction():
        admin.execute(f"truncate {marts}, {', '.join(TABLE_DEFAULTS)} restart identity cascade".encode())
        admin.execute("update published.publications set data_as_of = %s", [data_as_of])
        for table, rows in given.items():
            for number, row in enumerate(rows, start=1):
                if table in TABLE_DEFAULTS:
                    _insert(admin, table, _table_row(table, row, number))
                else:
                    _insert(admin, f"published.{table.partition('.')[2]}", _mart_row(admin, table, row))


def _table_row(table: str, row: dict[str, Any], number: int) -> dict[str, Any]:
    filled = {**TABLE_DEFAULTS[table], **row}
    if table == "ledger.deliveries":
        digest = hashlib.sha256(repr(row).encode()).hexdigest()
        filled = {"delivery_id": number, "sha256": digest, "file_name": f"example-{number}.csv", **filled}
        filled.setdefault("received_at", filled.get("extract_at"))
        filled |= {"settled_at": filled["received_at"], "settled_no": number}
    return filled


def _mart_row(admin: psycopg.Connection, table: str, row: dict[str, Any]) -> dict[str, Any]:
    name = table.partition(".")[2]
    columns = dict(
        admin.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'published' and table_name = %s and column_name not like '\\_%%'",
            [name],
        ).fetchall()
    )
    neutral = {"boolean": False, "integer": 0}
    filled = {column: neutral.get(kind) for column, kind in columns.items()}
    return {**filled, **row, "_added_by": 1}


def _insert(admin: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    schema, _, name = table.partition(".")
    admin.execute(
        sql.SQL("insert into {} ({}) overriding user value values ({})").format(
            sql.Identifier(schema, name),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )
