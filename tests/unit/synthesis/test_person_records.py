"""Records to measure linking by: exactly as many as asked for, the same for a seed, their truth beside them."""

import csv
from collections import Counter
from pathlib import Path

from frontdoor.synthesis.person_records import write_person_records
from stdnum.gb import nhs


def test_person_records_are_as_many_as_asked_for_and_the_same_again(tmp_path: Path) -> None:
    people = write_person_records(tmp_path / "a.csv", count=5_000, seed=3, has_truth=True)
    write_person_records(tmp_path / "b.csv", count=5_000, seed=3, has_truth=True)
    assert tmp_path.joinpath("a.csv").read_bytes() == tmp_path.joinpath("b.csv").read_bytes()
    with tmp_path.joinpath("a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["record_id"] for row in rows}) == 5_000
    records = Counter(row["person_id"] for row in rows)
    assert len(records) == people
    assert 1.5 < 5_000 / people < 3.0
    assert all(nhs.is_valid(row["nhs_number"]) for row in rows if row["nhs_number"])


def test_person_records_keep_their_truth_to_themselves_unless_asked(tmp_path: Path) -> None:
    write_person_records(tmp_path / "records.csv", count=10, seed=3, has_truth=False)
    assert "person_id" not in tmp_path.joinpath("records.csv").read_text("utf-8")
