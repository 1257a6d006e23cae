"""Each check meets its obeying example and finds its breaking one: by Great Expectations and by SQL alike."""

import json

import psycopg
import pytest
from frontdoor.alerts.catalogue import Catalogue, Example, load_catalogue, question
from frontdoor.alerts.evaluate import answer
from frontdoor.alerts.life import Finding
from frontdoor.alerts.verdicts import judge
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.expectations.examples import lay

CHECK_IDS = list(load_catalogue(Settings()).checks)


def found_in(
    council: Settings, owner: psycopg.Connection, catalogue: Catalogue, check_id: str, example: Example
) -> tuple[bool, list[Finding]]:
    """What Great Expectations judges and what SQL finds; both must have been able to answer, and agree."""
    lay(owner, example.given, data_as_of=example.data_as_of or example.as_of)
    feeds = json.dumps(example.feeds, default=str)
    check = catalogue.checks[check_id]
    asked = question(check, catalogue=catalogue, as_of=example.as_of, council="874", feeds=feeds)
    verdicts = judge(council, [asked], publication_no=1)
    with connect(council, role="alerter") as connection:
        evaluation = answer(connection, [asked], verdicts, as_of=example.as_of, publication_no=1)
    assert evaluation.verdicts[check_id].sqlstate is None
    assert verdicts[check_id].is_met == (not evaluation.findings)
    return verdicts[check_id].is_met, evaluation.findings


@pytest.mark.parametrize("check_id", CHECK_IDS)
def test_what_obeys_a_check_meets_it(
    council: Settings, owner: psycopg.Connection, catalogue: Catalogue, check_id: str
) -> None:
    example = catalogue.checks[check_id].obeys

    is_met, findings = found_in(council, owner, catalogue, check_id, example)

    assert (is_met, findings) == (True, [])


@pytest.mark.parametrize("check_id", CHECK_IDS)
def test_what_breaks_a_check_is_found(
    council: Settings, owner: psycopg.Connection, catalogue: Catalogue, check_id: str
) -> None:
    example = catalogue.checks[check_id].breaks

    _, findings = found_in(council, owner, catalogue, check_id, example)

    wanted = {found.subject_key: (found.severity, found.due_at, found.reason_code) for found in example.finds}
    assert {found.subject_key: (found.severity, found.due_at, found.reason_code) for found in findings} == wanted


def test_every_example_shows_the_checks_severities(catalogue: Catalogue) -> None:
    for check in catalogue:
        assert check.severity in {found.severity for found in check.breaks.finds}, check.id
