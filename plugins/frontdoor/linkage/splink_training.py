"""Estimates the weights of the comparisons from records alone, by Splink; no label says who is whom.

Labels from NHS numbers were tried and given up: with one or three wrong numbers in a hundred, weights learnt from them
fell apart (docs/linkage-quality.md). What is estimated here is, in this order:

- u, how often two different children agree, on random pairs; pairs of one child among them are allowed for afterwards;
- m, how often two records of one child agree, by expectation maximisation on pairs that share a birth date (for all but
  the birth date) and on pairs that share both names (for all but the names);
- u of what a family shares, on pairs of one postcode: else brothers and sisters would look like one child;
- the prior, from what the model then says of all pairs that share a key;
- how common each name and postcode is.
"""

import contextlib
import math
from collections.abc import Mapping
from typing import Any

import duckdb
from splink import Linker

from frontdoor.linkage.model import NONE, RAREST_BITS, TRAINED, Comparison, LinkageModel
from frontdoor.linkage.spine_export import SPINE
from frontdoor.linkage.splink_model import Levels, linker, shipped_levels, splink_errors, splink_settings
from frontdoor.linkage.weights import TrainedWeights

SEED = 7
RANDOM_PAIRS = 1e7
DRAWN_PARTS = 1_000_000
# Seen so often on random pairs, a level is known well enough.
FEWEST_SEEN = 1_000
# Uncapped, a million records took 13 GB.
TRAINING_PAIRS = 2e6
FAMILY_PAIRS = 5e5
PROBED_RECORDS = 50_000
# Splink's own number of rounds, and fewer for records among which a level all but never is one child's.
EM_ROUNDS = (25, 8, 3)
# With fewer pairs than this in a block, or of one child at all, chance decides more than they do.
FEWEST_PAIRS = 200
SAME_BIRTH_DATE = "l.birth_date = r.birth_date"
SAME_NAMES = "l.forename = r.forename and l.surname = r.surname"
# Where a family's members are found, the better place first.
FAMILIES = ("l.postcode = r.postcode", "l.surname = r.surname")
SHARED_BY_FAMILIES = ("address", "phone", "email")
# An error that never occurred in the records at hand is not believed to be impossible.
LEAST_M = 0.005
LEAST_U = 1e-7
LEAST_SEEN = 2
# Pairs far below any threshold count for the prior, too.
FAINTEST_PAIR = -25.0
PRIOR_ROUNDS = 50
PRIOR_TOLERANCE_BITS = 0.005


def estimate(connection: duckdb.DuckDBPyConnection, model: LinkageModel) -> TrainedWeights | None:
    """Return the weights that fit the spine in `connection` best; the same spine gives the same weights.

    None when hardly any pair is one child's: there is nothing to learn from, and a prior that follows the few shrinks
    round by round until no number holds it.
    """
    with splink_errors():
        levels = _on_random_pairs(connection, model, shipped_levels(model))
        levels = _maximised(connection, model, levels)
        levels = _for_families(connection, model, levels)
        prior = _prior(connection, model, levels)
        if prior is None:
            return None
        levels = {code: _believable(levels[code], shipped, prior) for code, shipped in shipped_levels(model).items()}
        prior = _prior(connection, model, levels)
        if prior is None:
            return None
        return TrainedWeights(prior, levels, _term_frequencies(connection, model, levels))


def _on_random_pairs(connection: duckdb.DuckDBPyConnection, model: LinkageModel, start: Levels) -> Levels:
    """Estimate u; the records are drawn here, since Splink would draw others each time."""
    records = math.sqrt(2 * RANDOM_PAIRS)
    _draw(connection, "random_records", share=records / max(_size(connection), 1))
    linked = linker(connection, splink_settings(model, levels=start), table="random_records")
    linked.training.estimate_u_using_random_sampling(max_pairs=2 * RANDOM_PAIRS, min_count_per_level=FEWEST_SEEN)
    return _levels_of(linked, start)


