"""Families an adversary thought of: whom a number, a missing sex, a placeholder or 1 January must not bring together.

Each was one child once. Beside it stands what differs from it in the one point that makes the records one child.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from frontdoor.settings import Settings

from tests.warehouse.link_situations import nhs, upn
from tests.warehouse.scratch_links import PersonRow, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Fields = dict[str, str]
# Names on the list of forenames: Jayden, Hayden, Daniel, Daniela, Sam, Karim. Not on it: Zzarman, Zzelian, Karima.
BOY, GIRL = {"sex": "M"}, {"sex": "F"}
FIELDS = ("record_id", "forename", "surname", "dob", "sex", "postcode")


@dataclass(frozen=True, slots=True)
class Family:
    """Records of one surname, birth date and home but for what each says, and which of them are one child."""

    name: str
    records: tuple[Fields, ...]
    children: tuple[tuple[int, ...], ...]


def of(source: str, forename: str, /, **changes: str) -> Fields:
    return {"source": source, "forename": forename, **changes}


ONE, TWO, THREE = ((0, 1),), ((0,), (1,)), ((0,), (1,), (2,))
FAMILIES = (
    Family(
        "a record that fits a boy and a girl twin joins neither",
        (of("school", "Samuel", **BOY), of("school", "Samantha", **GIRL), of("police", "Sam")),
        THREE,
    ),
    Family("a boy's short form is his", (of("school", "Samuel", **BOY), of("police", "Sam", **BOY)), ONE),
    Family("Daniel and a Daniela of no known sex", (of("school", "Daniel", **BOY), of("police", "Daniela")), TWO),
    Family("Joshua, called Josh, of no known sex", (of("school", "Joshua"), of("police", "Josh")), ONE),
    Family("Joshua and Josh on one agency's list", (of("school", "Joshua"), of("school", "Josh")), TWO),
    Family(
        "an unborn's record holds the mother's number, and no day on which it is expected",
        (
            of("council", "Zzsarah", dob="1996-03-20", nhs_number=nhs(801), **GIRL),
            of("health", "Unborn", dob="", nhs_number=nhs(801)),
        ),
        TWO,
    ),
    Family(
        "an unborn's expected day is written as its birth date",
        (
            of("council", "Zzsarah", dob="1996-03-20", nhs_number=nhs(802), **GIRL),
            of("health", "Baby", dob="2032-02-03", nhs_number=nhs(802)),
        ),
        TWO,
    ),
    Family(
        "a father's number on his son's record",
        (
            of("council", "Zzomar", dob="1985-03-20", nhs_number=nhs(803), **BOY),
            of("health", "Zzomar", dob="2014-05-03", nhs_number=nhs(803), **BOY),
        ),
        TWO,
    ),
    Family(
        "nor through a third record, without a birth date, under the number of both",
        (
            of("council", "Zzomar", dob="1985-03-20", nhs_number=nhs(804), **BOY),
            of("health", "Zzomar", dob="2014-05-03", nhs_number=nhs(804), **BOY),
            of("police", "Zzomar", dob="2014-05-03", nhs_number=nhs(804), **BOY),
        ),
        ((0,), (1, 2)),
    ),
    Family(
        "a decade mistyped beside one pupil number, which no parent has",
        (
            of("council", "Zzomar", dob="2014-05-03", upn=upn(903), **BOY),
            of("school", "Zzomar", dob="1994-05-03", upn=upn(903), **BOY),
        ),
        ONE,
    ),
    Family(
        "a mother's form with her daughter's pupil number, through one without a birth date that bears both surnames",
        (
            of("council", "Zzana", surname="Ruddock", dob="1985-03-20", upn=upn(822), **GIRL),
            of("school", "Zzana", surname="Quillworth", dob="2014-05-03", upn=upn(822), **GIRL),
            of("health", "Zzana", surname="Quillworth-Ruddock", dob="", upn=upn(822), **GIRL),
        ),
        THREE,
    ),
    Family(
        "a sister's pupil number on a much older one's record",
        (
            of("council", "Zzamelia", dob="1992-05-04", upn=upn(904), **GIRL),
            of("school", "Zzolivia", dob="2016-05-04", upn=upn(904), **GIRL),
        ),
        TWO,
    ),
    Family(
        "a year mistyped under one number",
        (
            of("council", "Zzomar", dob="2014-05-03", nhs_number=nhs(805), **BOY),
            of("health", "Zzomar", dob="2017-05-03", nhs_number=nhs(805), **BOY),
        ),
        ONE,
    ),
    Family(
        "a mother and her daughter of one name, born on one day of the year",
        (of("council", "Zzamelia", dob="1990-05-04", **GIRL), of("health", "Zzamelia", dob="2014-05-04", **GIRL)),
        TWO,
    ),
    Family(
        "brothers with one number, whose names are almost the same",
        (
            of("council", "Jayden", dob="2012-05-03", nhs_number=nhs(806), **BOY),
            of("health", "Hayden", dob="2016-08-19", nhs_number=nhs(806), **BOY),
        ),
        TWO,
    ),
    Family(
        "cousins of one name, both of whose birthdays nobody knows",
        (of("council", "Zzomar", dob="2009-01-01", **BOY), of("school", "Zzomar", dob="2013-01-01", **BOY)),
        TWO,
    ),
    Family(
        "twins at one school of whose names the list has one",
        (of("school", "Jayden", **BOY), of("school", "Jaydan", **BOY)),
        TWO,
    ),
    Family(
        "such twins with pupil numbers of their own",
        (of("school", "Jayden", upn=upn(901), **BOY), of("portal", "Jaydan", upn=upn(902), **BOY)),
        TWO,
    ),
    Family("a slip of the pen", (of("school", "Jayden", **BOY), of("police", "Jaydenn", **BOY)), ONE),
    Family(
        "twins whose surname is spelt in two ways",
        (of("school", "Jayden", surname="Kowalczyk", **BOY), of("police", "Hayden", surname="Kovalchyk", **BOY)),
        TWO,
    ),
    Family(
        "twins both of whom two agencies expect",
        (
            of("council", "Twin 1", dob="", expected_dob="2032-02-03"),
            of("council", "Twin 2", dob="", expected_dob="2032-02-03"),
            of("health", "Twin 1", dob="", expected_dob="2032-02-03"),
            of("health", "Twin 2", dob="", expected_dob="2032-02-03"),
        ),
        ((0,), (1,), (2,), (3,)),
    ),
    Family(
        "one whom two agencies expect",
        (
            of("council", "Unborn", dob="", expected_dob="2032-02-03"),
            of("health", "Baby", dob="", expected_dob="2032-02-03"),
        ),
        ONE,
    ),
    *(
        Family(f"two records named {written}", (of("health", written, **BOY), of("police", written, **BOY)), TWO)
        for written in ("Newborn", "B/O Sarah", "Twin A", "Boy 1", "Male Infant", "N/K", "Not named", "Sibling 1")
    ),
    *(
        Family(
            f"a name and a birth date beside {field} {written}",
            (
                of("council", "Zzomar", **{"postcode": "", field: written}),
                of("police", "Zzomar", **{"postcode": "", field: written}),
            ),
            TWO,
        )
        for field, written in (
            ("address", "Homeless"),
            ("address", "Of no fixed abode"),
            ("address", "Hostel"),
            ("phone", "07000000000"),
            ("email", "none@none.com"),
            ("middle_names", "nil"),
            ("middle_names", "Not applicable"),
            ("postcode", "UNKNOWN1"),
            ("postcode", "NFA 1"),
        )
    ),
    Family(
        "a name and a birth date beside an address",
        (
            of("council", "Zzomar", postcode="", address="1 Hostel Lane"),
            of("police", "Zzomar", postcode="", address="1 Hostel Lane"),
        ),
        ONE,
    ),
    Family(
        "after an adoption, and the same agency's former record, its name written otherwise",
        (of("Council", "Zzomar", adoption_marker="POST", **BOY), of("council ", "Zzomar", **BOY)),
        TWO,
    ),
    Family(
        "a mother's record with the child's name and birth date on it, and one that fits both",
        (
            of("health", "Zzana", mother="1", **GIRL),
            of("health", "Zzana", **GIRL),
            of("police", "Zzana", **GIRL),
        ),
        THREE,
    ),
    Family(
        "a mother's form with her daughter's pupil number, of one name but for the middle names",
        (
            of("council", "Maria", middle_names="Rose", dob="1985-02-11", upn=upn(811), **GIRL),
            of("school", "Maria", middle_names="Jane", upn=upn(811), **GIRL),
        ),
        TWO,
    ),
    Family(
        "a birth date a generation off, beside the pupil number and the name",
        (of("council", "Maria", dob="1985-02-11", upn=upn(812), **GIRL), of("school", "Maria", upn=upn(812), **GIRL)),
        ONE,
    ),
    Family(
        "a father's form with his daughter's pupil number, of almost one name",
        (of("council", "Karim", dob="1985-02-11", upn=upn(813), **BOY), of("school", "Karima", upn=upn(813), **GIRL)),
        TWO,
    ),
    Family(
        "a father and his daughter of one forename and of other surnames, under her pupil number",
        (
            of("council", "Ashley", surname="Lopezor", dob="1985-02-11", upn=upn(814), **BOY),
            of("school", "Ashley", upn=upn(814), **GIRL),
        ),
        TWO,
    ),
    Family(
        "a brother's pupil number on his sister's record at one school, her birth date not known",
        (of("school", "Karim", upn=upn(815), **BOY), of("school", "Karima", dob="", upn=upn(815))),
        TWO,
    ),
    Family(
        "a boy, and almost his name on a record of no known sex",
        (of("school", "Karim", **BOY), of("police", "Karima")),
        TWO,
    ),
    Family(
        "a boy, and almost his name on a boy's record",
        (of("school", "Karim", **BOY), of("police", "Karima", **BOY)),
        ONE,
    ),
    Family(
        "an initial under another pupil number",
        (of("school", "K", upn=upn(816), **GIRL), of("council", "Katherine", upn=upn(817), **GIRL)),
        TWO,
    ),
    Family(
        "an initial under the same pupil number",
        (of("school", "K", upn=upn(818), **GIRL), of("council", "Katherine", upn=upn(818), **GIRL)),
        ONE,
    ),
    Family(
        "strangers of one ethnicity, the forename of each the other's surname",
        (
            of("school", "Khalid", surname="Yusuf", ethnicity="BAFR", postcode="", **BOY),
            of("police", "Yusuf", surname="Khalid", ethnicity="BAFR", **BOY),
        ),
        TWO,
    ),
    Family(
        "names that changed places, at one home",
        (of("school", "Khalid", surname="Yusuf", **BOY), of("police", "Yusuf", surname="Khalid", **BOY)),
        ONE,
    ),
    Family(
        "twins whose surname is a forename, and almost the other's",
        (of("school", "Hayden", surname="Hayden", **BOY), of("police", "Jayden", surname="Hayden", **BOY)),
        TWO,
    ),
    Family(
        "a short double name and a long one of twins, under two pupil numbers",
        (of("school", "Lily-Mae", upn=upn(931), **GIRL), of("council", "Lily-Rose", upn=upn(932), **GIRL)),
        TWO,
    ),
    Family(
        "a baby called by a form of its mother's name, under her number and without a birth date",
        (
            of("council", "Mia", dob="1996-03-20", nhs_number=nhs(861), **GIRL),
            of("health", "Mia-Rose", dob="", nhs_number=nhs(861), **GIRL),
        ),
        TWO,
    ),
    Family(
        "one child under two numbers that are typed where there is none, and pass the check",
        (
            of("school", "Zzirena", nhs_number="9876543210", **GIRL),
            of("health", "Zzirena", nhs_number="0123456789", **GIRL),
        ),
        ONE,
    ),
    Family(
        "sisters under a number that is typed where there is none",
        (
            of("school", "Zzirena", nhs_number="9876543210", **GIRL),
            of("health", "Zzolga", nhs_number="9876543210", **GIRL),
        ),
        TWO,
    ),
    Family(
        "twins expected, whom two agencies number",
        (
            of("health", "Unborn Twin 1", surname="Ornabeck", dob="", expected_dob="2027-03-14"),
            of("council", "Unborn Twin 2", surname="Ornabeck", dob="", expected_dob="2027-03-14"),
        ),
        TWO,
    ),
    Family(
        "a twin expected, and a child expected of whom nobody says which it is",
        (
            of("health", "Unborn B", surname="Tillymoor", dob="", expected_dob="2027-05-20"),
            of("council", "Unborn", surname="Tillymoor", dob="", expected_dob="2027-05-20"),
        ),
        TWO,
    ),
    Family(
        "perhaps one child expected, whom two agencies number the same",
        (
            of("health", "Unborn Twin 2", surname="Wexcombe", dob="", expected_dob="2027-08-09"),
            of("council", "Baby B", surname="Wexcombe", dob="", expected_dob="2027-08-09"),
        ),
        TWO,
    ),
    Family(
        "three years and a hundred houses apart in one street",
        (
            of("school", "Zzukasz", dob="2009-01-23", address="156 London Road, Peterborough", **BOY),
            of("health", "Zzukasz", dob="2012-01-23", address="52 London Road, Peterborough", postcode="", **BOY),
        ),
        TWO,
    ),
    Family(
        "a slip in the birth date at one address",
        (
            of("school", "Zzadrian", dob="2009-01-23", address="156 London Road, Peterborough", **BOY),
            of("health", "Zzadrian", dob="2012-01-23", address="156 London Road, Peterborough", postcode="", **BOY),
        ),
        ONE,
    ),
    Family(
        "two at one school whom a third record in the same street would bring together",
        (
            of("school", "Zzenisa", dob="2013-11-03", address="140 Eastfield Road", postcode="", upn=upn(933), **GIRL),
            of("police", "Zzenisa", dob="2013-11-26", address="50 Eastfield Road", **GIRL),
            of("school", "Zzenisa", dob="2013-11-26", address="50 Eastfield Road", upn=upn(934), **GIRL),
        ),
        ((0,), (1, 2)),
    ),
    Family(
        "other middle names, and one ethnicity",
        (
            of("school", "Zzilip", middle_names="Zzjakub", postcode="ZX98 6RJ", ethnicity="WPOL", **BOY),
            of("health", "Zzilip", middle_names="Zzkacper", postcode="ZX99 5BQ", ethnicity="WPOL", **BOY),
        ),
        TWO,
    ),
    Family(
        "other middle names, and one district",
        (
            of("school", "Zzogdan", middle_names="Zzjakub", postcode="ZX97 6RJ", **BOY),
            of("health", "Zzogdan", middle_names="Zzkacper", postcode="ZX97 5BQ", **BOY),
        ),
        TWO,
    ),
    Family(
        "two homes and two telephones in one district",
        (
            of("school", "Zzerwin", postcode="ZX96 6RJ", address="1 Park Road", phone="07700900111", **BOY),
            of("health", "Zzerwin", postcode="ZX96 5BQ", address="77 Mill Lane", phone="07700900222", **BOY),
        ),
        TWO,
    ),
    Family(
        "two homes of one telephone in one district",
        (
            of("school", "Zzondrej", postcode="ZX95 6RJ", address="1 Park Road", phone="07700900333", **BOY),
            of("health", "Zzondrej", postcode="ZX95 5BQ", address="77 Mill Lane", phone="07700900333", **BOY),
        ),
        ONE,
    ),
    Family(
        "a marker that only begins like one",
        (of("council", "Zzomar", adoption_marker="POSTPONED", **BOY), of("police", "Zzomar", **BOY)),
        TWO,
    ),
)


def rows(number: int, family: Family) -> Iterator[PersonRow]:
    """The family's records at a home and under a surname of its own; a `mother` is the place of hers among them."""
    letters = "bdfgklmnprtvz"
    surname = f"Qu{letters[number % 13]}a{letters[number // 13]}orth"
    home = {"surname": surname, "dob": "2014-05-03", "postcode": f"ZX{number + 1} 4AA"}
    for place, fields in enumerate(family.records):
        told = {name: value for name, value in fields.items() if name != "mother"}
        mother = {"mother_record_id": f"{number}-{fields['mother']}"} if "mother" in fields else {}
        yield {**home, "record_id": f"{number}-{place}", **told, **mother}


