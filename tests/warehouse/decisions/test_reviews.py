"""The queue people work through, what they see, and what they are told a decision touches."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import FrontdoorError
from frontdoor.linkage import decisions
from frontdoor.linkage.commands import app
from frontdoor.linkage.records import find_record, steward
from frontdoor.linkage.reviews import list_reviews, pair_of_review, side_by_side
from frontdoor.linkage.touches import after_decision, after_undo, touches
from frontdoor.settings import Settings
from typer.testing import CliRunner

from tests.expectations.examples import lay, publish_empty_marts
from tests.warehouse.decisions.asking import ANN, MONDAY, link, pair, separate
from tests.warehouse.decisions.hand_made_links import (
    ADA,
    BEA,
    CAI,
    DOT,
    SATURDAY,
    Person,
    lay_compared,
    lay_pair,
    lay_people,
    lay_review,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def published(people: Settings, admin: psycopg.Connection) -> Settings:
    """Ada has been missing since Monday, Cai has a RED enquiry, Dot's are over."""
    publish_empty_marts(people, at=SATURDAY)
    episode = {"reported_at": MONDAY, "status_code": "OPEN"}
    over = MONDAY + timedelta(hours=3)
    enquiry = {"rag_at_start_code": "AMBER", "rag_current_code": "RED", "started_at": MONDAY}
    lay(
        admin,
        {
            "safeguarding.fct_missing_episodes": [
                {"missing_episode_key": "e1", "child_key": ADA.child_key, **episode},
                {"missing_episode_key": "e2", "child_key": DOT.child_key, **episode, "found_at": over},
            ],
            "safeguarding.fct_mash_enquiries": [
                {"mash_enquiry_key": "m1", "child_key": CAI.child_key, **enquiry},
                {"mash_enquiry_key": "m2", "child_key": DOT.child_key, **enquiry, "concluded_at": over},
            ],
        },
        data_as_of=MONDAY,
    )
    return people


def queue(settings: Settings, as_of: datetime) -> list[tuple[str, str]]:
    with steward(settings) as desk:
        return [(review.review_key, review.urgency) for review in list_reviews(desk, as_of=as_of)]


def test_who_may_be_in_danger_comes_first_then_restricted_then_by_reason_weight_and_twins_last(
    published: Settings, admin: psycopg.Connection
) -> None:
    others = [Person(f"zzo-{number}", is_restricted=number == 5) for number in range(9)]
    lay_people(admin, others)
    keys = {
        "missing twin": lay_review(admin, ADA, others[0], reason="TWIN"),
        "missing": lay_review(admin, ADA, others[1]),
        "red": lay_review(admin, CAI, others[2], weight=2.5),
        "over": lay_review(admin, DOT, others[3], weight=4.0),
        "twin": lay_review(admin, others[3], others[4], reason="TWIN", weight=9.0),
        "restricted": lay_review(admin, others[5], others[6], reason="RESTRICTED"),
        "conflict": lay_review(admin, others[6], others[7], reason="NHS_CONFLICT", weight=-2.0),
        "weaker": lay_review(admin, others[7], others[8], weight=2.0),
        "adoption": lay_review(admin, others[1], others[8], reason="ADOPTION"),
    }
    found = queue(published, MONDAY + timedelta(hours=4))
    names = {key: name for name, key in keys.items()}
    assert [names[key] for key, _ in found] == [
        "missing", "red", "missing twin", "restricted", "conflict", "over", "weaker", "twin",
    ]  # fmt: skip
    assert dict(found)[keys["missing"]] == "a child is missing"
    assert dict(found)[keys["red"]] == "a RED enquiry is open"
    assert dict(found)[keys["over"]] == ""
    earlier = {names[key]: urgency for key, urgency in queue(published, MONDAY + timedelta(hours=2))}
    assert earlier["over"] == "a child is missing, a RED enquiry is open"
    assert not any(queue(published, SATURDAY)[place][1] for place in range(1, 8))


def test_the_queue_is_there_before_anything_was_published(people: Settings, admin: psycopg.Connection) -> None:
    key = lay_review(admin, ADA, BEA)
    assert queue(people, MONDAY) == [(key, "")]


def test_a_decision_that_waits_for_its_second_person_is_in_the_queue_once(
    restricted: tuple[Settings, Person], admin: psycopg.Connection
) -> None:
    settings, friend = restricted
    lay_review(admin, BEA, friend)
    with steward(settings) as desk:
        found, other = link(desk, BEA, friend), link(desk, ADA, friend)
        listed = list_reviews(desk, as_of=MONDAY)
        named = pair_of_review(desk, f"D{other.decision_no}")
    assert {(review.reason_code, review.decision_no) for review in listed} == {
        ("UNCERTAIN", found.decision_no),
        ("CONFIRMATION", other.decision_no),
    }
    assert named == (other.left_record_key, other.right_record_key)


