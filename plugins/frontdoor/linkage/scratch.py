"""A warehouse to link in and throw away: the same tables, models and roles, none of the council's data or decisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.migrate import migrate
from frontdoor.warehouse.server import ensure_running

SCRATCH_LOCK, IN_USE_LOCK = 7_304_007, 7_304
# What tells a scratch database from any other of such a name.
MARK = "scratch database of frontdoor link"


@contextmanager
def scratch_warehouse(settings: Settings, *, is_kept: bool = False) -> Iterator[Settings]:
    """Yield the settings of a fresh database beside the council's own, with the shipped weights in force.

    A database of its own and not a schema: dbt's models name their schemas, and nothing of the council's can be touched
    from it. Dropped in the end, come what may, unless it `is_kept` and all went well. Its name is the first that is
    free: dbt parses its project once for each name. Raises WarehouseError when none may be created.
    """
    with _server(settings) as connection:
        # Nobody else takes the same name; and roles belong to the whole server: two must not be given theirs at once.
        connection.execute("select pg_advisory_lock(%s)", [SCRATCH_LOCK])
        name = _create(connection)
        # Until this connection ends, nobody drops it.
        connection.execute("select pg_advisory_lock(%s, hashtext(%s))", [IN_USE_LOCK, name])
        is_wanted = False
        try:
            scratch = _settings_of(settings, name)
            migrate(scratch)
            connection.execute("select pg_advisory_unlock(%s)", [SCRATCH_LOCK])
            yield scratch
            is_wanted = is_kept
        finally:
            if not is_wanted:
                _drop(connection, name)


def drop_scratch(settings: Settings, name: str) -> None:
    """Delete a scratch database that was kept, with the records in it.

    Raises WarehouseError when there is none of that name, or somebody is linking in it.
    """
    with _server(settings) as connection:
        kept = connection.execute(
            "select datname from pg_database where shobj_description(oid, 'pg_database') = %s order by datname", [MARK]
        ).fetchall()
        if (name,) not in kept:
            names = ", ".join(known for (known,) in kept)
            raise WarehouseError(f"there is no scratch database of that name; there are: {names or 'none'}")
        [[is_free]] = connection.execute(
            "select pg_try_advisory_lock(%s, hashtext(%s))", [IN_USE_LOCK, name]
        ).fetchall()
        if not is_free:
            raise WarehouseError(f"a running `frontdoor link` works in {name}; drop it when that has ended")
        _drop(connection, name)


@contextmanager
def _server(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection from which databases can be created and dropped."""
    if settings.database_url is None:
        ensure_running(settings)
    with connect(settings, role="admin", database=_maintenance(settings), autocommit=True) as connection:
        yield connection


def _create(connection: psycopg.Connection) -> str:
    taken = {name for (name,) in connection.execute("select datname from pg_database")}
    name = next(name for number in count(1) if (name := f"link_{number}") not in taken)
    try:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(MARK)))
    except psycopg.Error as error:
        raise WarehouseError(
            "no scratch database could be created; the administrator's account needs the right to",
            sqlstate=error.sqlstate,
        ) from None
    return name


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _settings_of(settings: Settings, name: str) -> Settings:
    """The same server and secrets, another database and a folder of its own for dbt."""
    update: dict[str, object] = {
        "database_name": name,
        "home": settings.home / "link" / name,
        "server_home": settings.server_home or settings.home,
    }
    if settings.database_url is not None:
        update["database_url"] = urlunsplit(urlsplit(settings.database_url)._replace(path=f"/{name}"))
    return settings.model_copy(update=update)


def _maintenance(settings: Settings) -> str | None:
    # The embedded server always has this one; elsewhere the administrator's own database is the place to ask from.
    return "postgres" if settings.database_url is None else None
