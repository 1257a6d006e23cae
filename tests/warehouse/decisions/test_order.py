"""A decision's number is given when it becomes visible, whoever writes it; no two that stand contradict each other."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from frontdoor.linkage.decisions import Author, DecisionRefused, undo
from frontdoor.linkage.records import steward
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.warehouse.decisions.asking import MONDAY, link, separate
from tests.warehouse.decisions.hand_made_links import ADA, BEA, CAI, DOT, Person, lay_compared

pytestmark = pytest.mark.postgres

BOB = Author("B. Second", MONDAY, "one girl")
BY_HAND = """
    insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by, decided_at)
    values (%s, %s, %s, 'by hand', 'A. Steward', %s)
"""
WRITTEN = "select decision_no, kind, left_record_key, right_record_key from linkage.decisions order by decision_no"


def by_hand(connection: psycopg.Connection, kind: str, one: Person, other: Person) -> None:
    """Write a decision as a steward's own SQL does."""
    connection.execute(BY_HAND, [kind, *sorted((one.record_key, other.record_key)), MONDAY])


def write_link(desk: psycopg.Connection, one: Person, other: Person, *, is_by_hand: bool) -> None:
    if is_by_hand:
        by_hand(desk, "link", one, other)
    else:
        link(desk, one, other, BOB)


def meanwhile(settings: Settings, act: Callable[[psycopg.Connection], object]) -> threading.Thread:
    """Begin what another session of the owner's does; it waits, or ends, by itself."""

    def run() -> None:
        with connect(settings, role="admin") as connection:
            act(connection)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=1)
    return thread


@pytest.fixture
def renumbered(people: Settings, admin: psycopg.Connection) -> Settings:
    """Ada is kept apart from Dot; a build that is still running says that Bea's number is Ada's new one."""
    with steward(people) as desk:
        separate(desk, ADA, DOT)
    lay_compared(admin, BEA, table="int_person_records__blocked", former_record_no=ADA.record_no)
    admin.execute(
        "insert into ledger.builds (is_full, state, started_at, decided_up_to) values (true, 'running', %s, 1)",
        [MONDAY],
    )
    return people


def publish(connection: psycopg.Connection) -> None:
    """As publication does it, to be committed by whoever asks."""
    connection.execute("update ledger.builds set state = 'published' where state = 'running'")


@pytest.mark.parametrize("is_by_hand", [True, False], ids=["by hand", "by command"])
def test_what_is_written_first_has_the_lower_number_and_is_seen_first(people: Settings, is_by_hand: bool) -> None:
    with connect(people, role="data_steward") as desk:
        write_link(desk, ADA, BEA, is_by_hand=is_by_hand)
        second = meanwhile(people, lambda other: by_hand(other, "separate", CAI, DOT))
        assert second.is_alive(), "it waits"
        desk.commit()
        second.join(timeout=30)
        found = [row[:2] for row in desk.execute(WRITTEN).fetchall()]
    assert found == [(1, "link"), (2, "separate")]


def test_a_number_that_was_never_seen_is_given_again(desk: psycopg.Connection) -> None:
    """Nobody chooses a number, either."""
    by_hand(desk, "link", ADA, BEA)
    desk.rollback()
    desk.execute(
        "insert into linkage.decisions (decision_no, kind, left_record_key, right_record_key, reason, decided_by,"
        " decided_at) values (9, 'link', %s, %s, 'by hand', 'A. Steward', %s)",
        [*sorted((ADA.record_key, BEA.record_key)), MONDAY],
    )
    by_hand(desk, "link", CAI, DOT)
    assert [row[0] for row in desk.execute(WRITTEN).fetchall()] == [1, 2]


def test_what_a_publication_carries_on_waits_for_what_is_being_written(renumbered: Settings) -> None:
    with steward(renumbered) as desk:
        by_hand(desk, "separate", ADA, CAI)
        carrying = meanwhile(renumbered, publish)
        assert carrying.is_alive()
        desk.commit()
        carrying.join(timeout=30)
        rows = desk.execute(WRITTEN).fetchall()
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert rows[1][2:] == tuple(sorted((ADA.record_key, CAI.record_key)))
    assert {row[2:] for row in rows[2:]} == {tuple(sorted((BEA.record_key, other.record_key))) for other in (CAI, DOT)}


def test_a_link_that_is_being_written_is_not_carried_against(renumbered: Settings) -> None:
    with steward(renumbered) as desk:
        link(desk, BEA, DOT, BOB)
        carrying = meanwhile(renumbered, publish)
        desk.commit()
        carrying.join(timeout=30)
        assert [row[:2] for row in desk.execute(WRITTEN).fetchall()] == [(1, "separate"), (2, "link")]


@pytest.mark.parametrize("is_by_hand", [True, False], ids=["by hand", "by command"])
def test_what_is_being_carried_on_stands_in_a_link_s_way(
    renumbered: Settings, admin: psycopg.Connection, is_by_hand: bool
) -> None:
    refused: list[Exception] = []

    def link_them() -> None:
        try:
            with connect(renumbered, role="data_steward") as desk:
                write_link(desk, BEA, DOT, is_by_hand=is_by_hand)
        except (psycopg.Error, DecisionRefused) as error:
            refused.append(error)

    with connect(renumbered, role="admin") as publisher:
        publish(publisher)
        linking = threading.Thread(target=link_them)
        linking.start()
        linking.join(timeout=1)
        assert linking.is_alive()
    linking.join(timeout=30)
    assert len(refused) == 1
    assert isinstance(refused[0], psycopg.errors.RaiseException if is_by_hand else DecisionRefused)
    assert [row[1] for row in admin.execute(WRITTEN).fetchall()] == ["separate", "separate"]


def test_a_separation_is_not_carried_against_links_that_lead_from_the_one_to_the_other(
    renumbered: Settings, admin: psycopg.Connection
) -> None:
    with steward(renumbered) as desk:
        link(desk, BEA, CAI, BOB)
        made = link(desk, CAI, DOT, BOB)
    for up_to, carried in ((made.decision_no - 1, {(BEA, DOT)}), (made.decision_no, set())):
        found = admin.execute(
            "select left_record_key, right_record_key from linkage.carried_separations(%s)", [up_to]
        ).fetchall()
        assert set(found) == {tuple(sorted((one.record_key, other.record_key))) for one, other in carried}
    publish(admin)
    with steward(renumbered) as desk:
        assert [row[0] for row in desk.execute(WRITTEN).fetchall()] == [1, 2, 3]
        # Once a person takes one of the links back it is carried on, as anywhere else.
        undo(desk, made.decision_no, BOB)
    assert admin.execute("select count(*) from linkage.carried_separations()").fetchall() == [(1,)]


@pytest.mark.parametrize(("stands", "asked"), [("link", "separate"), ("separate", "link")])
def test_sql_contradicts_no_decision_either(desk: psycopg.Connection, stands: str, asked: str) -> None:
    by_hand(desk, "link", ADA, BEA)
    by_hand(desk, stands, BEA, CAI)
    with pytest.raises(psycopg.errors.RaiseException, match="says otherwise"):
        by_hand(desk, asked, ADA, CAI)
