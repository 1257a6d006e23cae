"""Records, pairs and children as the identity models would have left them, written by hand."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from frontdoor.linkage.model import PARTS_OF_A_BIT, LinkageModel, load_linkage_model
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from psycopg import sql

SATURDAY = datetime(2026, 2, 28, 9, tzinfo=UTC)
# As the contracts of the models have them; a column a test does not fill is empty.
TABLES = {
    "int_person_records": """
        record_key text, person_scope text, agency_person_id text, nhs_number text, is_nhs_number_verified boolean,
        upn text, forename text, middle_names text, surname text, also_known_as text, birth_date date,
        birth_date_precision_code text, expected_birth_date date, sex_code text, ethnicity_code text, postcode text,
        uprn text, address text, phone text, email text, restricted_code text, is_unborn boolean,
        adoption_marker_code text, first_recorded_at timestamptz, last_recorded_at timestamptz""",
    "int_person_records__standardised": """
        record_key text, record_no bigint, person_scope text, agency_person_id text, adoption_side_code text,
        mother_record_key text, evident_nhs_number text, evident_upn text, is_nhs_number_verified boolean,
        is_restricted boolean, is_unborn boolean, first_recorded_at timestamptz""",
    "int_matches__pairs": """
        left_record_no bigint, right_record_no bigint, rule_no smallint, evidence bigint, weight double precision,
        decision_code text, reason_code text, is_barred boolean, strength double precision""",
    "int_children__members": """
        record_key text, record_no bigint, person_scope text, agency_person_id text, component_no bigint,
        group_no bigint, conflict_code text, founding_record_key text, child_key text""",
    "int_details__crowded": "detail_code text, detail_hash bigint",
    "int_blocks__oversized": "rule_no smallint, block_key integer, record_count bigint",
}
LINEAGE = "_built_in bigint not null default 1, _is_retracted boolean not null default false"
REVIEWS = """
    review_key text, left_record_key text, right_record_key text, left_child_key text, right_child_key text,
    reason_code text, weight double precision, is_restricted boolean"""


@dataclass(frozen=True, slots=True)
class Person:
    """One record of one child, as a test needs it; whatever is not given is an ordinary record of the police's."""

    name: str
    child: str = ""
    scope: str = "police"
    side: str | None = None
    is_restricted: bool = False
    mother: str | None = None

    @property
    def record_key(self) -> str:
        """As the models would make it: a hash."""
        return hashlib.sha256(f"{self.scope}|{self.name}".encode()).hexdigest()[:32]

    @property
    def record_no(self) -> int:
        """The key's first half as a number."""
        return int.from_bytes(bytes.fromhex(self.record_key[:16]), signed=True)

    @property
    def child_key(self) -> str:
        """The child's key; a record of its own child unless told otherwise."""
        return hashlib.sha256((self.child or self.record_key).encode()).hexdigest()[:32]


def create_identity(settings: Settings, *, model: LinkageModel | None = None) -> None:
    """The identity models' tables, empty, owned by who would have built them; the spine is what the model compares."""
    used = model or load_linkage_model(settings)
    keys = ", ".join(f"key_{number:02d} integer" for number in range(1, len(used.blocking_rules) + 1))
    compared = {
        "int_person_records__spine": spine_columns(used),
        "int_person_records__blocked": f"record_no bigint, former_record_no bigint, repeated_record_no bigint, {keys}",
    }
    with connect(settings, role="transformer") as connection:
        for name, columns in (TABLES | compared).items():
            connection.execute(f"create table identity.{name} ({columns}, {LINEAGE})".encode())
        connection.execute(f"create table identity.int_reviews ({REVIEWS})".encode())


