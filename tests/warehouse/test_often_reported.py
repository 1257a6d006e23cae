"""A child whom one agency reports again and again, in the same words, is one child, and no harder to find for it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from frontdoor.linkage.decisions import decide, undo
from frontdoor.linkage.explain import explain, words
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings

from tests.warehouse.decisions.asking import ANN
from tests.warehouse.link_situations import nhs
from tests.warehouse.scratch_links import MONDAY, Found, Pair, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# More than may share a block, or make a crowd of a home, and than are ever compared each with each.
TIMES = 170
# As many as are still compared each with each.
FEW = 5
TWINS_HOME = {
    "postcode": "PE1 1AA",
    "address": "7 Zed Street",
    "phone": "01632 960911",
    "dob": "2011-05-03",
    "sex": "F",
}
ADA = {"forename": "Zzada", "surname": "Quillworth", **TWINS_HOME}
# Her twin has the same home and the same birth date, and is reported as often.
ZOE = {**ADA, "forename": "Zzoe"}
# A changed surname, which only the same home outweighs; no crowd lives there, if the twins are counted once each.
BEA = {**ADA, "forename": "Zzbea", "dob": "2009-02-11", "middle_names": "Zzmay"}
CAI = {"forename": "Zzcai", "surname": "Yarrow", "dob": "2012-06-07", "sex": "M", "nhs_number": nhs(801)}
# Whom most of what was said of Cai turns out to be about.
OLGA = {"forename": "Zzolga", "surname": "Marrow", "dob": "2015-01-09", "nhs_number": nhs(802)}
DAN = {"forename": "Zzdan", "surname": "Umber", "dob": "2013-08-21", "sex": "M", "nhs_number": nhs(803)}
EVE = {"forename": "Zzeve", "surname": "Ochre", "dob": "2010-10-02", "sex": "F", "nhs_number": nhs(804)}
# A mother, and children of her name with her number, by two of her records, so that one is not the first of them.
FAY = {"forename": "Zzfay", "surname": "Yewley", "dob": "1995-04-09", "sex": "F", "nhs_number": nhs(806)}
BABIES = [
    {**FAY, "dob": "", "record_id": f"baby-{place}", "source": "health", "mother_record_id": f"fay-{place}"}
    for place in range(2)
]
# Nobody is reported so often: a placeholder no list has.
GIA = {"forename": "Zzgia", "surname": "Umbrage", "dob": "2010-10-10", "postcode": "PE1 1AB", "nhs_number": nhs(805)}
NOBODY = 366
# As often, until one report turns out to be about somebody else.
JOS = {"forename": "Zzjos", "surname": "Umbrage", "dob": "2010-11-11", "postcode": "PE1 1AD", "nhs_number": nhs(807)}
# A guessed birth date agrees with itself in its month only, and is close to the school's.
HAL = {"forename": "Zzhal", "surname": "Yarrow", "dob": "2011-01-01", "postcode": "PE1 1AE", "address": "1 Yew Street"}


def reported(child: PersonRow, name: str, count: int, *, first: int = 0, source: str = "police") -> list[PersonRow]:
    return [{**child, "record_id": f"{name}-{number}", "source": source} for number in range(first, first + count)]


def ids(*parts: list[PersonRow]) -> frozenset[str]:
    return frozenset(row["record_id"] for part in parts for row in part)


ADAS, ZOES, DANS, EVES = (
    reported(child, name, count)
    for child, name, count in ((ADA, "ada", TIMES), (ZOE, "zoe", TIMES), (DAN, "dan", 20), (EVE, "eve", 60))
)
FIRST_FAYS, MORE_FAYS = reported(FAY, "fay", FEW), reported(FAY, "fay", FEW, first=FEW)
HALS = [*reported(HAL, "hal", 7), {**HAL, "dob": "2010-12-28", "record_id": "hal-school", "source": "school"}]
JOSES = reported(JOS, "jos", NOBODY)
GIAS = reported(GIA, "gia", NOBODY)
BEAS = [{**BEA, "record_id": "bea-1"}, {**BEA, "record_id": "bea-2", "surname": "Marrowby"}]
FIRST_CAIS, MORE_CAIS = reported(CAI, "cai", FEW), reported(CAI, "cai", TIMES, first=FEW)
AT_SCHOOL = [
    {**child, "record_id": f"school-{name}", "source": "school"}
    for name, child in {"ada": ADA, "zoe": ZOE, "cai": CAI, "dan": DAN, "eve": EVE, "gia": GIA}.items()
]


@dataclass(frozen=True, slots=True)
class Day:
    """What one day's build made of them, and what a full build makes of the same."""

    children: dict[str, str]
    pairs: dict[Pair, Found]
    in_increments: object
    in_full: object

    def of(self, *names: str) -> set[frozenset[str]]:
        """The children of those whose records bear these names."""
        groups: dict[str, set[str]] = {}
        for record, child in self.children.items():
            groups.setdefault(child, set()).add(record)
        return {
            frozenset(group) for group in groups.values() if any(set(record.split("-")) & {*names} for record in group)
        }


@dataclass(frozen=True, slots=True)
class Days:
    """The days, through whom the last build of the first compared Dan, and how two pairs were explained."""

    first: Day
    more: Day
    corrected: Day
    taken_back: Day
    compared_through: str
    explained: list[str]


def built(links: ScratchLinks) -> Day:
    def outcome() -> object:
        return links.groups(), links.components(), links.pairs(), links.questions()

    children, pairs, in_increments = links.children(), links.pairs(), outcome()
    links.rebuild(is_full=True)
    return Day(children, pairs, in_increments, outcome())


