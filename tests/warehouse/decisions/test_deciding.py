"""People's decisions: kept for ever, consistent, taken back only by deciding again; for restricted children by two."""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import psycopg
import pytest
from frontdoor.errors import FrontdoorError, WarehouseError
from frontdoor.linkage import decisions
from frontdoor.linkage.decisions import Author, Decision, DecisionRefused, decide
from frontdoor.linkage.records import find_pair, find_record, steward
from frontdoor.linkage.reviews import side_by_side
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from hypothesis import given
from hypothesis import settings as searching
from hypothesis import strategies as st

from tests.databases import copied_database
from tests.warehouse.decisions.asking import ANN, MONDAY, effective, link, pair, separate
from tests.warehouse.decisions.hand_made_links import (
    ADA,
    BEA,
    CAI,
    DOT,
    EVERYBODY,
    Person,
    create_identity,
    lay_people,
)
from tests.warehouse.link_situations import nhs

pytestmark = pytest.mark.postgres

# Naming a record


def test_a_record_is_called_by_its_key_its_beginning_or_its_agency_s_number(desk: psycopg.Connection) -> None:
    for reference in (ADA.record_key, ADA.record_key[:8], "police:zzada-1", "POLICE:zzada-1"):
        assert find_record(desk, reference).record_key == ADA.record_key


def test_a_scope_or_number_with_colons_is_understood(people: Settings, admin: psycopg.Connection) -> None:
    school = Person("contacts:77", scope="portal:SCHOOL")
    lay_people(admin, [school])
    with steward(people) as desk:
        assert find_record(desk, "portal:SCHOOL:contacts:77").record_key == school.record_key


@pytest.mark.parametrize("reference", ["zzada-1", "police:nobody", "0123456", "ffffffffffffffff", "", "%"])
def test_who_is_not_there_is_not_named(desk: psycopg.Connection, reference: str) -> None:
    with pytest.raises(FrontdoorError) as refused:
        find_record(desk, reference)
    assert not reference or reference not in str(refused.value)


def test_it_is_said_which_of_two_is_not_there(desk: psycopg.Connection) -> None:
    with pytest.raises(FrontdoorError, match="the second record: no record is called that"):
        find_pair(desk, ADA.record_key, "police:nobody")


def test_a_beginning_two_records_share_names_neither(people: Settings, admin: psycopg.Connection) -> None:
    admin.execute("update identity.int_children__members set record_key = 'abcdef01' || right(record_key, 24)")
    with steward(people) as desk, pytest.raises(FrontdoorError, match="more of the key"):
        find_record(desk, "abcdef01")


def test_a_record_is_not_linked_with_itself(desk: psycopg.Connection) -> None:
    with pytest.raises(FrontdoorError, match="same record twice"):
        find_pair(desk, ADA.record_key, "police:zzada-1")


def test_before_anything_was_built_one_is_told_to_build(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="frontdoor build"), steward(settings) as desk:
        find_record(desk, "police:zzada-1")


# Deciding


def test_a_decision_is_kept_with_who_when_why_and_reviewer(desk: psycopg.Connection) -> None:
    made = link(desk, BEA, ADA, Author(" A. Steward ", MONDAY, " said the school ", "B. Reviewer"))
    assert (made.decided_by, made.reason, made.reviewed_by, made.decided_at) == (
        "A. Steward",
        "said the school",
        "B. Reviewer",
        MONDAY,
    )
    assert [made.left_record_key, made.right_record_key] == sorted([ADA.record_key, BEA.record_key])
    assert made.state == "in force"


@pytest.mark.parametrize(
    ("by", "reason", "reviewer"),
    [
        ("", "a reason", None),
        ("A. Steward", "  ", None),
        ("A. Steward", "a reason", "a. STEWARD "),
        ("A. Steward", "a reason", ""),
    ],
)
def test_nobody_decides_without_a_name_a_reason_and_another_reviewer(
    by: str, reason: str, reviewer: str | None
) -> None:
    with pytest.raises(DecisionRefused):
        Author(by, MONDAY, reason, reviewer)


