"""The files of a synthetic council: well named, consecutive, true to their manifests unless damaged on purpose."""

import hashlib
import json
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from frontdoor.synthesis.synthesise import Plan, synthesise

from tests.unit.synthesis.council_files import CouncilFiles

FEEDS = {"misper", "healthchk", "portalsent", "contacts", "mashenq", "mashchk", "rhi", "lcsperson"}


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_plan_writes_the_same_bytes(troubled: CouncilFiles, tmp_path: Path) -> None:
    synthesise(Plan(has_defects=True), out=tmp_path)
    assert contents(tmp_path) == contents(troubled.folder)


def test_every_manifest_agrees_with_its_file(healthy: CouncilFiles) -> None:
    assert {file.token for file in healthy.files} == FEEDS
    for file in healthy.files:
        rows = file.rows
        assert file.manifest["sha256"] == hashlib.sha256(file.body).hexdigest(), file.name
        assert file.manifest["row_count"] == len(rows), file.name
        assert file.manifest["nil_return"] == (not rows), file.name
        assert str(file.manifest["sequence_no"]).zfill(5) == file.name.rsplit("_", 1)[1].split(".")[0]
        restricted = sum(row.get("restricted_flag") in ("R1", "R2") for row in rows)
        assert file.manifest["contains_restricted_count"] == restricted
        _assert_totals(file.token, file.manifest["control_totals"], rows)


def _assert_totals(token: str, totals: object, rows: list[dict[str, object]]) -> None:
    assert isinstance(totals, dict)
    if token == "misper":
        assert totals["distinct_children"] == len({row["agency_person_id"] for row in rows})
        assert totals["found_count"] == sum(row["status"] == "FOUND" for row in rows)
    if token == "contacts":
        assert totals["by_channel"] == Counter(row["channel"] for row in rows)
        assert sum(totals["by_hour"].values()) == totals["received"] == len(rows)
    if token == "portalsent":
        assert totals["by_delivery_status"] == Counter(row["delivery_status"] for row in rows)
    if token == "mashenq":
        assert totals["concluded"] == sum(bool(row["concluded_at"]) for row in rows)
    if token == "mashchk":
        assert totals["by_agency_and_status"] == Counter(f"{row['agency']}:{row['status']}" for row in rows)
    if token == "rhi":
        assert totals["completed"] == sum(bool(row["completed_at"]) for row in rows)


def test_the_deliveries_of_a_feed_follow_each_other_without_gap(healthy: CouncilFiles) -> None:
    by_feed = defaultdict(list)
    for file in healthy.files:
        by_feed[file.token].append(file)
    for files in by_feed.values():
        files.sort(key=lambda file: int(str(file.manifest["sequence_no"])))
        assert [file.manifest["sequence_no"] for file in files] == list(range(1, len(files) + 1))
        for earlier, later in pairwise(files):
            assert earlier.manifest["period_to"] == later.manifest["period_from"]
        assert all(
            datetime.fromisoformat(str(file.manifest["extract_ts"]))
            > datetime.fromisoformat(str(file.manifest["period_to"]))
            for file in files
        )
        assert files[-1].manifest["period_to"] == "2026-03-09T06:00:00+00:00"


def test_a_record_that_changes_comes_again_with_a_higher_version(healthy: CouncilFiles) -> None:
    versions = defaultdict(list)
    for file in sorted(healthy.files, key=lambda file: str(file.manifest["extract_ts"])):
        for row in file.rows if file.token == "contacts" else ():
            versions[row["contact_id"]].append((int(str(row["record_version"])), row["record_action"]))
    assert any(len(history) > 1 for history in versions.values())
    for history in versions.values():
        numbers = [number for number, _ in history]
        assert numbers == sorted(set(numbers))
        assert history[0][1] in ("I", "PURGE")


def test_every_damaged_file_is_as_its_truth_says(troubled: CouncilFiles) -> None:
    files = {file.name: file for file in troubled.files}
    problems = {line["file_name"]: line for line in troubled.truth("file_truth")}
    for name, line in problems.items():
        if line["expected_outcome"] == "missing":
            assert name not in files
        else:
            is_whole = files[name].manifest["sha256"] == hashlib.sha256(files[name].body).hexdigest()
            is_counted = is_whole and files[name].manifest["row_count"] == len(files[name].rows)
            assert is_counted == (line["expected_outcome"] != "rejected"), name
    for name, file in files.items():
        if name not in problems:
            assert file.manifest["sha256"] == hashlib.sha256(file.body).hexdigest()
    kinds = {line["problem"] for line in problems.values()}
    assert kinds >= {"truncated", "same bytes sent twice", "new column", "byte order mark", "CRLF line ends"}


def test_what_a_truncated_file_held_comes_again(troubled: CouncilFiles) -> None:
    (name,) = (line["file_name"] for line in troubled.truth("file_truth") if line["problem"] == "truncated")
    cut = next(file for file in troubled.files if file.name == name)
    again = next(file for file in troubled.files if file.manifest["supersedes"] == name)
    assert again.manifest["sequence_no"] == cut.manifest["sequence_no"]
    assert again.manifest["row_count"] == cut.manifest["row_count"]
    assert str(again.manifest["extract_ts"]) > str(cut.manifest["extract_ts"])


def test_every_impossible_value_is_in_its_file(troubled: CouncilFiles) -> None:
    files = {file.name: file for file in troubled.files}
    lines = troubled.truth("row_truth")
    assert len(lines) >= 7
    for line in lines:
        rows = [row for row in files[line["file_name"]].rows if row["source_record_id"] == line["source_record_id"]]
        assert rows
        assert rows[0][line["field"]]


def test_a_daily_cadence_is_one_file_a_feed_a_day(tmp_path: Path) -> None:
    synthesise(Plan(cadence="daily"), out=tmp_path)
    names = [path.name for path in tmp_path.glob("deliveries/*") if not path.name.endswith("manifest.json")]
    counts = Counter(name.split("_")[0] for name in names)
    assert counts.pop("lcsperson") == 9
    assert set(counts.values()) == {8}


def test_truth_is_summed_up(troubled: CouncilFiles) -> None:
    summary = json.loads(troubled.folder.joinpath("truth.json").read_text("utf-8"))
    assert summary["as_of"] == "2026-03-09T08:00:00+00:00"
    assert summary["planted"] == Counter(line["check_id"] for line in troubled.truth())
