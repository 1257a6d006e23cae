"""Files that would link wrongly, cost too much or lose somebody if they could; the bench has the full sizes."""

import string
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from frontdoor.settings import Settings

from tests.warehouse.scratch_links import PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

UNKNOWNS, NEIGHBOURS, CHAIN = 2_000, 2_000, 300
# So many that an increment no longer looks each up by index.
MORE_UNKNOWNS = 5_000
# What people write when they know nothing.
DEFAULTS = {
    "forename": ("UNKNOWN", "Baby", "Unborn", "Not known", "XXXXX", "Test", "N/A", "unknown child", "", "."),
    "surname": ("UNKNOWN", "Unknown", "Not Known", "xxx", "TBC", "", "-"),
    "dob": ("1900-01-01", "01/01/1900", "", "2000-01-01", "unknown"),
    "nhs_number": ("9999999999", "0000000000", "1234567890", "", "NONE"),
    "upn": ("UNKNOWN", "A000000000000", ""),
    "postcode": ("ZZ99 3VZ", "ZZ99 3WZ", "XX1 1XX", "UNKNOWN", ""),
    "address": ("Unknown", "No fixed abode", "NFA", "Not known", ""),
    "phone": ("0000000000", "07777777777", "unknown", "0", ""),
    "email": ("unknown", "none@", "n/a", ""),
    "sex": ("U", "", "Unknown"),
    "ethnicity": ("NOBT", "REFU", ""),
}
# Names as families write them, and another child's of the same home who was born the same day.
NAMES = (
    (("محمد", "العلي"), ("فاطمة", "العلي")),
    (("Łukasz", "Wójcik"), ("Łucja", "Wójcik")),
    (("Hạnh", "Nguyễn Thị"), ("Hải", "Nguyễn Thị")),
    (("Zoë-Anaïs", "D'Œuvre"), ("Zélie", "D'Œuvre")),
)
# Neither letters of the alphabet nor days that are none say who somebody is.
NOBODY_BY_NAME = (
    {"forename": "Z", "surname": "Q", "dob": "2013-04-05"},
    {"forename": "李", "surname": "王", "dob": "2013-04-06"},
    {"forename": "Zzfuture", "surname": "Quillworth", "dob": "2031-05-03"},
    {"forename": "Zzadult", "surname": "Quillworth", "dob": "1899-12-31"},
)


def unknowns(count: int, *, first: int = 0) -> Iterator[dict[str, str]]:
    for number in range(first, first + count):
        random = Random(number)
        values = {name: random.choice(choices) for name, choices in DEFAULTS.items()}
        yield {**values, "record_id": f"unknown-{number}", "source": random.choice(("police", "health", "council"))}


def neighbours(count: int, *, first: int = 0) -> Iterator[dict[str, str]]:
    """Families of four at one address, with one telephone, born on any day."""
    for number in range(first, first + count):
        random = Random(f"neighbour {number}")
        yield {
            "record_id": f"neighbour-{number}",
            "forename": "".join(random.choices(string.ascii_lowercase, k=9)).capitalize(),
            "surname": "".join(Random(f"family {number // 4}").choices(string.ascii_lowercase, k=9)).capitalize(),
            "dob": (date(2008, 1, 1) + timedelta(days=random.randrange(6_000))).isoformat(),
            "sex": random.choice("MF"),
            "postcode": "PE1 1AA",
            "address": "The Old Hostel, 1 Quillworth Street",
            "phone": "01632 960001",
        }


def chain(kind: str, count: int) -> Iterator[dict[str, str]]:
    """Each like the next: one letter of the name, or one day of the birth date, a step."""
    random = Random(kind)
    forename, born = "Zzabcdefgh", date(2012, 1, 20)
    for step in range(count):
        if kind == "name":
            place = 2 + step % 8
            forename = forename[:place] + random.choice(string.ascii_lowercase) + forename[place + 1 :]
        # Homes of thirty, or too many would share one to be compared at all.
        home = {"postcode": f"PE7 {step // 30 % 10}AA", "surname": f"Zzchain{kind}", "sex": "F"}
        born += timedelta(days=kind == "day")
        yield {**home, "record_id": f"{kind}-{step}", "forename": forename, "dob": born.isoformat()}


def from_anywhere() -> Iterator[dict[str, str]]:
    """Twins of every script, each twin twice; and what is no name and no day, twice."""
    for number, twins in enumerate(NAMES):
        home = {"dob": "2012-02-29", "sex": "F", "postcode": f"PE8 {number}AA", "address": f"{number} Zed Street"}
        for place, (forename, surname) in enumerate(twins):
            for source in ("police", "school"):
                named = {"record_id": f"script-{number}-{place}-{source}", "forename": forename, "surname": surname}
                yield {**home, **named, "source": source}
    for number, values in enumerate(NOBODY_BY_NAME):
        for source in ("police", "school"):
            home = {"sex": "F", "postcode": f"PE9 {number}AA", "address": f"{number} Yed Street"}
            yield {**home, **values, "record_id": f"nobody-{number}-{source}", "source": source}


