"""Other weights mean one full build, and a person's decision about a link is news for the next."""

from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.shipped_weights import ensure_shipped
from frontdoor.settings import Settings
from frontdoor.warehouse.build import open_build, run_layer
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.fingerprint import remember_project

from tests.warehouse.weights_example import FIRST, NOW, put_in_force, stored, trained

pytestmark = pytest.mark.postgres


@pytest.fixture
def model(settings: Settings) -> LinkageModel:
    return load_linkage_model(settings)


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Settings:
    """A warehouse fully built from an empty project."""
    empty = settings.model_copy(update={"dbt_project_dir": tmp_path})
    assert publish(empty) == (1, True, 0, "default")
    return empty


def publish(settings: Settings) -> tuple[int, bool, int, str] | None:
    """Open a build and count it as published; return what the ledger says of it."""
    opened = open_build(settings, started_at=NOW)
    if opened is None:
        return None
    with connect(settings, role="admin") as connection:
        connection.execute("update ledger.builds set state = 'published' where build_no = %s", [opened.build_no])
        if opened.is_full:
            remember_project(settings, weights_version=opened.weights_version)
        [row] = connection.execute(
            "select build_no, is_full, decided_up_to, weights_version from ledger.builds where build_no = %s",
            [opened.build_no],
        ).fetchall()
    return row


def test_other_weights_mean_one_full_build(built: Settings, model: LinkageModel, admin: psycopg.Connection) -> None:
    assert publish(built) is None
    stored(built, trained(model), model)
    assert publish(built) is None
    put_in_force(built, FIRST, model)
    assert publish(built) == (2, True, 0, FIRST)
    assert publish(built) is None
    put_in_force(built, "default", model)
    assert publish(built) == (3, True, 0, "default")
    ensure_shipped(admin, model.model_copy(update={"prior": 0.001}), frequencies=Path("none"))
    assert publish(built) == (4, True, 0, "default")
    assert publish(built) is None


def test_a_full_build_that_failed_is_followed_by_a_full_one_though_the_weights_are_the_old_ones_again(
    built: Settings, model: LinkageModel
) -> None:
    stored(built, trained(model), model)
    put_in_force(built, FIRST, model)
    failed = open_build(built, started_at=NOW)
    assert failed is not None
    put_in_force(built, "default", model)
    assert publish(built) == (failed.build_no + 1, True, 0, "default")


def test_a_decision_is_news_for_one_build(built: Settings, admin: psycopg.Connection) -> None:
    decide = (
        "insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by, decided_at)"
        " values ('separate', %s, %s, 'two children', 'Zzoe Steward', now())"
    )
    admin.execute(decide, ["a", "b"])
    failed = open_build(built, started_at=NOW)
    assert failed is not None
    assert publish(built) == (failed.build_no + 1, False, 1, "default")
    assert publish(built) is None
    admin.execute(decide, ["a", "c"])
    assert publish(built) == (failed.build_no + 2, False, 2, "default")


def test_a_build_does_not_go_on_with_other_weights_than_it_began_with(built: Settings, model: LinkageModel) -> None:
    stored(built, trained(model), model)
    put_in_force(built, FIRST, model)
    opened = open_build(built, started_at=NOW)
    assert opened is not None
    put_in_force(built, "default", model)
    with pytest.raises(WarehouseError, match="other match weights"):
        run_layer(built, opened.build_no, "identity", started_at=NOW)
