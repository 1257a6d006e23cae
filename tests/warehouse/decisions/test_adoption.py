"""The wall between the two sides of an adoption: no way over, under or round it, and nothing that tells where it is."""

import psycopg
import pytest
from frontdoor.linkage import decisions
from frontdoor.linkage.decisions import Author
from frontdoor.linkage.explain import explain
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.records import NEVER_ONE_CHILD, NeverOneChild, steward
from frontdoor.settings import Settings

from tests.warehouse.decisions.asking import MONDAY, link, separate
from tests.warehouse.decisions.hand_made_links import ADA, BEA, CAI, Person, create_identity, lay_people

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
            lambda desk, a=one, b=other: explain(desk, model, a.record_key, b.record_key, by="A. Steward", at=MONDAY),
        ):
            with pytest.raises(NeverOneChild) as refused, steward(settings) as desk:
                ask(desk)
            assert str(refused.value) == NEVER_ONE_CHILD
            assert refused.value.__cause__ is None
    kept = admin.execute(LINKAGE_TEXT).fetchall()[0][0]
    assert not [person for person in people if person.record_key in kept or person.child_key in kept]
    assert admin.execute("select kind, count(*) from linkage.refused_attempts group by 1").fetchall() == [
        ("ADOPTION", 4)
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


def test_a_child_after_an_adoption_is_linked_with_other_agencies_and_anybody_is_kept_apart(
    settings: Settings, admin: psycopg.Connection
) -> None:
    adopted, doctor = Person("zznew-2", "new", "council", "POST"), Person("zzhea-5", "new", "health")
    council_of(settings, admin, [adopted, doctor, BEFORE, ADA])
    with steward(settings) as desk:
        assert link(desk, adopted, ADA).state == "in force"
        assert link(desk, adopted, doctor).state == "in force"
        assert separate(desk, BEFORE, ADA).state == "in force"
    assert admin.execute("select count(*) from linkage.refused_attempts").fetchall() == [(0,)]
