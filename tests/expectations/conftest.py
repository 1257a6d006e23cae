"""A published council without a row, shared by the tests of one module, which lay their own rows."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from frontdoor.alerts.catalogue import Catalogue, load_catalogue
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.conftest import TEMPLATE
from tests.expectations.examples import publish_empty_marts

PUBLISHED_AT = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def council(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database in which every mart is published and empty."""
    name = f"council_{uuid.uuid4().hex[:12]}"
    home: Path = tmp_path_factory.mktemp("council")
    with connect(warehouse, role="admin", database="postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}".encode())
    settings = Settings(home=home, server_home=warehouse.home, database_name=name)
    try:
        publish_empty_marts(settings, at=PUBLISHED_AT)
        yield settings
    finally:
        with connect(warehouse, role="admin", database="postgres", autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(scope="module")
def owner(council: Settings) -> Iterator[psycopg.Connection]:
    """The owner's connection to the council's database, in autocommit."""
    with connect(council, role="admin", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real catalogue."""
    return load_catalogue(Settings())
