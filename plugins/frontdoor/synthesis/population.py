"""The children of the synthetic council: families with siblings, twins, addresses, schools and identifiers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from frontdoor.synthesis.identifiers import CAMBRIDGESHIRE, PETERBOROUGH, nhs_numbers, postcode, upn
from frontdoor.synthesis.names import Origin, origins
from frontdoor.synthesis.streams import stream

_STREETS = [
    "Lincoln Road",
    "Eastfield Road",
    "Oundle Road",
    "Thorpe Road",
    "Fulbridge Road",
    "Gladstone Street",
    "Cromwell Road",
    "Park Road",
    "Welland Road",
    "Paston Lane",
    "Bretton Green",
    "Ledbury Road",
    "Orton Avenue",
    "Nene Parade",
    "Hartwell Way",
    "Broadway",
    "Mayors Walk",
    "Bishops Road",
    "Garton End Road",
    "Coneygree Road",
    "High Street",
    "Church Lane",
    "Mill Road",
    "Station Road",
    "Victoria Street",
    "St John's Road",
    "Westwood Park Road",
    "Peveril Road",
    "Herlington",
    "Stonebridge Lea",
    "Crabtree",
    "Benland",
    "Viney Close",
    "Tyesdale",
]
_MOTHER_YOUNGEST, _MOTHER_OLDEST = 17, 42
TWIN_BIRTHS = 0.008
RESTRICTED = 0.006


@dataclass(frozen=True, slots=True)
class Child:
    """One person as they truly are; agencies write them down in their own ways. Mothers are adults."""

    number: int
    family: int
    forename: str
    middle_names: str
    surname: str
    previous_surname: str | None
    sex: str
    birth_date: date
    ethnicity: str
    nhs_number: str
    upn: str | None
    school: str | None
    street: str
    postcode: str
    previous_postcode: str
    uprn: str
    la_code: str
    is_looked_after: bool
    restricted: str
    # N, or PRE/POST: the two unlinked identities of an adopted child.
    adoption: str
    mother_nhs_number: str
    # Born after the agencies first wrote about them: until then `birth_date` is only expected.
    is_adult: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Children who live together, and their mother."""

    number: int
    children: tuple[Child, ...]
    mother: Child


