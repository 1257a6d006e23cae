"""What is said about two records, worked out by the database as the models do."""

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.linkage.evidence import compare, load_weights
from frontdoor.linkage.explain import explain_pair, words
from frontdoor.linkage.model import PARTS_OF_A_BIT, LinkageModel, load_linkage_model
from frontdoor.linkage.records import steward
from frontdoor.settings import Settings

from tests.warehouse.decisions.asking import MONDAY, link, pair
from tests.warehouse.decisions.hand_made_links import (
    ADA,
    BEA,
    Person,
    create_identity,
    lay_compared,
    lay_pair,
    lay_people,
)

pytestmark = pytest.mark.postgres

MODEL = LinkageModel.model_validate(
    {
        "version": "small",
        "prior": 0.2,
        "link_at_probability": 0.9,
        "review_at_probability": 0.5,
        "weak_corroboration_bits": 8,
        "block_cap": 10,
        "statement_caps": (5, 50),
        "crowds": {},
        "comparisons": [
            {
                "code": "forename",
                "label": "forename",
                "levels": [
                    {"code": "none", "label": "not given by both", "sql": "l.forename is null or r.forename is null"},
                    {"code": "same", "label": "same", "sql": "l.forename = r.forename", "m": 0.8, "u": 0.1,
                     "term_frequency": "forename"},
                    {"code": "alike", "label": "alike", "sql": "edits(l.forename_text, r.forename_text, 1)", "m": 0.1,
                     "u": 0.025},
                    {"code": "other", "label": "different", "sql": "true", "m": 0.1, "u": 0.8},
                ],
            },
            {
                "code": "sex",
                "label": "sex",
                "levels": [
                    {"code": "none", "label": "not given by both", "sql": "l.sex is null or r.sex is null"},
                    {"code": "same", "label": "same", "sql": "l.sex = r.sex", "m": 0.8, "u": 0.4},
                    {"code": "other", "label": "different", "sql": "true", "m": 0.1, "u": 0.4},
                ],
            },
        ],
        "blocking_rules": [
            {"code": "one", "label": "the first", "columns": ["forename"]},
            {"code": "two", "label": "the second", "columns": ["sex"]},
            {"code": "three", "label": "the third", "columns": ["sex"]},
        ],
    }
)  # fmt: skip
RARE, COMMON = 2 * PARTS_OF_A_BIT, -PARTS_OF_A_BIT // 2


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ({}, {}, [("not given by both", 0.0, 0.0), ("not given by both", 0.0, 0.0)]),
        (
            {"forename": 1, "forename_tf": RARE, "sex": "F"},
            {"forename": 1, "forename_tf": RARE, "sex": "F"},
            [("same", 3.0, 2.0), ("same", 1.0, 0.0)],
        ),
        (
            {"forename": 1, "forename_tf": COMMON, "sex": "F"},
            {"forename": 1, "forename_tf": COMMON, "sex": "M"},
            [("same", 3.0, -0.5), ("different", -2.0, 0.0)],
        ),
        (
            {"forename": 1, "forename_text": "ZZADA", "forename_tf": RARE},
            {"forename": 2, "forename_text": "ZZIDA"},
            [("alike", 2.0, 0.0), ("not given by both", 0.0, 0.0)],
        ),
        (
            {"forename": 1, "forename_text": "ZZADA"},
            {"forename": 2, "forename_text": "ZZBEA"},
            [("different", -3.0, 0.0), ("not given by both", 0.0, 0.0)],
        ),
    ],
    ids=["nothing", "rare", "common", "alike", "different"],
)
def test_any_two_records_are_weighed_level_by_level(
    settings: Settings,
    admin: psycopg.Connection,
    left: dict[str, object],
    right: dict[str, object],
    said: list[tuple[str, float, float]],
) -> None:
    create_identity(settings, model=MODEL)
    lay_people(admin, [ADA, BEA])
    for person, columns in ((ADA, left), (BEA, right)):
        lay_compared(admin, person, record_no=person.record_no, **columns)
    with steward(settings) as desk:
        evidence = compare(desk, MODEL, *pair(desk, ADA, BEA), weights=load_weights(desk, MODEL, "small"))
    assert evidence is not None
    assert [(found.level, found.weight, found.rarity) for found in evidence.findings] == [
        (level, pytest.approx(weight), rarity) for level, weight, rarity in said
    ]
    assert evidence.weight == pytest.approx(-2.0 + sum(weight + rarity for _, weight, rarity in said))


