"""Both sides of every boundary in linking, as a handful of records or a crowd, and what contradicts what in a group."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import log2
from pathlib import Path

from frontdoor.linkage.model import COMMONEST_BITS, RAREST_BITS, LinkageModel, weight_at

from tests.warehouse.link_situations import nhs, upn

Fields = dict[str, str]
Decision = tuple[str, str | None]
LINKED: Decision = ("linked", None)


@dataclass(frozen=True, slots=True)
class Example:
    """Records of one family, which of them are one child, and what became of every pair the build kept."""

    name: str
    records: tuple[Fields, ...]
    children: tuple[tuple[int, ...], ...]
    decisions: frozenset[Decision]


def of(source: str, /, **values: str) -> Fields:
    return {"source": source, **values}


def review(reason: str) -> Decision:
    return ("review", reason)


def separated(reason: str) -> Decision:
    return ("separated", reason)


ONE, TWO = ((0, 1),), ((0,), (1,))
THREE_AS_ONE, THREE_APART = ((0, 1, 2),), ((0,), (1,), (2,))
BORN_SOON = of("health", dob="2026-01-15", mother_record_id="mother")


def expected(day: str) -> Fields:
    return of("council", forename="Unborn", dob="", expected_dob=day, mother_record_id="mother")


EXAMPLES = (
    # -- the unborn
    Example(
        "whether a child born sixty days before its mother's child was expected is that child, a person is asked",
        (expected("2026-03-16"), BORN_SOON),
        TWO,
        frozenset({review("UNBORN_BORN")}),
    ),
    Example(
        "nobody is asked about a child born sixty-one days before its mother's child was expected",
        (expected("2026-03-17"), BORN_SOON),
        TWO,
        frozenset(),
    ),
    # -- a generation
    Example(
        "a birth date eleven years off is a mistake beside the name and the NHS number",
        (of("council", dob="2003-02-11", nhs_number=nhs(701)), of("health", nhs_number=nhs(701))),
        ONE,
        frozenset({LINKED}),
    ),
    Example(
        "a birth date twelve years off is a parent's, whatever NHS number agrees",
        (of("council", dob="2002-02-11", nhs_number=nhs(702)), of("health", nhs_number=nhs(702))),
        TWO,
        frozenset({review("BIRTH_DATE_CONFLICT")}),
    ),
    Example(
        "one without a birth date joins what is eleven years apart",
        (
            of("council", dob="2003-02-11", nhs_number=nhs(703)),
            of("health", nhs_number=nhs(703)),
            of("police", dob="", nhs_number=nhs(703)),
        ),
        THREE_AS_ONE,
        frozenset({LINKED}),
    ),
    Example(
        "one without a birth date joins neither of two who are twelve years apart",
        (
            of("council", dob="2002-02-11", nhs_number=nhs(704)),
            of("health", nhs_number=nhs(704)),
            of("police", dob="", nhs_number=nhs(704)),
        ),
        THREE_APART,
        frozenset({review("BIRTH_DATE_CONFLICT"), separated("PARENT_AND_CHILD")}),
    ),
    # -- what contradicts what in a group
    Example(
        "one whose birth date is close to two others' joins them while theirs are close to each other",
        (of("council"), of("health", dob="2014-05-28"), of("police", dob="2014-06-03")),
        THREE_AS_ONE,
        frozenset({LINKED}),
    ),
    Example(
        "one whose birth date is close to two others' joins neither when theirs are not close to each other",
        (of("council"), of("health", dob="2014-05-28"), of("police", dob="2014-06-04")),
        THREE_APART,
        frozenset({review("BIRTH_DATE_CONFLICT"), separated("CONTRADICTED")}),
    ),
    Example(
        "one mistyped pupil number is no second child",
        (
            of("council", nhs_number=nhs(705), upn=upn(705)),
            of("health", nhs_number=nhs(705), upn=upn(706)),
            of("school", upn=upn(706)),
        ),
        THREE_AS_ONE,
        frozenset({LINKED}),
    ),
    Example(
        "another pupil number under another forename is a second child, and the weaker number gives way",
        (
            of("council", nhs_number=nhs(707), upn=upn(707)),
            of("health", nhs_number=nhs(707), upn=upn(708)),
            of("school", upn=upn(708), forename="Zzbea"),
        ),
        ((0, 1), (2,)),
        frozenset({LINKED, separated("IDENTIFIERS_CONTRADICTED"), ("vetoed", "TWIN")}),
    ),
)


def name_of(whose: object) -> str:
    """A surname or forename nobody has, unlike anybody else's."""
    digest = hashlib.sha256(str(whose).encode()).digest()
    sounds = zip(digest[:6], digest[6:12], strict=True)
    return "Q" + "".join("bdfgklmnprstvz"[one % 14] + "aeiou"[other % 5] for one, other in sounds)


