"""One embedded PostgreSQL for the whole test run; each test gets a fresh copy of a migrated database."""

import os
import shutil
import tempfile
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

from tests.databases import copied_database  # noqa: E402

TEMPLATE = "template_frontdoor"
# Nothing here outlives the machine's next crash, so waiting for the disk proves nothing.
FAST_SERVER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Two of these share one demonstration, and all of them keep both cores busy by themselves.
ONE_AFTER_THE_OTHER = Path(__file__).with_name("e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a module's tests in one worker, since most of them share what took a build to make."""
    for item in items:
        group = ONE_AFTER_THE_OTHER if item.path.is_relative_to(ONE_AFTER_THE_OTHER) else item.path
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(Path(__file__).parent))))


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
    with copied_database(warehouse, template=TEMPLATE, home=tmp_path / "home") as copied:
        yield copied


@pytest.fixture
def admin(settings: Settings) -> Iterator[psycopg.Connection]:
    """The owner's connection to the test's database, in autocommit."""
    with connect(settings, role="admin", autocommit=True) as connection:
        yield connection
