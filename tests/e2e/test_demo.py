"""What `make demo` promises: every planted defect found, nobody's value told, nothing outside asked."""

import csv
import json
import os
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from frontdoor.alerts.summary import CheckScore, score_checks
from frontdoor.linkage.records import short
from frontdoor.linkage.reviews import pair_of_review
from frontdoor.orchestration.demo import AS_OF, StageError, remove, remove_left_database
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.server import data_folder

from tests.e2e.demonstration import Demonstration
from tests.e2e.leaks import leaks, people_in_archive

# The agencies' own numbers of both records of each pair.
_GUARDED = """
    select one.person_scope, one.agency_person_id, other.person_scope, other.agency_person_id
    from identity.int_matches__pairs as pair
    inner join identity.int_children__members as one on pair.left_record_no = one.record_no
    inner join identity.int_children__members as other on pair.right_record_no = other.record_no
    where pair.reason_code = 'ADOPTION' and not pair._is_retracted
"""
_QUESTIONED = """
    select one.person_scope, one.agency_person_id, other.person_scope, other.agency_person_id
    from identity.int_reviews as review
    inner join identity.int_children__members as one on review.left_record_key = one.record_key
    inner join identity.int_children__members as other on review.right_record_key = other.record_key
"""

pytestmark = [pytest.mark.postgres, pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def scores(demonstration: Demonstration) -> list[CheckScore]:
    assert demonstration.exit_code == 0, demonstration.said[-2000:]
    truth = demonstration.settings.home / "synthetic"
    with connect(demonstration.settings, role="admin") as connection:
        return score_checks(demonstration.settings, connection, truth=truth, as_of=AS_OF)


def pairs_behind(demonstration: Demonstration, query: str) -> list[tuple[str, str]]:
    """Who the two records of each pair truly are."""
    with (demonstration.settings.home / "synthetic" / "persons_truth.csv").open(newline="") as file:
        truth = {(row["scope"], row["agency_person_id"]): row["child_number"] for row in csv.DictReader(file)}
    with connect(demonstration.settings, role="admin") as connection:
        rows = connection.execute(query.encode()).fetchall()
    return [(truth[row[0], row[1]], truth[row[2], row[3]]) for row in rows]


def adopted_children(demonstration: Demonstration) -> set[str]:
    with (demonstration.settings.home / "synthetic" / "adoptions_truth.csv").open(newline="") as file:
        return {number for row in csv.DictReader(file) for number in row.values()}


def test_every_planted_defect_has_its_alert(scores: list[CheckScore]) -> None:
    assert {score.check_id: score.missed_count for score in scores if score.missed_count} == {}


def test_every_check_but_the_pipelines_own_was_planted(scores: list[CheckScore]) -> None:
    assert {score.check_id for score in scores if score.is_planted and not score.planted_count} == {"OP-01"}
    assert {score.check_id for score in scores if not score.is_planted} == {f"LK-0{number}" for number in range(1, 7)}


def test_no_alert_is_false(scores: list[CheckScore]) -> None:
    judged = [score for score in scores if score.is_planted]
    assert {score.check_id: score.opened_count for score in judged if score.opened_count > score.planted_count} == {}


def test_what_is_asked_about_links_is_a_fair_question(demonstration: Demonstration, scores: list[CheckScore]) -> None:
    """Nothing is planted for these: they are held against who the persons truly are."""
    opened = {score.check_id: score.opened_count for score in scores if not score.is_planted}
    assert opened["LK-01"] > 0
    assert opened["LK-03"] > 0
    # Nobody's records hold another's verified number.
    assert opened["LK-02"] == 0
    guarded = pairs_behind(demonstration, _GUARDED)
    assert opened["LK-04"] == len(guarded) > 0
    # The guard stands before adopted children only, and has let nobody through.
    adopted = adopted_children(demonstration)
    assert all(adopted & set(pair) for pair in guarded)
    questioned = pairs_behind(demonstration, _QUESTIONED)
    # Asking is worth a steward's time: at least every third question is about one child.
    assert sum(one == other for one, other in questioned) * 3 > len(questioned) > 0


def test_a_steward_finds_the_review_by_the_key_in_the_alert(demonstration: Demonstration) -> None:
    with connect(demonstration.settings, role="data_steward") as connection:
        subjects = connection.execute(
            "select subject_key from safeguarding.fct_alerts"
            " where check_id in ('LK-01', 'LK-03') and state_code <> 'resolved'"
        ).fetchall()
        assert subjects
        for (subject,) in subjects:
            assert len(set(pair_of_review(connection, short(subject)))) == 2


def test_an_analyst_finds_every_column_described(demonstration: Demonstration) -> None:
    with connect(demonstration.settings, role="bi_reader") as connection:
        columns = connection.execute(
            "select attrelid::regclass || '.' || attname, col_description(attrelid, attnum)"
            " from pg_attribute inner join pg_class on pg_class.oid = attrelid"
            " where relnamespace in ('safeguarding'::regnamespace, 'assurance'::regnamespace)"
            " and attnum > 0 and not attisdropped and relkind in ('v', 'r')"
        ).fetchall()
    assert len(columns) > 200
    assert [name for name, description in columns if not description] == []


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


def test_the_summary_shows_links_across_agencies_questions_and_one_pair(demonstration: Demonstration) -> None:
    said = demonstration.said
    assert re.search(r"^2 agencies +[1-9]", said, re.MULTILINE)
    assert re.search(r"^one child +nhs number +nothing stands against it +[1-9]", said, re.MULTILINE)
    waiting = said[said.index("Waiting for a person to say") : said.index("One pair explained")]
    assert re.search(r"^all +[1-9]\d* +\d+$", waiting, re.MULTILINE)
    pair = said[said.index("One pair explained") : said.index("Alerts opened")]
    agencies = re.findall(r"record [0-9a-f]{12} \((\w+)\)", pair)
    assert len(set(agencies)) == 2
    assert "forename: the same" not in pair
    for line in ("before anything is compared", "evidence: linked", "people: nobody decided", "now: one child"):
        assert line in pair


def test_the_explained_pair_is_drawn_without_anything_from_outside(demonstration: Demonstration) -> None:
    path = demonstration.settings.home / "explained-pair.svg"
    assert path.name in demonstration.said
    drawn = ElementTree.fromstring(path.read_text())
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    tags = {element.tag.rpartition("}")[2] for element in drawn.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "line", "text"}


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data lie outside the home")
def test_a_home_that_was_deleted_by_hand_leaves_no_database_in_the_next_ones_way(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    settings = Settings(home=closed / "home")
    settings.home.mkdir()
    left = data_folder(settings).parent
    left.mkdir(parents=True)
    try:
        with pytest.raises(StageError, match=r"whose passwords are gone; .* delete that folder"):
            remove_left_database(settings)
        assert left.exists(), "it may be somebody's"
        (left / "throw-away-home").touch()
        remove_left_database(settings)
        assert not left.exists()
        remove_left_database(settings)
    finally:
        shutil.rmtree(left, ignore_errors=True)
