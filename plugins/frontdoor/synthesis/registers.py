"""How each agency writes a child down: its own id, its gaps and its mistakes, the same each time it writes.

A register is what the warehouse calls a person scope: the council's, the health trust's, the police's and one for
each agency that refers through the portal.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from frontdoor.synthesis.identifiers import PETERBOROUGH, postcode
from frontdoor.synthesis.names import varied
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.streams import stream

PERSON_COLUMNS = [
    "agency_person_id",
    "nhs_number",
    "nhs_status",
    "identifier_withheld_reason",
    "upn",
    "forename",
    "middle_names",
    "surname",
    "also_known_as",
    "dob",
    "expected_dob",
    "dob_precision",
    "sex",
    "ethnicity",
    "postcode",
    "uprn",
    "restricted_flag",
    "unborn_flag",
    "mother_agency_person_id",
]
COUNCIL, HEALTH, POLICE = "council", "health", "police"
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Habits:
    """How often an agency's record lacks or spoils something."""

    nhs_missing: float
    wrong_birth: float
    duplicate: float = 0.0
    upn_missing: float = 1.0
    id_format: str = "{:06d}"


_HABITS = {
    COUNCIL: _Habits(nhs_missing=0.45, wrong_birth=0.008, duplicate=0.015, upn_missing=0.12, id_format="P{:06d}"),
    HEALTH: _Habits(nhs_missing=0.01, wrong_birth=0.001, id_format="SYS{:07d}"),
    POLICE: _Habits(nhs_missing=0.97, wrong_birth=0.02, duplicate=0.06, id_format="TEST35N{:07d}"),
    "portal:SCHOOL": _Habits(nhs_missing=0.92, wrong_birth=0.025, upn_missing=0.06, id_format="S{:05d}"),
    "portal:HEALTH": _Habits(nhs_missing=0.08, wrong_birth=0.025, id_format="PAT{:06d}"),
    "portal:POLICE": _Habits(nhs_missing=1.0, wrong_birth=0.025, id_format="TEST35N{:07d}"),
    "portal": _Habits(nhs_missing=0.97, wrong_birth=0.025, id_format="C{:05d}"),
}
_VARIED_NAME, _CHANGED_NAME = 0.12, 0.02
_STALE, _NO_POSTCODE, _WRONG_NHS = 0.08, 0.05, 0.003


def portal_scope(agency_type: str, agency_code: str) -> str:
    """The register of one agency that refers through the portal."""
    return f"portal:{agency_type}:{agency_code}"


@dataclass(slots=True)
class Registers:
    """Every agency's records of the children it has met."""

    seed: int
    known: dict[tuple[str, int], list[Values]] = field(default_factory=dict)
    truth: list[tuple[str, str, int]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def person(self, scope: str, child: Child, *, at: datetime, clean: bool = False) -> Values:
        """The agency's record of a child, made when first asked for; with a duplicate, either of the two."""
        random = stream(self.seed, scope, child.number)
        habits = _HABITS.get(scope) or _HABITS.get(scope.rsplit(":", 1)[0]) or _HABITS["portal"]
        records = self.known.setdefault((scope, child.number), [])
        if not records:
            records.append(self._written(scope, habits, child, random=random, on=at.date(), clean=clean))
            if not clean and random.random() < habits.duplicate:
                records.append(self._written(scope, habits, child, random=random, on=at.date(), clean=False))
        if len(records) == 1:
            return records[0]
        return records[stream(self.seed, scope, child.number, at.isoformat()).randrange(2)]

    def _written(self, scope: str, habits: _Habits, child: Child, *, random: Random, on: date, clean: bool) -> Values:
        number = self._counts.get(scope, random.randrange(100, 900)) + random.randrange(1, 4)
        self._counts[scope] = number
        agency_person_id = habits.id_format.format(number)
        self.truth.append((scope, agency_person_id, child.number))
        is_unborn = child.birth_date > on
        values: Values = dict.fromkeys(PERSON_COLUMNS, None)
        values |= {
            "agency_person_id": agency_person_id,
            "middle_names": child.middle_names or None,
            "dob_precision": None if is_unborn else "DAY",
            "sex": "U" if is_unborn else child.sex,
            "ethnicity": child.ethnicity,
            "restricted_flag": child.restricted,
            "unborn_flag": "Y" if is_unborn else "N",
        }
        if is_unborn:
            return values | {"forename": "UNBORN", "surname": child.surname, "expected_dob": child.birth_date} | {
                "middle_names": None, "ethnicity": None, "postcode": child.postcode
            }  # fmt: skip
        values |= _identifiers(random, habits, child, scope=scope, clean=clean)
        values |= _name(random, child, clean=clean) | _home(random, child, scope=scope, clean=clean)
        values["dob"] = child.birth_date
        if not clean and random.random() < habits.wrong_birth:
            wrong = _wrong_birth_date(random, child.birth_date)
            values["dob"] = wrong if wrong <= on else child.birth_date
        return values


def _identifiers(random: Random, habits: _Habits, child: Child, *, scope: str, clean: bool) -> Values:
    nhs_missing = 0.04 if scope == COUNCIL and child.is_looked_after else habits.nhs_missing
    nhs_number: str | None = None if random.random() < nhs_missing else child.nhs_number
    if nhs_number and not clean and child.mother_nhs_number and random.random() < _WRONG_NHS:
        nhs_number = child.mother_nhs_number
    status = None if nhs_number is None else "VERIFIED" if scope == HEALTH or random.random() < 0.6 else "UNVERIFIED"
    withheld: str | None = None
    if child.restricted != "N":
        nhs_number, status, withheld = None, "WITHHELD", "DETRIMENT"
    elif nhs_number is None and random.random() < 0.1:
        withheld = "UNKNOWN_DELAY"
    code = child.upn if child.upn and random.random() >= habits.upn_missing else None
    return {"nhs_number": nhs_number, "nhs_status": status, "identifier_withheld_reason": withheld, "upn": code}


def _name(random: Random, child: Child, *, clean: bool) -> Values:
    forename, surname = child.forename, child.surname
    also_known_as: str | None = None
    if not clean and child.previous_surname and random.random() < _CHANGED_NAME * 10:
        surname, also_known_as = child.previous_surname, f"{child.forename} {child.surname}"
    elif not clean and random.random() < _VARIED_NAME:
        forename, surname = varied(random, forename=forename, surname=surname)
    return {"forename": forename, "surname": surname, "also_known_as": also_known_as}


def _home(random: Random, child: Child, *, scope: str, clean: bool) -> Values:
    home: str | None = child.postcode
    uprn: str | None = child.uprn if scope == COUNCIL else None
    drawn = 1.0 if clean else random.random()
    if child.restricted != "N" or drawn < _NO_POSTCODE:
        home, uprn = None, None
    elif drawn < _NO_POSTCODE + _STALE:
        home, uprn = child.previous_postcode, None
    elif drawn < _NO_POSTCODE + _STALE + 0.03 and child.is_looked_after:
        home, uprn = postcode(random, PETERBOROUGH), None
    return {"postcode": home, "uprn": uprn}


def _wrong_birth_date(random: Random, birth_date: date) -> date:
    drawn = random.random()
    if drawn < 0.45 and birth_date.day <= 12:
        return birth_date.replace(month=birth_date.day, day=birth_date.month)
    if drawn < 0.70:
        return birth_date + timedelta(days=random.choice((-10, -1, 1, 10)))
    if drawn < 0.85 and (birth_date.month, birth_date.day) != (2, 29):
        return birth_date.replace(year=birth_date.year + random.choice((-1, 1)))
    return birth_date.replace(day=15)
