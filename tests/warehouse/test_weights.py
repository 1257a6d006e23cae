"""Match weights as data: what a release ships, and what a person puts in force, nobody else."""

import math
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import ContractError, WarehouseError
from frontdoor.linkage.decisions import DecisionRefused
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.shipped_weights import ensure_shipped
from frontdoor.linkage.weights import (
    approve,
    get_version,
    read_weights,
    reject,
)
from frontdoor.linkage.weights_in_force import comparisons_sha256, version_in_force, weights_digest
from frontdoor.settings import Settings
from frontdoor.warehouse.build import open_build
from frontdoor.warehouse.connect import connect

from tests.warehouse.weights_example import FIRST, NOW, changed, put_in_force, shipped, stored, trained

pytestmark = pytest.mark.postgres


@pytest.fixture
def model(settings: Settings) -> LinkageModel:
    return load_linkage_model(settings)


def test_a_fresh_warehouse_links_with_the_shipped_weights(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection
) -> None:
    assert version_in_force(admin) == "default"
    assert read_weights(admin, "default").levels == shipped(model).levels


def test_shipping_the_same_twice_changes_nothing_and_other_numbers_replace_the_old(
    model: LinkageModel, admin: psycopg.Connection, tmp_path: Path
) -> None:
    frequencies = tmp_path / "name_frequencies.csv"
    frequencies.write_text("term_code,term,frequency\nforename,ZZADA,0.01\nsurname,ZZADA,0.002\n")
    ensure_shipped(admin, model, frequencies=frequencies)
    digest = weights_digest(admin, "default")
    rows = "select xmin::text, ctid::text from linkage.{} where version = 'default' order by 2"
    before = [admin.execute(rows.format(table).encode()).fetchall() for table in ("weights", "term_frequencies")]
    ensure_shipped(admin, model, frequencies=frequencies)
    after = [admin.execute(rows.format(table).encode()).fetchall() for table in ("weights", "term_frequencies")]
    assert after == before
    assert len(read_weights(admin, "default").term_frequencies) == 2

    frequencies.write_text("term_code,term,frequency\nforename,ZZADA,0.02\n")
    fewer = model.model_copy(update={"comparisons": model.comparisons[:-1], "prior": 0.001})
    ensure_shipped(admin, fewer, frequencies=frequencies)
    found = read_weights(admin, "default")
    assert list(found.term_frequencies["forename"].values()) == [0.02]
    assert found.levels == shipped(fewer).levels
    assert found.prior == 0.001
    assert weights_digest(admin, "default") != digest


def test_a_release_leaves_trained_weights_and_what_is_in_force_alone(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection
) -> None:
    stored(settings, shipped(model), model)
    put_in_force(settings, FIRST, model)
    digest = weights_digest(admin, FIRST)
    ensure_shipped(admin, model.model_copy(update={"prior": 0.001}), frequencies=Path("none"))
    assert version_in_force(admin) == FIRST
    assert weights_digest(admin, FIRST) == digest
    assert get_version(settings, "default").state == "superseded"


