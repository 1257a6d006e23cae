"""Families nobody has, and what agencies wrote down of their children: with slips, twins, adoptions and chains."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from string import ascii_lowercase

from tests.warehouse.link_situations import nhs, upn

# No two are forms of one name: no parents call twins so.
FORENAMES = (
    *("Charlotte", "Jayden", "Hayden", "Elizabeth", "William", "Thomas", "Zzada", "Zzbea", "Zzcairn", "Oluwaseun"),
    *("Muhammad", "Katarzyna", "Łucja", "Nguyễn", "Ann-Marie", "Li", "Zzdorothea", "محمد"),
)
NICKNAMES = {"Elizabeth": "Beth", "William": "Bill", "Muhammad": "Mohamed", "Thomas": "Tom"}
SYLLABLES = ("qui", "ll", "wor", "th", "mar", "row", "by", "zan", "ka", "pel", "dro", "vix")
SOURCES = ("police", "health", "school", "council", "housing")
BORN = date(2008, 1, 1)
# So that nobody of four children is born after the records are written.
AGES = 8 * 365
CROWD = 155
# More than are compared each with each.
REPORTS = 9
# What a child's number grows by when it is adopted.
ADOPTED = 5_000
CHAIN = 40


@dataclass(slots=True)
class Child:
    """A child as it is, whatever agencies wrote down of it."""

    number: int
    family: int
    values: dict[str, str]
    is_twin: bool = False


@dataclass(slots=True)
class Invention:
    """Records in no order, and what is true of them: which child each is about, and who was adopted from whom."""

    rows: list[dict[str, str]] = field(default_factory=list)
    child_of: dict[str, int] = field(default_factory=dict)
    family_of: dict[int, int] = field(default_factory=dict)
    twins: set[int] = field(default_factory=set)
    namesakes: set[int] = field(default_factory=set)
    mothers: set[int] = field(default_factory=set)

    def add(self, child: Child, **values: str) -> dict[str, str]:
        """Write one more record of the child down."""
        row = {**child.values, "record_id": f"r{len(self.rows):04d}", **values}
        self.rows.append({name: value for name, value in row.items() if value})
        self.child_of[row["record_id"]] = child.number
        self.family_of[child.number] = child.family
        return row


def invented(seed: int, *, families: int) -> Invention:
    """Return the records of so many families."""
    random = Random(seed)
    invention = Invention()
    children = [child for family in range(families) for child in _family(random, family)]
    for child in children:
        if child.is_twin:
            invention.twins.add(child.number)
        for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
            invention.add(child, **_as_written(random, child, children))
    for chosen in random.sample([child for child in children if not child.is_twin], 8):
        _adopt(random, invention, chosen)
    for child in random.sample(children, 5):
        _expect(random, invention, child)
    for child in random.sample(children, 12):
        _report_often(random, invention, child)
    for number in range(2):
        _chain(random, invention, 10_000 + number)
    _crowd(random, invention, 11_000)
    _name_alike(random, invention, 12_000)
    return invention


def _family(random: Random, family: int) -> Iterator[Child]:
    surname = _surname(random)
    if random.random() < 0.15:
        surname += "-" + "".join(random.choices(SYLLABLES, k=2)).capitalize()
    home = {
        "surname": surname,
        "postcode": _postcode(random),
        "address": f"{random.randrange(1, 99)} {random.choice(SYLLABLES).capitalize()} Street",
        "ethnicity": random.choice(("WBRI", "APKN", "WIRT", "NOBT")),
        "phone": f"01632 960{random.randrange(1000):03d}",
        "email": f"family{family}@example.com",
    }
    born = BORN + timedelta(days=random.randrange(AGES))
    is_twins = random.random() < 0.35
    names = random.sample(FORENAMES, 4)
    for place in range(random.choice((1, 2, 3)) + is_twins):
        number = family * 10 + place
        if not is_twins or place != 1:
            born += timedelta(days=random.randrange(300, 1200))
        own = {
            "forename": names[place],
            "middle_names": random.choice(("", "Rose") if is_twins and place == 1 else ("", "", "May", "James")),
            "dob": born.isoformat(),
            "sex": random.choice("MF"),
            "nhs_number": nhs(number + 1) if random.random() < 0.6 and not is_twins else "",
            "upn": upn(number + 1) if random.random() < 0.4 and not is_twins else "",
        }
        yield Child(number, family, {**home, **own}, is_twin=is_twins and place < 2)


def _surname(random: Random) -> str:
    return "".join(random.choices(SYLLABLES, k=4)).capitalize()


def _postcode(random: Random) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"PE{random.randrange(1, 9)} {random.randrange(10)}{random.choice(letters)}{random.choice(letters)}"


def _as_written(random: Random, child: Child, everybody: list[Child]) -> dict[str, str]:
    """What an agency wrote differently, or left out."""
    written = {"source": random.choice(SOURCES)}
    for name, odds in (("nhs_number", 0.4), ("upn", 0.5), ("address", 0.4), ("phone", 0.6), ("email", 0.7)):
        if random.random() < odds:
            written[name] = ""
    for slip in random.sample(SLIPS, random.choice((0, 0, 0, 1, 1, 2))):
        written |= slip(random, child.values)
    if child.is_twin and len(written.get("forename", child.values["forename"])) == 1:
        # It may be either's, and nobody is asked before both are known.
        del written["forename"]
    if random.random() < 0.03 and not child.is_twin:
        # Somebody else's number.
        written["nhs_number"] = random.choice(everybody).values["nhs_number"]
    return written


def _typo(random: Random, text: str) -> str:
    place = random.randrange(1, max(2, len(text)))
    return text[:place] + random.choice(ascii_lowercase) + text[place + random.choice((0, 1)) :]


def _another_day(random: Random, values: dict[str, str]) -> dict[str, str]:
    year, month, day = values["dob"].split("-")
    if random.random() < 0.4 and int(day) <= 12:
        return {"dob": f"{year}-{day}-{month}"}
    if random.random() < 0.3:
        return {"dob": f"{year}-01-01"}
    return {"dob": (date.fromisoformat(values["dob"]) + timedelta(days=random.choice((-1, 1, 9, 10, 365)))).isoformat()}


Slip = Callable[[Random, dict[str, str]], dict[str, str]]
SLIPS: tuple[Slip, ...] = (
    lambda random, values: {"forename": _typo(random, values["forename"])},
    lambda random, values: {"surname": _typo(random, values["surname"])},
    lambda random, values: {"forename": values["surname"], "surname": values["forename"]},
    lambda random, values: {"forename": values["forename"][0]},
    lambda random, values: {"forename": NICKNAMES.get(values["forename"], values["forename"])},
    lambda random, values: {"surname": values["surname"].split("-")[0]},
    lambda random, values: {"forename": "Unknown"},
    lambda random, values: {"surname": _surname(random), "also_known_as": f"{values['forename']} {values['surname']}"},
    lambda random, values: {"postcode": _postcode(random), "address": ""},
    lambda random, values: {"postcode": "", "address": ""},
    lambda random, values: {"dob": ""},
    lambda random, values: {"sex": ""},
    lambda random, values: {"restricted_flag": "R1"},
    _another_day,
    _another_day,
)


def _adopt(random: Random, invention: Invention, child: Child) -> None:
    """The council's record from before, its record from after, and what others wrote on either side."""
    new = Child(child.number + ADOPTED, child.family, {**child.values})
    if random.random() < 0.5:
        new.values |= {"surname": "Newhome" + random.choice(SYLLABLES), "postcode": _postcode(random)}
    if random.random() < 0.5:
        new.values |= {"nhs_number": nhs(new.number), "upn": ""}
    invention.add(child, source="council", adoption_marker=random.choice(("PRE", "Y")))
    invention.add(new, source="council", adoption_marker="POST")
    invention.add(child, source="council")
    invention.add(new, source="health")
    for side in random.choices((child, new), k=3):
        invention.add(side, **{**_as_written(random, side, [child, new]), "source": random.choice(SOURCES[:3])})


