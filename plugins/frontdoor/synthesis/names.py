"""Names of the synthetic council: where a family's names come from, and how agencies come to write them otherwise."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random

_NICKNAMES = dict(
    pair.split(":")
    for pair in [
        "Oliver:Olly",
        "Alexander:Alex",
        "Thomas:Tom",
        "Joshua:Josh",
        "William:Billy",
        "James:Jamie",
        "Edward:Eddie",
        "Samuel:Sam",
        "Daniel:Danny",
        "Joseph:Joe",
        "Benjamin:Ben",
        "Matthew:Matt",
        "Christopher:Chris",
        "Nicholas:Nick",
        "Anthony:Tony",
        "Robert:Bobby",
        "Richard:Ricky",
        "Michael:Mikey",
        "David:Dave",
        "Andrew:Andy",
        "Zachary:Zac",
        "Frederick:Freddie",
        "Isabella:Bella",
        "Isabelle:Izzy",
        "Charlotte:Lottie",
        "Matilda:Tilly",
        "Emily:Em",
        "Evelyn:Evie",
        "Jessica:Jess",
        "Abigail:Abi",
        "Bethany:Beth",
        "Rebecca:Becky",
        "Elizabeth:Lizzie",
        "Katherine:Katie",
        "Victoria:Vicky",
        "Margaret:Maggie",
        "Eleanor:Ellie",
        "Muhammad:Mo",
        "Mohammed:Mo",
        "Aleksander:Alex",
        "Zuzanna:Zuzia",
        "Katarzyna:Kasia",
        "Małgorzata:Gosia",
        "Alexandru:Alex",
        "Patrick:Paddy",
    ]
)
_TRANSLITERATIONS = dict(
    pair.split(":")
    for pair in [
        "Muhammad:Mohammad",
        "Mohammed:Muhammed",
        "Mohamed:Mohammed",
        "Hussain:Hussein",
        "Ahmed:Ahmad",
        "Rehman:Rahman",
        "Aisha:Ayesha",
        "Ayesha:Aisha",
        "Fatima:Fatimah",
        "Yusuf:Yousuf",
        "Yousef:Yusuf",
        "Umar:Omar",
        "Omar:Umar",
        "Abdi:Cabdi",
        "Hassan:Xasan",
        "Farah:Faarax",
        "Akhtar:Akhter",
        "Qureshi:Quraishi",
        "Chaudhry:Choudhry",
        "Chowdhury:Choudhury",
        "Sheikh:Shaikh",
        "Zainab:Zaynab",
        "Maryam:Mariam",
        "Szymański:Shimanski",
        "Wiśniewski:Wishniewski",
        "Wójcik:Vojcik",
        "Kováč:Kovacs",
        "Horváth:Horvat",
        "Nguyễn:Nguyen",
        "Haddad:Hadad",
        "al-Hassan:Alhassan",
        "al-Masri:Elmasri",
        "el-Sayed:Alsayed",
        "al-Rashid:Alrasheed",
        "Khalil:Khaleel",
        "Mansour:Mansoor",
    ]
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a family's names come from."""

    boys: tuple[str, ...]
    girls: tuple[str, ...]
    surnames: tuple[str, ...]
    surname_weights: tuple[float, ...]
    ethnicities: tuple[str, ...]
    ethnicity_weights: tuple[int, ...]


@cache
def origins() -> tuple[tuple[Origin, ...], tuple[int, ...]]:
    """Every origin and its cumulative share of families."""
    table = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return (
        tuple(_origin(entry) for entry in table.values()),
        tuple(accumulate(int(entry["weight"]) for entry in table.values())),
    )


def _origin(entry: dict[str, str]) -> Origin:
    surnames = _surnames(entry)
    shares = [share.split("*") for share in entry["ethnicities"].split()]
    return Origin(
        boys=tuple(entry["boys"].split()),
        girls=tuple(entry["girls"].split()),
        surnames=surnames,
        # The commonest surname is some twenty times as common as the hundredth, as in any register.
        surname_weights=tuple(accumulate(1 / (rank + 4) ** 0.8 for rank in range(len(surnames)))),
        ethnicities=tuple(code for code, _ in shares),
        ethnicity_weights=tuple(int(weight) for _, weight in shares),
    )


def _surnames(entry: dict[str, str]) -> tuple[str, ...]:
    """The list, its particles (da, St.) joined to the name that follows."""
    particles = set(entry.get("compound", ()))
    surnames: list[str] = []
    held: list[str] = []
    for word in entry["surnames"].split():
        held.append(word)
        if word not in particles:
            surnames.append(" ".join(held))
            held = []
    return tuple(surnames)


def plain(name: str) -> str:
    """The name without the marks a keyboard here does not have."""
    swapped = name.translate(str.maketrans("łŁđĐøØ", "lLdDoO"))
    return "".join(mark for mark in unicodedata.normalize("NFKD", swapped) if not unicodedata.combining(mark))


def varied(random: Random, *, forename: str, surname: str) -> tuple[str, str]:
    """The same name as a second agency might write it."""
    choices = [lambda: (surname, forename), lambda: (_mistyped(random, forename), surname)]
    choices += [lambda: (forename, _mistyped(random, surname)), lambda: (forename.upper(), surname.upper())]
    choices += [lambda: (f"{forename[0]}", surname)]
    if forename in _NICKNAMES:
        choices += [lambda: (_NICKNAMES[forename], surname)] * 6
    if forename in _TRANSLITERATIONS or surname in _TRANSLITERATIONS:
        choices += [lambda: (_TRANSLITERATIONS.get(forename, forename), _TRANSLITERATIONS.get(surname, surname))] * 6
    if plain(forename + surname) != forename + surname:
        choices += [lambda: (plain(forename), plain(surname))] * 8
    for separator in ("-", " ", "'"):
        if separator in surname:
            joined = surname.replace(separator, "" if separator == "'" else " " if separator == "-" else "-")
            choices += [lambda joined=joined: (forename, joined)] * 3  # type: ignore[misc]
            choices += [lambda separator=separator: (forename, surname.split(separator)[-1])] * 3  # type: ignore[misc]
    return random.choice(choices)()


def _mistyped(random: Random, name: str) -> str:
    """One letter dropped, doubled or swapped with its neighbour."""
    if len(name) < 4:
        return name + name[-1]
    position = random.randrange(1, len(name) - 1)
    before, letter, after = name[:position], name[position], name[position + 1 :]
    return random.choice((before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]))
