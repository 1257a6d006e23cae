"""The catalogue refuses what it does not understand, naming file and check."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from frontdoor.alerts.catalogue import load_catalogue, question
from frontdoor.alerts.schedules import last_slot
from frontdoor.errors import ContractError
from frontdoor.settings import Settings
from hypothesis import given
from hypothesis import strategies as st

AS_OF = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture
def changed(tmp_path: Path) -> Any:
    """Settings of a catalogue whose first check of lost_referrals.yaml is changed as asked."""
    folder = tmp_path / "checks"
    shutil.copytree(Settings().checks_dir, folder)

    def change(**entries: Any) -> Settings:
        path = folder / "lost_referrals.yaml"
        content = yaml.safe_load(path.read_text())
        content["checks"][0] |= entries
        path.write_text(yaml.safe_dump(content))
        return Settings(checks_dir=folder, recipients_file=folder / "recipients.yaml")

    return change


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"severty": 1}, "lost_referrals.yaml: check LR-01: severty: Extra inputs"),
        ({"severity": 5}, "check LR-01: severity"),
        ({"recipients": ["NOBODY"]}, "check LR-01: recipients.yaml has no role NOBODY"),
        ({"clock": "sundial"}, "check LR-01: sla.yaml has no clock sundial"),
        ({"sql": "select now() as subject_key, :as_of"}, "any morning can be replayed"),
        ({"sql": "select 1 as subject_key"}, "does not use :as_of"),
        ({"sql": "select :as_of; drop table alerts.alerts"}, "one select"),
        ({"sql": "select :as_of + :patience"}, "no clock patience"),
        ({"id": "LR-02"}, "check LR-02 exists already"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_that_says_where(changed: Any, entries: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        load_catalogue(changed(**entries))


def test_every_check_has_a_finding_of_the_letter_it_answers() -> None:
    catalogue = load_catalogue(Settings())

    assert {check_id for finding in catalogue.findings for check_id in finding.checks} == set(catalogue.checks)


def test_the_moment_and_the_limits_are_written_into_the_text() -> None:
    catalogue = load_catalogue(Settings())

    asked = question(catalogue.checks["LR-02"], catalogue=catalogue, as_of=AS_OF, council="874")

    assert "timestamptz '2026-03-09T08:00:00+00:00'" in asked.sql
    assert "interval '3600 seconds'" in asked.sql


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("*/30 * * * *", "2026-03-09T07:30+00:00"),
        ("0 6 * * *", "2026-03-09T06:00+00:00"),
        ("45 7 * * 1-5", "2026-03-09T07:45+00:00"),
        ("0 9 * * *", "2026-03-08T09:00+00:00"),
        ("0 9 * * 1-5", "2026-03-06T09:00+00:00"),
        ("15 6,12 1 * *", "2026-03-01T12:15+00:00"),
    ],
)
def test_the_last_moment_of_a_schedule(schedule: str, expected: str) -> None:
    before = AS_OF - timedelta(minutes=1)

    assert last_slot(schedule, before=before, timezone="Europe/London") == datetime.fromisoformat(expected)


def test_a_schedule_keeps_the_suppliers_local_time() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)

    slot = last_slot("0 6 * * *", before=summer, timezone="Europe/London")

    assert slot.astimezone(UTC) == datetime(2026, 7, 1, 5, tzinfo=UTC)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_no_schedule_expects_what_is_still_to_come(before: datetime) -> None:
    slot = last_slot("*/20 * * * *", before=before, timezone="Europe/London")

    assert timedelta(0) <= before - slot < timedelta(minutes=20)


@pytest.mark.parametrize("schedule", ["* * * *", "61 * * * *", "@daily", "0 6 * * MON", "0 0 31 2 *"])
def test_a_schedule_that_is_not_understood_is_an_error(schedule: str) -> None:
    with pytest.raises(ContractError):
        last_slot(schedule, before=AS_OF, timezone="Europe/London")
