"""A database in which dbt has built everything that needs no delivery, made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

from tests.databases import copied_database
from tests.warehouse.hand_made import HandMadeCouncil


@pytest.fixture(scope="session")
def reference_warehouse(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Calendars, limits and functions; tests only read it."""
    home = tmp_path_factory.mktemp("reference")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        run_dbt(settings, selector="reference", full_refresh=True)
        yield settings


@pytest.fixture(scope="session")
def reference(reference_warehouse: Settings) -> Iterator[psycopg.Connection]:
    """A reader's connection to the calendars and functions."""
    with connect(reference_warehouse, role="transformer", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def staged_template(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Staging views and empty record tables; nobody may stay connected to it, because it is copied."""
    home = tmp_path_factory.mktemp("staged")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        run_dbt(settings, selector="staging", full_refresh=True)
        yield settings


@pytest.fixture
def staged_council(staged_template: Settings, tmp_path: Path) -> Iterator[HandMadeCouncil]:
    """A council whose staging views and record tables are made and empty."""
    with copied_database(staged_template, template=staged_template.database_name, home=tmp_path / "home") as settings:
        yield HandMadeCouncil(settings)
