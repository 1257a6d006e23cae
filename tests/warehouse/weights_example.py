"""Weights to propose, and the identity models as far as they are compared on them: pairs whose levels are known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg
from frontdoor.linkage.model import PARTS_OF_A_BIT, WEIGHT_BITS, LinkageModel, weight_at
from frontdoor.linkage.weights import TrainedWeights, approve, store_proposal
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST = "2026-11-24-1"
NAME_AND_BIRTH = {"forename": "same", "surname": "same", "birth_date": "same"}
CERTAIN = NAME_AND_BIRTH | {"postcode": "same", "sex": "same"}
RECORD_COUNT = 1_200
TABLES = """
    create table identity.int_person_records__spine (
        record_no bigint primary key, forename bigint, surname bigint, postcode bigint, _is_retracted boolean
    );
    create table identity.int_person_records__standardised (
        record_no bigint primary key, evident_forename text, evident_surname text, evident_upn text,
        evident_postcode text, ethnicity_code text
    );
    create table identity.int_matches__pairs (
        left_record_no bigint, right_record_no bigint, rule_no smallint, evidence bigint, weight float8,
        decision_code text, reason_code text, strength float8, _is_retracted boolean, guard_code text, is_barred boolean
    );
    create table identity.int_children__members (record_no bigint primary key, child_key text, _is_retracted boolean);
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of records by the levels that are not `none`, and what was decided about it."""

    levels: Mapping[str, str]
    reason_code: str | None = None
    decision_code: str = "linked"
    forename: int | None = None
    ethnicity_code: str | None = "WBRI"
    identified_bits: int = 0
    is_retracted: bool = False


PAIRS = [
    # Linked by both.
    *[Pair(CERTAIN | {"nhs_number": "same"}) for _ in range(12)],
    # By the shipped weights too little to link; the trained ones think more of an equal district.
    Pair(NAME_AND_BIRTH | {"sex": "other", "postcode": "district"}, "UNCERTAIN", "review"),
    # A guard holds under any weights.
    Pair(CERTAIN, "TWIN", "review"),
    # An identifier that names and birth date support links at any weight.
    Pair({"nhs_number": "same", "birth_date": "same", "forename": "alike"}, identified_bits=2_000),
    # Found before, and no longer.
    Pair(CERTAIN, is_retracted=True),
]


def shipped(model: LinkageModel) -> TrainedWeights:
    """The numbers of comparisons.yaml, as if they had been trained."""
    levels = {
        comparison.code: {level.code: (level.m, level.u) for level in comparison.levels if level.m and level.u}
        for comparison in model.comparisons
    }
    return TrainedWeights(model.prior, levels)


def weight(model: LinkageModel, pair: Pair) -> float:
    """What the shipped weights say of a pair, without term frequencies."""
    parts = [
        comparison.levels[comparison.level(pair.levels[comparison.code])].weight
        for comparison in model.comparisons
        if comparison.code in pair.levels
    ]
    return weight_at(model.prior) + sum(parts)


def put(connection: psycopg.Connection, model: LinkageModel, pairs: list[Pair], *, records: int = RECORD_COUNT) -> None:
    """Make the tables as the transformer would; the n-th pair is of records 2n and 2n + 1, each child one record."""
    connection.execute(TABLES)
    connection.execute(
        "insert into identity.int_person_records__spine"
        " select n, null, null, null, false from generate_series(0, %s) as n",
        [records - 1],
    )
    connection.execute(
        "insert into identity.int_children__members select record_no, 'child ' || record_no, false"
        " from identity.int_person_records__spine"
    )
    for place, pair in enumerate(pairs):
        for record_no in (2 * place, 2 * place + 1):
            connection.execute(
                "update identity.int_person_records__spine set forename = %s where record_no = %s",
                [pair.forename, record_no],
            )
            connection.execute(
                "insert into identity.int_person_records__standardised"
                " values (%s, 'ZZADA', 'QUILLWORTH', null, null, %s)",
                [record_no, pair.ethnicity_code],
            )
        bits = weight(model, pair)
        # What says no more than that the weight was too small is no guard.
        guard_code = None if pair.reason_code in ("UNCERTAIN", "NAME_BIRTH_CONFLICT") else pair.reason_code
        connection.execute(
            "insert into identity.int_matches__pairs values (%s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                2 * place,
                2 * place + 1,
                evidence(model, pair),
                bits,
                pair.decision_code,
                pair.reason_code,
                bits + pair.identified_bits,
                pair.is_retracted,
                guard_code,
                pair.decision_code == "vetoed" and guard_code is not None,
            ],
        )


def evidence(model: LinkageModel, pair: Pair) -> int:
    """A pair's levels and weight as the models keep them."""
    shifts = model.shifts()
    packed = round(weight(model, pair) * PARTS_OF_A_BIT) + 2 ** (WEIGHT_BITS - 1)
    for code, level in pair.levels.items():
        packed += model.comparison(code).level(level) << shifts[code]
    return packed


def trained(model: LinkageModel) -> TrainedWeights:
    """As shipped, but a postcode in the same district is all but proof, and two forenames are counted."""
    generous = changed(shipped(model), "postcode", "district", 0.9, 0.00000001)
    return replace(generous, term_frequencies={"forename": {101: 0.02, 102: 0.0001}})


def stored(settings: Settings, weights: TrainedWeights, model: LinkageModel, *, by: str = "train_linkage") -> str:
    with connect(settings, role="transformer") as connection:
        return store_proposal(connection, weights, model=model, report={}, at=NOW, by=by)


def put_in_force(settings: Settings, version: str, model: LinkageModel) -> None:
    approve(settings, version, model=model, by="Zzoe Steward", reason="figures are better", at=NOW)


def changed(weights: TrainedWeights, comparison: str, level: str, m: float, u: float) -> TrainedWeights:
    levels = {code: dict(those) for code, those in weights.levels.items()}
    levels[comparison][level] = (m, u)
    return replace(weights, levels=levels)
