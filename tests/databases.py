"""Copies of a database in the session's server. Their names come again, so that dbt need not parse again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from psycopg import sql

PARSED = "dbt/partial_parse.msgpack"

_in_use: set[str] = set()


@contextmanager
def copied_database(server: Settings, *, template: str, home: Path) -> Iterator[Settings]:
    """A copy of a database nobody is connected to, gone afterwards."""
    server_home = server.server_home or server.home
    name = next(name for number in count(1) if (name := f"warehouse_{number}") not in _in_use)
    _in_use.add(name)
    try:
        with connect(server, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        with _parsed_before(home, kept=server_home / "parsed", name=name):
            yield Settings(home=home, server_home=server_home, database_name=name)
    finally:
        with connect(server, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        _in_use.remove(name)


@contextmanager
def _parsed_before(home: Path, *, kept: Path, name: str) -> Iterator[None]:
    """What dbt remembers of its project is lent to the home of a database and of any scratch databases beside it.

    Without it, or with another database's, dbt parses everything, which takes it five seconds. It compares what it
    remembers with the files that are there.
    """
    for parse in [kept / name, *kept.glob("link_*")]:
        if parse.exists():
            _copy(parse, _parse_of(parse.name, home))
    try:
        yield
    finally:
        for database in [name, *(folder.name for folder in home.glob("link/link_*"))]:
            if _parse_of(database, home).exists():
                _copy(_parse_of(database, home), kept / database)


def _parse_of(database: str, home: Path) -> Path:
    return (home / "link" / database if database.startswith("link_") else home) / PARSED


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
