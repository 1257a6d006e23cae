"""The synthetic council at work: its people, its registers, its journal, and the numbers it hands out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, count
from random import Random

from frontdoor.synthesis.identifiers import PETERBOROUGH
from frontdoor.synthesis.layouts import PERSONS
from frontdoor.synthesis.opening_hours import local_date
from frontdoor.synthesis.population import Child, Family, Population
from frontdoor.synthesis.records import Journal, Record
from frontdoor.synthesis.registers import COUNCIL, Registers, Values
from frontdoor.synthesis.streams import stream

UNBORN, ADOPTED = 0.025, 0.004
_BETWEEN_BIRTHS = timedelta(days=300)


def minutes(random: Random, least: float, most: float) -> timedelta:
    """A span drawn between two numbers of minutes, to the second."""
    return timedelta(seconds=round(random.uniform(least * 60, most * 60)))


@dataclass(frozen=True, slots=True)
class Span:
    """The period the deliveries cover and the moment at which their truth is told."""

    start: datetime
    until: datetime

    @property
    def as_of(self) -> datetime:
        """When the checks are read: two hours after the last delivery."""
        return self.until + timedelta(hours=2)


class Council:
    """Everything the journeys share; every draw comes from a stream of the seed named for its purpose."""

    def __init__(self, *, seed: int, span: Span, children: int, known: int) -> None:
        self.seed = seed
        self.span = span
        self.la_code = PETERBOROUGH
        self.journal = Journal()
        self.registers = Registers(seed)
        self.population = Population(seed=seed, children=children, as_of=span.start.date())
        self.adoption_pairs: list[tuple[int, int]] = []
        self._counters: dict[str, count[int]] = {}
        self._person_records: dict[str, Record] = {}
        random = self.random("vulnerability")
        # Few families bring most contacts, and most families none.
        self._weights = tuple(accumulate(random.gammavariate(0.35, 1.0) for _ in self.population.families))
        self._reserved: set[int] = set()
        self._expected: dict[int, list[Child]] = {}
        self._meet_known(known)

    def random(self, purpose: str) -> Random:
        """A stream of its own, so that one part's draws do not move another's."""
        return stream(self.seed, purpose)

    def next_id(self, pattern: str, series: str, *, first: int = 1001) -> str:
        """The next number of a series, as its system writes it."""
        return pattern.format(next(self._counters.setdefault(series, count(first))))

    def next_portal_number(self) -> int:
        """The portal's running number."""
        return int(self.next_id("{}", "portal", first=4001))

    def maybe_date(
        self, random: Random, moment: datetime, *, share: float = 0.3, clean: bool = False
    ) -> datetime | date:
        """The time, or only its day: council systems often keep no more."""
        return local_date(moment) if not clean and random.random() < share else moment

    def draw_family(self, random: Random) -> Family:
        """A family as concerns find them, and none kept for something else."""
        while True:
            family = random.choices(self.population.families, cum_weights=self._weights)[0]
            if family.number not in self._reserved:
                return family

    def reserve_family(self, random: Random, *, children: int = 1, school_age: bool = False) -> Family:
        """A family nobody has met, of several plain children, kept apart from all other journeys."""
        while True:
            family = random.choice(self.population.families)
            is_plain = all(child.restricted == "N" and child.la_code == self.la_code for child in family.children)
            births = {child.birth_date for child in family.children}
            is_plain = is_plain and len(births) == len(family.children)
            is_met = any((COUNCIL, child.number) in self.registers.known for child in family.children)
            is_old_enough = not school_age or all(child.school for child in family.children)
            is_free = not is_met and family.number not in self._reserved
            if len(family.children) >= children and is_plain and is_old_enough and is_free:
                self._reserved.add(family.number)
                return family

    def draw_children(self, random: Random, *, at: datetime, school_age: bool = False) -> tuple[Child, ...]:
        """The children of one referral: one of a family, or several."""
        while True:
            family = self.draw_family(random)
            born = [child for child in family.children if child.birth_date <= at.date()]
            able = [child for child in born if child.school] if school_age else born
            if not able:
                continue
            if not school_age and random.random() < UNBORN * 1.36:
                due = at.date() + timedelta(days=random.randrange(10, 190))
                return (self._expected_child(family, due=due),)
            if len(able) > 1 and random.random() < 0.75:
                return tuple(able[: random.choice((2, len(able)))])
            return (random.choice(able),)

    def _expected_child(self, family: Family, *, due: date) -> Child:
        """The child a family expects about then: one at a time."""
        expected = self._expected.setdefault(family.number, [])
        for child in expected:
            if abs(due - child.birth_date) < _BETWEEN_BIRTHS:
                return child
        expected.append(self.population.unborn_sibling(family, due=due))
        return expected[-1]

    def known(self, child: Child, *, at: datetime, clean: bool = False) -> Values:
        """The council's own record of a child, opened and listed when it first hears of it."""
        person = self.registers.person(COUNCIL, child, at=at, clean=clean)
        self._list_person(child, person, at=at)
        for duplicate in self.registers.known[COUNCIL, child.number]:
            self._list_person(child, duplicate, at=at)
        return person

    def _meet_known(self, known: int) -> None:
        random = self.random("known")
        met: set[int] = set()
        while len(met) < known:
            for child in self.draw_family(random).children:
                if child.number in met:
                    continue
                met.add(child.number)
                self.known(child, at=self.span.start)
                if random.random() < ADOPTED:
                    self._adopt(child)

    def _adopt(self, child: Child) -> None:
        """Give a child a frozen record from before its adoption, which nothing may ever join to this one."""
        former = self.population.before_adoption(child)
        self.adoption_pairs.append((former.number, child.number))
        self.known(former, at=self.span.start)
        for person in self.registers.known[COUNCIL, child.number]:
            record = self._person_records[str(person["agency_person_id"])]
            record.changes[0].values["adoption_marker"] = "POST"

    def _list_person(self, child: Child, person: Values, *, at: datetime) -> None:
        person_id = str(person["agency_person_id"])
        if person_id in self._person_records:
            return
        random = stream(self.seed, "person", person_id)
        mother_id = self._mother_id(child, at=at) if person["unborn_flag"] == "Y" else None
        if mother_id:
            person["mother_agency_person_id"] = mother_id
        values = _listed(random, child, person, mother_id)
        record = self.journal.add(PERSONS, person_id, at=at, person=values)
        self._person_records[person_id] = record
        if person["unborn_flag"] == "Y" and random.random() < 0.85:
            born_at = datetime.combine(child.birth_date, at.timetz()) + timedelta(days=random.randrange(1, 6))
            record.change(born_at, **_born(child))

    def _mother_id(self, child: Child, *, at: datetime) -> str:
        mother = self.population.families[child.family - 1].mother
        person = self.registers.person(COUNCIL, mother, at=at)
        self._list_person(mother, person, at=at)
        return str(person["agency_person_id"])


