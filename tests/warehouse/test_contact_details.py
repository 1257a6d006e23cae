"""A home or a telephone speaks for a child as long as a family shares it, and for nobody once a crowd does."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.records import steward
from frontdoor.linkage.reviews import oversized_numbers
from frontdoor.settings import Settings

from tests.warehouse.link_situations import nhs
from tests.warehouse.scratch_links import Found, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

HOSTEL = {"address": "The Old Hostel, 1 Quillworth Street"}
ADA = {"forename": "Zzada", "surname": "Quillworth", "dob": "2014-05-03", "sex": "F", "middle_names": "Zzmay"}
# A changed surname, which only the same home outweighs.
HERS = ({**ADA, **HOSTEL, "record_id": "ada-1"}, {**ADA, **HOSTEL, "record_id": "ada-2", "surname": "Marrowby"})
TOGETHER, APART = {frozenset({"ada-1", "ada-2"})}, {frozenset({"ada-1"}), frozenset({"ada-2"})}
FAMILY = {"address": "7 Zed Street", "sex": "M", "surname": "Quorbin", "source": "police"}


def strangers(count: int, *, first: int = 0) -> Iterator[PersonRow]:
    """Others at the hostel, nothing like each other; a crowd is more than fifty."""
    letters = "bcdfghjklmnpqrstvwxz"
    for number in range(first, first + count):
        name = letters[number % 20] + "a" + letters[number // 20] + "o" + letters[(number * 7) % 20]
        born = date(2006, 1, 9) + timedelta(days=41 * number)
        yield {**HOSTEL, "record_id": f"other-{number}", "forename": f"Z{name}", "surname": f"{name}u{name}",
               "dob": born.isoformat()}  # fmt: skip


@pytest.fixture(scope="module")
def links(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchLinks]:
    with scratch_links(warehouse, tmp_path_factory.mktemp("details")) as found:
        yield found


def of_ada(links: ScratchLinks) -> set[frozenset[str]]:
    return {group for group in links.groups() if any(record.startswith("ada-") for record in group)}


def test_a_home_speaks_until_a_crowd_shares_it_and_again_when_the_crowd_has_left(links: ScratchLinks) -> None:
    links.deliver([*HERS, *strangers(48)])
    assert of_ada(links) == TOGETHER
    links.deliver(strangers(1, first=48))
    assert of_ada(links) == APART
    in_increments = links.groups()
    links.rebuild(is_full=True)
    assert links.groups() == in_increments
    links.deliver([{**next(strangers(1, first=48)), "address": "9 Elsewhere Road"}])
    assert of_ada(links) == TOGETHER
    in_increments = links.groups()
    links.rebuild(is_full=True)
    assert links.groups() == in_increments


def bearing_number(count: int, *, first: int = 0) -> Iterator[PersonRow]:
    """Others under one NHS number, of birth dates of their own; more than five are no child's slips of the pen."""
    for row in strangers(count, first=200 + first):
        yield {**row, "address": "", "nhs_number": nhs(651)}


def test_a_number_speaks_until_more_birth_dates_stand_beside_it_than_a_child_may_have(links: ScratchLinks) -> None:
    hers = {"forename": "Zzolga", "dob": "2013-05-17", "sex": "F", "nhs_number": nhs(651)}
    links.deliver(
        [
            {**hers, "record_id": "olga-1", "surname": "Quillfeather", "postcode": "ZX1 2AB"},
            {**hers, "record_id": "olga-2", "surname": "Pelmarrow", "postcode": "QV7 8XY"},
            *bearing_number(4),
        ]
    )
    together = frozenset({"olga-1", "olga-2"})
    assert together in links.groups()
    links.deliver(bearing_number(1, first=4))
    assert together not in links.groups()
    in_increments = links.groups()
    links.rebuild(is_full=True)
    assert links.groups() == in_increments
    with steward(links.scratch) as desk:
        [told] = oversized_numbers(desk, load_linkage_model(links.scratch))
    assert "an NHS number stands on 7 different records" in told
    # One of them is corrected where it was typed.
    links.deliver([{**next(bearing_number(1, first=4)), "nhs_number": nhs(652)}])
    assert together in links.groups()


BROTHERS = ("Zzimran", "Zzupert", "Zzohail", "Zzedwin", "Zzabdul", "Zzoskar")
# Middle names of two records of which one has no birth date, what else they share, and what becomes of them.
WITHOUT_BIRTH_DATE = (
    (("Zzomar", "Zzomar"), {}, ("linked", None)),
    (("Zzomar", "Z"), {}, ("linked", None)),
    (("Zzomar", ""), {}, ("review", "BIRTH_DATE_MISSING")),
    (("Zzomar", "Khalid"), {"phone": "01632 960912"}, ("review", "BIRTH_DATE_MISSING")),
    (("Zzomar", "Zzomar"), {"address": ""}, None),
    (("Zzomar", "Zzomar"), {"address": "", "phone": "01632 960911"}, ("linked", None)),
)
# One who moved, and one of whose home nobody says anything.
MOVED = {"moved-a": "1 Zadumel Lane", "moved-b": "Flat 9, Yorvic House", "moved-c": ""}
# One whose telephone is another, with nothing else but sex and ethnicity to speak for it.
CALLED = {"called-a": "01632 960921", "called-b": "01632 960922", "called-c": ""}
# Next door.
NEIGHBOURS = {"next-a": "84 Pell Street", "next-b": "85 Pell Street"}
# Of another surname at the same home: a forename, a slip of the pen in it, and one that another child may have.
RENAMED = {"renamed-a": "Hayden", "renamed-b": "Haydenn", "renamed-c": "Jayden"}
# Homes of which only the property's number is known.
NUMBERED = {"numbered-a": "10001234567", "numbered-b": "10001234567", "numbered-c": "10001234568"}
# Two High Streets, and a twin with almost the same name who is said to live at the other.
HIGH_STREETS = {"high-a": "ZX1 1AA", "high-b": "QV7 8ZZ", "high-c": "QV7 8ZZ"}