class Population:
    """Everybody, drawn once from the seed."""

    def __init__(self, *, seed: int, children: int, as_of: date) -> None:
        self._random = stream(seed, "population")
        self._nhs_numbers = nhs_numbers(self._random)
        self._numbers = count(1)
        self._upn_serials: dict[tuple[str, int], int] = {}
        self._as_of = as_of
        self._schools = [f"{PETERBOROUGH}{number}" for number in (*range(2001, 2070), *range(4001, 4016))]
        self.families = tuple(self.draw_families(children))

    def draw_families(self, children: int) -> Iterator[Family]:
        """Further families with so many children, not kept: a nation does not fit in memory."""
        made = 0
        for number in count(1):
            if made >= children:
                return
            family = self._family(number)
            made += len(family.children)
            yield family

    def _family(self, number: int) -> Family:
        random = self._random
        origin = _origin(random)
        surname = _surname(random, origin)
        la_code = CAMBRIDGESHIRE if random.random() < 0.02 else PETERBOROUGH
        home, previous = postcode(random, la_code), postcode(random, PETERBOROUGH)
        street = f"{random.randrange(1, 240)} {random.choice(_STREETS)}"
        uprn = f"1000{random.randrange(10**8):08d}"
        births = _birth_dates(random, as_of=self._as_of)
        mother = Child(
            number=next(self._numbers), family=number, forename=random.choice(origin.girls), middle_names="",
            surname=surname, previous_surname=None, sex="F",
            birth_date=min(births) - timedelta(days=random.randrange(_MOTHER_YOUNGEST * 365, _MOTHER_OLDEST * 365)),
            ethnicity=_ethnicity(random, origin), nhs_number=next(self._nhs_numbers), upn=None, school=None,
            street=street, postcode=home, previous_postcode=previous, uprn=uprn, la_code=la_code,
            is_looked_after=False, restricted="N", adoption="N", mother_nhs_number="", is_adult=True,
        )  # fmt: skip
        father_surname = _surname(random, origin) if random.random() < 0.12 else None
        children: list[Child] = []
        for birth_date in births:
            taken = {sibling.forename for sibling in children}
            child = self._child(mother, origin=origin, birth_date=birth_date, taken=taken)
            if father_surname:
                child = replace(child, surname=father_surname)
            if children and children[-1].birth_date == birth_date:
                child = self._twin_of(children[-1], child, origin=origin, taken=taken)
            children.append(child)
        return Family(number, tuple(children), mother)

    def _child(self, mother: Child, *, origin: Origin, birth_date: date, taken: Collection[str] = ()) -> Child:
        random = self._random
        sex = random.choice("MF")
        names = _forenames(origin, sex, taken=taken)
        age = (self._as_of - birth_date).days // 365
        school = random.choice(self._schools) if age >= 4 else None
        return replace(
            mother,
            number=next(self._numbers),
            forename=random.choice(names),
            middle_names=random.choice(names) if random.random() < 0.55 else "",
            previous_surname=_surname(random, origin) if random.random() < 0.03 else None,
            sex=sex,
            birth_date=birth_date,
            ethnicity=_ethnicity(random, origin),
            nhs_number=next(self._nhs_numbers),
            upn=self._upn(school, birth_date) if school else None,
            school=school,
            is_looked_after=random.random() < 0.0067,
            restricted=random.choice(("R1", "R2")) if random.random() < RESTRICTED else "N",
            mother_nhs_number=mother.nhs_number,
            is_adult=False,
        )

    def _twin_of(self, first: Child, second: Child, *, origin: Origin, taken: Collection[str]) -> Child:
        """The second twin: same surname and school, another forename, as often as not another sex."""
        random = self._random
        sex = first.sex if random.random() < 0.5 else ("F" if first.sex == "M" else "M")
        names = _forenames(origin, sex, taken=taken)
        alike = [name for name in names if name[0] == first.forename[0]]
        forename = random.choice(alike if alike and random.random() < 0.1 else names)
        code = self._upn(first.school, first.birth_date) if first.school else None
        return replace(second, sex=sex, forename=forename, surname=first.surname, school=first.school, upn=code)

    def _upn(self, school: str, birth_date: date) -> str:
        """The school's next number for children who start in that year."""
        year = birth_date.year + 4
        serial = self._upn_serials[school, year] = self._upn_serials.get((school, year), 0) + 1
        return upn(school[:3], school=int(school[3:]), year=year, serial=serial)

    def unborn_sibling(self, family: Family, *, due: date) -> Child:
        """A child the family expects, with the name and numbers it will get when born."""
        origin = _origin(self._random)
        taken = {sibling.forename for sibling in family.children}
        return replace(
            self._child(family.mother, origin=origin, birth_date=due, taken=taken),
            surname=family.mother.surname,
            upn=None,
            school=None,
            is_looked_after=False,
            restricted="N",
        )

    def before_adoption(self, child: Child) -> Child:
        """The identity an adopted child had before: another name, NHS number and home, the same birth."""
        origin = _origin(self._random)
        former = self._child(child, origin=origin, birth_date=child.birth_date)
        home = postcode(self._random, PETERBOROUGH)
        return replace(
            former,
            surname=_surname(self._random, origin),
            sex=child.sex,
            ethnicity=child.ethnicity,
            street=f"{self._random.randrange(1, 240)} {self._random.choice(_STREETS)}",
            postcode=home,
            previous_postcode=home,
            uprn=f"1000{self._random.randrange(10**8):08d}",
            la_code=PETERBOROUGH,
            restricted="N",
            adoption="PRE",
            mother_nhs_number="",
        )


def _origin(random: Random) -> Origin:
    every, shares = origins()
    return random.choices(every, cum_weights=shares)[0]


def _surname(random: Random, origin: Origin) -> str:
    surname = random.choices(origin.surnames, cum_weights=origin.surname_weights)[0]
    if random.random() < 0.03:
        return f"{surname}-{random.choices(origin.surnames, cum_weights=origin.surname_weights)[0]}"
    return surname


def _ethnicity(random: Random, origin: Origin) -> str:
    if random.random() < 0.02:
        return random.choice(("NOBT", "REFU"))
    return random.choices(origin.ethnicities, origin.ethnicity_weights)[0]


def _forenames(origin: Origin, sex: str, *, taken: Collection[str]) -> list[str]:
    """The names parents choose from: none calls two children alike."""
    return [name for name in (origin.boys if sex == "M" else origin.girls) if name not in taken]


def _birth_dates(random: Random, *, as_of: date) -> list[date]:
    """The births of one family, youngest last, all under eighteen."""
    size = random.choices((1, 2, 3, 4), (42, 38, 14, 6))[0]
    eldest = as_of - timedelta(days=random.randrange(3, 6570))
    births = [eldest]
    while len(births) < size:
        if random.random() < TWIN_BIRTHS * 2:
            births.append(births[-1])
            continue
        birth_date = births[-1] + timedelta(days=random.randrange(330, 1800))
        if birth_date >= as_of:
            break
        births.append(birth_date)
    return births