@pytest.fixture(scope="module")
def children(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The child of each record, all families taken in together."""
    with scratch_links(warehouse, tmp_path_factory.mktemp("adversaries")) as links:
        links.deliver([row for number, family in enumerate(FAMILIES) for row in rows(number, family)])
        return links.children()


@pytest.mark.parametrize("number", range(len(FAMILIES)), ids=[family.name for family in FAMILIES])
def test_who_is_one_child(children: dict[str, str], number: int) -> None:
    family = FAMILIES[number]
    found: dict[str, list[int]] = {}
    for place in range(len(family.records)):
        found.setdefault(children[f"{number}-{place}"], []).append(place)
    assert sorted(map(tuple, found.values())) == sorted(family.children)


def test_a_later_file_without_the_columns_takes_no_protection_back(
    warehouse: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    restricted, adopted = {"surname": "Quillrest", "dob": "2014-05-03"}, {"surname": "Quilladop", "dob": "2012-07-09"}
    of_both = {"forename": "Zzada", "sex": "F", "postcode": "ZX9 9AA"}
    known: list[PersonRow] = [
        {**of_both, **restricted, "record_id": "c1", "source": "council", "restricted_flag": "R1"},
        {**of_both, **restricted, "record_id": "h1", "source": "health"},
        {**of_both, **adopted, "record_id": "c2", "source": "council", "adoption_marker": "PRE"},
        {**of_both, **adopted, "record_id": "h2", "source": "health"},
    ]
    again: list[PersonRow] = [{name: known[place][name] for name in FIELDS} for place in (0, 2)]
    with scratch_links(warehouse, tmp_path_factory.mktemp("protections")) as links:
        links.deliver(known)
        links.deliver(again, columns=FIELDS)
        assert len(set(links.children().values())) == 4
        links.deliver([{**again[0], "restricted_flag": "N"}], columns=(*FIELDS, "restricted_flag"))
        assert len(set(links.children().values())) == 3, "what a file says, it says"
