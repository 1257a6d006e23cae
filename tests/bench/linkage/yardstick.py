"""Splink 5 on the same spine, with the same comparisons, keys and weights, counting names as it always does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
from frontdoor.linkage.link import FAINTEST_WEIGHT
from frontdoor.linkage.model import LinkageModel, weight_at
from frontdoor.linkage.spine_export import exported_spine
from frontdoor.linkage.splink_model import linker, splink_settings
from frontdoor.linkage.weights import TrainedWeights, read_weights
from frontdoor.linkage.weights_in_force import version_in_force
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect


@dataclass(frozen=True, slots=True)
class Scored:
    """Splink's pairs by its own weights, called by the records' own numbers."""

    pairs: list[tuple[float, str, str]]


@dataclass(frozen=True, slots=True)
class Timed:
    """How long Splink took, the model trained and the records loaded."""

    predict_seconds: float
    cluster_seconds: float
    pair_count: int

    @property
    def seconds(self) -> float:
        """Both."""
        return self.predict_seconds + self.cluster_seconds


def weights_in_force(scratch: Settings) -> TrainedWeights:
    """The weights that the warehouse linked by."""
    with connect(scratch, role="transformer") as connection:
        version = version_in_force(connection)
        assert version
        return read_weights(connection, version)


def scored(scratch: Settings, model: LinkageModel, *, is_named_by_scope: bool = False) -> Scored:
    """Score every pair that shares a key."""
    names = _names(scratch, is_named_by_scope=is_named_by_scope)
    weights = weights_in_force(scratch)
    with exported_spine(scratch, model) as connection:
        linked = linker(connection, splink_settings(model, levels=weights.levels, prior=weights.prior))
        found = linked.inference.predict(threshold_match_weight=FAINTEST_WEIGHT)
        pairs = connection.execute(
            f"select match_weight, record_no_l, record_no_r from {found.physical_name}"
        ).fetchall()
    return Scored([(weight, names[left], names[right]) for weight, left, right in pairs])


def timed(scratch: Settings, model: LinkageModel, *, repeats: int) -> list[Timed]:
    """Predict and cluster, as often as asked for; reading and training are not counted."""
    weights = weights_in_force(scratch)
    settings = splink_settings(model, levels=weights.levels, prior=weights.prior)
    with exported_spine(scratch, model) as connection:
        return [_timed(connection, settings, model) for _ in range(repeats)]


def _timed(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, object], model: LinkageModel) -> Timed:
    linked = linker(connection, settings)
    started = time.perf_counter()
    found = linked.inference.predict(threshold_match_weight=weight_at(model.review_at_probability))
    predicted = time.perf_counter()
    linked.clustering.cluster_pairwise_predictions_at_threshold(
        found, threshold_match_probability=model.link_at_probability
    )
    clustered = time.perf_counter()
    [(pairs,)] = connection.execute(f"select count(*) from {found.physical_name}").fetchall()
    linked.table_management.delete_tables_created_by_splink_from_db()
    return Timed(predicted - started, clustered - predicted, pairs)


def _names(scratch: Settings, *, is_named_by_scope: bool) -> dict[int, str]:
    name = "person_scope || '|' || agency_person_id" if is_named_by_scope else "agency_person_id"
    with connect(scratch, role="transformer") as connection:
        return dict(connection.execute(f"select record_no, {name} from identity.int_children__members").fetchall())
