"""The wall between the two sides of an adoption: no way over, under or round it, and nothing that tells where it is."""

import psycopg
import pytest
from frontdoor.linkage import decisions
from frontdoor.linkage.decisions import Author, DecisionRefused
from frontdoor.linkage.explain import explain
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.records import NEVER_ONE_CHILD, NeverOneChild, steward
from frontdoor.linkage.reviews import side_by_side
from frontdoor.settings import Settings

from tests.warehouse.decisions.asking import MONDAY, link, pair, separate
from tests.warehouse.decisions.hand_made_links import (
    ADA,
    BEA,
    CAI,
    DOT,
    Person,
    create_identity,
    lay_compared,
    lay_people,
)

pytestmark = pytest.mark.postgres

BEFORE = Person("zzold-1", scope="council", side="PRE")
AFTER = Person("zznew-2", scope="council", side="POST")
WALLED: dict[str, tuple[list[Person], Person, Person]] = {
    "a record from before meets nobody": ([BEFORE, ADA], BEFORE, ADA),
    "both sides": ([BEFORE, AFTER], AFTER, BEFORE),
    "a record from after and another of the council's": (
        [AFTER, Person("zzoth-3", scope="council")],
        AFTER,
        Person("zzoth-3", scope="council"),
    ),
    "through its own child": (
        [Person("zznew-2", "new", "council", "POST"), Person("zzpol-4", "new"), Person("zzoth-3", scope="council")],
        Person("zzpol-4", "new"),
        Person("zzoth-3", scope="council"),
    ),
    "through the other's child": (
        [AFTER, Person("zzhea-5", "old", "health"), Person("zzoth-3", "old", "council")],
        AFTER,
        Person("zzhea-5", "old", "health"),
    ),
}
LINKAGE_TEXT = """
    select string_agg(row_text, ' ') from (
        select to_jsonb(d)::text as row_text from linkage.decisions as d
        union all select to_jsonb(a)::text from linkage.refused_attempts as a
        union all select to_jsonb(l)::text from linkage.looks as l
    ) as everything
"""


def council_of(settings: Settings, admin: psycopg.Connection, people: list[Person]) -> Settings:
    create_identity(settings)
    lay_people(admin, people)
    return settings


@pytest.mark.parametrize("situation", WALLED)
def test_an_adoption_is_refused_in_the_same_words_and_leaves_no_key_behind(
    settings: Settings, admin: psycopg.Connection, situation: str
) -> None:
    people, left, right = WALLED[situation]
    council_of(settings, admin, people)
    model = load_linkage_model(settings)
    for one, other in ((left, right), (right, left)):
        for ask in (
            lambda desk, a=one, b=other: link(desk, a, b),
            lambda desk, a=one, b=other: separate(desk, a, b),
            lambda desk, a=one, b=other: explain(desk, model, a.record_key, b.record_key, by="A. Steward", at=MONDAY),
        ):
            with pytest.raises(NeverOneChild) as refused, steward(settings) as desk:
                ask(desk)
            assert str(refused.value) == NEVER_ONE_CHILD
            assert refused.value.__cause__ is None
    kept = admin.execute(LINKAGE_TEXT).fetchall()[0][0]
    assert not [person for person in people if person.record_key in kept or person.child_key in kept]
    assert admin.execute("select kind, count(*) from linkage.refused_attempts group by 1").fetchall() == [
        ("ADOPTION", 6)
    ]


def test_a_link_asked_for_is_no_way_round_before_it_is_built_or_confirmed(
    settings: Settings, admin: psycopg.Connection
) -> None:
    bridge, other = Person("zzpol-4", is_restricted=True), Person("zzoth-3", scope="council")
    council_of(settings, admin, [AFTER, bridge, other])
    with steward(settings) as desk:
        assert link(desk, AFTER, bridge).awaits_confirmation
    with pytest.raises(NeverOneChild), steward(settings) as desk:
        link(desk, bridge, other)


def test_what_waits_for_its_second_person_is_looked_at_again(settings: Settings, admin: psycopg.Connection) -> None:
    hidden = Person("zzhid-6", is_restricted=True)
    council_of(settings, admin, [ADA, hidden])
    with steward(settings) as desk:
        made = link(desk, ADA, hidden)
    admin.execute(
        "update identity.int_person_records__standardised set adoption_side_code = 'PRE' where record_no = %s",
        [ADA.record_no],
    )
    with pytest.raises(NeverOneChild), steward(settings) as desk:
        decisions.confirm(desk, made.decision_no, Author("B. Second", MONDAY, "seen"))
    assert admin.execute("select count(*) from linkage.effective_decisions").fetchall() == [(0,)]


