"""Deciding about two people, as the tests ask for it."""

from datetime import UTC, datetime

import psycopg
from frontdoor.linkage.decisions import Author, Decision, decide
from frontdoor.linkage.records import Record, find_pair

from tests.warehouse.decisions.hand_made_links import Person

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN = Author("A. Steward", MONDAY, "the same child, said the school")
EFFECTIVE = """
    select decision_no, kind, left_record_key, right_record_key from linkage.effective_decisions
    where effective_from_no <= %(at)s and (ended_by_no is null or ended_by_no > %(at)s) and not is_suspended
    order by decision_no
"""


def pair(desk: psycopg.Connection, left: Person, right: Person) -> tuple[Record, Record]:
    return find_pair(desk, left.record_key, right.record_key)


def link(desk: psycopg.Connection, left: Person, right: Person, author: Author = ANN) -> Decision:
    return decide(desk, "link", *pair(desk, left, right), author)[0]


def separate(desk: psycopg.Connection, left: Person, right: Person, author: Author = ANN) -> Decision:
    return decide(desk, "separate", *pair(desk, left, right), author)[0]


def effective(desk: psycopg.Connection, at: int = 10**9) -> list[tuple[object, ...]]:
    return desk.execute(EFFECTIVE, {"at": at}).fetchall()
