"""Which key each part of a child has when the child comes apart, as far as docs/decisions/0007 says it beforehand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

Part = frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """One record had one key, from which build to which."""

    record_key: str
    child_key: str
    since_build: int
    until_build: int | None

    def covers(self, build_no: int) -> bool:
        """Whether it was so after this build."""
        return self.since_build <= build_no and (self.until_build is None or build_no < self.until_build)


def keys_of_parts(connection: psycopg.Connection, parts: Sequence[Part]) -> list[str | None]:
    """Return for each part of today's child the key that the next build gives it; None where only that build can say.

    As macro keys_that_come_back has it, of which this is the part that needs no comparison of claims: a part that,
    newcomers apart, was exactly a key's child in some build gets it back.
    """
    members: Part = frozenset().union(*parts)
    spans = _spans(connection, members)
    if _is_more_to_build(connection, members) or _is_half_built(connection, spans):
        return [None for _ in parts]
    groups = [*parts, *_others(connection, {span.record_key for span in spans} - members)]
    spoken = frozenset().union(*groups)
    spans = [span for span in _spans(connection, spoken) if span.record_key in spoken]
    return [_latest_key(part, groups, spans, members=members) for part in parts]


def _latest_key(part: Part, groups: Iterable[Part], spans: Sequence[Span], *, members: Part) -> str | None:
    matched = []
    for key in sorted({span.child_key for span in spans if span.record_key in part}):
        bearers = [span for span in spans if span.child_key == key]
        is_free = all(span.record_key in members for span in bearers if span.until_build is None)
        build_no = _matched_in(part, groups, spans, bearers) if is_free else None
        matched += [] if build_no is None else [(-build_no, key)]
    return min(matched)[1] if matched else None


def _matched_in(part: Part, groups: Iterable[Part], spans: Sequence[Span], bearers: Sequence[Span]) -> int | None:
    """The last build in which this part was exactly the child of a key, if the key may pass to it at all."""
    named = {span.record_key for span in bearers}
    everybody_since = max(_first_build(group, spans) for group in groups if group & named)
    latest = None
    for build_no in sorted({each for span in bearers for each in (span.since_build, span.until_build) if each}):
        bearing = {span.record_key for span in bearers if span.covers(build_no)}
        present = {span.record_key for span in spans if span.record_key in part and span.covers(build_no)}
        if bearing and present and not bearing & part:
            return None
        if bearing and bearing == present and build_no >= everybody_since:
            latest = build_no
    return latest


def _first_build(group: Part, spans: Iterable[Span]) -> int:
    return min(span.since_build for span in spans if span.record_key in group)


def _spans(connection: psycopg.Connection, record_keys: Part) -> list[Span]:
    """What these records were called, and everybody who was called so."""
    with connection.cursor(row_factory=class_row(Span)) as cursor:
        return cursor.execute(
            "select record_key, child_key, since_build, until_build from identity.child_key_history"
            " where record_key = any(%(records)s) or child_key in"
            " (select child_key from identity.child_key_history where record_key = any(%(records)s))",
            {"records": list(record_keys)},
        ).fetchall()


def _others(connection: psycopg.Connection, record_keys: Iterable[str]) -> list[Part]:
    """The children of today that these records belong to, as far as they are spoken of."""
    found = connection.execute(
        "select array_agg(record_key) from identity.int_children__members"
        " where not _is_retracted and child_key in ("
        " select child_key from identity.int_children__members where record_key = any(%s) and not _is_retracted)"
        " group by child_key",
        [list(record_keys)],
    ).fetchall()
    return [frozenset(records) for (records,) in found]


def _is_half_built(connection: psycopg.Connection, spans: Iterable[Span]) -> bool:
    """Whether some of it was written by a build that is not published; the next one forgets that."""
    [[published]] = connection.execute("select max(build_no) from ledger.builds where state = 'published'").fetchall()
    latest = max((build_no for span in spans for build_no in (span.since_build, span.until_build or 0)), default=0)
    return published is not None and latest > published


def _is_more_to_build(connection: psycopg.Connection, record_keys: Part) -> bool:
    """Whether people decided more about these records since the last publication than to take links back."""
    [[answer]] = connection.execute(
        """
        select exists (
            select from linkage.effective_decisions as decision
            where (decision.left_record_key = any(%(records)s) or decision.right_record_key = any(%(records)s))
                and greatest(decision.effective_from_no, decision.ended_by_no) > coalesce(
                    (select max(build.decided_up_to) from ledger.builds as build where build.state = 'published'), 0
                )
                and not (decision.kind = 'link' and decision.ended_by_no is not null)
        )
        """,
        {"records": list(record_keys)},
    ).fetchall()
    return bool(answer)