def test_what_waits_and_an_adoption_bars_since_is_no_question_to_anybody(
    settings: Settings, admin: psycopg.Connection
) -> None:
    hidden = Person("zzhid-6", is_restricted=True)
    council_of(settings, admin, [ADA, hidden])
    with steward(settings) as desk:
        link(desk, ADA, hidden)
        assert len(decisions.awaiting_confirmation(desk)) == 1
    admin.execute(
        "update identity.int_person_records__standardised set adoption_side_code = 'PRE' where record_no = %s",
        [ADA.record_no],
    )
    with steward(settings) as desk:
        assert decisions.awaiting_confirmation(desk) == []
    assert admin.execute("select count(*) from linkage.refused_attempts").fetchall() == [(0,)]


def test_an_ordinary_record_that_was_linked_with_one_from_before_an_adoption_is_still_linked_with_others(
    settings: Settings, admin: psycopg.Connection
) -> None:
    """Only the adoption's own sides are barred; no build follows the old link any longer."""
    council_of(settings, admin, [ADA, BEA, CAI])
    with steward(settings) as desk:
        link(desk, ADA, BEA)
    admin.execute(
        "update identity.int_person_records__standardised set adoption_side_code = 'PRE' where record_no = %s",
        [BEA.record_no],
    )
    with steward(settings) as desk:
        assert link(desk, ADA, CAI).state == "in force"
    with pytest.raises(NeverOneChild), steward(settings) as desk:
        link(desk, BEA, CAI)


def test_a_child_after_an_adoption_is_linked_with_other_agencies_and_kept_apart_from_anybody(
    settings: Settings, admin: psycopg.Connection
) -> None:
    adopted, doctor = Person("zznew-2", "new", "council", "POST"), Person("zzhea-5", "new", "health")
    council_of(settings, admin, [adopted, doctor, BEFORE, ADA, BEA])
    with steward(settings) as desk:
        assert link(desk, adopted, ADA).state == "in force"
        assert link(desk, adopted, doctor).state == "in force"
        assert separate(desk, adopted, BEA).state == "in force"
    assert admin.execute("select count(*) from linkage.refused_attempts").fetchall() == [(0,)]


# What was written before it was known


def now_from_before(admin: psycopg.Connection, *people: Person) -> None:
    """A build says that these are records from before an adoption, and is published."""
    admin.execute("update identity.int_person_records__standardised set _built_in = 2")
    admin.execute(
        "update identity.int_person_records__standardised set adoption_side_code = 'PRE' where record_key = any(%s)",
        [[person.record_key for person in people]],
    )
    admin.execute(
        "insert into ledger.builds (is_full, state, started_at, decided_up_to) values (true, 'running', %s, 0)",
        [MONDAY],
    )
    admin.execute("update ledger.builds set state = 'published' where state = 'running'")


@pytest.fixture
def written(settings: Settings, admin: psycopg.Connection) -> Settings:
    """Decisions and looks about four, of whom two turn out to be records from before an adoption."""
    council_of(settings, admin, [ADA, BEA, CAI, DOT])
    with steward(settings) as desk:
        link(desk, ADA, BEA)
        link(desk, ADA, CAI)
        decisions.undo(desk, 2, Author("A. Steward", MONDAY, "two girls after all"))
        separate(desk, BEA, CAI)
        separate(desk, BEA, DOT)
        link(desk, CAI, DOT)
        for one, other in ((ADA, BEA), (BEA, DOT), (CAI, ADA)):
            side_by_side(desk, *pair(desk, one, other), by="A. Steward", at=MONDAY)
    now_from_before(admin, BEA, DOT)
    return settings