def test_who_is_missing_by_the_key_that_readers_know_comes_first_while_a_build_is_not_published(
    published: Settings, admin: psycopg.Connection
) -> None:
    """The running build has given Ada another key; the marts speak of her by the old one."""
    key, other = lay_review(admin, ADA, BEA), lay_review(admin, BEA, DOT, weight=5.0)
    admin.execute("update identity.int_reviews set left_child_key = 'new' where left_child_key = %s", [ADA.child_key])
    admin.execute("update identity.int_reviews set right_child_key = 'new' where right_child_key = %s", [ADA.child_key])
    [[build_no]] = admin.execute("select max(build_no) from ledger.builds where state = 'published'").fetchall()
    history(admin, (ADA, ADA.child_key, build_no, build_no + 1), (ADA, "new", build_no + 1, None))
    assert queue(published, MONDAY + timedelta(hours=4)) == [(key, "a child is missing"), (other, "")]


def test_a_decision_waits_in_vain_for_a_record_nobody_speaks_of_any_longer(
    at_the_terminal: Settings, restricted: tuple[Settings, Person], admin: psycopg.Connection
) -> None:
    friend = restricted[1]
    with steward(at_the_terminal) as desk:
        link(desk, ADA, friend)
        separate(desk, BEA, friend)
    admin.execute(
        "update identity.int_children__members set _is_retracted = true where record_key = any(%s)",
        [[ADA.record_key, BEA.record_key]],
    )
    listed = said("review", "list")
    assert "D1" not in listed
    assert [line.split("`")[1] for line in listed.splitlines() if "any longer" in line] == [
        "frontdoor review undo 1 --reason TEXT --by NAME",
        "frontdoor review undo 2 --reason TEXT --by NAME --reviewer NAME",
    ]


def test_a_review_is_called_by_the_beginning_of_its_key(people: Settings, admin: psycopg.Connection) -> None:
    key = lay_review(admin, ADA, BEA)
    with steward(people) as desk:
        assert set(pair_of_review(desk, key[:8])) == {ADA.record_key, BEA.record_key}
        for reference in (key[:7], "ffffffff", "D99"):
            with pytest.raises(FrontdoorError):
                pair_of_review(desk, reference)


def test_a_look_is_kept_before_anything_is_shown(people: Settings, admin: psycopg.Connection) -> None:
    with steward(people) as desk:
        assert side_by_side(desk, *pair(desk, ADA, BEA), by="A. Steward", at=MONDAY)
        desk.rollback()
    looks = admin.execute(
        "select looked_by, looked_at, left_record_key, right_record_key from linkage.looks"
    ).fetchall()
    assert looks == [("A. Steward", MONDAY, *sorted([ADA.record_key, BEA.record_key]))]


# What a decision touches, and what it means


def test_a_decision_says_what_the_next_build_does(published: Settings, admin: psycopg.Connection) -> None:
    admin.execute(
        "insert into alerts.alerts"
        " (alert_ref, check_id, subject_key, severity, state, opened_at, last_seen_at, raised_at)"
        " values ('A-1', 'MI-01', 'e1', 1, 'open', %(at)s, %(at)s, %(at)s),"
        " ('A-2', 'MI-02', 'e1', 1, 'resolved', %(at)s, %(at)s, %(at)s)",
        {"at": MONDAY},
    )
    with steward(published) as desk:
        one, other = pair(desk, ADA, CAI)
        touched = touches(desk, one, other)
        assert touched.mart_rows == {"fct_mash_enquiries": 1, "fct_missing_episodes": 1}
        assert touched.open_alert_count == 1
        assert set(touched.record_counts.values()) == {1}
        assert "become one" in after_decision("link", touched)[0]
        assert "stay two" in after_decision("separate", touched)[0]