@pytest.fixture(scope="module")
def days(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with scratch_links(warehouse, tmp_path_factory.mktemp("often")) as links:
        links.deliver(
            [*ADAS, *ZOES, *BEAS, *FIRST_CAIS, *DANS, *EVES, *GIAS, *JOSES, *HALS, *FIRST_FAYS, *BABIES, *AT_SCHOOL]
        )
        first = built(links)
        model = load_linkage_model(links.scratch)
        with steward(links.scratch) as desk:
            explained = [
                "\n".join(words(explain(desk, model, "police:eve-3", other, by="ann", at=MONDAY)))
                for other in ("police:eve-8", "school:school-eve")
            ]
        [[compared_through]] = links.rows(
            "select distinct through.agency_person_id from identity.int_person_records__repeated as repeated"
            " inner join identity.int_children__members as member on repeated.record_no = member.record_no"
            " inner join identity.int_children__members as through on repeated.repeated_record_no = through.record_no"
            " where member.agency_person_id ~ '^dan-' and not repeated._is_retracted"
        )
        links.deliver([*MORE_CAIS, *MORE_FAYS, {**JOSES[0], **OLGA, "nhs_number": ""}])
        more = built(links)
        with steward(links.scratch) as desk:
            decision, _ = decide(desk, "separate", *find_pair(desk, "police:eve-7", "school:school-eve"), ANN)
            decide(desk, "separate", *find_pair(desk, "police:gia-0", "school:school-gia"), ANN)
        another = {**OLGA, "record_id": compared_through, "source": "police"}
        links.deliver([another, *({**row, **OLGA} for row in MORE_CAIS)])
        corrected = built(links)
        with steward(links.scratch) as desk:
            undo(desk, decision.decision_no, ANN)
        links.rebuild(is_full=False)
        yield Days(first, more, corrected, built(links), compared_through, explained)


def test_a_child_reported_again_and_again_stays_one_child_beside_her_twin(days: Days) -> None:
    assert days.first.of("ada", "zoe") == {ids(ADAS) | {"school-ada"}, ids(ZOES) | {"school-zoe"}}


def test_a_crowd_is_people_and_not_how_often_they_are_spoken_of(days: Days) -> None:
    assert days.first.of("bea") == {ids(BEAS)}


def test_who_is_reported_more_often_than_anybody_is_nobody(days: Days) -> None:
    alone = {frozenset({record}) for record in ids(GIAS) | {"school-gia"}}
    # Nor is anybody somebody because people decided about one.
    assert days.first.of("gia") == days.corrected.of("gia") == alone


def test_who_is_reported_less_often_for_a_correction_is_somebody(days: Days) -> None:
    assert days.first.of("jos") == {frozenset({record}) for record in ids(JOSES)}
    assert ids(JOSES[1:]) in days.more.of("jos")


def test_a_guessed_birth_date_is_compared_record_by_record(days: Days) -> None:
    assert days.first.of("hal") == {ids(HALS)}


@pytest.mark.parametrize("day", ["first", "more", "corrected"])
def test_a_mother_reported_often_and_her_child_are_two_people(days: Days, day: str) -> None:
    built_day: Day = getattr(days, day)
    fays = ids(FIRST_FAYS) if day == "first" else ids(FIRST_FAYS, MORE_FAYS)
    assert fays in built_day.of("fay")
    assert not [group for group in built_day.of("baby") if group & fays]


def test_he_is_compared_through_one_record_once_he_is_reported_often(days: Days) -> None:
    [key] = {days.first.children[row["record_id"]] for row in FIRST_CAIS}
    between = {pair: found for pair, found in days.first.pairs.items() if pair <= ids(FIRST_CAIS)}
    assert len(between) == FEW * (FEW - 1) / 2
    assert {found.rule_no for found in between.values()} == {1}
    everything = ids(FIRST_CAIS, MORE_CAIS) | {"school-cai"}
    assert days.more.of("cai") == {everything}
    assert {days.more.children[record] for record in everything} == {key}
    assert sum(pair <= everything for pair in days.more.pairs) == len(everything) - 1


def test_most_of_it_turns_out_to_be_about_somebody_else(days: Days) -> None:
    assert days.corrected.of("cai") == {
        ids(FIRST_CAIS) | {"school-cai"},
        ids(MORE_CAIS) | {days.compared_through},
    }
    # Who they were before the later reports came.
    assert days.corrected.children["cai-0"] == days.first.children["cai-0"]


def test_through_whom_he_was_compared_may_say_something_else(days: Days) -> None:
    assert ids(DANS) - {days.compared_through} | {"school-dan"} in days.corrected.of("dan")


def test_a_steward_takes_one_report_out_of_many_and_puts_it_back(days: Days) -> None:
    # The others fit both and go with neither, but stay one child.
    assert days.corrected.of("eve") == {frozenset({"eve-7"}), frozenset({"school-eve"}), ids(EVES) - {"eve-7"}}
    everything = ids(EVES) | {"school-eve"}
    assert {days.taken_back.children[record] for record in everything} == {days.first.children["eve-0"]}


def test_two_reports_are_explained_by_the_one_they_repeat(days: Days) -> None:
    among_themselves, with_school = days.explained
    assert "says the very same of both" in among_themselves
    assert "found by: the same NHS number (rule 1)" in with_school
    assert all("evidence: linked" in text and "now: one child" in text for text in days.explained)


@pytest.mark.parametrize("day", ["first", "more", "corrected", "taken_back"])
def test_a_full_build_makes_the_same_of_it(days: Days, day: str) -> None:
    built_day: Day = getattr(days, day)
    assert built_day.in_increments == built_day.in_full
