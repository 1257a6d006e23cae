"""One embedded PostgreSQL for the whole test run; each test gets a fresh copy of a migrated database."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

os.umask(0o077)
os.environ.update(
    {
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
)
for name in [name for name in os.environ if name.startswith("FRONTDOOR_")]:
    del os.environ[name]

from frontdoor.settings import Settings  # noqa: E402
from frontdoor.warehouse import server  # noqa: E402
from frontdoor.warehouse.connect import connect  # noqa: E402
from frontdoor.warehouse.migrate import migrate  # noqa: E402

TEMPLATE = "template_frontdoor"
# Nothing here outlives the machine's next crash, so waiting for the disk proves nothing.
FAST_SERVER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def warehouse() -> Iterator[Settings]:
    """The session's server, with a migrated template database nobody connects to."""
    home = Path(tempfile.mkdtemp(prefix="frontdoor-tests-"))
    settings = Settings(home=home, database_name=TEMPLATE)
    try:
        server.ensure_running(settings, extra_settings=FAST_SERVER)
        migrate(settings)
        yield settings
    finally:
        server.remove(settings)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def settings(warehouse: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A council of one's own: an empty home and a fresh database in the session's server."""
    name = f"warehouse_{uuid.uuid4().hex[:12]}"
    with connect(warehouse, role="admin", database="postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}".encode())
    try:
        yield Settings(home=tmp_path / "home", server_home=warehouse.home, database_name=name)
    finally:
        with connect(warehouse, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def admin(settings: Settings) -> Iterator[psycopg.Connection]:
    """The owner's connection to the test's database, in autocommit."""
    with connect(settings, role="admin", autocommit=True) as connection:
        yield connection