def _maximised(connection: duckdb.DuckDBPyConnection, model: LinkageModel, start: Levels) -> Levels:
    """Estimate m by expectation maximisation; in fewer rounds where a level dies out in them, or in none."""
    for rounds in EM_ROUNDS:
        # Splink refuses a share that no number can hold any more.
        with contextlib.suppress(ValueError):
            return _maximised_in(connection, model, start, rounds=rounds)
    return start


def _maximised_in(connection: duckdb.DuckDBPyConnection, model: LinkageModel, start: Levels, *, rounds: int) -> Levels:
    linked = linker(connection, splink_settings(model, levels=start) | {"max_iterations": rounds})
    for rule in (SAME_BIRTH_DATE, SAME_NAMES):
        if _has_pairs(connection, rule):
            linked.training.estimate_parameters_using_expectation_maximisation(
                rule,
                estimate_without_term_frequencies=True,
                max_pairs=TRAINING_PAIRS,
                record_sample_proportion=min(1.0, PROBED_RECORDS / max(_size(connection), 1)),
            )
    return _levels_of(linked, shipped_levels(model))


def _for_families(connection: duckdb.DuckDBPyConnection, model: LinkageModel, levels: Levels) -> Levels:
    """Replace u of what families share by its share among different people found in one family's place."""
    rule = next((rule for rule in FAMILIES if _has_pairs(connection, rule)), None)
    if rule is None:
        return levels
    _draw_for(connection, rule, "family_records")
    settings = splink_settings(model, levels=levels) | {
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule, "sql_dialect": "duckdb"}],
        # Without the columns compared Splink does not say which levels it found.
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }
    scored = linker(connection, settings, table="family_records").inference.predict().physical_name
    # What families share says nothing here: it is what is asked about.
    weight = " - ".join(["match_weight", *(f"mw_{code}" for code in SHARED_BY_FAMILIES)])
    return {
        code: _among_strangers(connection, scored, model.comparison(code), of, weight)
        if code in SHARED_BY_FAMILIES
        else of
        for code, of in levels.items()
    }


def _among_strangers(
    connection: duckdb.DuckDBPyConnection,
    scored: str,
    comparison: Comparison,
    levels: Mapping[str, tuple[float, float]],
    weight: str,
) -> Mapping[str, tuple[float, float]]:
    counted = dict(
        connection.execute(
            f"select gamma_{comparison.code}, sum(1 / (1 + power(2.0, {weight}))) from {scored}"
            f" where gamma_{comparison.code} >= 0 group by 1"
        ).fetchall()
    )
    if (total := sum(counted.values())) < FEWEST_PAIRS:
        return levels
    # Splink numbers the levels from the last, which is 0, upwards.
    numbers = {level.code: number for number, level in enumerate(reversed(comparison.levels[1:]))}
    # Half a pair more on each level: what was not seen among these may be seen among others.
    return {
        code: (m, (counted.get(numbers[code], 0.0) + 0.5) / (total + 0.5 * len(levels)))
        for code, (m, _) in levels.items()
    }


def _draw_for(connection: duckdb.DuckDBPyConnection, rule: str, table: str) -> None:
    """Draw as many records as it takes for the rule to find half a million pairs."""
    column = rule.rpartition(".")[2]
    [(pairs,)] = connection.execute(
        f"select coalesce(sum(size * (size - 1) / 2), 0) from (select count(*) as size from {SPINE}"
        f" where {column} is not null group by {column})"
    ).fetchall()
    _draw(connection, table, share=math.sqrt(FAMILY_PAIRS / max(pairs, 1)))


def _draw(connection: duckdb.DuckDBPyConnection, table: str, *, share: float) -> None:
    """Fill `table` with this share of the records, always the same ones."""
    parts = round(DRAWN_PARTS * min(1.0, share))
    connection.execute(
        f"create or replace table {table} as select * from {SPINE}"
        f" where hash(record_no, {SEED}) % {DRAWN_PARTS} < {parts} order by record_no"
    )


