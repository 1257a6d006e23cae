"""The comparisons as a Splink model: scored by it to check our own scores, and trained by it on our own records.

Splink runs on DuckDB in this process, offline and on demand; every day's linking is dbt's.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

from frontdoor.errors import FrontdoorError
from frontdoor.linkage.model import NONE, PARTS_OF_A_BIT, Level, LinkageModel
from frontdoor.linkage.spine_export import SPINE, adjustments, exported_spine
from frontdoor.linkage.weights import TrainedWeights
from frontdoor.settings import Settings

Levels = Mapping[str, Mapping[str, tuple[float, float]]]


class SplinkFailed(FrontdoorError):
    """Splink could not do what was asked; its own message may quote what it choked on and is not passed on."""


def train(settings: Settings, model: LinkageModel) -> TrainedWeights | None:
    """Return weights estimated from the records of the last build, or None when they hold too little to learn from.

    Nothing is stored and nothing changes.
    """
    from frontdoor.linkage.splink_training import estimate

    with exported_spine(settings, model) as connection:
        return estimate(connection, model)


def shipped_levels(model: LinkageModel) -> Levels:
    """Return the m and u that comparisons.yaml ships."""
    return {
        comparison.code: {level.code: (level.m, level.u) for level in comparison.levels if level.m and level.u}
        for comparison in model.comparisons
    }


def splink_settings(model: LinkageModel, *, levels: Levels | None = None, prior: float | None = None) -> dict[str, Any]:
    """Return Splink's settings for the same comparisons, keys and weights; the shipped ones unless others are given."""
    weights = levels or shipped_levels(model)
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_no",
        "probability_two_random_records_match": prior or model.prior,
        "comparisons": [
            {
                "output_column_name": comparison.code,
                "comparison_levels": [_level(level, weights[comparison.code]) for level in comparison.levels],
            }
            for comparison in model.comparisons
        ],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{key} = r.{key}", "sql_dialect": "duckdb"} for key in model.key_columns
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def linker(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any], *, table: str = SPINE) -> Linker:
    """Return a Splink linker on a spine; it says nothing but errors, since its messages are for its own users."""
    return Linker(DuckDBAPI(connection=connection).register(table), dict(settings), log_level=logging.ERROR)


def use_frozen_frequencies(
    linked: Linker, connection: duckdb.DuckDBPyConnection, model: LinkageModel, levels: Levels
) -> None:
    """Let Splink adjust for how common a value is exactly as the spine does, instead of counting values itself."""
    for term, column in adjustments(model).items():
        u = levels[term]["same"][1]
        name = f"frequencies_of_{term}"
        connection.execute(
            f"create or replace table {name} as"
            f" select distinct {term}, {u!r}::double * power(2.0, -{column} / {PARTS_OF_A_BIT}.0) as tf_{term}"
            f" from {SPINE} where {term} is not null"
        )
        frequencies = DuckDBAPI(connection=connection).register(name)
        linked.table_management.register_term_frequency_lookup(frequencies, term)


@contextmanager
def splink_errors() -> Iterator[None]:
    """Raise SplinkFailed for whatever Splink or DuckDB raises inside."""
    try:
        yield
    except FrontdoorError:
        raise
    except Exception as error:
        raise SplinkFailed(f"Splink stopped with {type(error).__name__}") from None


def _level(level: Level, weights: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    if level.code == NONE:
        return {"sql_condition": level.condition("duckdb"), "label_for_charts": level.code, "is_null_level": True}
    m, u = weights[level.code]
    described: dict[str, Any] = {
        "sql_condition": "ELSE" if level.sql == "true" else level.condition("duckdb"),
        "label_for_charts": level.code,
        "m_probability": m,
        "u_probability": u,
    }
    if level.term_frequency:
        described |= {"tf_adjustment_column": level.term_frequency, "tf_adjustment_weight": 1.0}
    return described
