"""How the records of one child hang together: which links there are, and what comes apart without one of them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

Neighbours = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """What joins two records: their evidence, or the decision with this number."""

    left_record_key: str
    right_record_key: str
    decision_no: int | None


def links_of_child(connection: psycopg.Connection, child_key: str) -> list[Link]:
    """Return what joins the records of one child, by evidence and by people."""
    with connection.cursor(row_factory=class_row(Link)) as cursor:
        return cursor.execute(_LINKS, {"child": child_key}).fetchall()


def neighbours_of(links: Iterable[Link]) -> Neighbours:
    """Return for each record those it is joined to, in order."""
    found: Neighbours = {}
    for link in links:
        found.setdefault(link.left_record_key, []).append(link.right_record_key)
        found.setdefault(link.right_record_key, []).append(link.left_record_key)
    return {key: sorted(others) for key, others in found.items()}


def reached_from(start: str, neighbours: Neighbours) -> dict[str, str | None]:
    """Return all that hangs together with a record, each with the record one step nearer to it."""
    came_from: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in neighbours.get(here, ()):
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return came_from


def parts_of(record_keys: Iterable[str], neighbours: Neighbours) -> list[frozenset[str]]:
    """Return which of these records hang together, each once."""
    parts: list[frozenset[str]] = []
    for key in record_keys:
        if not any(key in part for part in parts):
            parts.append(frozenset(reached_from(key, neighbours)))
    return parts


def shortest_path(start: str, end: str, neighbours: Neighbours) -> tuple[str, ...]:
    """Return the records by which two hang together, both ends included, by the fewest links; none if they do not."""
    came_from = reached_from(end, neighbours)
    if start not in came_from:
        return ()
    path: list[str] = []
    step: str | None = start
    while step is not None:
        path.append(step)
        step = came_from[step]
    return tuple(path)


_LINKS = """
    with members as (
        select record_key, record_no from identity.int_children__members
        where child_key = %(child)s and not _is_retracted
    )
    select one.record_key as left_record_key, other.record_key as right_record_key, null::bigint as decision_no
    from identity.int_matches__pairs as pair
    inner join members as one on pair.left_record_no = one.record_no
    inner join members as other on pair.right_record_no = other.record_no
    where pair.decision_code = 'linked' and not pair._is_retracted
    union all
    select decision.left_record_key, decision.right_record_key, decision.decision_no
    from linkage.effective_decisions as decision
    inner join members as one on decision.left_record_key = one.record_key
    inner join members as other on decision.right_record_key = other.record_key
    where decision.kind = 'link' and decision.ended_by_no is null and not decision.is_suspended
"""
