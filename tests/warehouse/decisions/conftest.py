"""Four ordinary records of four children, the steward's desk, and who sits at it."""

from collections.abc import Iterator

import psycopg
import pytest
from frontdoor.linkage.records import steward
from frontdoor.settings import Settings

from tests.warehouse.decisions.hand_made_links import EVERYBODY, Person, create_identity, lay_people


@pytest.fixture
def people(settings: Settings, admin: psycopg.Connection) -> Settings:
    """Four ordinary records of four children."""
    create_identity(settings)
    lay_people(admin, EVERYBODY)
    return settings


@pytest.fixture
def desk(people: Settings) -> Iterator[psycopg.Connection]:
    """The steward's own connection."""
    with steward(people) as connection:
        yield connection


@pytest.fixture
def restricted(people: Settings, admin: psycopg.Connection) -> tuple[Settings, Person]:
    """An ordinary record of a child of whom another record is restricted."""
    hidden, friend = (Person(name, child="hidden", is_restricted=name == "zzhid-6") for name in ("zzhid-6", "zzeve-5"))
    lay_people(admin, [hidden, friend])
    return people, friend