def merged(admin: psycopg.Connection) -> None:
    """Two records each of Ada and Bea, joined by a decision in build 2; Bea's key became an alias."""
    for person in (ADA, BEA):
        admin.execute(
            "insert into identity.child_keys (child_key, minted_in, minted_for_record_key, mint_no)"
            " values (%s, 1, %s, 0)",
            [person.child_key, person.record_key],
        )
        admin.execute(
            "insert into identity.child_key_history"
            " (record_key, child_key, since_build, until_build, reason_code, weights_version)"
            " values (%s, %s, 1, %s, 'MINTED', 'default')",
            [person.record_key, person.child_key, 2 if person == BEA else None],
        )
    admin.execute(
        "insert into identity.child_key_history (record_key, child_key, since_build, reason_code, weights_version)"
        " values (%s, %s, 2, 'MERGED', 'default')",
        [BEA.record_key, ADA.child_key],
    )
    admin.execute("update identity.int_children__members set child_key = %s where record_no = %s",
                  [ADA.child_key, BEA.record_no])  # fmt: skip


def test_an_undone_link_says_which_key_comes_back(people: Settings, admin: psycopg.Connection) -> None:
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    merged(admin)
    with steward(people) as desk:
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert told[0] == f"key {BEA.child_key[:12]} comes back for 1 record"


def history(admin: psycopg.Connection, *rows: tuple[Person, str, int, int | None]) -> None:
    """Which record had which key, from which build to which."""
    for person, key, since, until in rows:
        admin.execute(
            "insert into identity.child_key_history"
            " (record_key, child_key, since_build, until_build, reason_code, weights_version)"
            " values (%s, %s, %s, %s, 'JOINED', 'default')",
            [person.record_key, key, since, until],
        )
        if until is None:
            admin.execute(
                "update identity.int_children__members set child_key = %s where record_no = %s", [key, person.record_no]
            )


