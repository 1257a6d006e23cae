"""What people decided about pairs of records: kept for ever, taken back only by a further decision.

A decision changes nothing by itself. The next build reads `linkage.effective_decisions` up to a number it notes, so
that a build can be repeated and an earlier one explained.
"""

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from frontdoor.errors import FrontdoorError
from frontdoor.linkage.records import (
    Record,
    are_mother_and_child,
    are_sides_of_an_adoption,
    have_two_verified_numbers,
    is_restricted,
    record_of,
    refuse_adoption,
    short,
)

Kind = Literal["link", "separate"]
# Decisions become visible in the order of their numbers, or a build could pass over one that is still being written: a
# trigger gives every decision its number under this lock. The commands take it before they look at what stands.
DECISIONS_LOCK = 7_304_006
LONGEST_REASON = 2_000


class DecisionRefused(FrontdoorError):
    """A decision contradicts what stands, or was asked for wrongly; nothing was written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A link or a separation that somebody asked for, and what became of it."""

    decision_no: int
    kind: Kind
    left_record_key: str
    right_record_key: str
    needs_confirmation: bool
    reason: str
    decided_by: str
    reviewed_by: str | None
    decided_at: datetime
    confirmed_by: str | None
    undone_by: str | None

    @property
    def awaits_confirmation(self) -> bool:
        """Whether it has no effect before a second person agrees."""
        return self.needs_confirmation and self.confirmed_by is None and self.undone_by is None

    @property
    def state(self) -> str:
        """What it is worth today, in a few words."""
        if self.undone_by:
            return f"undone by {self.undone_by}"
        if self.awaits_confirmation:
            return "waits for a second person"
        return f"in force, confirmed by {self.confirmed_by}" if self.confirmed_by else "in force"


@dataclass(frozen=True, slots=True)
class Author:
    """Who decides, who looked over it, when and why; the reason is for the screen, never for a log."""

    by: str
    at: datetime
    reason: str
    reviewer: str | None = None

    def __post_init__(self) -> None:
        require_name(self.by, does="decides")
        require_reason(self.reason)
        if self.reviewer is not None:
            require_name(self.reviewer, does="looked over it", option="--reviewer")
            if same_person(self.by, self.reviewer):
                raise DecisionRefused("the reviewer is somebody else than who decides")


def require_name(name: str, *, does: str, option: str = "--by") -> None:
    """Raise DecisionRefused unless this is a name that a reader of the log will read as it was typed."""
    if not name.strip().isprintable():
        raise DecisionRefused("a name has a letter that cannot be seen; type it again")
    if len(name.strip()) < 2:
        raise DecisionRefused(f"say who {does}: {option} NAME")


def require_reason(reason: str) -> None:
    """Raise DecisionRefused unless somebody says why, in a line that a reader sees as it was typed."""
    if not reason.strip().isprintable():
        raise DecisionRefused("a reason is one line, and has no letter that cannot be seen; type it again")
    if len(reason.strip()) > LONGEST_REASON:
        raise DecisionRefused(f"a reason is at most {LONGEST_REASON:,} letters long; say it in a few words")
    if len(reason.strip()) < 3:
        raise DecisionRefused("say why, in a few words: --reason TEXT")


