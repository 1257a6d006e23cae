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


def is_project_unchanged(settings: Settings, connection: psycopg.Connection) -> bool:
    """Say whether the warehouse was fully built from the project, contracts and weights as they are now."""
    row = connection.execute("select obj_description('reference'::regnamespace)").fetchone()
    weights = weights_digest(connection, version_in_force(connection))
    if row is None or row[0] != BUILT_FROM + project_fingerprint(settings, weights=weights):
        return False
    # A migration that replaces an accepted view takes the staging view on it away.
    expected = {path.stem for path in (settings.dbt_project_dir / "models" / "staging").glob("*/*.sql")}
    found = connection.execute("select viewname from pg_views where schemaname = 'staging'").fetchall()
    return expected <= {name for (name,) in found}


def remember_project(settings: Settings, *, weights_version: str | None) -> None:
    """Note in the warehouse which project, and which version of weights, it has just been fully built from."""
    with connect(settings, role="transformer") as connection:
        weights = weights_digest(connection, weights_version)
        text = sql.Literal(BUILT_FROM + project_fingerprint(settings, weights=weights))
        connection.execute(sql.SQL("comment on schema reference is {}").format(text))


def forget_project(connection: psycopg.Connection) -> None:
    """Note that a full build has begun: until one is published no table is known to be all of one project."""
    connection.execute("comment on schema reference is 'Seeds and functions. A full build has begun.'")


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