def test_what_people_wrote_of_a_record_from_before_an_adoption_names_it_no_longer(
    written: Settings, admin: psycopg.Connection
) -> None:
    kept = admin.execute(LINKAGE_TEXT).fetchall()[0][0]
    assert not [person for person in (BEA, DOT) if person.record_key in kept]
    rows = admin.execute(
        "select decision_no, kind, left_record_key, right_record_key, reason, decided_by, decided_at = %s"
        " from linkage.decisions order by decision_no",
        [MONDAY],
    ).fetchall()
    assert [(row[0], row[1], row[5], row[6]) for row in rows] == [
        (number, kind, "A. Steward", True)
        for number, kind in enumerate(("link", "link", "undo", "separate", "separate", "link"), start=1)
    ]
    assert [row[2:5] for row in rows if row[0] in (1, 4, 5, 6)] == [
        (ADA.record_key, "sealed 1", "sealed 1"),
        (CAI.record_key, "sealed 4", "sealed 4"),
        ("sealed 5", "sealed 5 too", "sealed 5"),
        (CAI.record_key, "sealed 6", "sealed 6"),
    ]
    assert rows[1][2:4] == tuple(sorted((ADA.record_key, CAI.record_key)))
    looks = admin.execute("select left_record_key, right_record_key from linkage.looks order by look_no").fetchall()
    assert {*looks[0]} == {ADA.record_key, "sealed look 1"}
    assert set(looks[1]) == {"sealed look 2"}
    assert {*looks[2]} == {ADA.record_key, CAI.record_key}


def test_what_is_sealed_is_in_force_no_longer_and_breaks_nothing(written: Settings, admin: psycopg.Connection) -> None:
    for view in ("linkage.effective_decisions", "linkage.standing_decisions", "linkage.carried_separations()"):
        found = admin.execute(f"select decision_no from {view}".encode()).fetchall()
        assert not {number for (number,) in found} & {1, 4, 5, 6}
    with steward(written) as desk:
        assert decisions.awaiting_confirmation(desk) == []
        for number in (1, 4):
            with pytest.raises(DecisionRefused, match="nothing can be done"):
                decisions.undo(desk, number, Author("A. Steward", MONDAY, "a mistake"))
        assert link(desk, ADA, CAI).state == "in force"


def test_why_a_sealed_decision_was_undone_is_sealed_with_it(settings: Settings, admin: psycopg.Connection) -> None:
    council_of(settings, admin, [ADA, BEA])
    with steward(settings) as desk:
        link(desk, ADA, BEA)
        decisions.undo(desk, 1, Author("A. Steward", MONDAY, "Bea is who Ada was"))
    now_from_before(admin, BEA)
    assert admin.execute("select reason from linkage.decisions").fetchall() == [("sealed 1",), ("sealed 1",)]


def test_a_build_that_is_not_published_seals_nothing(settings: Settings, admin: psycopg.Connection) -> None:
    council_of(settings, admin, [ADA, BEA])
    with steward(settings) as desk:
        separate(desk, ADA, BEA)
    admin.execute("update identity.int_person_records__standardised set adoption_side_code = 'PRE'")
    admin.execute("insert into ledger.builds (is_full, state, started_at) values (true, 'running', %s)", [MONDAY])
    admin.execute("update ledger.builds set state = 'failed' where state = 'running'")
    assert ADA.record_key in admin.execute(LINKAGE_TEXT).fetchall()[0][0]


def test_a_separation_is_sealed_not_carried_on_past_an_adoption(settings: Settings, admin: psycopg.Connection) -> None:
    """The agency's next number of a record from before an adoption may be the child's number after it."""
    council_of(settings, admin, [ADA, BEA, CAI])
    with steward(settings) as desk:
        separate(desk, ADA, CAI)
    lay_compared(admin, BEA, table="int_person_records__blocked", former_record_no=ADA.record_no)
    now_from_before(admin, ADA)
    assert admin.execute("select left_record_key, right_record_key from linkage.decisions").fetchall() == [
        (CAI.record_key, "sealed 1")
    ]


@pytest.mark.parametrize("kind", ["link", "separate"])
def test_sql_writes_nothing_of_a_record_from_before_an_adoption(
    settings: Settings, admin: psycopg.Connection, kind: str
) -> None:
    council_of(settings, admin, [BEFORE, ADA])
    with pytest.raises(psycopg.errors.RaiseException, match="nothing is decided"):
        admin.execute(
            "insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by, decided_at)"
            " values (%s, %s, %s, 'by hand', 'A. Steward', %s)",
            [kind, *sorted((BEFORE.record_key, ADA.record_key)), MONDAY],
        )