def first_file() -> list[PersonRow]:
    chains = [row for kind in ("name", "day") for row in chain(kind, CHAIN)]
    return [*unknowns(UNKNOWNS), *neighbours(NEIGHBOURS), *chains, *from_anywhere()]


def second_file() -> list[PersonRow]:
    """More of the same, and some of the same again."""
    more = unknowns(MORE_UNKNOWNS, first=UNKNOWNS - 100)
    return [*more, *neighbours(300, first=NEIGHBOURS - 100), *chain("name", 40)]


@pytest.fixture(scope="module")
def links(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchLinks]:
    """All of it, taken in twice over."""
    with scratch_links(warehouse, tmp_path_factory.mktemp("hostile")) as found:
        found.deliver(first_file())
        found.deliver(second_file())
        yield found


@pytest.fixture(scope="module")
def groups(links: ScratchLinks) -> set[frozenset[str]]:
    return links.groups()


def sizes(groups: set[frozenset[str]], kind: str) -> Counter[int]:
    """How many children of each size there are among the records of a kind, and nobody else among them."""
    of_kind = [group for group in groups if any(record.startswith(f"{kind}-") for record in group)]
    assert all(record.startswith(f"{kind}-") for group in of_kind for record in group)
    return Counter(map(len, of_kind))


def test_nobody_is_lost(groups: set[frozenset[str]]) -> None:
    everybody = {row["record_id"] for row in [*first_file(), *second_file()]}
    found = Counter(record for group in groups for record in group)
    assert found.keys() == everybody
    assert set(found.values()) == {1}


def test_what_is_written_when_nothing_is_known_links_nobody(groups: set[frozenset[str]]) -> None:
    assert sizes(groups, "unknown") == {1: UNKNOWNS + MORE_UNKNOWNS - 100}


def test_a_shared_address_links_nobody(groups: set[frozenset[str]]) -> None:
    assert sizes(groups, "neighbour") == {1: NEIGHBOURS + 200}


@pytest.mark.parametrize("kind", ["name", "day"])
def test_a_chain_breaks_before_its_ends_meet(groups: set[frozenset[str]], kind: str) -> None:
    rows = {row["record_id"]: row for row in chain(kind, CHAIN)}
    assert sizes(groups, kind).total() >= CHAIN / 30
    for group in groups:
        for one, other in combinations(sorted(rows.keys() & group), 2):
            assert differing_letters(rows[one]["forename"], rows[other]["forename"]) <= 2
            born, also = (date.fromisoformat(rows[record]["dob"]) for record in (one, other))
            assert abs(born - also).days <= 10 or (
                born.year == also.year and (born.month == also.month or born.day == also.day)
            )


def differing_letters(one: str, other: str) -> int:
    return sum(left != right for left, right in zip(one, other, strict=True))


def test_names_of_any_script_link_their_own_child_and_not_its_twin(groups: set[frozenset[str]]) -> None:
    assert {group for group in groups if any(record.startswith("script-") for record in group)} == {
        frozenset(f"script-{number}-{place}-{source}" for source in ("police", "school"))
        for number in range(len(NAMES))
        for place in range(2)
    }


def test_single_letters_and_impossible_days_link_nobody(groups: set[frozenset[str]]) -> None:
    assert sizes(groups, "nobody") == {1: 2 * len(NOBODY_BY_NAME)}


def test_who_shares_only_what_too_many_share_is_not_even_compared(links: ScratchLinks) -> None:
    kinds = Counter(min(pair).split("-")[0] for pair in links.pairs())
    assert kinds["unknown"] == 0
    assert kinds["neighbour"] < NEIGHBOURS / 5


def test_a_value_of_any_length_stops_nothing(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    # A paragraph pasted into the wrong field; one letter differs at its end.
    paragraph = "".join(Random(1).choices(string.ascii_letters, k=5_000))
    home = {"forename": "Zzada", "surname": "Quillworth", "dob": "2014-05-03", "sex": "F", "postcode": "PE1 1AA"}
    long = (
        "forename",
        "surname",
        "middle_names",
        "also_known_as",
        "address",
        "phone",
        "email",
        "upn",
        "record_id",
        "source",
    )
    rows = [
        {**home, "record_id": f"{name}-{end}", "source": end, name: paragraph[:-1] + end}
        for name in long
        for end in "xy"
    ]
    with scratch_links(warehouse, tmp_path_factory.mktemp("long")) as links:
        links.deliver(rows)
        assert len(links.children()) == len(rows)
