"""The records a person names, and whether two of them may ever be one child."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from frontdoor.errors import FrontdoorError, WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

SHORTEST_PREFIX = 8
SHOWN_LENGTH = 12
# The same words whichever rule is behind them: they must not tell which record is on which side of an adoption.
NEVER_ONE_CHILD = "these two records cannot be joined; nothing was changed"


@dataclass(frozen=True, slots=True)
class Record:
    """One agency's record of one person, and the child it belongs to since the last build."""

    record_key: str
    record_no: int
    person_scope: str
    child_key: str

    @property
    def agency(self) -> str:
        """Who wrote it, as readers know agencies."""
        return agency_of(self.person_scope)

    @property
    def short(self) -> str:
        """Enough of the key to name it by."""
        return short(self.record_key)


class NeverOneChild(FrontdoorError):
    """Two records on different sides of an adoption were to be brought together; nothing says which is which."""

    def __init__(self) -> None:
        super().__init__(NEVER_ONE_CHILD)


def agency_of(person_scope: str) -> str:
    """Return the agency of a scope; a portal's scope names the kind of agency that uses it."""
    portal, _, user = person_scope.partition(":")
    return (user.partition(":")[0] or portal).upper()


def short(key: str) -> str:
    """Return enough of a key to name it by."""
    return key[:SHOWN_LENGTH]


@contextmanager
def steward(settings: Settings) -> Iterator[psycopg.Connection]:
    """Open the database as the data steward; what goes wrong in it is said without a value."""
    try:
        with connect(settings, role="data_steward", application_name="frontdoor review") as connection:
            yield connection
    except psycopg.Error as error:
        raise without_a_value(error) from None


def without_a_value(error: psycopg.Error) -> WarehouseError:
    """Return what went wrong in the database in words that hold no value."""
    if isinstance(error, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)):
        return WarehouseError(
            "the children are not yet recognised as this version does it; run `frontdoor build` first",
            sqlstate=error.sqlstate,
        )
    return WarehouseError("the records could not be read, or nothing was written", sqlstate=error.sqlstate)


def find_pair(connection: psycopg.Connection, left: str, right: str) -> tuple[Record, Record]:
    """Return two different records, the one with the smaller key first; raises FrontdoorError when they are not."""
    found = []
    for place, reference in (("first", left), ("second", right)):
        try:
            found.append(find_record(connection, reference))
        except FrontdoorError as error:
            raise FrontdoorError(f"the {place} record: {error}") from None
    found.sort(key=lambda one: one.record_key)
    if found[0].record_key == found[1].record_key:
        raise FrontdoorError("that is the same record twice; name two records")
    return found[0], found[1]


def find_record(connection: psycopg.Connection, reference: str) -> Record:
    """Return the record called by its key, the beginning of its key, or `scope:number`.

    A scope may be in capitals, as lists show it. Raises FrontdoorError when there is none, or more than one; the
    reference is not repeated: it may be a person's.
    """
    reference = reference.strip()
    found: list[Record] = []
    if re.fullmatch(r"[0-9a-f]{8,}", reference):
        found = _select(connection, "record_key ^@ %(reference)s", {"reference": reference})
    if not found and ":" in reference:
        colons = [place for place, letter in enumerate(reference) if letter == ":"]
        splits = {"scopes": [reference[:c].lower() for c in colons], "numbers": [reference[c + 1 :] for c in colons]}
        found = _select(
            connection,
            "(lower(person_scope), agency_person_id) in"
            " (select * from unnest(%(scopes)s::text[], %(numbers)s::text[]))",
            splits,
        )
    if len(found) == 1:
        return found[0]
    if found:
        raise FrontdoorError("several records begin like that; give more of the key")
    raise FrontdoorError(
        f"no record is called that; name it by its key, at least {SHORTEST_PREFIX} characters of the beginning of its"
        " key, or by its scope and number as in council:1234"
    )


def record_of(connection: psycopg.Connection, record_key: str) -> Record | None:
    """Return the record with exactly this key; None when nothing speaks of it any longer."""
    found = _select(connection, "record_key = %(key)s", {"key": record_key})
    return found[0] if found else None


