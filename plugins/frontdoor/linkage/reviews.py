"""The pairs that wait for a person, those first behind which a child may be in danger; and two records side by side."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from frontdoor.errors import FrontdoorError
from frontdoor.linkage.decisions import awaiting_confirmation, decision_numbered
from frontdoor.linkage.model import LinkageModel, probability_at
from frontdoor.linkage.reasons import REASONS, TWIN
from frontdoor.linkage.records import SHORTEST_PREFIX, Record, agency_of
from frontdoor.linkage.touches import readable, records_of

# The rules whose value is a number that should be one person's.
IDENTIFIERS = {"nhs_number": "an NHS number", "upn": "a pupil number"}
# What a steward needs to see to tell two people apart, and no more; which side of an adoption it is never.
SHOWN_FIELDS = {
    "forename": "forename",
    "middle_names": "middle names",
    "surname": "surname",
    "also_known_as": "also known as",
    "birth_date": "birth date",
    "birth_date_precision_code": "birth date known to the",
    "is_unborn": "not born yet",
    "expected_birth_date": "expected birth date",
    "sex_code": "sex",
    "nhs_number": "NHS number",
    "is_nhs_number_verified": "NHS number verified",
    "upn": "unique pupil number",
    "postcode": "postcode",
    "address": "address",
    "uprn": "UPRN",
    "phone": "telephone number",
    "email": "e-mail address",
    "restricted_code": "restricted",
}


@dataclass(frozen=True, slots=True)
class Review:
    """One pair that waits for a person; `decision_no` is what waits for a second one. It names nobody."""

    review_key: str
    left_record_key: str
    right_record_key: str
    left_child_key: str
    right_child_key: str
    left_scope: str
    right_scope: str
    reason_code: str | None
    weight: float | None
    is_restricted: bool
    is_missing: bool
    has_red_enquiry: bool
    since_at: datetime | None
    decision_no: int | None

    @property
    def probability(self) -> float | None:
        """The chance of being one child, as far as the comparisons go."""
        return None if self.weight is None else probability_at(self.weight)

    @property
    def agencies(self) -> str:
        """Whose records they are."""
        return " and ".join(agency_of(scope) for scope in (self.left_scope, self.right_scope))

    @property
    def urgency(self) -> str:
        """Why it comes before others; empty when nothing known makes it urgent."""
        told = ["a child is missing"] if self.is_missing else []
        told += ["a RED enquiry is open"] if self.has_red_enquiry else []
        return ", ".join(told + (["restricted"] if self.is_restricted else []))

    def waited(self, as_of: datetime) -> timedelta | None:
        """How long both records have been known."""
        return None if self.since_at is None else max(as_of - self.since_at, timedelta())


def list_reviews(connection: psycopg.Connection, *, as_of: datetime, limit: int | None = None) -> list[Review]:
    """Return what waits, most harmful first; a decision that waits for its second person waits here as well.

    What somebody decided since the last build no longer waits. While a build is not published yet, readers know the
    children by the keys they had before: who is missing by either key comes first.
    """
    awaiting = [each for each in awaiting_confirmation(connection) if len(records_of(connection, each)) == 2]
    query = sql.SQL(_QUEUE).format(missing=_missing(connection), red=_red_enquiry(connection))
    values = {
        "as_of": as_of,
        "limit": limit,
        "reasons": list(REASONS),
        "twin": TWIN,
        "awaiting": [decision.decision_no for decision in awaiting],
        "awaiting_left": [decision.left_record_key for decision in awaiting],
        "awaiting_right": [decision.right_record_key for decision in awaiting],
    }
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        return cursor.execute(query, values).fetchall()


def decisions_without_a_record(connection: psycopg.Connection) -> list[str]:
    """Say of each decision that waits for its second person in vain: nobody speaks of one of its records any longer."""
    return [
        f"decision {decision.decision_no} waits for a second person, and nobody speaks of one of its records any longer"
        f": `frontdoor review undo {decision.decision_no} --reason TEXT --by NAME"
        + (" --reviewer NAME`" if decision.kind == "separate" else "`")
        for decision in awaiting_confirmation(connection)
        if len(records_of(connection, decision)) < 2
    ]


def oversized_numbers(connection: psycopg.Connection, model: LinkageModel) -> list[str]:
    """Say of each NHS or pupil number that too many different records bear whose records these are, not which number.

    Nobody is compared because of such a number; somebody types it where there is none, and only they can mend that.
    """
    told = []
    for rule_no, rule in enumerate(model.blocking_rules, start=1):
        if rule.code not in IDENTIFIERS:
            continue
        found = connection.execute(
            sql.SQL(_OVERSIZED).format(
                key=sql.Identifier(model.key_columns[rule_no - 1]),
                number=sql.Identifier(f"evident_{rule.code}"),
                kind=sql.Literal(_NUMBER_KINDS[rule.code]),
            ),
            {"rule_no": rule_no, "code": rule.code},
        ).fetchall()
        for scopes, counts in found:
            agencies = ", ".join(f"{agency_of(scope)} {count}" for scope, count in zip(scopes, counts, strict=True))
            told.append(
                f"{IDENTIFIERS[rule.code]} stands on {sum(counts)} different records ({agencies}) and so brings nobody"
                " together; have it mended where it is typed"
            )
    return told


def pair_of_review(connection: psycopg.Connection, reference: str) -> tuple[str, str]:
    """Return the keys of the two records of a review, called by the beginning of its key, or D and a decision's number.

    Raises FrontdoorError when no review, or more than one, is called that.
    """
    reference = reference.strip()
    if reference[:1] in "Dd" and reference[1:].isdecimal():
        decision = decision_numbered(connection, int(reference[1:]))
        return decision.left_record_key, decision.right_record_key
    if len(reference) < SHORTEST_PREFIX:
        raise FrontdoorError(f"give at least {SHORTEST_PREFIX} characters of the review's key, or two records")
    found = connection.execute(
        "select left_record_key, right_record_key from identity.int_reviews where review_key ^@ %s limit 2", [reference]
    ).fetchall()
    if len(found) != 1:
        raise FrontdoorError(
            "several reviews begin like that; give more of the key"
            if found
            else "no review is called that; it may be decided already. `frontdoor review list` shows what waits"
        )
    return found[0][0], found[0][1]


def side_by_side(
    connection: psycopg.Connection, left: Record, right: Record, *, by: str, at: datetime
) -> list[tuple[str, str, str]]:
    """Return field by field what the two records say, having first noted for good who looked at whom."""
    connection.execute(
        "insert into linkage.looks (looked_by, looked_at, left_record_key, right_record_key) values (%s, %s, %s, %s)",
        [by, at, left.record_key, right.record_key],
    )
    connection.commit()
    one, other = (_fields(connection, record) for record in (left, right))
    rows = [(label, _shown(one.get(name)), _shown(other.get(name))) for name, label in SHOWN_FIELDS.items()]
    return [row for row in rows if row[1] or row[2]]


def _fields(connection: psycopg.Connection, record: Record) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from identity.int_person_records where record_key = %s", [record.record_key]
        ).fetchone()
    return found or {}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _missing(connection: psycopg.Connection) -> sql.Composable:
    """Whether one of the two children is missing at the moment asked about; nobody is before a publication."""
    if not readable(connection, ["fct_missing_episodes"]):
        return sql.SQL("false")
    return sql.SQL(
        "exists (select from safeguarding.fct_missing_episodes as episode"
        " where episode.child_key = any(known.child_keys)"
        " and coalesce(episode.reported_at <= %(as_of)s, true)"
        " and (episode.found_at is null or episode.found_at > %(as_of)s)"
        " and episode.status_code is distinct from 'CANCELLED')"
    )


def _red_enquiry(connection: psycopg.Connection) -> sql.Composable:
    if not readable(connection, ["fct_mash_enquiries"]):
        return sql.SQL("false")
    return sql.SQL(
        "exists (select from safeguarding.fct_mash_enquiries as enquiry"
        " where enquiry.child_key = any(known.child_keys)"
        " and 'RED' in (enquiry.rag_at_start_code, enquiry.rag_current_code)"
        " and coalesce(coalesce(enquiry.started_at, enquiry.decided_to_enquire_at) <= %(as_of)s, true)"
        " and (enquiry.concluded_at is null or enquiry.concluded_at > %(as_of)s))"
    )


# What a number is hashed with, as macro detail_hash has it.
_NUMBER_KINDS = {"nhs_number": 1, "upn": 2}
# Too many records bear it, or too many birth dates stand beside it.
_OVERSIZED = """
    select
        array_agg(shared.person_scope order by shared.person_scope),
        array_agg(shared.record_count order by shared.person_scope)
    from (
        select oversized.block_key::bigint as shared, evidence.person_scope, count(*) as record_count
        from identity.int_blocks__oversized as oversized
        inner join identity.int_person_records__blocked as blocked on oversized.block_key = blocked.{key}
        inner join identity.int_person_records__standardised as evidence on blocked.record_no = evidence.record_no
        where oversized.rule_no = %(rule_no)s and not oversized._is_retracted and not blocked._is_retracted
        group by oversized.block_key, evidence.person_scope
        union all
        select crowded.detail_hash, evidence.person_scope, count(*)
        from identity.int_details__crowded as crowded
        inner join identity.int_person_records__standardised as evidence
            on crowded.detail_hash = hashtextextended(evidence.{number}, {kind})
        where crowded.detail_code = %(code)s and not crowded._is_retracted and not evidence._is_retracted
        group by crowded.detail_hash, evidence.person_scope
    ) as shared
    group by shared.shared
    order by shared.shared