def _size(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute(f"select count(*) from {SPINE}").fetchall()[0][0])


def _has_pairs(connection: duckdb.DuckDBPyConnection, rule: str) -> bool:
    # Splink forgets comparisons for good when a rule it is to learn from finds nothing.
    query = f"select 1 from {SPINE} as l inner join {SPINE} as r on {rule} and l.record_no < r.record_no"
    return len(connection.execute(f"{query} limit {FEWEST_PAIRS}").fetchall()) == FEWEST_PAIRS


def _levels_of(linked: Linker, otherwise: Levels) -> Levels:
    """Return what was learnt; of a level that no pair had, neither number: one alone would weigh it wrongly."""
    learnt: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in linked.misc.save_model_to_json()["comparisons"]:
        code = comparison["output_column_name"]
        learnt[code] = {
            level["label_for_charts"]: _numbers(level, otherwise[code][level["label_for_charts"]])
            for level in comparison["comparison_levels"]
            if level["label_for_charts"] != NONE
        }
    return learnt


def _numbers(level: Mapping[str, Any], otherwise: tuple[float, float]) -> tuple[float, float]:
    m, u = level.get("m_probability"), level.get("u_probability")
    return (float(m), float(u)) if m and u else otherwise


def _believable(
    levels: Mapping[str, tuple[float, float]], shipped: Mapping[str, tuple[float, float]], prior: float
) -> dict[str, tuple[float, float]]:
    """Take the pairs of one child out of u, which was counted on random pairs, and no error for impossible."""
    weights = {}
    for code, (m, u) in levels.items():
        strangers = max((u - prior * m) / (1 - prior), min(shipped[code][1], u), LEAST_U)
        # The floor takes away from what speaks against one child; it adds nothing that speaks for it.
        weights[code] = (max(m, min(LEAST_M, strangers)), min(strangers, 1 - LEAST_U))
    total = sum(m for m, _ in weights.values())
    return {code: (m / total, u) for code, (m, u) in weights.items()}


def _prior(connection: duckdb.DuckDBPyConnection, model: LinkageModel, levels: Levels) -> float | None:
    """Return the share of all pairs that are of one child: as many as it expects among those that share a key.

    None when those are fewer than anything could be learnt from.
    """
    linked = linker(connection, splink_settings(model, levels=levels, prior=model.prior))
    scored = linked.inference.predict(threshold_match_weight=FAINTEST_PAIR).physical_name
    records = _size(connection)
    start = prior = model.prior
    for _ in range(PRIOR_ROUNDS):
        shift = math.log2(prior / (1 - prior)) - math.log2(start / (1 - start))
        [(expected,)] = connection.execute(
            f"select sum(1 / (1 + power(2.0, -(match_weight + {shift!r})))) from {scored}"
        ).fetchall()
        if (expected or 0.0) < FEWEST_PAIRS:
            return None
        found = expected / (records * (records - 1) / 2)
        if found >= 1:
            return None
        if abs(math.log2(found / prior)) < PRIOR_TOLERANCE_BITS:
            break
        prior = found
    return float(prior)


def _term_frequencies(
    connection: duckdb.DuckDBPyConnection, model: LinkageModel, levels: Levels
) -> dict[str, dict[int, float]]:
    """Return the share of each value seen more than once, down to where rarer could not add more to a weight."""
    rarest = 2.0 ** RAREST_BITS[TRAINED]
    frequencies = {}
    for term in model.terms:
        floor = levels[term]["same"][1] / rarest
        frequencies[term] = dict(
            connection.execute(
                f"select {term}, count(*) / sum(count(*)) over () as frequency from {SPINE}"
                f" where {term} is not null group by {term}"
                f" qualify count(*) >= {LEAST_SEEN} and frequency >= {floor!r} order by {term}"
            ).fetchall()
        )
    return frequencies
