"""Records with known answers: synthetic ones of our own, other people's, and hostile ones."""

import csv
import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from frontdoor.synthesis.person_records import write_person_records

# Made by `make bench-linkage`: other people's data need an older pandas.
BENCH_PYTHON = Path(sys.prefix) / "bench" / "bin" / "python"
THIRD_PARTY = ("febrl1", "febrl2", "febrl3", "febrl4")
THIRD_PARTY += ("pseudopeople-censuses", "pseudopeople-ssa", "pseudopeople-agencies")
IDENTIFIERS = ("nhs_number", "upn")
MAJORITIES = ("WBRI", "White")
NOT_STATED = ("NOBT", "REFU")
SHORT_NAMES, LONG_NAMES = 9, 17


@dataclass(frozen=True, slots=True)
class DataSet:
    """A file of records, which of them are the same person, and the groups a record belongs to, by kind of group."""

    name: str
    path: Path
    truth: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    births: Mapping[str, tuple[str, str]]


def third_party(folder: Path, names: Iterable[str]) -> Iterator[DataSet]:
    """Write FEBRL and pseudopeople where they are not written yet; yield the chosen ones."""
    chosen = [name for name in THIRD_PARTY if name in names]
    if chosen and not (folder / "written").exists():
        script = Path(__file__).with_name("third_party.py")
        subprocess.run(
            [BENCH_PYTHON, script, folder],
            check=True,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        (folder / "written").touch()
    for name in chosen:
        with (folder / name / "truth.csv").open(encoding="utf-8", newline="") as file:
            answers = {row["record_id"]: row for row in csv.DictReader(file)}
        yield described(name, folder / name / "records.csv", answers)


def synthetic_persons(folder: Path, *, count: int, seed: int, wrong_share: float) -> DataSet:
    """Write records of a synthetic population, so many of whose identifiers are somebody else's."""
    name = f"synthetic-{count}-{seed}-{wrong_share:g}"
    whole, path = folder / f"{name}.whole.csv", folder / f"{name}.csv"
    write_person_records(whole, count=count, seed=seed, has_truth=True)
    with whole.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for identifier in IDENTIFIERS:
        mistake(rows, identifier, share=wrong_share, random=Random(f"{seed} {identifier}"))
    answers = {row["record_id"]: {"person_id": row.pop("person_id"), "ethnicity": ""} for row in rows}
    write_records(path, rows)
    whole.unlink()
    return described(name, path, answers)


def mistake(rows: list[dict[str, str]], identifier: str, *, share: float, random: Random) -> None:
    """Give a share of the records that have an identifier another person's."""
    holders = [row for row in rows if row[identifier]]
    values = [(row["person_id"], row[identifier]) for row in holders]
    for row in holders:
        if random.random() < share:
            person, value = random.choice(values)
            if person != row["person_id"]:
                row[identifier] = value


def described(name: str, path: Path, answers: Mapping[str, Mapping[str, str]]) -> DataSet:
    """Return a data set of this file and these answers: the person, and the ethnicity where the file has none."""
    with path.open(encoding="utf-8", newline="") as file:
        records = {row["record_id"]: row for row in csv.DictReader(file)}
    for record, answer in answers.items():
        records[record]["ethnicity"] = records[record].get("ethnicity") or answer.get("ethnicity") or ""
    return data_set(name, path, records, {record: answer["person_id"] for record, answer in answers.items()})


def without_columns(data: DataSet, columns: Collection[str], *, folder: Path) -> DataSet:
    """Return the same records without these columns, as agencies send them that do not hold them."""
    with data.path.open(encoding="utf-8", newline="") as file:
        rows = [{name: value for name, value in row.items() if name not in columns} for row in csv.DictReader(file)]
    path = folder / f"{data.name}-without-{'-'.join(columns)}.csv"
    write_records(path, rows)
    return replace(data, name=f"{data.name} without {', '.join(columns)}", path=path)


def data_set(name: str, path: Path, records: Mapping[str, Mapping[str, str]], truth: Mapping[str, str]) -> DataSet:
    """Return a data set of these records, each in the groups it belongs to."""
    groups: dict[str, dict[str, str]] = {}
    births = {}
    for record in truth:
        row = records[record]
        births[record] = (row.get("dob") or "", (row.get("surname") or "").lower())
        for kind, group in groups_of(row).items():
            groups.setdefault(kind, {})[record] = group
    return DataSet(name, path, truth, groups, births)


def groups_of(row: Mapping[str, str]) -> dict[str, str]:
    """Return the groups a record is in; of a kind that it says nothing about, none."""
    forename, surname = row.get("forename") or "", row.get("surname") or ""
    length = len(forename) + len(surname)
    held = sum(bool(row.get(identifier)) for identifier in IDENTIFIERS)
    found = {
        "letters": "only A to Z" if (forename + surname).isascii() else "others too",
        "identifiers": ("none", "one", "both")[held],
    }
    if forename and surname:
        found["name length"] = "short" if length <= SHORT_NAMES else "long" if length >= LONG_NAMES else "usual"
    if ethnicity := row.get("ethnicity"):
        is_stated = ethnicity not in NOT_STATED
        found["ethnicity"] = ethnicity if is_stated else "not stated"
        if is_stated:
            found["origin"] = "majority" if ethnicity in MAJORITIES else "others"
    return found


def unknowns(path: Path, *, count: int) -> None:
    """Records of which nobody knows anything; each is somebody of its own."""
    write_records(
        path,
        (
            {
                "record_id": f"U{number}",
                "source": "police",
                "forename": "UNKNOWN",
                "surname": "UNKNOWN",
                "dob": "1900-01-01" if number % 2 else "",
                "postcode": "ZZ99 3VZ",
            }
            for number in range(count)
        ),
    )


def one_address(path: Path, *, count: int, folder: Path) -> None:
    """Records of different people who all live at one address."""
    whole = folder / "many-people.csv"
    write_person_records(whole, count=6 * count, seed=11, has_truth=True)
    with whole.open(encoding="utf-8", newline="") as file:
        people = {row["person_id"]: row for row in csv.DictReader(file)}
    home = {"address": "1 Barrack Square", "postcode": "PE1 1AA", "phone": "01632 960001", "email": "", "uprn": ""}
    kept = ("record_id", "source", "forename", "surname", "dob", "sex")
    write_records(path, ({column: row[column] for column in kept} | home for row in list(people.values())[:count]))
    whole.unlink()


def chain(path: Path, *, count: int) -> None:
    """Records each of which is one letter away from the next, and the last nothing like the first."""
    letters = "zyxwvutsrq"

    def rows() -> Iterator[dict[str, str]]:
        name = list("aaaaaaaaaaaa")
        for number in range(count):
            yield {
                "record_id": f"C{number}",
                "source": "health",
                "forename": "".join(name).title(),
                "surname": "Quillworth",
                "dob": "2015-06-17",
                "sex": "F",
                "postcode": "PE2 5QQ",
            }
            name[number % len(name)] = letters[number // len(name) % len(letters)]

    write_records(path, rows())


def write_records(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write records as `frontdoor link` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, list(row), lineterminator="\n")
                writer.writeheader()
            writer.writerow(row)


def split(path: Path, *, new: int, parts: int) -> list[Path]:
    """Set so many records aside so many times, drawn evenly from the file; return the file without them, and theirs."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    step = len(rows) / (new * parts)
    part_of = {int(number * step): 1 + number % parts for number in range(new * parts)}
    paths = [path.with_suffix(f".{part}.csv") for part in range(parts + 1)]
    for part, target in enumerate(paths):
        write_records(target, (row for number, row in enumerate(rows) if part_of.get(number, 0) == part))
    return paths
