"""Brings a database to the shape this version of Frontdoor needs: roles, schemas, tables, grants."""

import hashlib
from importlib.resources import files

import psycopg
from psycopg import sql

from frontdoor.contracts.load import load_contracts
from frontdoor.errors import WarehouseError
from frontdoor.landing.tables import ensure_landing_tables
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.shipped_weights import ensure_shipped
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import ROLES, connect
from frontdoor.warehouse.secrets import secret
from frontdoor.warehouse.server import ensure_running

MIGRATION_LOCK = 7_304_001
EXTENSIONS = ("btree_gist", "fuzzystrmatch", "pg_trgm", "unaccent")

# What a role that stops answering may hold up, and for how long.
ROLE_SETTINGS: dict[str, dict[str, str]] = {
    "loader": {"lock_timeout": "60s", "idle_in_transaction_session_timeout": "10min"},
    "transformer": {"lock_timeout": "60s", "statement_timeout": "1h", "jit": "off"},
    "publisher": {"lock_timeout": "60s", "idle_in_transaction_session_timeout": "10min"},
    "alerter": {"lock_timeout": "60s", "statement_timeout": "10min"},
    "data_steward": {
        "lock_timeout": "60s",
        "statement_timeout": "60s",
        "idle_in_transaction_session_timeout": "60s",
    },
    "validator": {"default_transaction_read_only": "on", "statement_timeout": "10min"},
    "bi_reader": {
        "default_transaction_read_only": "on",
        "default_transaction_isolation": "repeatable read",
        "statement_timeout": "60s",
    },
}


def migrate(settings: Settings) -> None:
    """Create or update everything Frontdoor keeps in the database; running it twice changes nothing.

    Raises WarehouseError when a schema file that was already applied has since been edited: a change is a new file.
    """
    if settings.database_url is None:
        ensure_running(settings)
        _ensure_database(settings, settings.database_name)
    with connect(settings, role="admin") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        _ensure_roles(connection, settings)
        _apply_schema_files(connection)
        _ensure_pepper(connection, settings)
        ensure_landing_tables(connection, load_contracts(settings))
        ensure_shipped(
            connection,
            load_linkage_model(settings),
            frequencies=settings.linkage_dir / "name_frequencies.csv",
        )
        connection.execute(_packaged("grants.sql"))


def ensure_airflow_database(settings: Settings) -> str:
    """Return the URL of Airflow's own metadata database in the embedded server, made on first use."""
    ensure_running(settings)
    with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
        _ensure_role(connection, "airflow", secret(settings.secrets, "airflow"))
    _ensure_database(settings, "airflow", owner="airflow")
    server = ensure_running(settings)
    password = secret(settings.secrets, "airflow")
    return f"postgresql+psycopg2://airflow:{password}@127.0.0.1:{server.port}/airflow"


def _ensure_database(settings: Settings, name: str, *, owner: str = "admin") -> None:
    with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
            )


def _ensure_roles(connection: psycopg.Connection, settings: Settings) -> None:
    for role in ROLES:
        _ensure_role(connection, role, secret(settings.secrets, role))
        for name, value in {"client_connection_check_interval": "2s", **ROLE_SETTINGS[role]}.items():
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                )
            )


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    found = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    verb = "alter role {} login password {}" if found else "create role {} login noinherit password {}"
    connection.execute(sql.SQL(verb).format(sql.Identifier(role), sql.Literal(password)))


def _apply_schema_files(connection: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("create extension if not exists {} schema public").format(sql.Identifier(extension)))
    connection.execute(
        "create table if not exists public.applied_schema_files"
        " (file_name text primary key, sha256 text not null, applied_at timestamptz not null default now())"
    )
    applied: dict[str, str] = dict(
        connection.execute("select file_name, sha256 from public.applied_schema_files").fetchall()
    )
    folder = files("frontdoor.warehouse") / "schema"
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name[:3].isdigit()):
        text = _packaged(name)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if name not in applied:
            connection.execute(text)
            connection.execute(
                "insert into public.applied_schema_files (file_name, sha256) values (%s, %s)", [name, digest]
            )
        elif applied[name] != digest:
            raise WarehouseError(f"schema file {name} was edited after it was applied; put the change in a new file")


def _ensure_pepper(connection: psycopg.Connection, settings: Settings) -> None:
    connection.execute(
        "insert into vault.pepper (pepper) values (%s) on conflict do nothing",
        [secret(settings.secrets, "pepper")],
    )


def _packaged(name: str) -> str:
    return (files("frontdoor.warehouse") / "schema" / name).read_text()
