"""What the synthetic council knows about itself and its readers must find out: the truth files."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PlantedDefect:
    """A check that must fire for a record when the checks are read."""

    check_id: str
    feed: str
    source_record_id: str
    severity_expected: str
    occurs_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that is not as it should be, and what must become of it."""

    file_name: str
    problem: str
    expected_outcome: str
    quarantined_rows: int


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A record with a value that cannot be right."""

    file_name: str
    source_record_id: str
    field: str
    problem: str
    expected_outcome: str


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """Which agency records are the same person. Both identities of an adopted child are persons of their own."""

    scope: str
    agency_person_id: str
    child_number: int


@dataclass(slots=True)
class Truth:
    """Everything planted."""

    defects: list[PlantedDefect] = field(default_factory=list)
    files: list[FileProblem] = field(default_factory=list)
    rows: list[RowProblem] = field(default_factory=list)


def write_truth(
    folder: Path,
    truth: Truth,
    *,
    persons: Iterable[PersonTruth],
    adoptions: Sequence[tuple[int, int]],
    summary: dict[str, object],
) -> None:
    """The truth files beside the deliveries: for measuring, never for loading."""
    defects = sorted(truth.defects, key=lambda defect: (defect.check_id, defect.source_record_id))
    _write(folder / "truth.csv", PlantedDefect, defects)
    _write(folder / "file_truth.csv", FileProblem, sorted(truth.files, key=attrgetter("file_name")))
    _write(folder / "row_truth.csv", RowProblem, truth.rows)
    _write(folder / "persons_truth.csv", PersonTruth, persons)
    with folder.joinpath("adoptions_truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("former_child_number", "child_number"))
        writer.writerows(adoptions)
    counts = dict(sorted(Counter(defect.check_id for defect in truth.defects).items()))
    text = json.dumps(summary | {"planted": counts}, indent=2) + "\n"
    folder.joinpath("truth.json").write_text(text, encoding="utf-8")


def _write(path: Path, kind: type, rows: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in fields(kind)], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            values = asdict(row)  # type: ignore[call-overload]
            writer.writerow(
                {k: v.isoformat(timespec="seconds") if isinstance(v, datetime) else v for k, v in values.items()}
            )