def _legacy_id(child: Child) -> str:
    """The person's number in the system before this one: one a person, and no way back to ours."""
    return f"L{child.number * 7919 % 1_000_003:07d}"


def _listed(random: Random, child: Child, person: Values, mother_id: str | None) -> Values:
    """A person's row of the council's list, from the same record the contacts show."""
    unknown = None
    if person["upn"] is None and not child.is_adult and child.school:
        unknown = random.choice(("UN1", "UN3", "UN4"))
    return {
        "pers_legacy_id": _legacy_id(child) if random.random() < 0.2 else None,
        "pers_forename": person["forename"],
        "pers_surname": person["surname"],
        "pers_sex": person["sex"],
        "pers_gender": {"M": "01", "F": "02"}.get(str(person["sex"]), "00"),
        "pers_ethnicity": person["ethnicity"],
        "pers_dob": person["dob"],
        "pers_expected_dob": person["expected_dob"],
        "pers_common_child_id": person["nhs_number"],
        "pers_upn": person["upn"],
        "pers_upn_unknown": unknown,
        "pers_send_flag": "Y" if random.random() < 0.15 else "N",
        "pers_is_mother": "Y" if child.is_adult else "N",
        "pers_nationality": "GBR" if str(person["ethnicity"]) in ("WBRI", "APKN", "BCRB") else None,
        "addr_address_postcode": person["postcode"],
        "addr_address_uprn": person["uprn"],
        "restricted_flag": person["restricted_flag"],
        "adoption_marker": None if child.adoption == "N" else child.adoption,
        "mother_person_id": mother_id,
    }


def _born(child: Child) -> Values:
    """What changes on the list when an expected child is born."""
    return {
        "pers_forename": child.forename,
        "pers_surname": child.surname,
        "pers_sex": child.sex,
        "pers_gender": "01" if child.sex == "M" else "02",
        "pers_ethnicity": child.ethnicity,
        "pers_dob": child.birth_date,
        "pers_expected_dob": None,
        "pers_common_child_id": child.nhs_number,
    }
