"""Whether the dbt project is the one the warehouse was last fully built with.

Rows built by yesterday's SQL must not stand beside today's, so a changed project or contract means a full build.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

BUILT_FROM = "Seeds and functions. Built from project "
PARTS = ("dbt_project.yml", "seeds", "functions", "macros", "models")
SUFFIXES = (".sql", ".yml", ".csv", ".md")


def is_project_unchanged(settings: Settings, connection: psycopg.Connection) -> bool:
    """Say whether the warehouse was fully built from the project and contracts as they are now."""
    row = connection.execute("select obj_description('reference'::regnamespace)").fetchone()
    if row is None or row[0] != BUILT_FROM + project_fingerprint(settings):
        return False
    # A migration that replaces an accepted view takes the staging view on it away.
    expected = {path.stem for path in (settings.dbt_project_dir / "models" / "staging").glob("*/*.sql")}
    found = connection.execute("select viewname from pg_views where schemaname = 'staging'").fetchall()
    return expected <= {name for (name,) in found}


def remember_project(settings: Settings) -> None:
    """Note in the warehouse which project it has just been fully built from."""
    text = sql.Literal(BUILT_FROM + project_fingerprint(settings))
    with connect(settings, role="transformer") as connection:
        connection.execute(sql.SQL("comment on schema reference is {}").format(text))


def project_fingerprint(settings: Settings) -> str:
    """Return the SHA-256 of everything that decides what dbt makes of the rows."""
    digest = hashlib.sha256()
    for path in _files(settings):
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(settings: Settings) -> list[Path]:
    project = settings.dbt_project_dir
    found = [path for part in PARTS for path in (project / part).rglob("*")] + [project / PARTS[0]]
    found += list(settings.contracts_dir.glob("*.yaml"))
    return sorted(path for path in found if path.is_file() and path.suffix in (*SUFFIXES, ".yaml"))