def spine_columns(model: LinkageModel) -> str:
    """The columns the comparisons read, whatever these are today."""
    conditions = " ".join(level.sql for comparison in model.comparisons for level in comparison.levels)
    terms = {level.term_frequency for one in model.comparisons for level in one.levels if level.term_frequency}
    columns = {"record_no": "bigint", **dict.fromkeys((f"{term}_tf" for term in sorted(terms)), "bigint")}
    for name in sorted(set(re.findall(r"\b[lr]\.([a-z_]+)", conditions))):
        is_text, is_flag = name.endswith("_text"), name.startswith("is_")
        columns[name] = "text" if is_text else "boolean" if is_flag else '"char"' if name == "sex" else "bigint"
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def lay_people(admin: psycopg.Connection, people: Iterable[Person], **evidence: dict[str, Any]) -> None:
    """Write records; `evidence` holds, by a person's name, columns of the spine and of the person record."""
    for person in people:
        own = evidence.get(person.name, {})
        names = {"record_key": person.record_key, "person_scope": person.scope, "agency_person_id": person.name}
        known = {"first_recorded_at": SATURDAY, "is_unborn": False}
        numbered = {**names, "record_no": person.record_no}
        record_columns = {key: value for key, value in own.items() if key in TABLES["int_person_records"].split()}
        _insert(admin, "int_person_records", {**names, **known, **record_columns})
        judged = {
            "adoption_side_code": person.side,
            "is_restricted": person.is_restricted,
            "mother_record_key": person.mother,
        }
        _insert(admin, "int_person_records__standardised", {**numbered, **known, **judged})
        _insert(admin, "int_children__members", {**numbered, "child_key": person.child_key})
        is_left_out = person.side == "PRE"
        for table in ("int_person_records__spine", "int_person_records__blocked"):
            _insert(admin, table, {"record_no": person.record_no, "_is_retracted": is_left_out})


def lay_compared(
    admin: psycopg.Connection, person: Person, *, table: str = "int_person_records__spine", **columns: Any
) -> None:
    """Give a record what the comparisons read, or the keys of its blocks."""
    assignments = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
    admin.execute(
        sql.SQL("update identity.{} set {} where record_no = %s").format(sql.Identifier(table), assignments),
        [*columns.values(), person.record_no],
    )


def lay_pair(
    admin: psycopg.Connection,
    left: Person,
    right: Person,
    *,
    decision: str = "linked",
    reason: str | None = None,
    weight: float = 12.0,
    rule_no: int = 3,
) -> None:
    """Write what the build kept of two records."""
    numbers = sorted((left.record_no, right.record_no))
    judged = {"decision_code": decision, "reason_code": reason, "is_barred": False}
    values = {"rule_no": rule_no, "weight": weight, **judged}
    pair = {"left_record_no": numbers[0], "right_record_no": numbers[1], "evidence": int(weight * PARTS_OF_A_BIT)}
    _insert(admin, "int_matches__pairs", {**pair, **values})


def lay_review(
    admin: psycopg.Connection, left: Person, right: Person, *, reason: str = "UNCERTAIN", weight: float = 3.0
) -> str:
    """Write a pair that waits for a person; return its key."""
    one, other = sorted((left, right), key=lambda person: person.record_key)
    review_key = hashlib.sha256((one.record_key + other.record_key).encode()).hexdigest()[:32]
    values = {
        "review_key": review_key,
        "left_record_key": one.record_key,
        "right_record_key": other.record_key,
        "left_child_key": one.child_key,
        "right_child_key": other.child_key,
        "reason_code": reason,
        "weight": weight,
        "is_restricted": left.is_restricted or right.is_restricted,
    }
    _insert(admin, "int_reviews", values)
    return review_key


def _insert(admin: psycopg.Connection, table: str, values: dict[str, Any]) -> None:
    admin.execute(
        sql.SQL("insert into identity.{} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        ),
        list(values.values()),
    )


ADA, BEA, CAI, DOT = (Person(name) for name in ("zzada-1", "zzbea-2", "zzcai-3", "zzdot-4"))
EVERYBODY = (ADA, BEA, CAI, DOT)