def test_the_values_two_records_share_are_told_and_which_of_them_a_crowd_shares(
    settings: Settings, admin: psycopg.Connection
) -> None:
    create_identity(settings, model=MODEL)
    lay_people(admin, [ADA, BEA])
    for person, second in ((ADA, 1), (BEA, 2)):
        lay_compared(admin, person, table="int_person_records__blocked", key_01=-7, key_02=second, key_03=5)
    admin.execute("insert into identity.int_blocks__oversized (rule_no, block_key) values (1, -7), (3, 6)")
    with steward(settings) as desk:
        evidence = compare(desk, MODEL, *pair(desk, ADA, BEA), weights=load_weights(desk, MODEL, "small"))
    assert evidence is not None
    assert (evidence.shared_rules, evidence.oversized_rules) == ((1, 3), (1,))


def test_what_left_the_index_is_compared_with_nobody(settings: Settings, admin: psycopg.Connection) -> None:
    create_identity(settings, model=MODEL)
    lay_people(admin, [ADA, BEA])
    lay_compared(admin, ADA, _is_retracted=True)
    with steward(settings) as desk:
        assert compare(desk, MODEL, *pair(desk, ADA, BEA), weights=load_weights(desk, MODEL, "small")) is None


def test_a_version_of_weights_is_read_from_the_database_and_must_fit(
    people: Settings, admin: psycopg.Connection
) -> None:
    model = load_linkage_model(people)
    for version in ("whole", "torn"):
        admin.execute(
            "insert into linkage.weight_versions (version, state, origin, comparisons_sha256, prior,"
            " link_at_probability, review_at_probability, proposed_at, proposed_by)"
            " values (%s, 'proposed', 'trained', 'x', 0.2, 0.9, 0.5, %s, 'me')",
            [version, MONDAY],
        )
    for comparison in model.comparisons:
        for number, level in enumerate(comparison.levels[1:], start=1):
            admin.execute(
                "insert into linkage.weights values ('whole', %s, %s, %s, 0.8, 0.1)",
                [comparison.code, number, level.code],
            )
    admin.execute("insert into linkage.weights values ('torn', 'forename', 1, 'same', 0.8, 0.1)")
    with steward(people) as desk:
        weights = load_weights(desk, model, "whole")
        assert list(weights.levels.values()) == pytest.approx([3.0] * len(weights.levels))
        assert (weights.prior, weights.review_at) == (pytest.approx(-2.0), pytest.approx(0.0))
        with pytest.raises(WarehouseError, match="other comparisons"):
            load_weights(desk, model, "torn")


def test_it_is_said_through_whom_two_records_are_one_child(settings: Settings, admin: psycopg.Connection) -> None:
    family = [Person(name, child="one") for name in ("zzada-1", "zzbea-2", "zzcai-3")]
    create_identity(settings)
    lay_people(admin, family)
    lay_pair(admin, family[0], family[1])
    model = load_linkage_model(settings)
    with steward(settings) as desk:
        link(desk, family[1], family[2])
        found = explain_pair(desk, model, *pair(desk, family[0], family[2]))
        direct = explain_pair(desk, model, *pair(desk, family[0], family[1]))
    assert words(found)[-1].endswith(f"through {family[1].record_key[:12]}")
    assert words(direct)[-1].endswith("directly")
    assert "linked (weights version default, build 1, +12.00 bits)" in "\n".join(words(direct))


@pytest.mark.parametrize(
    ("conflict", "said"),
    [
        ("NHS_CONFLICT", "two different verified NHS numbers"),
        ("ADOPTION", "other records of the same group contradict it"),
    ],
)
def test_two_that_the_evidence_links_and_something_parts_are_not_called_linked(
    settings: Settings, admin: psycopg.Connection, conflict: str, said: str
) -> None:
    create_identity(settings)
    lay_people(admin, [ADA, BEA])
    lay_pair(admin, ADA, BEA)
    admin.execute("update identity.int_children__members set conflict_code = %s", [conflict])
    with steward(settings) as desk:
        told = words(explain_pair(desk, load_linkage_model(settings), *pair(desk, ADA, BEA)))
    assert f"evidence: linked, and taken apart again: {said}" in "\n".join(told)
    assert "adopt" not in "\n".join(told).lower()
    assert told[-1].startswith("now: two children")