@pytest.mark.parametrize(
    "text",
    [
        "term,frequency\nZZADA,0.1\n",
        "term_code,term,frequency\nnickname,ZZADA,0.1\n",
        "term_code,term,frequency\nforename,ZZADA,often\n",
        "term_code,term,frequency\nforename,ZZADA,1.5\n",
        "term_code,term,frequency\nforename,ZZADA,0.1\nforename,ZZADA,0.2\n",
    ],
    ids=["another header", "no such term", "no number", "more than all", "twice"],
)
def test_frequencies_that_are_not_understood_are_refused_by_their_place(
    text: str, model: LinkageModel, admin: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "name_frequencies.csv"
    path.write_text(text)
    with pytest.raises(ContractError, match=r"name_frequencies\.csv: ") as caught:
        ensure_shipped(admin, model, frequencies=path)
    assert "ZZADA" not in str(caught.value)


def test_an_approval_supersedes_what_was_in_force_and_can_be_taken_back(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection
) -> None:
    stored(settings, trained(model), model)
    found = approve(settings, FIRST, model=model, by=" Zzoe Steward ", reason="figures are better", at=NOW)
    assert (found.state, found.decided_by, found.decided_at) == ("approved", "Zzoe Steward", NOW)
    assert get_version(settings, "default").state == "superseded"
    put_in_force(settings, "default", model)
    assert version_in_force(admin) == "default"
    assert get_version(settings, FIRST).state == "superseded"


@pytest.mark.parametrize("prior", [2.0**-205, 1 - 2.0**-50], ids=["next to never", "all but always"])
def test_weights_that_no_pair_s_number_has_room_for_are_not_stored(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection, prior: float
) -> None:
    """They would run over into the levels, and the guards would read what is not so."""
    beyond = replace(changed(trained(model), "nhs_number", "same", 0.9, 2.0**-100), prior=prior)
    with pytest.raises(WarehouseError, match="there is room for 215 either way"):
        stored(settings, beyond, model)
    assert version_in_force(admin) == "default"


@pytest.mark.parametrize("share", [0.0, 1.0, math.nan], ids=["none", "all", "no number"])
def test_weights_with_a_share_that_is_none_are_not_stored(
    settings: Settings, model: LinkageModel, share: float
) -> None:
    for odd in (changed(trained(model), "sex", "same", share, 0.5), replace(trained(model), prior=share)):
        with pytest.raises(WarehouseError, match="not between 0 and 1"):
            stored(settings, odd, model)


def test_who_proposed_does_not_approve(settings: Settings, model: LinkageModel, admin: psycopg.Connection) -> None:
    stored(settings, trained(model), model, by="Zzoe Steward")
    with pytest.raises(WarehouseError, match="second person"):
        approve(settings, FIRST, model=model, by="zzoe  steward", reason="mine are best", at=NOW)
    assert version_in_force(admin) == "default"


@pytest.mark.parametrize(("by", "reason"), [("", "figures are better"), ("Zzoe Steward", " ")])
def test_a_decision_has_a_person_and_a_reason(settings: Settings, model: LinkageModel, by: str, reason: str) -> None:
    stored(settings, trained(model), model)
    for act in (
        lambda: approve(settings, FIRST, model=model, by=by, reason=reason, at=NOW),
        lambda: reject(settings, FIRST, by=by, reason=reason, at=NOW),
    ):
        with pytest.raises(DecisionRefused, match="say w"):
            act()


def test_who_proposed_does_not_approve_under_a_name_that_only_looks_like_another(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection
) -> None:
    stored(settings, trained(model), model, by="Zzoe Steward")
    with pytest.raises(DecisionRefused, match="cannot be seen"):
        approve(settings, FIRST, model=model, by="Zzoe Ste\u200bward", reason="mine are best", at=NOW)
    assert version_in_force(admin) == "default"


def test_what_was_rejected_or_never_was_cannot_be_approved(settings: Settings, model: LinkageModel) -> None:
    stored(settings, trained(model), model)
    for _ in range(2):
        assert reject(settings, FIRST, by="Zzoe Steward", reason="gap is too wide", at=NOW).state == "rejected"
    with pytest.raises(WarehouseError, match="was rejected"):
        put_in_force(settings, FIRST, model)
    with pytest.raises(WarehouseError, match="of that name"):
        put_in_force(settings, "2026-11-25-1", model)
    with pytest.raises(WarehouseError, match="only a proposal"):
        reject(settings, "default", by="Zzoe Steward", reason="gap is too wide", at=NOW)


def test_weights_for_other_comparisons_cannot_be_approved_and_stop_the_build_when_in_force(
    settings: Settings, model: LinkageModel, admin: psycopg.Connection
) -> None:
    stored(settings, trained(model), model)
    other = model.model_copy(update={"comparisons": list(reversed(model.comparisons))})
    assert comparisons_sha256(other) != comparisons_sha256(model)
    with pytest.raises(WarehouseError, match="other comparisons"):
        put_in_force(settings, FIRST, other)
    put_in_force(settings, FIRST, model)
    admin.execute("update linkage.weight_versions set comparisons_sha256 = 'former' where version = %s", [FIRST])
    with pytest.raises(WarehouseError, match="approve `default`"):
        open_build(settings, started_at=NOW)
    put_in_force(settings, "default", model)
    assert open_build(settings, started_at=NOW) is not None


def test_who_estimates_cannot_decide_and_who_decides_cannot_change_a_number(
    settings: Settings, model: LinkageModel
) -> None:
    stored(settings, trained(model), model)
    refused = {
        "transformer": [
            "update linkage.weight_versions set state = 'approved'",
            "insert into linkage.weight_versions values"
            " ('mine', 'approved', 'trained', '', 0.1, 0.9, 0.8, '{}', now(), 'me', now(), 'me', 'mine')",
            "insert into linkage.term_frequencies values ('default', 'forename', 1, 0.5)",
            "update linkage.weights set m = 0.5",
        ],
        "data_steward": [
            "update linkage.weights set m = 0.5",
            "update linkage.weight_versions set prior = 0.5",
            "update linkage.weight_versions set report = '{}'",
            "update linkage.weight_versions set state = 'proposed'",
            "insert into linkage.weights values ('default', 'sex', 9, 'else', 0.5, 0.5)",
        ],
    }
    for role, statements in refused.items():
        for statement in statements:
            with (
                connect(settings, role=role, autocommit=True) as connection,  # type: ignore[arg-type]
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(statement.encode())
