"""Records about persons, without journeys: as many as linking is to be measured by."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from frontdoor.synthesis.names import plain
from frontdoor.synthesis.population import Child, Population
from frontdoor.synthesis.registers import COUNCIL, HEALTH, POLICE, Registers, portal_scope
from frontdoor.synthesis.streams import stream

_AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
# Which agencies hold a record of a child, by share; a school only of its own pupils.
_HELD_BY = ((HEALTH, 0.92), (COUNCIL, 0.3), (POLICE, 0.06), (portal_scope("HOUSING", "HSG01"), 0.12))
_AT_SCHOOL = 0.95
_COLUMNS = (
    *("record_id", "source", "nhs_number", "upn", "forename", "middle_names", "surname", "also_known_as", "dob", "sex"),
    *("ethnicity", "address", "postcode", "uprn", "phone", "email"),
)


def write_person_records(path: Path, *, count: int, seed: int, has_truth: bool) -> int:
    """Write exactly so many records; returns how many people they are about."""
    people = set()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_COLUMNS, "person_id"] if has_truth else _COLUMNS)
        for number, (child, row) in zip(range(1, count + 1), _records(seed, count), strict=False):
            people.add(child.number)
            record = [f"R{number:07d}", *row]
            writer.writerow([*record, child.number] if has_truth else record)
    return len(people)


def _records(seed: int, count: int) -> Iterator[tuple[Child, list[object]]]:
    population = Population(seed=seed, children=0, as_of=_AS_OF.date())
    registers = Registers(seed)
    random = stream(seed, "person records")
    # Every child has at least one record, so as many children as records are enough.
    for family in population.draw_families(count):
        # No number in the United Kingdom begins with 04, so as many families as there are can have one each.
        phone = f"04{random.randrange(1000):03d} {random.randrange(1_000_000):06d}"
        for child in family.children:
            for scope in _holders(random, child):
                registers.person(scope, child, at=_AS_OF)
                for record in registers.known[scope, child.number]:
                    yield child, _row(random, child, scope, record, phone=phone)
        registers.known.clear()
        registers.truth.clear()


def _holders(random: Random, child: Child) -> list[str]:
    scopes = [scope for scope, share in _HELD_BY if random.random() < share]
    if child.school and random.random() < _AT_SCHOOL:
        scopes.append(portal_scope("SCHOOL", child.school))
    return scopes or [HEALTH]


def _row(random: Random, child: Child, scope: str, record: dict[str, object], *, phone: str) -> list[object]:
    address = child.street if record["postcode"] == child.postcode else None
    email = f"{plain(child.surname).replace(' ', '').lower()}{child.family}@example.com"
    birth_date = record["dob"]
    return [
        scope,
        record["nhs_number"],
        record["upn"],
        record["forename"],
        record["middle_names"],
        record["surname"],
        record["also_known_as"],
        birth_date.isoformat() if isinstance(birth_date, date) else None,
        record["sex"],
        record["ethnicity"],
        address,
        record["postcode"],
        record["uprn"],
        phone if random.random() < 0.6 else None,
        email if random.random() < 0.35 else None,
    ]