UNKNOWN = "a part of the child comes apart (1 record); the next build says which key it has"
UNDONE: dict[str, tuple[list[tuple[Person, str, int, int | None]], list[str]]] = {
    "each was a key's child": (
        [(ADA, "old", 1, None), (BEA, "young", 1, 2), (BEA, "old", 2, None)],
        ["key young comes back for 1 record", "key old stays with 1 record"],
    ),
    "one was only ever with somebody who is elsewhere now": (
        [(ADA, "old", 1, None), (BEA, "both", 1, 2), (CAI, "both", 1, 2), (BEA, "old", 2, None), (CAI, "new", 2, None)],
        ["key old stays with 1 record", UNKNOWN],
    ),
    "the key it had is another child's": (
        [(ADA, "old", 1, None), (BEA, "first", 1, 2), (CAI, "first", 2, None), (CAI, "other", 1, 2),
         (BEA, "old", 2, None)],
        ["key old stays with 1 record", UNKNOWN],
    ),
    "a newcomer was never somebody by itself": ([(ADA, "old", 1, None), (BEA, "old", 2, None)], [UNKNOWN, UNKNOWN]),
    "the latest of several": (
        [(ADA, "old", 1, None), (BEA, "first", 1, 2), (BEA, "second", 2, 3), (BEA, "old", 3, None)],
        ["key second comes back for 1 record", "key old stays with 1 record"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", UNDONE)
def test_an_undone_link_names_a_key_only_where_it_is_sure(
    people: Settings, admin: psycopg.Connection, situation: str
) -> None:
    spans, expected = UNDONE[situation]
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    history(admin, *spans)
    with steward(people) as desk:
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert told[:-1] == expected


def test_an_undone_link_names_no_key_when_people_decided_more_that_is_not_built(
    people: Settings, admin: psycopg.Connection
) -> None:
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    history(admin, *UNDONE["each was a key's child"][0])
    with steward(people) as desk:
        link(desk, BEA, CAI)
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert told[:-1] == [UNKNOWN, UNKNOWN]


def test_an_undone_link_names_no_key_that_a_build_gave_which_is_not_published(
    people: Settings, admin: psycopg.Connection
) -> None:
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    history(admin, *UNDONE["each was a key's child"][0])
    admin.execute(
        "insert into ledger.builds (is_full, state, started_at, decided_up_to) values (true, 'published', %s, %s)",
        [MONDAY, made.decision_no],
    )
    with steward(people) as desk:
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert told[:-1] == [UNKNOWN, UNKNOWN]


def test_an_undone_link_says_when_who_is_left_keeps_the_other_s_key(
    people: Settings, admin: psycopg.Connection
) -> None:
    """A key that nobody else bears any longer stays with who came to bear it (ADR 7)."""
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    merged(admin)
    admin.execute(
        "update identity.int_children__members set _is_retracted = true where record_no = %s", [ADA.record_no]
    )
    with steward(people) as desk:
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, find_record(desk, BEA.record_key)))
    assert told[0].startswith("no key comes back: nobody else speaks any longer of the child")


def test_an_undone_link_says_when_the_evidence_holds_the_two_together(
    people: Settings, admin: psycopg.Connection
) -> None:
    with steward(people) as desk:
        made = link(desk, ADA, BEA)
    merged(admin)
    lay_pair(admin, ADA, BEA)
    with steward(people) as desk:
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert "stay one child by their own evidence" in told[0]


@pytest.mark.parametrize(
    ("is_linked", "said_of_it"),
    [(False, "does not join them, so no key changes"), (True, "they become one, the older key stays")],
)
def test_an_undone_separation_says_what_the_evidence_makes_of_the_two(
    people: Settings, admin: psycopg.Connection, *, is_linked: bool, said_of_it: str
) -> None:
    lay_pair(admin, ADA, BEA, decision="linked" if is_linked else "review")
    with steward(people) as desk:
        made = separate(desk, ADA, BEA)
        undone = decisions.undo(desk, made.decision_no, ANN)
        told = after_undo(desk, undone, touches(desk, *pair(desk, ADA, BEA)))
    assert said_of_it in told[0]


# The commands


@pytest.fixture
def at_the_terminal(people: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The commands find the test's database as they find any: by the environment."""
    monkeypatch.setenv("FRONTDOOR_HOME", str(people.home))
    monkeypatch.setenv("FRONTDOOR_SERVER_HOME", str(people.server_home))
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", people.database_name)
    return people


def said(*arguments: str) -> str:
    """What a command that works prints."""
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_number_that_too_many_records_bear_is_said_to_who_lists_what_waits_but_not_which(
    at_the_terminal: Settings, admin: psycopg.Connection
) -> None:
    school = Person("zzsch-8", scope="portal:school")
    lay_people(admin, [school])
    for person, nhs_block, upn_block in ((ADA, 7, 5), (BEA, 7, 6), (school, 7, 6), (CAI, 8, 6)):
        lay_compared(admin, person, table="int_person_records__blocked", key_01=nhs_block, key_02=upn_block)
    admin.execute(
        "insert into identity.int_blocks__oversized (rule_no, block_key, _is_retracted)"
        " values (1, 7, false), (2, 6, true), (3, 5, false)"
    )
    assert [line for line in said("review", "list").splitlines() if "different records" in line] == [
        "an NHS number stands on 3 different records (POLICE 2, SCHOOL 1) and so brings nobody together; have it mended"
        " where it is typed"
    ]


def test_a_steward_lists_looks_decides_and_takes_back(
    at_the_terminal: Settings, admin: psycopg.Connection, tmp_path: Path
) -> None:
    admin.execute(
        "update identity.int_person_records set forename = 'Zzada', postcode = 'PE1 1AA', birth_date = '2014-05-03'"
    )
    admin.execute("update identity.int_person_records set forename = 'Zzbea' where agency_person_id = 'zzbea-2'")
    key = lay_review(admin, ADA, BEA, reason="TWIN")
    lay_pair(admin, ADA, BEA, decision="review", reason="TWIN", weight=3.0)
    listed = said("review", "list", "--as-of", "2026-03-02T09:00+00:00")
    assert "1 waiting" in listed
    assert key[:12] in listed
    assert "2 d 0 h" in listed
    assert "88.8 %" in listed
    assert "Zzada" not in listed
    [item] = json.loads(said("review", "list", "--format", "json", "--limit", "5"))
    assert item["review_key"] == key

    shown = said("review", "show", key[:10], "--by", "A. Steward")
    assert all(value in shown for value in ("Zzada", "Zzbea", "2014-05-03", "differs", "twins", "review separate"))

    decided = said(
        "review", "separate", "police:zzada-1", BEA.record_key[:8], "--reason", "Zz twins", "--by", "A. Steward"
    )
    assert "stay two" in decided
    assert "frontdoor build" in decided
    assert "Zz twins" not in decided
    number = str(admin.execute("select decision_no from linkage.decisions").fetchall()[0][0])
    assert "Zz twins" in said("review", "show", ADA.record_key, BEA.record_key)
    drawing = tmp_path / "pair.svg"
    explained = said("explain", ADA.record_key, BEA.record_key, "--svg", str(drawing))
    assert f"kept apart by A. Steward on {datetime.now(UTC):%Y-%m-%d} (decision {number}, in force)" in explained
    assert drawing.read_text().startswith("<svg")
    assert not [value for value in ("Zzada", "Zz twins", "PE1", "2014") if value in explained + drawing.read_text()]
    assert "no longer kept apart" in said("review", "undo", number, "--reason", "cousins", "--by", "A. Steward")


def test_a_restricted_child_s_decision_tells_what_it_waits_for(
    at_the_terminal: Settings, admin: psycopg.Connection
) -> None:
    lay_people(admin, [Person("zzhid-6", is_restricted=True)])
    asked = said("review", "link", "police:zzada-1", "police:zzhid-6", "--reason", "seen", "--by", "A. Steward")
    number = str(admin.execute("select decision_no from linkage.decisions").fetchall()[0][0])
    assert f"frontdoor review confirm {number}" in asked
    assert "the evidence by itself: too little" in asked
    assert f"D{number}" in said("review", "list")
    said("review", "show", "police:zzada-1", "police:zzhid-6", "--by", "B. Second")
    assert "become one" in said("review", "confirm", f"D{number}", "--by", "B. Second")
    assert "says so already" in said(
        "review", "link", "police:zzada-1", "police:zzhid-6", "--reason", "seen", "--by", "B. Second"
    )


def drop_reviews(admin: psycopg.Connection) -> None:
    """A full refresh that died has taken a table away, and what reads it."""
    admin.execute("drop table identity.int_reviews")


def outdate_weights(admin: psycopg.Connection) -> None:
    """A release has one level more than the weights in force."""
    admin.execute("delete from linkage.weights where comparison_code = 'forename' and level_no = 1")


UNTOLD = "cannot be told now"


@pytest.mark.parametrize("break_something", [drop_reviews, outdate_weights])
def test_what_people_decide_is_kept_although_what_it_touches_cannot_be_told(
    at_the_terminal: Settings,
    published: Settings,
    restricted: tuple[Settings, Person],
    admin: psycopg.Connection,
    break_something: Callable[[psycopg.Connection], None],
) -> None:
    hidden = restricted[1]
    break_something(admin)
    outputs = [
        said("review", "link", ADA.record_key, BEA.record_key, "--reason", "one girl", "--by", "A. Steward"),
        said("review", "separate", CAI.record_key, DOT.record_key, "--reason", "two girls", "--by", "A. Steward"),
        said("review", "link", ADA.record_key, hidden.record_key, "--reason", "one girl", "--by", "A. Steward"),
        said("review", "show", ADA.record_key, hidden.record_key, "--by", "B. Second"),
        said("review", "confirm", "3", "--by", "B. Second"),
        said("review", "undo", "2", "--reason", "one girl", "--by", "A. Steward"),
    ]
    assert [f"decision {number} " in output for number, output in zip((1, 2, 3, 3, 3, 2), outputs, strict=True)] == [
        True
    ] * 6
    assert UNTOLD in outputs[0]
    assert UNTOLD in outputs[3]
    kinds = admin.execute("select kind from linkage.decisions order by decision_no").fetchall()
    assert [kind for (kind,) in kinds] == ["link", "separate", "link", "confirm", "undo"]


def test_a_look_shows_what_it_can(at_the_terminal: Settings, published: Settings, admin: psycopg.Connection) -> None:
    admin.execute("update identity.int_person_records set forename = 'Zzada'")
    said("review", "separate", ADA.record_key, BEA.record_key, "--reason", "Zz twins", "--by", "A. Steward")
    outdate_weights(admin)
    shown = said("review", "show", ADA.record_key, BEA.record_key, "--by", "A. Steward")
    assert f"what speaks for and against {UNTOLD}: the weights of version default are for other comparisons" in shown
    assert all(words in shown for words in ("Zzada", "Zz twins", "records: child", "to decide:"))
    drop_reviews(admin)
    shown = said("review", "show", ADA.record_key, BEA.record_key, "--by", "A. Steward")
    assert f"what a decision touches {UNTOLD}: the children are not yet recognised" in shown


@pytest.mark.parametrize("command", [("review", "show"), ("explain",)], ids=["show", "explain"])
@pytest.mark.parametrize("name", ["", "X", "A.\u200b Steward"], ids=["none", "one letter", "an unseen letter"])
def test_nobody_looks_without_a_name(at_the_terminal: Settings, command: tuple[str, ...], name: str) -> None:
    asked = CliRunner().invoke(app, [*command, ADA.record_key, BEA.record_key, "--by", name])
    assert re.match("say who looks: --by NAME|a name has a letter that cannot be seen", str(asked.exception))


@pytest.mark.parametrize(
    "arguments", [("show", "a", "b", "c"), ("list", "--as-of", "yesterday"), ("list", "--as-of", "2026-03-02T09:00")]
)
def test_what_is_asked_wrongly_is_said_so(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["review", *arguments]).exit_code == 2