@pytest.fixture(scope="module")
def pairs(links: ScratchLinks) -> dict[frozenset[str], Found]:
    """The pairs of all these, taken in together."""
    rows: list[PersonRow] = [
        {**FAMILY, "forename": BROTHERS[number], "record_id": f"{number}-{place}", "middle_names": name,
         "dob": ("", "2012-03-04")[place], **contact}
        for number, (middle_names, contact, _) in enumerate(WITHOUT_BIRTH_DATE)
        for place, name in enumerate(middle_names)
    ]  # fmt: skip
    slip = {**FAMILY, "forename": "Zzubayr", "middle_names": "Zzomar"}
    rows += [{**slip, "record_id": "slip-a", "dob": ""}]
    rows += [{**slip, "record_id": "slip-b", "dob": "2012-03-04", "surname": f"{FAMILY['surname']}e"}]
    child = {**ADA, "forename": "Zzupton", "middle_names": "", "ethnicity": "WIRT"}
    rows += [{**child, "record_id": name, "address": address} for name, address in MOVED.items()]
    child = {**child, "forename": "Zzilvan", "surname": "Quambrough"}
    rows += [{**child, "record_id": name, "phone": phone} for name, phone in CALLED.items()]
    neighbour = {**ADA, "forename": "Zzolive"}
    rows += [
        {**neighbour, "record_id": name, "surname": ("Quarnby", "Marrowell")[place], "address": address}
        for place, (name, address) in enumerate(NEIGHBOURS.items())
    ]
    renamed = {**ADA, "middle_names": "", "address": "3 Quorn Lane", "postcode": "ZX5 5AA"}
    rows += [
        {
            **renamed,
            "record_id": name,
            "source": name,
            "forename": forename,
            "surname": ("Quarnham" if name == "renamed-a" else "Marlowe"),
        }
        for name, forename in RENAMED.items()
    ]
    numbered = {**ADA, "forename": "Zzulrich", "middle_names": "", "postcode": ""}
    rows += [{**numbered, "record_id": name, "uprn": uprn} for name, uprn in NUMBERED.items()]
    resident = {**ADA, "forename": "Zzefan", "middle_names": "", "address": "1 High Street"}
    rows += [{**resident, "record_id": name, "postcode": postcode} for name, postcode in HIGH_STREETS.items()]
    twins = {**resident, "surname": "Quimberley", "phone": "01632 960913"}
    rows += [{**twins, "record_id": "twin-a", "forename": "Zzelvan", "postcode": "ZX1 1AA"}]
    rows += [{**twins, "record_id": "twin-b", "forename": "Zzelman", "postcode": "QV7 8ZZ"}]
    links.deliver(rows)
    return links.pairs()


@pytest.mark.parametrize("number", range(len(WITHOUT_BIRTH_DATE)))
def test_without_a_birth_date_a_full_name_and_a_home_are_needed_since_brothers_share_first_names(
    pairs: dict[frozenset[str], Found], number: int
) -> None:
    found = pairs.get(frozenset({f"{number}-0", f"{number}-1"}))
    assert (found and (found.decision, found.reason)) == WITHOUT_BIRTH_DATE[number][2]


def test_without_a_birth_date_a_slip_of_the_pen_in_the_surname_is_outweighed_by_the_rest(
    pairs: dict[frozenset[str], Found],
) -> None:
    assert pairs[frozenset({"slip-a", "slip-b"})].decision == "linked"


def test_sex_and_ethnicity_do_not_speak_against_another_address(pairs: dict[frozenset[str], Found]) -> None:
    assert pairs[frozenset({"moved-a", "moved-b"})].reason == "NAME_BIRTH_ONLY"
    assert pairs[frozenset({"moved-a", "moved-c"})].decision == "linked"


def test_sex_and_ethnicity_do_not_speak_against_another_telephone(pairs: dict[frozenset[str], Found]) -> None:
    assert pairs[frozenset({"called-a", "called-b"})].reason == "NAME_BIRTH_ONLY"
    assert pairs[frozenset({"called-a", "called-c"})].decision == "linked"


def test_the_house_next_door_is_not_the_home_that_outweighs_another_surname(
    pairs: dict[frozenset[str], Found],
) -> None:
    assert pairs[frozenset(NEIGHBOURS)].reason == "NAME_CONFLICT"


def test_a_slip_of_the_pen_in_a_forename_people_have_outweighs_another_surname_at_the_same_home(
    pairs: dict[frozenset[str], Found],
) -> None:
    assert pairs[frozenset({"renamed-a", "renamed-b"})].decision == "linked"
    assert pairs[frozenset({"renamed-a", "renamed-c"})].reason == "NAME_CONFLICT"


def test_the_number_of_a_property_is_its_address(pairs: dict[frozenset[str], Found]) -> None:
    assert pairs[frozenset({"numbered-a", "numbered-b"})].decision == "linked"
    assert pairs[frozenset({"numbered-a", "numbered-c"})].reason == "NAME_BIRTH_ONLY"


def test_an_address_at_another_postcode_is_not_the_same_home(pairs: dict[frozenset[str], Found]) -> None:
    assert pairs[frozenset({"high-a", "high-b"})].reason == "NAME_BIRTH_ONLY"
    assert pairs[frozenset({"high-b", "high-c"})].decision == "linked"


def test_a_twin_whose_postcode_is_another_stays_a_twin(pairs: dict[frozenset[str], Found]) -> None:
    assert pairs[frozenset({"twin-a", "twin-b"})].reason == "TWIN"
