"""A published council without a row, shared by the tests of one module, which lay their own rows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from frontdoor.alerts.catalogue import Catalogue, load_catalogue
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.conftest import TEMPLATE
from tests.databases import copied_database
from tests.expectations.examples import publish_empty_marts

PUBLISHED_AT = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def council(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database in which every mart is published and empty."""
    with copied_database(warehouse, template=TEMPLATE, home=tmp_path_factory.mktemp("council")) as settings:
        publish_empty_marts(settings, at=PUBLISHED_AT)
        yield settings


@pytest.fixture(scope="module")
def owner(council: Settings) -> Iterator[psycopg.Connection]:
    """The owner's connection to the council's database, in autocommit."""
    with connect(council, role="admin", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real catalogue."""
    return load_catalogue(Settings())