def refuse_adoption(
    connection: psycopg.Connection,
    left: Record,
    right: Record,
    *,
    by: str,
    at: datetime,
    but_for: int | None = None,
) -> None:
    """Raise NeverOneChild when the two may never meet, having noted that somebody tried, and not about whom.

    A record from before an adoption meets nobody. One from after it meets no other of the same agency's records,
    neither itself nor through the children, or through links that people asked for, it already belongs to. The decision
    that is judged, when it is one that stands (`but_for`), joins nobody yet.
    """
    if not are_sides_of_an_adoption(connection, left.record_key, right.record_key, but_for=but_for):
        return
    connection.rollback()
    connection.execute(
        "insert into linkage.refused_attempts (kind, attempted_by, attempted_at) values ('ADOPTION', %s, %s)", [by, at]
    )
    connection.commit()
    raise NeverOneChild


def are_sides_of_an_adoption(
    connection: psycopg.Connection, left_key: str, right_key: str, *, but_for: int | None = None
) -> bool:
    """Say whether two records may never meet because of an adoption; nobody is told, and nothing is noted."""
    return _answer(connection, _ADOPTION, left_key, right_key, but_for)


def is_restricted(connection: psycopg.Connection, left_key: str, right_key: str) -> bool:
    """Say whether any record that would be one child with these two is restricted, though one of them may be gone."""
    return _answer(connection, _RESTRICTED, left_key, right_key)


def have_two_verified_numbers(
    connection: psycopg.Connection, left: Record, right: Record, *, but_for: int | None = None
) -> bool:
    """Say whether the records that would be one child hold different verified NHS numbers."""
    return _answer(connection, _TWO_NUMBERS, left.record_key, right.record_key, but_for)


def are_mother_and_child(
    connection: psycopg.Connection, left: Record, right: Record, *, but_for: int | None = None
) -> bool:
    """Say whether a record of the one is said to be the mother of a record of the other."""
    return _answer(connection, _MOTHER_AND_CHILD, left.record_key, right.record_key, but_for)


def _answer(
    connection: psycopg.Connection, question: str, left_key: str, right_key: str, but_for: int | None = None
) -> bool:
    parameters = {"left": left_key, "right": right_key, "but_for": but_for}
    [answer] = connection.execute(question.encode(), parameters).fetchall()[0]
    return bool(answer)


def _select(connection: psycopg.Connection, condition: str, values: Mapping[str, object]) -> list[Record]:
    with connection.cursor(row_factory=class_row(Record)) as cursor:
        return cursor.execute(
            "select record_key, record_no, person_scope, child_key from identity.int_children__members"
            f" where {condition} and not _is_retracted order by record_key limit 2".encode(),
            values,
        ).fetchall()


# Everything that is one child with either record, or would be once what people asked for is built.
_SIDES = """
    with judged as (
        select
            side.side_code,
            side.record_key,
            evidence.person_scope,
            case when evidence.is_nhs_number_verified then evidence.evident_nhs_number end as verified_nhs_number,
            evidence.adoption_side_code,
            evidence.mother_record_key
        from linkage.sides(%(left)s, %(right)s, %(but_for)s) as side
        inner join identity.int_person_records__standardised as evidence on side.record_key = evidence.record_key
    )
"""
_ADOPTION = f"""
    {_SIDES}
    select
        exists (select from judged where adoption_side_code = 'PRE')
        or exists (
            select from judged as mine
            inner join judged as other
                on mine.person_scope = other.person_scope
                and mine.side_code <> other.side_code
                and mine.record_key <> other.record_key
            where mine.adoption_side_code = 'POST'
        )
"""
_RESTRICTED = "select linkage.concerns_restricted(%(left)s, %(right)s)"
_TWO_NUMBERS = f"""
    {_SIDES}
    select exists (
        select from judged as mine
        inner join judged as other
            on mine.side_code = 'left' and other.side_code = 'right'
            and mine.verified_nhs_number <> other.verified_nhs_number
    )
"""
_MOTHER_AND_CHILD = f"""
    {_SIDES}
    select exists (
        select from judged as mine
        inner join judged as other on mine.side_code <> other.side_code and mine.mother_record_key = other.record_key
    )
"""
