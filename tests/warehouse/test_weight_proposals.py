"""New match weights are proposed with what they would change; tasks and commands hand that on."""

import json
import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.linkage.decisions import DecisionRefused
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.scales import Scale
from frontdoor.linkage.training import Proposal, compare, propose, version_of
from frontdoor.linkage.weight_report import widest_gap
from frontdoor.linkage.weights import (
    TrainedWeights,
    get_version,
    list_versions,
    read_weights,
    reject,
)
from frontdoor.linkage.weights_commands import app
from frontdoor.linkage.weights_in_force import version_in_force
from frontdoor.orchestration import steps
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from typer.testing import CliRunner

from tests.warehouse.weights_example import (
    CERTAIN,
    FIRST,
    NAME_AND_BIRTH,
    NOW,
    PAIRS,
    RECORD_COUNT,
    Pair,
    put,
    put_in_force,
    shipped,
    stored,
    trained,
    weight,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def model(settings: Settings) -> LinkageModel:
    return load_linkage_model(settings)


@pytest.fixture
def transformer(settings: Settings) -> Iterator[psycopg.Connection]:
    with connect(settings, role="transformer", autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _no_name_is_commoner_than_another(admin: psycopg.Connection) -> None:
    admin.execute("delete from linkage.term_frequencies where version = 'default'")


def test_training_proposes_tells_what_would_change_and_changes_nothing(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection, admin: psycopg.Connection
) -> None:
    put(transformer, model, PAIRS)
    proposal = propose(settings, at=NOW, by="train_linkage", train=lambda *_: trained(model))
    assert proposal is not None
    assert (proposal.version, proposal.is_new) == (FIRST, True)
    report = get_version(settings, FIRST).report
    assert (report["compared_with"], report["records"]) == ("default", RECORD_COUNT)
    assert report["decisions"] == {
        "pairs": 15,
        "guarded": 1,
        "linked_old": 13,
        "linked_new": 14,
        "linked_anew": 1,
        "no_longer_linked": 0,
        "reviewed_anew": 0,
        "no_longer_reviewed": 1,
        "records_touched": 2,
        "children_touched": 2,
    }
    [level] = [each for each in report["levels"] if (each["comparison"], each["level"]) == ("postcode", "district")]
    assert level["new"] == pytest.approx(math.log2(0.9 / 0.00000001), abs=0.001)
    assert version_in_force(admin) == "default"
    assert read_weights(admin, FIRST) == trained(model)


def test_two_who_train_at_once_propose_one_version(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    put(transformer, model, PAIRS)

    def train(*_: object) -> TrainedWeights:
        sleep(0.5)
        return trained(model)

    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(propose, settings, at=NOW, by="train_linkage", train=train) for _ in range(2)]
        found = [each.result() for each in asked]
    assert {(each.version, each.is_new) for each in found if each} == {(FIRST, True), (FIRST, False)}


def test_quality_is_judged_without_identifiers_and_small_groups_are_not_told(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    pairs = [Pair(CERTAIN | {"nhs_number": "same"}, ethnicity_code="WBRI") for _ in range(10)]
    pairs += [Pair({"forename": "other", "nhs_number": "same"}, ethnicity_code="Zzada") for _ in range(10)]
    pairs += [Pair(CERTAIN | {"nhs_number": "same"}, ethnicity_code="APKN") for _ in range(9)]
    pairs += [Pair(CERTAIN | {"nhs_number": "other"}, "NHS_CONFLICT", "review")]
    put(transformer, model, pairs)
    proposal = propose(settings, at=NOW, by="train_linkage", train=lambda *_: shipped(model))
    assert proposal is not None
    quality = proposal.report["quality"]
    assert (quality["labelled_pairs"], quality["true_pairs"]) == (30, 29)
    assert quality["old_precision"] == quality["new_precision"] == pytest.approx(19 / 20)
    assert quality["old_recall"] == pytest.approx(19 / 29, abs=1e-4)
    groups = {(each["kind"], each["value"]): each["new_recall"] for each in proposal.report["groups"]}
    assert groups["ethnicity", "WBRI"] == 1
    assert groups["ethnicity", "not known"] == 0
    assert ("ethnicity", "APKN") not in groups
    # A gap between groups as small as these is mostly chance.
    assert proposal.report["widest_gap"] == {"old": None, "new": None}
    assert "Zzada" not in str(proposal.report)


def test_a_name_that_is_counted_weighs_by_how_common_it_is(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    scale = Scale(trained(model), "trained", 0.98, 0.8)
    same = math.log2(shipped(model).levels["forename"]["same"][1] / 0.02)
    assert scale.term_bits("forename", 101) == pytest.approx(same)
    # A value nobody counted is as rare as the rarest, within limits.
    assert (
        scale.term_bits("forename", 999) == scale.term_bits("forename", 102) == pytest.approx(math.log2(0.006 / 0.0001))
    )
    assert scale.term_bits("surname", 101) == 0

    unsure = Pair(NAME_AND_BIRTH | {"sex": "other"}, "UNCERTAIN", "review", forename=102)
    usual = replace(unsure, forename=101)
    assert weight(model, unsure) == weight(model, usual)
    needed = replace(trained(model), prior=_prior_that_links(model, weight(model, unsure) + 2))
    put(transformer, model, [unsure, usual])
    proposal = propose(settings, at=NOW, by="train_linkage", train=lambda *_: needed)
    assert proposal is not None
    assert proposal.report["decisions"]["linked_anew"] == 1


def _prior_that_links(model: LinkageModel, bits: float) -> float:
    """The prior at which a pair that weighs so much by the shipped prior is just linked."""
    odds = model.prior / (1 - model.prior) * model.link_at_probability / (1 - model.link_at_probability) * 2.0**-bits
    return odds / (1 + odds)


def test_the_same_records_give_one_proposal_however_often_they_are_asked(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    put(transformer, model, PAIRS)
    first = propose(settings, at=NOW, by="train_linkage", train=lambda *_: trained(model))
    again = propose(settings, at=NOW, by="Zzoe Steward", train=lambda *_: pytest.fail("it trained again"))
    assert first is not None
    assert again == replace(first, is_new=False)
    reject(settings, FIRST, by="Zzoe Steward", reason="gap is too wide", at=NOW)
    third = propose(settings, at=NOW, by="train_linkage", train=lambda *_: trained(model))
    assert third is not None
    assert third.version == "2026-11-24-2"


def test_too_few_records_teach_nothing(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    assert propose(settings, at=NOW, by="train_linkage", train=lambda *_: pytest.fail("it trained")) is None
    put(transformer, model, PAIRS, records=40)
    assert propose(settings, at=NOW, by="train_linkage", train=lambda *_: pytest.fail("it trained")) is None


def test_weights_that_lack_a_level_are_not_stored(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    put(transformer, model, PAIRS)
    partial = {code: levels for code, levels in shipped(model).levels.items() if code != "sex"}
    with pytest.raises(WarehouseError, match=r"sex\.other, sex\.same"):
        propose(settings, at=NOW, by="train_linkage", train=lambda *_: TrainedWeights(model.prior, partial))
    assert [each.version for each in list_versions(settings)] == ["default"]


def test_a_stored_version_can_be_compared_again(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    stored(settings, trained(model), model)
    with pytest.raises(WarehouseError, match="frontdoor build"):
        compare(settings, FIRST)
    put(transformer, model, PAIRS)
    assert compare(settings, FIRST)["decisions"]["linked_anew"] == 1
    assert compare(settings, "default")["decisions"]["linked_anew"] == 0


@pytest.fixture
def _at_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever reads the environment finds this test's home."""
    monkeypatch.setenv("FRONTDOOR_HOME", str(settings.home))
    monkeypatch.setenv("FRONTDOOR_SERVER_HOME", str(settings.server_home))
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", settings.database_name)


@pytest.fixture
def asked(settings: Settings, model: LinkageModel, _at_home: None) -> dict[str, int]:
    """The figures of a proposal, as one task hands them to the next."""
    with connect(settings, role="transformer", autocommit=True) as connection:
        put(connection, model, PAIRS)
    proposal = propose(settings, at=NOW, by="train_linkage", train=lambda *_: trained(model))
    assert isinstance(proposal, Proposal)
    assert steps.propose_weights(as_of=NOW.isoformat()) == proposal.counts()
    assert version_of(proposal.counts()) == FIRST
    assert all(isinstance(value, int) for value in proposal.counts().values())
    return proposal.counts()


@pytest.mark.parametrize(
    ("option", "state", "result"),
    [(steps.APPROVE, "approved", 1), (steps.REJECT, "rejected", 0), (steps.LATER, "proposed", 0)],
)
def test_an_answer_is_done_in_the_answering_persons_name(
    settings: Settings, asked: dict[str, int], option: str, state: str, result: int
) -> None:
    answer = {"chosen_options": [option], "responded_by_user": {"id": "zz", "name": "Zzoe Steward"}}
    for _ in range(2):
        assert steps.decide_weights(asked, answer=answer, as_of=NOW.isoformat()) == result
    found = get_version(settings, FIRST)
    assert (found.state, found.decided_by) == (state, None if state == "proposed" else "Zzoe Steward")


def test_an_answer_given_again_does_not_put_back_what_a_person_replaced_since(
    settings: Settings, asked: dict[str, int]
) -> None:
    answer = {"chosen_options": [steps.APPROVE], "responded_by_user": {"id": "zz", "name": "Zzoe Steward"}}
    assert steps.decide_weights(asked, answer=answer, as_of=NOW.isoformat()) == 1
    put_in_force(settings, "default", load_linkage_model(settings))
    assert steps.decide_weights(asked, answer=answer, as_of=NOW.isoformat()) == 0
    assert [get_version(settings, name).state for name in (FIRST, "default")] == ["superseded", "approved"]
    # A person may, by the command.
    put_in_force(settings, FIRST, load_linkage_model(settings))
    assert get_version(settings, FIRST).state == "approved"


def test_an_approval_by_nobody_is_none(settings: Settings, asked: dict[str, int]) -> None:
    with pytest.raises(DecisionRefused, match="who decides"):
        steps.decide_weights(asked, answer={"chosen_options": [steps.APPROVE], "responded_by_user": None}, as_of="")
    assert get_version(settings, FIRST).state == "proposed"


@pytest.mark.usefixtures("_at_home")
def test_a_month_with_too_few_records_asks_nobody() -> None:
    assert steps.propose_weights(as_of=NOW.isoformat()) == {}


# From a terminal.


@pytest.mark.usefixtures("_at_home")
def test_the_commands_show_compare_and_decide(
    settings: Settings, model: LinkageModel, transformer: psycopg.Connection
) -> None:
    put(transformer, model, PAIRS)
    propose(settings, at=NOW, by="train_linkage", train=lambda *_: trained(model))
    said = command("list", "--format", "json")
    assert [(each["version"], each["state"]) for each in json.loads(said)] == [
        ("default", "approved"),
        (FIRST, "proposed"),
    ]
    assert FIRST in command("list")
    for asking in (["show", FIRST], ["compare", FIRST]):
        assert re.search(r"linked anew +1\n", command(*asking))
    assert json.loads(command("compare", FIRST, "--format", "json"))["decisions"]["linked_anew"] == 1
    decided = ("--by", "Zzoe Steward", "--reason", "figures are better", "--as-of", NOW.isoformat())
    assert "links everything again" in command("approve", FIRST, *decided)
    assert json.loads(command("show", FIRST, "--format", "json"))["state"] == "approved"
    again = stored(settings, trained(model), model)
    assert "is rejected, by Zzoe Steward" in command("reject", again, *decided)


@pytest.mark.usefixtures("_at_home")
def test_a_reason_is_shown_as_it_was_typed(settings: Settings, model: LinkageModel) -> None:
    """What reads like mark-up is none: it neither vanishes nor ends the list for ever."""
    stored(settings, trained(model), model)
    reason = "see [/12] and [bold]13[/bold]"
    command("reject", FIRST, "--by", "Zzoe [red]", "--reason", reason)
    for shown in (command("list"), command("show", FIRST)):
        assert reason in shown
        assert "Zzoe [red]" in shown


def command(*arguments: str) -> str:
    ended = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_a_gap_is_told_between_groups_that_are_large_enough() -> None:
    groups = [
        {"kind": "ethnicity", "value": "WBRI", "true_pairs": 900, "old_recall": 0.97, "new_recall": 0.98},
        {"kind": "ethnicity", "value": "APKN", "true_pairs": 100, "old_recall": 0.95, "new_recall": 0.9},
        {"kind": "ethnicity", "value": "BAFR", "true_pairs": 99, "old_recall": 0.1, "new_recall": 0.1},
        {"kind": "UPN", "value": "missing", "true_pairs": 900, "old_recall": 0.5, "new_recall": 0.5},
    ]
    assert [widest_gap(groups, which) for which in ("old", "new")] == [2, 8]