@pytest.mark.parametrize(
    "reason",
    [
        "seen\ndecision 9 is kept",
        "x\x1b[2Jy seen",
        "\u200b\u200b\u200b\u200b",
        "caf\udce9 seen",
        "a\x00bcd",
        "r" * 2001,
    ],
    ids=["two lines", "a terminal's", "none that is seen", "half a letter", "nothing", "too long"],
)
def test_a_reason_is_one_line_that_is_read_as_it_was_typed(reason: str) -> None:
    with pytest.raises(DecisionRefused, match="a reason is"):
        Author("A. Steward", MONDAY, reason)
    assert Author("A. Steward", MONDAY, "see ticket [/12] " + "r" * 1983)


def test_the_same_decision_twice_is_one(desk: psycopg.Connection) -> None:
    first, is_new = decide(desk, "link", *pair(desk, ADA, BEA), ANN)
    again, is_new_again = decide(desk, "link", *pair(desk, BEA, ADA), ANN)
    assert (is_new, is_new_again, again.decision_no) == (True, False, first.decision_no)


def test_a_decision_is_not_contradicted_but_undone(desk: psycopg.Connection) -> None:
    made = link(desk, ADA, BEA)
    with pytest.raises(DecisionRefused, match=f"linked by decision {made.decision_no}"):
        separate(desk, ADA, BEA)
    decisions.undo(desk, made.decision_no, ANN)
    assert separate(desk, ADA, BEA).state == "in force"


def verify(admin: psycopg.Connection, numbers: Mapping[Person, str]) -> None:
    """Give people verified NHS numbers."""
    for person, number in numbers.items():
        admin.execute(
            "update identity.int_person_records__standardised"
            " set evident_nhs_number = %s, is_nhs_number_verified = true where record_key = %s",
            [number, person.record_key],
        )


def test_two_verified_nhs_numbers_are_not_linked_since_no_build_would_follow(
    desk: psycopg.Connection, admin: psycopg.Connection
) -> None:
    verify(admin, {ADA: nhs(901), BEA: nhs(902)})
    with pytest.raises(DecisionRefused, match="different verified NHS numbers"):
        link(desk, ADA, BEA)
    assert link(desk, ADA, CAI).state == "in force"
    # Not through a third record either.
    with pytest.raises(DecisionRefused, match="different verified NHS numbers"):
        link(desk, CAI, BEA)


def test_two_numbers_of_a_pair_that_was_linked_before_keep_no_third_record_from_either(
    desk: psycopg.Connection, admin: psycopg.Connection
) -> None:
    """The build parts the two; whom a steward knows to be one of them has no number that is in the way."""
    link(desk, ADA, BEA)
    desk.commit()
    verify(admin, {ADA: nhs(901), BEA: nhs(902)})
    assert link(desk, ADA, CAI).state == "in force"
    desk.commit()
    verify(admin, {DOT: nhs(903)})
    with pytest.raises(DecisionRefused, match="different verified NHS numbers"):
        link(desk, CAI, DOT)


def test_a_mother_and_her_baby_are_not_linked_since_no_build_would_follow(
    people: Settings, desk: psycopg.Connection, admin: psycopg.Connection
) -> None:
    baby = Person("zzbab-9", mother=ADA.record_key)
    lay_people(admin, [baby])
    for one, other in ((ADA, baby), (baby, ADA)):
        with pytest.raises(DecisionRefused, match="the mother of the other"):
            link(desk, one, other)
    assert separate(desk, ADA, baby).state == "in force"


def test_links_that_lead_on_are_not_contradicted_either(desk: psycopg.Connection) -> None:
    link(desk, ADA, BEA)
    link(desk, BEA, CAI)
    with pytest.raises(DecisionRefused, match="through other records"):
        separate(desk, ADA, CAI)
    apart = separate(desk, CAI, DOT)
    with pytest.raises(DecisionRefused, match=f"apart by decision {apart.decision_no}"):
        link(desk, ADA, DOT)


