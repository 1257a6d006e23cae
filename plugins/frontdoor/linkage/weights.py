"""Match weights as data: kept by version, proposed by training, put in force or turned down by a named person.

Nothing here comes into force by itself, and a version once stored never changes its numbers.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from frontdoor.errors import WarehouseError
from frontdoor.linkage.decisions import require_name, require_reason, same_person
from frontdoor.linkage.model import (
    COMMONEST_BITS,
    NONE,
    PARTS_OF_A_BIT,
    RAREST_BITS,
    TRAINED,
    WEIGHT_BITS,
    LinkageModel,
    weight_at,
)
from frontdoor.linkage.weights_in_force import comparisons_sha256
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import Role, connect


@dataclass(frozen=True, slots=True)
class TrainedWeights:
    """The numbers of a version: m and u by comparison and level, and how common each counted value is, by its hash."""

    prior: float
    levels: Mapping[str, Mapping[str, tuple[float, float]]]
    term_frequencies: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WeightVersion:
    """A version without its weights: what became of it, by whom, and the report it was judged by."""

    version: str
    state: str
    origin: str
    comparisons_sha256: str
    prior: float
    link_at_probability: float
    review_at_probability: float
    report: dict[str, Any]
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


def list_versions(settings: Settings, *, role: Role = "data_steward") -> list[WeightVersion]:
    """Return all versions, the one in force first, then the newest."""
    with _database(settings, role) as connection, connection.cursor(row_factory=class_row(WeightVersion)) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from linkage.weight_versions"
            " order by state <> 'approved', proposed_at desc, version desc"
        ).fetchall()


def get_version(settings: Settings, version: str, *, role: Role = "data_steward") -> WeightVersion:
    """Return one version; raises WarehouseError when there is none of that name."""
    with _database(settings, role) as connection:
        return find_version(connection, version)


def find_version(connection: psycopg.Connection, version: str, *, is_locked: bool = False) -> WeightVersion:
    """Return one version, in this transaction alone when locked; raises WarehouseError when there is none."""
    with connection.cursor(row_factory=class_row(WeightVersion)) as cursor:
        found = cursor.execute(
            f"select {_COLUMNS} from linkage.weight_versions where version = %s" + (" for update" if is_locked else ""),
            [version],
        ).fetchone()
    if found is None:
        raise WarehouseError("there are no match weights of that name; `frontdoor weights list` shows all")
    return found


def read_weights(connection: psycopg.Connection, version: str) -> TrainedWeights:
    """Return a version's numbers; raises WarehouseError when there is none of that name."""
    prior = find_version(connection, version).prior
    levels: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison, level, m, u in connection.execute(
        "select comparison_code, level_code, m, u from linkage.weights where version = %s"
        " order by comparison_code, level_no",
        [version],
    ):
        levels.setdefault(comparison, {})[level] = (m, u)
    terms: dict[str, dict[int, float]] = {}
    for term, term_hash, frequency in connection.execute(
        "select term_code, term_hash, frequency from linkage.term_frequencies where version = %s", [version]
    ):
        terms.setdefault(term, {})[term_hash] = frequency
    return TrainedWeights(prior, levels, terms)


def store_proposal(
    connection: psycopg.Connection,
    weights: TrainedWeights,
    *,
    model: LinkageModel,
    report: Mapping[str, Any],
    at: datetime,
    by: str,
) -> str:
    """Store trained weights as a proposal and return its name, the day and a number: 2026-11-24-1.

    Raises WarehouseError when a level of the comparisons has no weight, or when a pair might weigh more than fits.
    """
    require_complete(weights.levels, model)
    require_to_fit(weights, model)
    [(number,)] = connection.execute(_NEXT_NUMBER, {"day": f"{at:%Y-%m-%d}"}).fetchall()
    version = f"{at:%Y-%m-%d}-{number}"
    connection.execute(
        "insert into linkage.weight_versions (version, state, origin, comparisons_sha256, prior,"
        " link_at_probability, review_at_probability, report, proposed_at, proposed_by)"
        " values (%s, 'proposed', %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            version,
            TRAINED,
            comparisons_sha256(model),
            weights.prior,
            model.link_at_probability,
            model.review_at_probability,
            Jsonb(report),
            at,
            by,
        ],
    )
    _store_numbers(connection, version, weights, model)
    return version


def require_complete(levels: Mapping[str, Mapping[str, tuple[float, float]]], model: LinkageModel) -> None:
    """Raise WarehouseError unless exactly the comparisons' levels have weights."""
    wanted = {(each.code, level.code) for each in model.comparisons for level in each.levels if level.code != NONE}
    given = {(comparison, level) for comparison, those in levels.items() for level in those}
    if wanted != given:
        names = ", ".join(sorted(f"{comparison}.{level}" for comparison, level in wanted ^ given))
        raise WarehouseError(f"the weights do not fit the comparisons at {names}; train anew")


