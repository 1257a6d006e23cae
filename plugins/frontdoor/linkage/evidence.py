"""What the comparisons say about any two records, worked out as the models do, and level by level."""

import math
from dataclasses import dataclass

import psycopg
from psycopg import sql

from frontdoor.errors import WarehouseError
from frontdoor.linkage.model import PARTS_OF_A_BIT, Comparison, LinkageModel, probability_at, weight_at
from frontdoor.linkage.records import Record


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one version: what each level says in bits, the prior and the thresholds."""

    version: str
    prior: float
    link_at: float
    review_at: float
    levels: dict[tuple[str, int], float]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one field says: the level the two records have, in bits; `rarity` is for how rare their shared value is."""

    comparison: str
    label: str
    level: str
    weight: float
    rarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that two records say about being one child; no value of theirs is in it."""

    version: str
    prior: float
    link_at: float
    review_at: float
    findings: tuple[Finding, ...]
    shared_rules: tuple[int, ...]
    oversized_rules: tuple[int, ...]

    @property
    def weight(self) -> float:
        """The sum, prior included, in bits."""
        return self.prior + sum(finding.weight + finding.rarity for finding in self.findings)

    @property
    def probability(self) -> float:
        """The chance that the two are one child, as far as the comparisons go."""
        return probability_at(self.weight)


def built_version(connection: psycopg.Connection, model: LinkageModel) -> str:
    """Return the version of weights the last build used; before one, the version in force."""
    found = connection.execute(
        """
        select coalesce(
            (
                select weights_version from ledger.builds
                where state = 'published' and weights_version is not null
                order by build_no desc limit 1
            ),
            (select version from linkage.weight_versions where state = 'approved')
        )
        """
    ).fetchall()
    return found[0][0] or model.version


def load_weights(connection: psycopg.Connection, model: LinkageModel, version: str) -> Weights:
    """Return a version's weights; the shipped ones where the database keeps none of that name.

    Raises WarehouseError for a version whose levels are not those the comparisons have today.
    """
    head = connection.execute(
        "select prior, link_at_probability, review_at_probability from linkage.weight_versions where version = %s",
        [version],
    ).fetchone()
    kept = {
        (comparison, level_no): math.log2(m / u)
        for comparison, level_no, m, u in connection.execute(
            "select comparison_code, level_no, m, u from linkage.weights where version = %s", [version]
        ).fetchall()
    }
    shipped = {
        (comparison.code, number): level.weight
        for comparison in model.comparisons
        for number, level in enumerate(comparison.levels)
        if number > 0
    }
    if not kept and version == model.version:
        kept = shipped
    if kept.keys() != shipped.keys():
        raise WarehouseError(f"the weights of version {version} are for other comparisons than today's; train new ones")
    prior, link_at, review_at = head or (model.prior, model.link_at_probability, model.review_at_probability)
    return Weights(version, weight_at(prior), weight_at(link_at), weight_at(review_at), kept)


def compare(
    connection: psycopg.Connection, model: LinkageModel, left: Record, right: Record, *, weights: Weights
) -> Evidence | None:
    """Return the evidence between two records, compared before or never; None when one may not be compared."""
    query = sql.SQL(
        "select {} from identity.int_person_records__spine as l cross join identity.int_person_records__spine as r"
        " where l.record_no = least(%(one)s::bigint, %(other)s) and r.record_no = greatest(%(one)s::bigint, %(other)s)"
        " and not l._is_retracted and not r._is_retracted"
    ).format(sql.SQL(", ").join(_columns(model)))
    row = connection.execute(query, {"one": left.record_no, "other": right.record_no}).fetchone()
    if row is None:
        return None
    found = iter(row)
    numbers = [next(found) for _ in model.comparisons]
    rarities = {term: next(found) / PARTS_OF_A_BIT for term in model.terms}
    shared = _shared_keys(connection, model, left, right)
    return Evidence(
        version=weights.version,
        prior=weights.prior,
        link_at=weights.link_at,
        review_at=weights.review_at,
        findings=tuple(
            _finding(comparison, number, weights, rarities)
            for comparison, number in zip(model.comparisons, numbers, strict=True)
        ),
        shared_rules=tuple(shared),
        oversized_rules=_oversized(connection, shared),
    )


def _columns(model: LinkageModel) -> list[sql.Composable]:
    """Each comparison's level, and how rare the left record's values are."""
    levels = [_level_number(comparison) for comparison in model.comparisons]
    return [*levels, *(sql.SQL("coalesce(l.{}, 0)").format(sql.Identifier(f"{term}_tf")) for term in model.terms)]


def _shared_keys(connection: psycopg.Connection, model: LinkageModel, left: Record, right: Record) -> dict[int, int]:
    """The blocks both records stand in, by the number of their rule."""
    keys = [sql.SQL("case when l.{0} = r.{0} then l.{0} end").format(sql.Identifier(key)) for key in model.key_columns]
    # What repeats another record stands in no block itself.
    query = sql.SQL(
        "select {} from identity.int_person_records__blocked as one"
        " inner join identity.int_person_records__blocked as l"
        " on coalesce(one.repeated_record_no, one.record_no) = l.record_no"
        " cross join identity.int_person_records__blocked as other"
        " inner join identity.int_person_records__blocked as r"
        " on coalesce(other.repeated_record_no, other.record_no) = r.record_no"
        " where one.record_no = %s and other.record_no = %s"
    ).format(sql.SQL(", ").join(keys))
    row = connection.execute(query, [left.record_no, right.record_no]).fetchone() or ()
    return {rule_no: key for rule_no, key in enumerate(row, start=1) if key is not None}


def _oversized(connection: psycopg.Connection, keys: dict[int, int]) -> tuple[int, ...]:
    """The rules by which the two would be compared if not too many records shared the same value."""
    found = connection.execute(
        "select oversized.rule_no from identity.int_blocks__oversized as oversized"
        " inner join unnest(%s::bigint[], %s::bigint[]) as shared (rule_no, block_key)"
        " on oversized.rule_no = shared.rule_no and oversized.block_key = shared.block_key"
        " where not oversized._is_retracted order by oversized.rule_no",
        [list(keys), list(keys.values())],
    ).fetchall()
    return tuple(rule_no for (rule_no,) in found)


def _finding(comparison: Comparison, number: int, weights: Weights, rarity: dict[str, float]) -> Finding:
    level = comparison.levels[number]
    return Finding(
        comparison.code,
        comparison.label,
        level.label,
        weights.levels.get((comparison.code, number), 0.0),
        rarity[level.term_frequency] if level.term_frequency else 0.0,
    )


def _level_number(comparison: Comparison) -> sql.Composed:
    levels = [
        sql.SQL("when {} then {}").format(
            # Our own text, from comparisons.yaml.
            sql.SQL(level.condition("postgres")),
            number,
        )
        for number, level in enumerate(comparison.levels)
    ]
    return sql.SQL("case {} end").format(sql.SQL(" ").join(levels))