def test_what_was_undone_cannot_be_undone_again_nor_what_never_was(desk: psycopg.Connection) -> None:
    made = link(desk, ADA, BEA)
    undone = decisions.undo(desk, made.decision_no, ANN)
    assert undone.state == "undone by A. Steward"
    for number in (made.decision_no, made.decision_no + 1, 999):
        with pytest.raises(DecisionRefused):
            decisions.undo(desk, number, ANN)


def test_a_build_before_the_undo_still_sees_the_decision(desk: psycopg.Connection) -> None:
    made = link(desk, ADA, BEA)
    decisions.undo(desk, made.decision_no, ANN)
    assert [row[0] for row in effective(desk, made.decision_no)] == [made.decision_no]
    assert effective(desk, made.decision_no + 1) == effective(desk, made.decision_no - 1) == []


def test_decisions_become_visible_in_the_order_of_their_numbers(people: Settings, desk: psycopg.Connection) -> None:
    link(desk, ADA, BEA)  # not committed

    def decide_meanwhile() -> None:
        with steward(people) as other:
            link(other, CAI, DOT)

    meanwhile = threading.Thread(target=decide_meanwhile)
    meanwhile.start()
    meanwhile.join(timeout=1)
    assert meanwhile.is_alive()
    desk.commit()
    meanwhile.join(timeout=30)
    numbers = [row[0] for row in effective(desk)]
    assert len(numbers) == 2
    assert effective(desk, numbers[0])[0][2:] == tuple(sorted([ADA.record_key, BEA.record_key]))