def rows_of(number: int, example: Example) -> Iterator[Fields]:
    """The family's records under names, at a home and with a mother of its own."""
    home = {"surname": name_of(number), "forename": name_of(f"{number}'s"), "postcode": f"ZX{number + 1} 4AA"}
    for place, fields in enumerate(example.records):
        mother = {"mother_record_id": f"{number}-mother"} if "mother_record_id" in fields else {}
        yield {**home, "sex": "F", "dob": "2014-05-03", **fields, **mother, "record_id": f"{number}-{place}"}


# -- thresholds


@dataclass(frozen=True, slots=True)
class Threshold:
    """A weight, and on what two records agree that just reach it, or do not, by how common their name is."""

    name: str
    bits: float
    levels: Mapping[str, str]
    records: tuple[Fields, Fields]
    reached: Decision
    missed: Decision | None


SAME_NAME = {"forename": "same", "surname": "same"}
# Two parts of it agree, and what else does is enough: the weight alone decides. {n} is the family's number.
BORN = ({"dob": "20{n:02}-03-02"}, {"dob": "20{n:02}-03-24"})
ON_ONE_TELEPHONE = {**SAME_NAME, "birth_date": "close", "phone": "same"}
TELEPHONE = ({**BORN[0], "phone": "01632 9609{n:02}"}, {**BORN[1], "phone": "01632 9609{n:02}"})
AT_ONE_ADDRESS = {**SAME_NAME, "birth_date": "close", "sex": "same", "address": "same"}
HOME = {"sex": "F", "address": "{n} Quorbin Street"}
ADDRESS = ({**BORN[0], **HOME}, {**BORN[1], **HOME})
# Nothing but a name and a birth date agrees, and what speaks for them when the odds are good.
GIRL = {"dob": "20{n:02}-07-14", "sex": "F", "ethnicity": "WIRT"}
SAME_GIRL = {**SAME_NAME, "birth_date": "same", "sex": "same"}
THRESHOLDS = (
    Threshold("one telephone links", weight_at(0.98), ON_ONE_TELEPHONE, TELEPHONE, LINKED, review("UNCERTAIN")),
    Threshold("one address links", weight_at(0.98), AT_ONE_ADDRESS, ADDRESS, LINKED, review("UNCERTAIN")),
    Threshold("one telephone is asked about", weight_at(0.8), ON_ONE_TELEPHONE, TELEPHONE, review("UNCERTAIN"), None),
    Threshold("one address is asked about", weight_at(0.8), AT_ONE_ADDRESS, ADDRESS, review("UNCERTAIN"), None),
    Threshold(
        "one district speaks for a name and a birth date",
        8,
        {**SAME_GIRL, "postcode": "district"},
        ({**GIRL, "postcode": "ZY{n} 1AA", "ethnicity": ""}, {**GIRL, "postcode": "ZY{n} 9ZZ"}),
        LINKED,
        review("NAME_BIRTH_ONLY"),
    ),
    Threshold(
        "sex and ethnicity speak for a name and a birth date",
        8,
        {**SAME_GIRL, "postcode": "other"},
        ({**GIRL, "postcode": "ZY{n} 1AA"}, {**GIRL, "postcode": "QV8 9ZZ"}),
        LINKED,
        review("NAME_BIRTH_ONLY"),
    ),
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is listed, and what a pair weighs whose records both bear it."""

    forename: str
    surname: str
    weight: float


def names_around(model: LinkageModel, frequencies: Path, threshold: Threshold) -> tuple[Name, Name]:
    """The name with which a pair only just does not reach the threshold, and the one with which it only just does."""
    levels = [
        comparison.levels[comparison.level(threshold.levels[comparison.code])].weight
        for comparison in model.comparisons
        if comparison.code in threshold.levels
    ]
    counted = names_by_bits(model, frequencies)
    named = [
        Name(forename, surname, model.prior_weight + sum(levels) + forename_bits + surname_bits)
        for (forename_bits, forename), (surname_bits, surname) in product(
            counted["forename"].items(), counted["surname"].items()
        )
    ]
    return (
        max((name for name in named if name.weight < threshold.bits), key=lambda name: name.weight),
        min((name for name in named if name.weight >= threshold.bits), key=lambda name: name.weight),
    )


def names_by_bits(model: LinkageModel, frequencies: Path) -> dict[str, dict[float, str]]:
    """One forename and one surname of every frequency, by what bearing it adds to a pair's weight."""
    found: dict[str, dict[float, str]] = {"forename": {}, "surname": {}}
    with frequencies.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            comparison = model.comparison(row["term_code"])
            usual = comparison.levels[comparison.level("same")].u or 0
            bits = max(COMMONEST_BITS, min(RAREST_BITS["shipped"], log2(usual / float(row["frequency"]))))
            found[row["term_code"]].setdefault(bits, row["term"].capitalize())
    return found


def rows_at(number: int, name: Name, *, is_reached: bool) -> Iterator[Fields]:
    """Two agencies' records of a child of that name."""
    family = 2 * number + 1 + is_reached
    for place, fields in enumerate(THRESHOLDS[number].records):
        told = {field: value.format(n=family) for field, value in fields.items()}
        own = {"record_id": f"at-{family}-{place}", "source": f"agency-{place}"}
        yield {**told, **own, "forename": name.forename, "surname": name.surname}


# -- crowds and chains


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many records that share something, and how many children they are."""

    name: str
    records: tuple[Fields, ...]
    child_count: int


def alike(name: str, count: int, /, **shared: str) -> tuple[Fields, ...]:
    """So many records of one name and birth date, each another agency's unless one says it all."""
    child = {"forename": name_of(f"{name}'s"), "surname": name_of(name), "sex": "F", "dob": "2012-06-08"}
    return tuple(
        {"source": f"agency-{place}", **child, **shared, "record_id": f"{name}-{place}"} for place in range(count)
    )


def chain(name: str, count: int, number: int) -> tuple[Fields, ...]:
    """Some with an NHS number, the others with a pupil number, and one that has both."""
    nhs_number, pupil_number = {"nhs_number": nhs(number)}, {"upn": upn(number)}
    return tuple(
        row | (nhs_number if place <= count // 2 else {}) | (pupil_number if place >= count // 2 else {})
        for place, row in enumerate(alike(name, count))
    )


FIFTY, FIFTY_ONE = alike("block-50", 50, postcode="ZX50 1AA"), alike("block-51", 51, postcode="ZX51 1AA")
OFTEN, DAILY = (
    {times: alike(f"said-{times}", times, source="police", phone=f"01632 970{times:03}") for times in both}
    for both in ((5, 6), (365, 366))
)
CHAINS = {size: chain(f"chain-{size}", size, number=700 - size) for size in (150, 151)}
CROWDS = (
    Crowd("what fifty records share is one child's", FIFTY, 1),
    Crowd("what fifty-one records share is nobody's", FIFTY_ONE, 51),
    Crowd("a number on a hundred and fifty records is one child's", alike("number-150", 150, nhs_number=nhs(720)), 1),
    Crowd("a number on one record more is nobody's", alike("number-151", 151, nhs_number=nhs(721)), 151),
    Crowd("what one agency says every day of a year is of one child", DAILY[365], 1),
    Crowd("what one agency says more often is of nobody", DAILY[366], 366),
    Crowd("what one agency says five times is of one child", OFTEN[5], 1),
    Crowd("what one agency says six times is of one child", OFTEN[6], 1),
    Crowd("what hangs together by a hundred and fifty records is one child", CHAINS[150], 1),
    Crowd("of what hangs together by more, the weakest link is cut", CHAINS[151], 2),
)
# Values so many records may share; an address is in test_contact_details.py, and so is a number.
DETAILS = {
    "postcode": ("ZX7 {n}AA", 500),
    "phone": ("01632 96080{n}", 50),
    "email": ("hostel{n}@example.com", 50),
}


def residents(detail: str, *, more: int) -> Iterator[Fields]:
    """A child two agencies know, and strangers who share what alone speaks for it: as many as may, or more."""
    value, most = DETAILS[detail]
    shared, name = {detail: value.format(n=more)}, f"{detail}-{more}"
    yield from ({**row, **shared} for row in alike(name, 2))
    for place in range(2, most + more):
        stranger = {"forename": name_of(f"{name} {place}"), "surname": name_of(f"{place} {name}")}
        born = date(2004, 2, 3) + timedelta(days=11 * place)
        yield {**stranger, **shared, "dob": born.isoformat(), "record_id": f"{name}-{place}"}