def same_person(one: str, other: str) -> bool:
    """Say whether two names are the same person's, however they were typed."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def decide(
    connection: psycopg.Connection, kind: Kind, left: Record, right: Record, author: Author
) -> tuple[Decision, bool]:
    """Keep a link or a separation and return it, and whether it is new: deciding the same twice changes nothing.

    Raises NeverOneChild for two sides of an adoption, also when they would be kept apart: what is written of the two
    joins them. Raises DecisionRefused when a decision that stands says otherwise or when two verified NHS numbers, or a
    mother and her child, would meet: no build would follow.
    """
    _hold(connection)
    refuse_adoption(connection, left, right, by=author.by.strip(), at=author.at)
    for decision in decisions_about(connection, left, right):
        if decision.kind == kind and decision.undone_by is None:
            return decision, False
    if kind == "link":
        _refuse_what_no_build_follows(connection, left, right)
    _refuse_contradiction(connection, kind, left.record_key, right.record_key)
    pair = (left.record_key, right.record_key)
    decision_no = _insert(connection, kind, author, pair=pair, needs_confirmation=is_restricted(connection, *pair))
    return decision_numbered(connection, decision_no), True


def undo(connection: psycopg.Connection, decision_no: int, author: Author) -> Decision:
    """Take a decision back and return it as it then is.

    Raises DecisionRefused when there is nothing to take back, or when a restricted child would no longer be kept apart
    and nobody looked over it: the two may come together.
    """
    _hold(connection)
    decision = decision_numbered(connection, decision_no)
    if decision.undone_by is not None:
        raise DecisionRefused(f"decision {decision_no} was undone already; nothing was changed")
    if (
        decision.kind == "separate"
        and author.reviewer is None
        and is_restricted(connection, decision.left_record_key, decision.right_record_key)
    ):
        raise DecisionRefused(
            f"decision {decision_no} keeps a restricted child apart; say who looked over undoing it: --reviewer NAME."
            " Nothing was changed"
        )
    _insert(connection, "undo", author, about=decision_no)
    return decision_numbered(connection, decision_no)


def confirm(connection: psycopg.Connection, decision_no: int, author: Author) -> Decision:
    """Let a decision about a restricted child take effect, and return it as it then is.

    Raises DecisionRefused when it does not wait for anybody, waits for somebody else than this person, or when this
    person has not looked at the two since. What has become known since it was asked for is looked at again.
    """
    _hold(connection)
    decision = decision_numbered(connection, decision_no)
    if not decision.awaits_confirmation:
        raise DecisionRefused(f"decision {decision_no} does not wait for a second person; it is {decision.state}")
    if same_person(author.by, decision.decided_by):
        raise DecisionRefused(f"decision {decision_no} waits for another person than the one who made it")
    left, right = (record_of(connection, key) for key in (decision.left_record_key, decision.right_record_key))
    if left and right:
        refuse_adoption(connection, left, right, by=author.by.strip(), at=author.at, but_for=decision_no)
    if left and right and decision.kind == "link":
        _refuse_what_no_build_follows(connection, left, right, but_for=decision_no)
    if not _has_looked(connection, author.by, decision):
        pair = f"{short(decision.left_record_key)} {short(decision.right_record_key)}"
        raise DecisionRefused(
            f"decision {decision_no} waits for somebody who has looked at the two: `frontdoor review show {pair}"
            f" --by {shlex.quote(author.by.strip())}`, then confirm it by the same name. Nothing was changed"
        )
    _insert(connection, "confirm", author, about=decision_no)
    return decision_numbered(connection, decision_no)


def decision_numbered(connection: psycopg.Connection, decision_no: int) -> Decision:
    """Return a link or separation by its number; raises DecisionRefused when the number is none of one.

    An adoption seals what was decided about its records: nobody takes it back or reads it again.
    """
    with connection.cursor(row_factory=class_row(Decision)) as cursor:
        found = cursor.execute(f"{_DECISIONS} and decision.decision_no = %s".encode(), [decision_no]).fetchone()
    if found is None:
        raise DecisionRefused(
            f"there is no link or separation numbered {decision_no}, or nothing can be done with it any longer; see"
            " `frontdoor review show`"
        )
    return found


def decisions_about(connection: psycopg.Connection, left: Record, right: Record) -> list[Decision]:
    """Return what was ever decided about exactly this pair, oldest first."""
    with connection.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(
            f"{_DECISIONS} and decision.left_record_key = %s and decision.right_record_key = %s"
            " order by decision.decision_no".encode(),
            sorted((left.record_key, right.record_key)),
        ).fetchall()


def awaiting_confirmation(connection: psycopg.Connection) -> list[Decision]:
    """Return the decisions that wait for a second person, oldest first.

    One that an adoption bars since it was asked for is not among them: that is never a question put to people.
    """
    with connection.cursor(row_factory=class_row(Decision)) as cursor:
        found = cursor.execute(
            f"{_DECISIONS} and (decision.needs_confirmation or effective.is_suspended)"
            " order by decision.decision_no".encode()
        ).fetchall()
    return [
        decision
        for decision in found
        if decision.awaits_confirmation
        and not are_sides_of_an_adoption(
            connection, decision.left_record_key, decision.right_record_key, but_for=decision.decision_no
        )
    ]


def _hold(connection: psycopg.Connection) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", [DECISIONS_LOCK])


def _refuse_what_no_build_follows(
    connection: psycopg.Connection, left: Record, right: Record, *, but_for: int | None = None
) -> None:
    if have_two_verified_numbers(connection, left, right, but_for=but_for):
        raise DecisionRefused(
            "the two have different verified NHS numbers and would stay apart; have the wrong number corrected"
            " where it was recorded, then link them. Nothing was changed"
        )
    if are_mother_and_child(connection, left, right, but_for=but_for):
        raise DecisionRefused(
            "the one is recorded as the mother of the other and they would stay apart; if that is wrong, have it"
            " corrected where it was recorded, then link them. Nothing was changed"
        )


def _has_looked(connection: psycopg.Connection, by: str, decision: Decision) -> bool:
    [answer] = connection.execute("select linkage.has_looked(%s, %s)", [by, decision.decision_no]).fetchall()[0]
    return bool(answer)


def _refuse_contradiction(connection: psycopg.Connection, kind: Kind, left: str, right: str) -> None:
    """Refuse what cannot hold beside the decisions that stand, those that wait for their second person included."""
    found = connection.execute("select linkage.contradicting_decisions(%s, %s, %s)", [kind, left, right]).fetchall()
    if found:
        numbers = ", ".join(str(number) for (number,) in found)
        said = "they are linked" if kind == "separate" else "they are kept apart"
        raise DecisionRefused(
            f"{said} by decision {numbers}, directly or through other records; nothing was changed. Undo the wrong one"
            " first: `frontdoor review undo NUMBER`"
        )


def _insert(
    connection: psycopg.Connection,
    kind: str,
    author: Author,
    *,
    pair: tuple[str | None, str | None] = (None, None),
    about: int | None = None,
    needs_confirmation: bool = False,
) -> int:
    [decision_no] = connection.execute(
        "insert into linkage.decisions (kind, left_record_key, right_record_key, about_decision_no, needs_confirmation,"
        " reason, decided_by, reviewed_by, decided_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " returning decision_no",
        [
            kind,
            *pair,
            about,
            needs_confirmation,
            author.reason.strip(),
            author.by.strip(),
            author.reviewer.strip() if author.reviewer else None,
            author.at,
        ],
    ).fetchall()[0]
    return int(decision_no)


_DECISIONS = """
    select
        decision.decision_no,
        decision.kind,
        decision.left_record_key,
        decision.right_record_key,
        decision.needs_confirmation or coalesce(effective.is_suspended, false) as needs_confirmation,
        decision.reason,
        decision.decided_by,
        decision.reviewed_by,
        decision.decided_at,
        confirmation.decided_by as confirmed_by,
        undoing.decided_by as undone_by
    from linkage.decisions as decision
    left join linkage.effective_decisions as effective on decision.decision_no = effective.decision_no
    left join linkage.decisions as confirmation
        on effective.effective_from_no = confirmation.decision_no and confirmation.kind = 'confirm'
    left join lateral (
        select later.decided_by from linkage.decisions as later
        where later.kind = 'undo' and later.about_decision_no = decision.decision_no
        order by later.decision_no limit 1
    ) as undoing on true
    where decision.kind in ('link', 'separate') and not linkage.is_sealed(decision.right_record_key)
"""
