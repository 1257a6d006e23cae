"""Whether the dbt project and the match weights are those the warehouse was last fully built with.

Rows built by yesterday's SQL, or linked by yesterday's weights, must not stand beside today's: when a project, a
contract or the weights in force change, the next build is a full one.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from frontdoor.linkage.weights_in_force import version_in_force, weights_digest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

BUILT_FROM = "Seeds and functions. Built from project "
PARTS = ("dbt_project.yml", "seeds", "functions", "macros", "models")
SUFFIXES = (".sql", ".yml", ".csv", ".md")


def is_project_unchanged(settings: Settings, connection: psycopg.Connection, *, built_from: str) -> bool:
    """Say whether the warehouse was last fully built from the project, contracts and weights of this fingerprint."""
    row = connection.execute("select obj_description('reference'::regnamespace)").fetchone()
    if row is None or row[0] != BUILT_FROM + built_from:
        return False
    # A migration that replaces an accepted view takes the staging view on it away.
    expected = {path.stem for path in (settings.dbt_project_dir / "models" / "staging").glob("*/*.sql")}
    found = connection.execute("select viewname from pg_views where schemaname = 'staging'").fetchall()
    return expected <= {name for (name,) in found}


def remember_project(settings: Settings, *, build_no: int, built_from: str) -> None:
    """Note in the warehouse what it has just been fully built from: what that build began with, not what is there now.

    A release may have come meanwhile. When a later build has begun since, that one says what the warehouse is.
    """
    with connect(settings, role="transformer") as connection:
        [[is_latest]] = connection.execute(
            "select not exists (select from ledger.builds where build_no > %s)", [build_no]
        ).fetchall()
        if is_latest:
            connection.execute(
                sql.SQL("comment on schema reference is {}").format(sql.Literal(BUILT_FROM + built_from))
            )


def forget_project(connection: psycopg.Connection) -> None:
    """Note that a full build has begun: until one is published no table is known to be all of one project."""
    connection.execute("comment on schema reference is 'Seeds and functions. A full build has begun.'")


def present_fingerprint(settings: Settings, connection: psycopg.Connection) -> str:
    """Return the fingerprint of the project and contracts as they are now, with the numbers of the weights in force."""
    return project_fingerprint(settings, weights=weights_digest(connection, version_in_force(connection)))


def project_fingerprint(settings: Settings, *, weights: str) -> str:
    """Return the SHA-256 of everything that decides what dbt makes of the rows."""
    digest = hashlib.sha256()
    for path in _files(settings):
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes())
    digest.update(weights.encode())
    return digest.hexdigest()


def _files(settings: Settings) -> list[Path]:
    project = settings.dbt_project_dir
    found = [path for part in PARTS for path in (project / part).rglob("*")] + [project / PARTS[0]]
    found += list(settings.contracts_dir.glob("*.yaml"))
    return sorted(path for path in found if path.is_file() and path.suffix in (*SUFFIXES, ".yaml"))
