"""What `make demo` promises: every planted defect found, nobody's value told, nothing outside asked."""

import json
import re
from pathlib import Path

import pytest
from frontdoor.alerts.summary import CheckScore, score_checks
from frontdoor.orchestration.demo import AS_OF, StageError, remove
from frontdoor.warehouse.connect import connect

from tests.e2e.demonstration import Demonstration
from tests.e2e.leaks import leaks, people_in_archive

pytestmark = [pytest.mark.postgres, pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def scores(demonstration: Demonstration) -> list[CheckScore]:
    assert demonstration.exit_code == 0, demonstration.said[-2000:]
    truth = demonstration.settings.home / "synthetic"
    with connect(demonstration.settings, role="admin") as connection:
        return score_checks(demonstration.settings, connection, truth=truth, as_of=AS_OF)


def test_every_planted_defect_has_its_alert(scores: list[CheckScore]) -> None:
    assert {score.check_id: score.missed_count for score in scores if score.missed_count} == {}


def test_every_check_but_the_pipelines_own_was_planted(scores: list[CheckScore]) -> None:
    assert {score.check_id for score in scores if not score.planted_count} == {"OP-01"}


def test_no_alert_is_false(scores: list[CheckScore]) -> None:
    assert {score.check_id: score.opened_count for score in scores if score.opened_count > score.planted_count} == {}


def test_every_line_has_one_fate_and_every_file_is_kept(demonstration: Demonstration) -> None:
    with connect(demonstration.settings, role="admin") as connection:
        deliveries = connection.execute(
            "select sha256, is_nil_return, line_count,"
            " structural_count + accepted_count + quarantined_count + rejected_count"
            " from ledger.deliveries where state <> 'landed'"
        ).fetchall()
    assert sum(line_count for _, _, line_count, _ in deliveries) > 8_000
    assert all(line_count == told for _, _, line_count, told in deliveries)
    kept = {path.stem for path in Path(demonstration.settings.archive).glob("*/*")}
    assert {sha256 for sha256, is_nil, *_ in deliveries if not is_nil} <= kept
    assert not list(Path(demonstration.settings.inbox).glob("*.csv"))


def test_nobodys_value_is_in_anything_written_for_others(demonstration: Demonstration) -> None:
    people = people_in_archive(demonstration.settings)
    assert len(people.identifiers) > 5_000
    assert leaks(demonstration.settings, people) == []
    assert not list(people.found_in(demonstration.said))


def test_nothing_outside_this_machine_was_asked(demonstration: Demonstration) -> None:
    assert demonstration.outside == ""


def test_what_was_written_only_its_owner_can_read(demonstration: Demonstration) -> None:
    home = demonstration.settings.home
    others = {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] != "postgresql" and not path.is_symlink() and path.stat().st_mode & 0o077
    }
    assert others == set()


def test_the_summary_says_what_came_in_and_where_to_look(demonstration: Demonstration) -> None:
    for heading in ("What came in", "held or rejected", "Children recognised", "Alerts opened", "Where to look"):
        assert heading in demonstration.said
    assert re.search(r"LR-01 +SEV1 .*100.0%", demonstration.said)
    assert "bi_reader" in demonstration.said


def test_the_brief_and_the_messages_are_there(demonstration: Demonstration) -> None:
    assert demonstration.settings.brief.read_text().startswith("<!doctype html>")
    assert list(Path(demonstration.settings.outbox).glob("*.eml"))
    assert not list(Path(demonstration.settings.outbox).glob("operations-*"))
    assert any(json.loads(path.read_text()) for path in demonstration.settings.receipts.rglob("*.json"))


def test_a_folder_that_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("somebody's")
    with pytest.raises(StageError):
        remove(tmp_path)
    assert (tmp_path / "letter.txt").exists()
