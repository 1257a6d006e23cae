"""The people of the synthetic council: nobody real, and as awkward to recognise as real ones."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from frontdoor.synthesis import identifiers, names
from frontdoor.synthesis.council import Council, Span
from frontdoor.synthesis.population import Population
from stdnum.gb import nhs, upn

from tests.unit.synthesis.council_files import CouncilFiles


@pytest.fixture(scope="session")
def population() -> Population:
    return Population(seed=7, children=20_000, as_of=date(2026, 3, 2))


def test_every_nhs_number_is_valid_and_of_the_range_nobody_has(healthy: CouncilFiles) -> None:
    seen = 0
    for file in healthy.files:
        for row in file.rows:
            number = str(row.get("nhs_number") or row.get("pers_common_child_id") or "")
            if number:
                seen += 1
                assert number.startswith("999")
                assert nhs.is_valid(number)
    assert seen > 3_000


def test_another_seed_is_another_council(population: Population) -> None:
    other = Population(seed=8, children=100, as_of=date(2026, 3, 2))
    first, second = (
        {(child.forename, child.surname, child.birth_date) for family in families[:40] for child in family.children}
        for families in (population.families, other.families)
    )
    assert first.isdisjoint(second)


def test_nhs_numbers_never_repeat() -> None:
    generator = identifiers.nhs_numbers(Random(1))
    drawn = [next(generator) for _ in range(50_000)]
    assert len(set(drawn)) == 50_000


def test_every_upn_is_valid(healthy: CouncilFiles) -> None:
    codes = {str(row["pers_upn"]) for row in healthy.current("lcsperson").values() if row["pers_upn"]}
    assert len(codes) > 2_000
    assert all(upn.is_valid(code) for code in codes)


def test_no_two_children_share_an_identifier(population: Population) -> None:
    children = [child for family in population.families for child in family.children]
    for identifiers_of in ([child.nhs_number for child in children], [child.upn for child in children if child.upn]):
        assert len(set(identifiers_of)) == len(identifiers_of)


def test_twins_are_about_as_common_as_they_are(population: Population) -> None:
    pairs = [
        (first, second)
        for family in population.families
        for first, second in zip(family.children, family.children[1:], strict=False)
        if first.birth_date == second.birth_date
    ]
    children = sum(len(family.children) for family in population.families)
    assert 0.010 < 2 * len(pairs) / children < 0.024
    assert all(first.forename != second.forename and first.surname == second.surname for first, second in pairs)
    assert all(first.nhs_number != second.nhs_number for first, second in pairs)
    alike = sum(first.sex == second.sex for first, second in pairs)
    assert 0.3 < alike / len(pairs) < 0.7


def test_no_parents_call_two_children_alike(population: Population) -> None:
    families = [[child.forename for child in family.children] for family in population.families]
    assert max(map(len, families)) > 3
    assert all(len(set(names)) == len(names) for names in families)


def test_an_adopted_child_is_two_people_who_share_nothing_but_their_birth(healthy: CouncilFiles) -> None:
    people = {
        line["agency_person_id"]: line["child_number"]
        for line in healthy.truth("persons_truth")
        if line["scope"] == "council"
    }
    listed = {people[key]: row for key, row in healthy.current("lcsperson").items()}
    pairs = healthy.truth("adoptions_truth")
    assert len(pairs) >= 10
    for pair in pairs:
        former, present = listed[pair["former_child_number"]], listed[pair["child_number"]]
        assert (former["adoption_marker"], present["adoption_marker"]) == ("PRE", "POST")
        assert former["pers_person_id"] != present["pers_person_id"]
        for column in ("pers_common_child_id", "pers_upn", "addr_address_postcode"):
            assert not former[column] or former[column] != present[column]


def test_a_legacy_number_is_one_persons(healthy: CouncilFiles) -> None:
    people = {line["agency_person_id"]: line["child_number"] for line in healthy.truth("persons_truth")}
    owners = defaultdict(set)
    for key, row in healthy.current("lcsperson").items():
        owners[row["pers_legacy_id"]].add(people[key])
    del owners[""]
    assert len(owners) > 500
    assert all(len(numbers) == 1 for numbers in owners.values())


def test_restricted_children_show_no_number_and_no_home(healthy: CouncilFiles) -> None:
    restricted = [row for row in healthy.current("lcsperson").values() if row["restricted_flag"] != "N"]
    assert 15 <= len(restricted) <= 90
    assert not any(row["pers_common_child_id"] or row["addr_address_postcode"] for row in restricted)


def test_the_unborn_are_expected_of_a_mother_the_council_knows(healthy: CouncilFiles) -> None:
    listed = healthy.current("lcsperson")
    unborn = [row for row in listed.values() if row["pers_expected_dob"]]
    assert unborn
    for row in unborn:
        assert not row["pers_dob"]
        assert row["pers_sex"] == "U"
        assert listed[str(row["mother_person_id"])]["pers_is_mother"] == "Y"


def test_no_family_expects_another_child_before_the_first_is_born() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    council = Council(seed=7, span=Span(start, start + timedelta(days=200)), children=60, known=0)
    random, expected = Random(7), defaultdict(set)
    for day in range(200):
        at = start + timedelta(days=day)
        for child in (child for _ in range(20) for child in council.draw_children(random, at=at)):
            if child.birth_date > at.date():
                expected[child.family].add((child.birth_date, child.number))
    assert sum(map(len, expected.values())) > 20
    for children in expected.values():
        ordered = sorted(children)
        assert all((later[0] - first[0]).days > 270 for first, later in zip(ordered, ordered[1:], strict=False))


def test_agencies_write_the_same_child_differently_and_some_twice(healthy: CouncilFiles) -> None:
    records = defaultdict(set)
    for line in healthy.truth("persons_truth"):
        records[line["scope"], line["child_number"]].add(line["agency_person_id"])
    council = [ids for (scope, _), ids in records.items() if scope == "council"]
    assert 0.008 < sum(len(ids) > 1 for ids in council) / len(council) < 0.025
    written = {row["agency_person_id"]: row for row in healthy.current("contacts").values()}
    schools = [row for row in healthy.current("portalsent").values() if row["agency_type"] == "SCHOOL"]
    names_of = {(row["portal_reference"], row["dob"]): (row["forename"], row["surname"]) for row in written.values()}
    pairs = [
        ((row["forename"], row["surname"]), names_of.get((row["portal_reference"], row["dob"]))) for row in schools
    ]
    differing = sum(ours is not None and theirs != ours for theirs, ours in pairs)
    assert 0.03 < differing / len(pairs) < 0.5


def test_names_come_from_many_places(population: Population) -> None:
    counts = Counter(child.ethnicity for family in population.families for child in family.children)
    assert {"WBRI", "WOTH", "APKN", "WROM", "WIRT", "BAFR", "AIND", "ABAN", "CHNE", "BCRB", "OOTH"} <= set(counts)
    assert 0.5 < counts["WBRI"] / counts.total() < 0.75


@pytest.mark.parametrize(
    ("name", "expected"), [("Łukasz", "Lukasz"), ("Ionuț", "Ionut"), ("O'Neill", "O'Neill"), ("Đặng", "Dang")]
)
def test_plain_keeps_letters_and_loses_marks(name: str, expected: str) -> None:
    assert names.plain(name) == expected


@pytest.mark.parametrize(
    ("code", "council"),
    [("PE1 2AB", "874"), ("PE7 3NA", "874"), ("PE13 2AB", "873"), ("CB2 1AA", "873"), ("LE1 1AA", None)],
)
def test_a_postcode_lies_in_a_council(code: str, council: str | None) -> None:
    assert identifiers.la_of_postcode(code) == council