"""
# An adoption is never a question put to people.
_QUEUE = """
    with awaiting as (
        select
            waits.decision_no, waits.left_record_key, waits.right_record_key,
            one.child_key as left_child_key, other.child_key as right_child_key
        from unnest(%(awaiting)s::bigint[], %(awaiting_left)s::text[], %(awaiting_right)s::text[])
            as waits (decision_no, left_record_key, right_record_key)
        inner join identity.int_children__members as one on waits.left_record_key = one.record_key
        inner join identity.int_children__members as other on waits.right_record_key = other.record_key
    ),
    review as (
        select
            open_review.review_key, open_review.left_record_key, open_review.right_record_key,
            open_review.left_child_key, open_review.right_child_key,
            open_review.reason_code, open_review.weight, open_review.is_restricted,
            (
                select min(awaiting.decision_no) from awaiting
                where (open_review.left_child_key, open_review.right_child_key) in (
                    (awaiting.left_child_key, awaiting.right_child_key),
                    (awaiting.right_child_key, awaiting.left_child_key)
                )
            ) as decision_no
        from identity.int_reviews as open_review
        where open_review.reason_code is distinct from 'ADOPTION'
        union all
        select
            'D' || awaiting.decision_no, awaiting.left_record_key, awaiting.right_record_key,
            awaiting.left_child_key, awaiting.right_child_key,
            'CONFIRMATION', null, true, awaiting.decision_no
        from awaiting
        where not exists (
            select from identity.int_reviews as open_review
            where (open_review.left_child_key, open_review.right_child_key) in (
                (awaiting.left_child_key, awaiting.right_child_key),
                (awaiting.right_child_key, awaiting.left_child_key)
            )
        )
    ),
    item as (
        select
            review.*,
            left_record.person_scope as left_scope,
            right_record.person_scope as right_scope,
            greatest(left_record.first_recorded_at, right_record.first_recorded_at) as since_at
        from review
        inner join identity.int_person_records as left_record on review.left_record_key = left_record.record_key
        inner join identity.int_person_records as right_record on review.right_record_key = right_record.record_key
    ),
    judged as (
        select item.*, {missing} as is_missing, {red} as has_red_enquiry
        from item
        cross join lateral (
            select array(
                values (item.left_child_key), (item.right_child_key)
                union
                select past.child_key
                from identity.int_children__members as member
                inner join identity.child_key_history as past on member.record_key = past.record_key
                cross join (select max(build_no) as build_no from ledger.builds where state = 'published') as published
                where member.child_key in (item.left_child_key, item.right_child_key)
                    and past.since_build <= published.build_no
                    and (past.until_build is null or past.until_build > published.build_no)
            ) as child_keys
        ) as known
    )
    select * from judged
    order by
        not (is_missing or has_red_enquiry),
        not is_restricted,
        reason_code is not distinct from %(twin)s,
        array_position(%(reasons)s::text[], reason_code) nulls first,
        reason_code,
        weight desc nulls first,
        review_key
    limit %(limit)s
"""