def _expect(random: Random, invention: Invention, child: Child) -> None:
    """The child before it was born, with its mother's number and record."""
    born = date.fromisoformat(child.values["dob"])
    mother = Child(child.number + 20_000, child.family, {**child.values})
    mother.values |= {"dob": (born - timedelta(days=9_000)).isoformat(), "forename": "Zzmother", "upn": ""}
    mother.values |= {"nhs_number": nhs(child.number + 20_000), "sex": "F", "middle_names": ""}
    record = invention.add(mother, source="council")
    invention.mothers.add(mother.number)
    unborn = Child(child.number, child.family, {**child.values, "dob": "", "upn": "", "middle_names": ""})
    expected = (born + timedelta(days=random.choice((-20, -1, 0, 5)))).isoformat()
    common = {"expected_dob": expected, "nhs_number": mother.values["nhs_number"], "sex": ""}
    for forename in ("Baby", "", "Unborn"):
        source = random.choice(("council", "health"))
        invention.add(unborn, forename=forename, source=source, mother_record_id=record["record_id"], **common)


def _report_often(random: Random, invention: Invention, child: Child) -> None:
    """One agency says the very same again and again, with or without a number."""
    number = random.choice((child.values["nhs_number"], ""))
    for _ in range(REPORTS):
        invention.add(child, source="police", nhs_number=number, upn="")


def _chain(random: Random, invention: Invention, number: int) -> None:
    """Records each like the next, and the last not like the first."""
    child = Child(number, number, {"surname": f"Chainway{SYLLABLES[number % 12]}", "sex": "F"})
    child.values["postcode"] = _postcode(random)
    forename = "Zzabcdefg"
    born = date(2012, 2, 25)
    for step in range(CHAIN):
        place = 2 + step % 7
        forename = forename[:place] + ascii_lowercase[(step + 9) % 26] + forename[place + 1 :]
        day = (born + timedelta(days=step if number % 2 else 0)).isoformat()
        invention.add(child, forename=forename, dob=day, source=SOURCES[step % 5])


def _crowd(random: Random, invention: Invention, number: int) -> None:
    """People who gave one name, birth date, number and home, each a mail box of their own; more than mean anything."""
    values = {"forename": "Zzcrowd", "surname": "Zzcrowd", "dob": "2010-10-10", "postcode": _postcode(random)}
    for person in range(CROWD):
        child = Child(number + person, number + person, {**values, "nhs_number": nhs(number)})
        invention.add(child, source=random.choice(SOURCES), email=f"person{person}@example.com")


def _name_alike(random: Random, invention: Invention, number: int) -> None:
    """Twins with one forename, told apart by their middle names alone, which the third record does not have."""
    home = {"forename": "Zzada", "surname": "Namesake", "dob": "2013-07-07", "sex": "F"}
    home |= {"postcode": _postcode(random), "address": "1 Namesake Street"}
    for place, middle_names in enumerate(("May", "Rose", "")):
        child = Child(number + place, number, {**home, "middle_names": middle_names})
        invention.add(child, source=SOURCES[place])
        invention.namesakes.add(child.number)