def require_to_fit(weights: TrainedWeights, model: LinkageModel) -> None:
    """Raise WarehouseError when some pair would weigh more, or less, than a pair's number has room for.

    It would run over into the levels that stand beside it, and every guard would read another pair's.
    """
    shares = [share for levels in weights.levels.values() for level in levels.values() for share in level]
    if not all(0 < share < 1 for share in [weights.prior, *shares]):
        raise WarehouseError("a share of these weights is not between 0 and 1; train anew")
    least = most = weight_at(weights.prior)
    for comparison in model.comparisons:
        bits = [0.0]
        for level in comparison.levels[1:]:
            m, u = weights.levels[comparison.code][level.code]
            terms = (COMMONEST_BITS, max(RAREST_BITS.values())) if level.term_frequency else (0.0,)
            bits += [math.log2(m / u) + term for term in terms]
        least += min(bits)
        most += max(bits)
    room = 2 ** (WEIGHT_BITS - 1) / PARTS_OF_A_BIT
    if not -room < least <= most < room:
        raise WarehouseError(
            f"by these weights a pair may weigh {least:.0f} to {most:.0f} bits, and there is room for {room:.0f} either"
            " way: too little was learnt from; train on more records"
        )


def approve(
    settings: Settings,
    version: str,
    *,
    model: LinkageModel,
    by: str,
    reason: str,
    at: datetime,
    is_answer: bool = False,
) -> WeightVersion:
    """Put a version in force and return it; what was in force is superseded and can be approved again.

    The answer to the question a proposal asks is good once: what was superseded since is returned as it is. The next
    build is a full one. Raises WarehouseError when the version was rejected, fits other comparisons, or when
    who proposed it would approve it.
    """
    require_name(by, does="decides about the weights")
    require_reason(reason)
    with _database(settings, "data_steward") as connection:
        found = find_version(connection, version, is_locked=True)
        if found.state == "approved" or (is_answer and found.state == "superseded"):
            return found
        if found.state == "rejected":
            raise WarehouseError(f"{version} was rejected and stays so; train anew")
        if found.comparisons_sha256 != comparisons_sha256(model):
            raise WarehouseError(f"{version} was made for other comparisons than comparisons.yaml has now; train anew")
        if found.origin == TRAINED and same_person(by, found.proposed_by):
            raise WarehouseError("who proposed weights does not approve them; ask a second person")
        stored = read_weights(connection, version)
        require_complete(stored.levels, model)
        require_to_fit(stored, model)
        connection.execute("update linkage.weight_versions set state = 'superseded' where state = 'approved'")
        _decide(connection, version, state="approved", by=by, reason=reason, at=at)
        return find_version(connection, version)


def reject(settings: Settings, version: str, *, by: str, reason: str, at: datetime) -> WeightVersion:
    """Turn a proposal down for good and return it; raises WarehouseError when it is no proposal any more."""
    require_name(by, does="decides about the weights")
    require_reason(reason)
    with _database(settings, "data_steward") as connection:
        found = find_version(connection, version, is_locked=True)
        if found.state == "rejected":
            return found
        if found.state != "proposed":
            raise WarehouseError(f"{version} is {found.state}; only a proposal can be rejected")
        _decide(connection, version, state="rejected", by=by, reason=reason, at=at)
        return find_version(connection, version)


def _decide(connection: psycopg.Connection, version: str, *, state: str, by: str, reason: str, at: datetime) -> None:
    connection.execute(
        "update linkage.weight_versions set state = %s, decided_at = %s, decided_by = %s, reason = %s"
        " where version = %s",
        [state, at, by.strip(), reason.strip(), version],
    )


def _store_numbers(connection: psycopg.Connection, version: str, weights: TrainedWeights, model: LinkageModel) -> None:
    levels: Sequence[tuple[Any, ...]] = [
        (version, comparison.code, comparison.level(code), code, m, u)
        for comparison in model.comparisons
        for code, (m, u) in weights.levels[comparison.code].items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany("insert into linkage.weights values (%s, %s, %s, %s, %s, %s)", levels)
    for term, shares in weights.term_frequencies.items():
        # Not by COPY, which row-level security forbids.
        connection.execute(
            "insert into linkage.term_frequencies"
            " select %s, %s, given.* from unnest(%s::bigint[], %s::float8[]) as given",
            [version, term, list(shares), list(shares.values())],
        )


@contextmanager
def _database(settings: Settings, role: Role) -> Iterator[psycopg.Connection]:
    try:
        with connect(settings, role=role) as connection:
            yield connection
    except psycopg.Error as error:
        raise WarehouseError("the match weights could not be read or changed", sqlstate=error.sqlstate) from None


_COLUMNS = ", ".join(WeightVersion.__dataclass_fields__)
_NEXT_NUMBER = """
    select coalesce(max(substring(version from '[0-9]+$')::integer), 0) + 1
    from linkage.weight_versions
    where version ~ ('^' || %(day)s || '-[0-9]+$')
"""
