"""Looks for people's values in everything Frontdoor writes outside the places that may hold them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.server import data_folder

# What may hold personal data: what came in, the database's own files, keys, and the synthetic council's truth.
PERSONAL_FOLDERS = frozenset({"inbox", "archive", "postgresql", "secrets", "synthetic"})
# What readers, alerts and assurance are built from; landing to journeys hold the records themselves.
VALUE_FREE_SCHEMAS = ("published", "alerts", "ledger")
# Every day there is: also somebody's birthday.
CALENDAR = "published.dim_dates"
IDENTIFIERS = ("nhs_number", "upn", "pers_upn", "uprn", "addr_address_uprn", "agency_person_id", "pers_person_id")
POSTCODES = ("postcode", "addr_address_postcode")
BIRTHDAYS = ("dob", "pers_dob")
FORENAMES = ("forename", "pers_forename")
SURNAMES = ("surname", "pers_surname")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# No date of our own is as old as a child born before this year.
OLDEST_OWN_DATE = "2024"
# An example in a comment of dbt's own, which its manifest repeats; only there is this day nobody's birthday.
DBTS_OWN = "to_date('01/01/2016', 'mm/dd/yyyy')"


@dataclass(slots=True)
class People:
    """Values by which a person could be known."""

    identifiers: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)

    def add(self, record: dict[str, Any]) -> None:
        """Remember a record's values."""
        for column in IDENTIFIERS:
            value = str(record.get(column) or "").strip()
            if len(value) >= 6:
                self.identifiers.add(value.lower())
        for column in POSTCODES:
            value = str(record.get(column) or "").lower().strip()
            if re.fullmatch(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", value):
                self.identifiers |= {value, value.replace(" ", "")}
        for column in BIRTHDAYS:
            value = str(record.get(column) or "").strip()
            value = re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", value)
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value) and value < OLDEST_OWN_DATE:
                year, month, day = value.split("-")
                self.identifiers |= {value, f"{day}/{month}/{year}"}
        for forename in FORENAMES:
            for surname in SURNAMES:
                first, last = (WORD.findall(str(record.get(column) or "").lower()) for column in (forename, surname))
                if first and last and len(first[0]) > 1 and len(last[-1]) > 1:
                    self.names.setdefault(first[0], set()).add(last[-1])

    def found_in(self, text: str) -> Iterator[str]:
        """Name the kinds of value that occur in a text; the value itself is not repeated."""
        text = text.lower().replace(DBTS_OWN, "")
        tokens = set(re.findall(r"[\w/-]+", text)) | set(re.findall(r"[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}", text))
        tokens |= {number.replace(" ", "") for number in re.findall(r"\b\d{3} \d{3} \d{4}\b", text)}
        for token in tokens & self.identifiers:
            yield f"an identifier, postcode or date of birth ({len(token)} characters)"
        words = WORD.findall(text)
        for place, word in enumerate(words):
            surnames = self.names.get(word)
            if surnames and surnames.intersection(words[place + 1 : place + 5]):
                yield "a forename with its surname"


def people_in_archive(settings: Settings) -> People:
    """Return the people of every file that was received."""
    people = People()
    for path in Path(settings.archive).glob("*/*"):
        for record in _records(path.read_bytes()):
            people.add(record)
    return people


def _records(content: bytes) -> Iterator[dict[str, Any]]:
    text = content.decode("utf-8-sig", errors="replace").replace("\0", "")
    if text.lstrip().startswith("["):
        try:
            yield from (record for record in json.loads(text) if isinstance(record, dict))
        except json.JSONDecodeError:
            return
    elif text.lstrip().startswith("{"):
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue
    else:
        yield from csv.DictReader(io.StringIO(text))


def written_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every file written below the home that must hold no value, and the database server's log."""
    for path in sorted(settings.home.rglob("*")):
        folder = path.relative_to(settings.home).parts[0]
        if path.is_file() and folder not in PERSONAL_FOLDERS:
            yield str(path.relative_to(settings.home)), path.read_bytes().decode("utf-8", errors="replace")
    for log in data_folder(settings).parent.glob("*.log"):
        yield log.name, log.read_text(errors="replace")


def stored_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every table of Airflow's metadata, and of the warehouse's schemas that must hold no value."""
    for database, schemas in (("airflow", ("public",)), (settings.database_name, VALUE_FREE_SCHEMAS)):
        with connect(settings, role="admin", database=database) as connection:
            tables = connection.execute(
                "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any(%s) order by 1",
                [list(schemas)],
            ).fetchall()
            for table in (name for (name,) in tables if name != CALENDAR):
                with connection.cursor() as cursor, cursor.copy(f"copy {table} to stdout".encode()) as copy:
                    yield f"{database}: {table}", b"".join(bytes(part) for part in copy).decode("utf-8", "replace")


def leaks(settings: Settings, people: People) -> list[str]:
    """Return where which kind of value was found."""
    found = []
    for texts in (written_texts(settings), stored_texts(settings)):
        for place, text in texts:
            found += [f"{place}: {kind}" for kind in sorted(set(people.found_in(text)))]
    return found