@pytest.fixture(scope="module")
def many_people(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The same four people for all examples of a property."""
    home = tmp_path_factory.mktemp("decisions")
    with copied_database(warehouse, template=warehouse.database_name, home=home) as settings:
        create_identity(settings)
        with connect(settings, role="admin") as admin:
            lay_people(admin, EVERYBODY)
        yield settings


STEPS = st.lists(
    st.tuples(st.sampled_from(["link", "separate", "undo"]), st.permutations(range(4)).map(lambda p: p[:2])), max_size=8
)


@searching(max_examples=40, deadline=None)
@given(steps=STEPS, last=st.sampled_from(["link", "separate"]), places=st.permutations(range(4)))
def test_to_decide_and_undo_changes_nothing_whatever_was_decided_before(
    many_people: Settings, steps: list[tuple[str, list[int]]], last: str, places: list[int]
) -> None:
    with steward(many_people) as desk:
        for kind, (one, other) in steps:
            attempt(desk, kind, EVERYBODY[one], EVERYBODY[other])
            assert_consistent(effective(desk))
        before = effective(desk)
        made = attempt(desk, last, EVERYBODY[places[0]], EVERYBODY[places[1]])
        if made is not None:
            assert [row for row in effective(desk) if row[0] != made.decision_no] == before
            decisions.undo(desk, made.decision_no, ANN)
        assert effective(desk) == before
        desk.rollback()


def attempt(desk: psycopg.Connection, kind: str, one: Person, other: Person) -> Decision | None:
    """Decide, or undo what is decided, about a pair; None when that is refused or nothing new."""
    try:
        if kind == "undo":
            about = decisions.decisions_about(desk, *pair(desk, one, other))
            return decisions.undo(desk, about[-1].decision_no, ANN) if about else None
        made, is_new = decide(desk, "link" if kind == "link" else "separate", *pair(desk, one, other), ANN)
        return made if is_new else None
    except DecisionRefused:
        return None


def assert_consistent(found: list[tuple[object, ...]]) -> None:
    """No two records that are kept apart hang together by links people asked for."""
    group = {person.record_key: {person.record_key} for person in EVERYBODY}
    for _, kind, left, right in found:
        if kind == "link":
            joined = group[str(left)] | group[str(right)]
            group |= dict.fromkeys(joined, joined)
    assert not [row for row in found if row[1] == "separate" and row[3] in group[str(row[2])]]


# Restricted children: two people


@pytest.mark.parametrize("kind", ["link", "separate"])
def test_a_restricted_child_needs_a_second_person(restricted: tuple[Settings, Person], kind: decisions.Kind) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made, _ = decide(desk, kind, *pair(desk, ADA, friend), ANN)
        assert (made.awaits_confirmation, effective(desk)) == (True, [])
        with pytest.raises(DecisionRefused, match="another person"):
            decisions.confirm(desk, made.decision_no, Author("a. STEWARD ", MONDAY, "seen"))
        with pytest.raises(DecisionRefused, match="review show .* --by 'B. Second'"):
            decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
        side_by_side(desk, *pair(desk, friend, ADA), by="b. second", at=MONDAY - timedelta(minutes=1))
        with pytest.raises(DecisionRefused, match="has looked"):
            decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen before it was asked for"))
        side_by_side(desk, *pair(desk, friend, ADA), by="b. second", at=MONDAY)
        confirmed = decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
        assert confirmed.state == "in force, confirmed by B. Second"
        [from_no] = desk.execute("select effective_from_no from linkage.effective_decisions").fetchall()[0]
        assert from_no > made.decision_no
        assert (len(effective(desk, from_no)), effective(desk, from_no - 1)) == (1, [])
        with pytest.raises(DecisionRefused, match="does not wait"):
            decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))


def test_a_confirmation_by_the_same_person_has_no_effect_however_it_was_written(
    restricted: tuple[Settings, Person],
) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made = link(desk, ADA, friend)
        side_by_side(desk, *pair(desk, friend, ADA), by="A. Steward", at=MONDAY)
        confirm = (
            "insert into linkage.decisions (kind, about_decision_no, reason, decided_by, decided_at)"
            " values ('confirm', %s, 'seen', %s, %s)"
        )
        desk.execute(confirm, [made.decision_no, " a.  steward", MONDAY])
        assert effective(desk) == []
        with pytest.raises(psycopg.errors.RaiseException, match="has looked"):
            desk.execute(confirm, [made.decision_no, "B. Second", MONDAY])


def test_a_link_is_suspended_when_its_record_becomes_restricted_until_a_second_person_confirms_it(
    people: Settings, desk: psycopg.Connection, admin: psycopg.Connection
) -> None:
    made, apart = link(desk, ADA, BEA), separate(desk, ADA, CAI)
    desk.commit()
    restrict = "update identity.int_person_records__standardised set is_restricted = %s where record_key = %s"
    admin.execute(restrict, [True, BEA.record_key])
    admin.execute(restrict, [True, CAI.record_key])
    assert [row[0] for row in effective(desk)] == [apart.decision_no], "what keeps apart goes on"
    assert [decision.decision_no for decision in decisions.awaiting_confirmation(desk)] == [made.decision_no]
    assert decisions.decision_numbered(desk, made.decision_no).state == "waits for a second person"
    admin.execute(restrict, [False, BEA.record_key])
    assert [row[0] for row in effective(desk)] == [made.decision_no, apart.decision_no]

    admin.execute(restrict, [True, BEA.record_key])
    second = Author("B. Second", MONDAY, "seen")
    with pytest.raises(DecisionRefused, match="another person"):
        decisions.confirm(desk, made.decision_no, ANN)
    side_by_side(desk, *pair(desk, ADA, BEA), by="B. Second", at=MONDAY)
    assert decisions.confirm(desk, made.decision_no, second).state == "in force, confirmed by B. Second"
    assert [row[0] for row in effective(desk)] == [made.decision_no, apart.decision_no]
    assert decisions.awaiting_confirmation(desk) == []


def test_what_one_person_linked_with_a_record_that_two_hold_to_a_restricted_one_is_suspended_too(
    people: Settings, admin: psycopg.Connection
) -> None:
    restrict = (
        "update identity.int_person_records__standardised set is_restricted = %s, _built_in = %s where record_key = %s"
    )
    admin.execute(restrict, [True, 1, ADA.record_key])
    with steward(people) as desk:
        first = link(desk, ADA, BEA)
        side_by_side(desk, *pair(desk, ADA, BEA), by="B. Second", at=MONDAY)
        decisions.confirm(desk, first.decision_no, Author("B. Second", MONDAY, "seen"))
    admin.execute(restrict, [False, 1, ADA.record_key])
    with steward(people) as desk:
        second, beyond = link(desk, BEA, CAI), link(desk, CAI, DOT)
        assert [row[0] for row in effective(desk)] == [first.decision_no, second.decision_no, beyond.decision_no]
        side_by_side(desk, *pair(desk, BEA, CAI), by="B. Second", at=MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    admin.execute(restrict, [True, build_of(admin, tuesday), ADA.record_key])
    with steward(people) as desk:
        assert [row[0] for row in effective(desk)] == [first.decision_no, beyond.decision_no]
        assert [each.decision_no for each in decisions.awaiting_confirmation(desk)] == [second.decision_no]
    seen = Author("B. Second", tuesday, "seen")
    with steward(people) as desk, pytest.raises(DecisionRefused, match="has looked"):
        decisions.confirm(desk, second.decision_no, seen)
    with steward(people) as desk:
        side_by_side(desk, *pair(desk, BEA, CAI), by="B. Second", at=tuesday)
        assert decisions.confirm(desk, second.decision_no, seen).state == "in force, confirmed by B. Second"


def build_of(admin: psycopg.Connection, day: datetime, *, state: str = "published") -> int:
    """The number of a build of that day."""
    [[build_no]] = admin.execute(
        "insert into ledger.builds (is_full, state, started_at) values (false, %s, %s) returning build_no", [state, day]
    ).fetchall()
    return int(build_no)


def test_what_waits_is_confirmed_although_something_else_parts_who_they_were_linked_with(
    people: Settings, admin: psycopg.Connection
) -> None:
    """Numbers and a mother count between the two that are judged; that these two are linked is what is asked."""
    with steward(people) as desk:
        link(desk, ADA, BEA)
        made = link(desk, ADA, CAI)
    admin.execute(
        "insert into ledger.builds (is_full, state, started_at, decided_up_to) values (true, 'published', %s, %s)",
        [MONDAY, made.decision_no],
    )
    # The build has parted Ada and Bea, and joined Ada and Cai.
    verify(admin, {ADA: nhs(901), BEA: nhs(902)})
    admin.execute(
        "update identity.int_children__members set child_key = %s where record_key = %s",
        [ADA.child_key, CAI.record_key],
    )
    admin.execute(
        "update identity.int_person_records__standardised set is_restricted = true where record_key = %s",
        [CAI.record_key],
    )
    with steward(people) as desk:
        side_by_side(desk, *pair(desk, ADA, CAI), by="B. Second", at=MONDAY)
        assert decide(desk, "link", *pair(desk, ADA, CAI), ANN)[1] is False
        confirmed = decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
        assert confirmed.state == "in force, confirmed by B. Second"


def test_who_looked_before_the_record_was_restricted_looks_again_before_confirming(
    people: Settings, admin: psycopg.Connection
) -> None:
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
        side_by_side(desk, *pair(desk, ADA, BEA), by="B. Second", at=MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    build_no = build_of(admin, tuesday, state="running")
    admin.execute(
        "update identity.int_person_records__standardised set is_restricted = true, _built_in = %s"
        " where record_key = %s",
        [build_no, BEA.record_key],
    )
    second = Author("B. Second", tuesday, "seen")
    for change in ("state = 'running'", "state = 'published', finished_at = started_at + interval '1 hour'"):
        admin.execute(f"update ledger.builds set {change} where build_no = %s".encode(), [build_no])
        with steward(people) as desk:
            side_by_side(desk, *pair(desk, ADA, BEA), by="B. Second", at=tuesday)
        with steward(people) as desk, pytest.raises(DecisionRefused, match="has looked"):
            decisions.confirm(desk, made.decision_no, second)
    with steward(people) as desk:
        side_by_side(desk, *pair(desk, ADA, BEA), by="B. Second", at=tuesday + timedelta(hours=1))
        assert decisions.confirm(desk, made.decision_no, second).state == "in force, confirmed by B. Second"


def test_numbers_verified_since_a_link_was_asked_for_are_seen_by_who_confirms_it(
    restricted: tuple[Settings, Person], admin: psycopg.Connection
) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made = link(desk, ADA, friend)
    verify(admin, {ADA: nhs(901), friend: nhs(902)})
    with steward(settings) as desk:
        side_by_side(desk, *pair(desk, friend, ADA), by="B. Second", at=MONDAY)
        with pytest.raises(DecisionRefused, match="different verified NHS numbers"):
            decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))


@pytest.mark.parametrize("name", ["A.\u200b Steward", "A. Steward\ufeff", "A.\u00ad Steward"])
def test_a_name_with_a_letter_nobody_sees_is_nobody_else_s(restricted: tuple[Settings, Person], name: str) -> None:
    with pytest.raises(DecisionRefused, match="cannot be seen"):
        Author(name, MONDAY, "seen")
    with pytest.raises(DecisionRefused, match="cannot be seen"):
        Author("A. Steward", MONDAY, "seen", name)
    settings, friend = restricted
    with steward(settings) as desk:
        made = link(desk, ADA, friend)
        side_by_side(desk, *pair(desk, friend, ADA), by=name, at=MONDAY)
        desk.execute(
            "insert into linkage.decisions (kind, about_decision_no, reason, decided_by, decided_at)"
            " values ('confirm', %s, 'by hand', %s, %s)",
            [made.decision_no, name, MONDAY],
        )
        assert effective(desk) == []


def test_what_was_asked_for_counts_for_a_restricted_child_whatever_wrote_it(
    restricted: tuple[Settings, Person],
) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        link(desk, friend, ADA)
        desk.execute(
            "insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by, decided_at)"
            " values ('link', %s, %s, 'by hand', 'A. Steward', %s)",
            [*sorted((ADA.record_key, BEA.record_key)), MONDAY],
        )
        assert effective(desk) == []


def test_what_keeps_a_restricted_child_apart_is_not_undone_by_one_person(restricted: tuple[Settings, Person]) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made = separate(desk, ADA, friend)
        with pytest.raises(DecisionRefused, match="--reviewer"):
            decisions.undo(desk, made.decision_no, ANN)
        assert (
            decisions.undo(desk, made.decision_no, Author("A. Steward", MONDAY, "cousins", "B. Second")).undone_by
            == "A. Steward"
        )
        again = separate(desk, ADA, friend)
        with pytest.raises(psycopg.errors.RaiseException, match="second person"):
            desk.execute(
                "insert into linkage.decisions (kind, about_decision_no, reason, decided_by, decided_at)"
                " values ('undo', %s, 'by hand', 'A. Steward', %s)",
                [again.decision_no, MONDAY],
            )
    with steward(settings) as desk:
        again = separate(desk, ADA, friend)
        with pytest.raises(psycopg.errors.RaiseException, match="second person"):
            desk.execute(
                "insert into linkage.decisions (kind, about_decision_no, reason, decided_by, reviewed_by, decided_at)"
                " values ('undo', %s, 'by hand', 'A. Steward', 'a.  steward', %s)",
                [again.decision_no, MONDAY],
            )


@pytest.mark.parametrize("kind", ["link", "separate"])
def test_a_restricted_child_needs_a_second_person_whatever_wrote_the_decision(
    restricted: tuple[Settings, Person], kind: decisions.Kind
) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        for left, right in ((ADA, friend), (BEA, CAI)):
            desk.execute(
                "insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by,"
                " decided_at, written_by_login) values (%s, %s, %s, 'by hand', 'A. Steward', %s, 'somebody else')",
                [kind, *sorted((left.record_key, right.record_key)), MONDAY],
            )
        assert [row[2:] for row in effective(desk)] == [tuple(sorted((BEA.record_key, CAI.record_key)))]
        written = desk.execute("select distinct written_by_login = session_user from linkage.decisions").fetchall()
        assert written == [(True,)], "nobody says of themselves by which login they came"


def test_what_keeps_a_restricted_child_apart_from_somebody_who_is_gone_is_undone_by_two(
    restricted: tuple[Settings, Person], admin: psycopg.Connection
) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made = separate(desk, ADA, friend)
    retract(admin, ADA)
    with steward(settings) as desk:
        with pytest.raises(DecisionRefused, match="--reviewer"):
            decisions.undo(desk, made.decision_no, ANN)
        assert decisions.undo(desk, made.decision_no, Author("A. Steward", MONDAY, "gone", "B. Second")).undone_by


def retract(admin: psycopg.Connection, person: Person) -> None:
    """An agency purged the record."""
    for table in ("int_children__members", "int_person_records__standardised"):
        admin.execute(
            f"update identity.{table} set _is_retracted = true where record_no = %s".encode(), [person.record_no]
        )


def test_what_waits_is_undone_by_anybody_and_then_confirmed_by_nobody(restricted: tuple[Settings, Person]) -> None:
    settings, friend = restricted
    with steward(settings) as desk:
        made = link(desk, ADA, friend)
        with pytest.raises(DecisionRefused, match="linked by decision"):
            separate(desk, ADA, friend)
        decisions.undo(desk, made.decision_no, ANN)
        with pytest.raises(DecisionRefused, match="undone by"):
            decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
        assert effective(desk) == []


def test_an_ordinary_child_waits_for_nobody(desk: psycopg.Connection) -> None:
    made = link(desk, ADA, BEA)
    with pytest.raises(DecisionRefused, match="does not wait"):
        decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))


# The database's own say


@pytest.mark.parametrize(
    "statement",
    [
        "update linkage.decisions set reason = 'another'",
        "delete from linkage.decisions",
        "delete from linkage.looks",
        "update linkage.refused_attempts set attempted_by = 'nobody'",
        "insert into linkage.weights values ('default', 'forename', 1, 'same', 0.5, 0.4)",
        "update identity.child_keys set mint_no = 7",
        "insert into identity.int_person_records (record_key) values ('x')",
        "select pepper from vault.pepper",
    ],
)
def test_a_steward_changes_nothing_but_by_deciding(desk: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute(statement.encode())


def test_what_dbt_builds_later_is_the_steward_s_to_read(people: Settings, desk: psycopg.Connection) -> None:
    with connect(people, role="transformer") as connection:
        connection.execute("create table identity.built_later (a int)")
    assert desk.execute("select count(*) from identity.built_later").fetchall() == [(0,)]


def test_who_estimates_weights_proposes_them_and_cannot_put_them_in_force(settings: Settings) -> None:
    propose = (
        "insert into linkage.weight_versions (version, state, origin, comparisons_sha256, prior, link_at_probability,"
        " review_at_probability, proposed_at, proposed_by)"
        " values ('mine', %s, 'trained', 'x', 0.1, 0.9, 0.8, now(), 'me')"
    )
    with connect(settings, role="transformer") as connection:
        connection.execute(propose, ["proposed"])
    for statement, values in (
        (propose.replace("mine", "other"), ["approved"]),
        ("update linkage.weight_versions set state = %s where version = 'mine'", ["approved"]),
        ("delete from linkage.decisions where reason = %s", ["x"]),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(settings, role="transformer") as connection:
            connection.execute(statement.encode(), values)
