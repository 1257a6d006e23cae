"""Our scores are Splink's: the same pairs with the same weights, from one spine and one version of weights."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from frontdoor.linkage import splink_training
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.person_files import COLUMNS, read_person_file
from frontdoor.linkage.scratch import scratch_warehouse
from frontdoor.linkage.spine_export import exported_spine
from frontdoor.linkage.splink_model import linker, splink_settings, train, use_frozen_frequencies
from frontdoor.linkage.weights import TrainedWeights, read_weights, require_complete, store_proposal
from frontdoor.settings import Settings
from frontdoor.synthesis.person_records import write_person_records
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RECORDS = 3_000
TOLERANCE = 1e-6
# So low that every pair that shares a key is kept, whatever it weighs.
ANY_PAIR = 1e-12
NOT_LINKED_BY = ("test", "unit_test")
# What no synthetic council has enough of: each is compared with every other, by the postcode they share with a forename
# or a birth date.
ODD_RECORDS = [
    {"forename": forename, "surname": surname, "dob": birth_date, "sex": sex, "postcode": "PE1 1QQ", "address": address}
    for forename, surname in [
        ("Zzada", "Quillworth"),
        ("Quillworth", "Zzada"),
        ("Zzadah", "O'Quill-Worth"),
        ("Zzdaa", "Qulilworth"),
        ("Z", "Quill"),
        ("Żądza", "Quíllwörth"),
        ("Nguyễn", "Quill Worth"),
        ("محمد", "Quillworth"),
        ("", "Quillworth"),
        ("Zzadaquill", ""),
    ]
    for birth_date, sex, address in [
        ("2016-02-29", "F", "1 Example Straße"),
        ("2016-02-28", "M", "1 Exampel Strasse"),
        ("2016-11-02", "", ""),
        ("2016-02-11", "F", "14 Another Way"),
        ("2016-01-01", "F", "1 Example Street"),
        ("", "F", "1 Example Street"),
    ]
]


@pytest.fixture(scope="module")
def model(warehouse: Settings) -> LinkageModel:
    return load_linkage_model(warehouse)


@pytest.fixture(scope="module")
def linked(warehouse: Settings, model: LinkageModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Three thousand synthetic records and the odd ones, with every pair that shares a key."""
    path = tmp_path_factory.mktemp("parity") / "records.csv"
    write_person_records(path, count=RECORDS, seed=3, has_truth=False)
    _add_odd_records(path)
    with scratch_warehouse(warehouse) as scratch:
        with connect(scratch, role="admin") as connection:
            connection.execute(
                "insert into ledger.builds (build_no, is_full, state, started_at) overriding system value"
                " values (1, true, 'running', %s)",
                [NOW],
            )
            connection.execute("set local role transformer")
            read_person_file(connection, path, file_no=1, build_no=1, at=NOW)
        _link(scratch)
        yield scratch


@pytest.fixture(scope="module")
def trained(linked: Settings, model: LinkageModel) -> TrainedWeights:
    """What Splink learns from these records."""
    return train(linked, model)


def test_shipped_weights_score_as_in_splink(linked: Settings, model: LinkageModel) -> None:
    _assert_scores_are_splinks(linked, model)


def test_trained_weights_score_as_in_splink(linked: Settings, model: LinkageModel, trained: TrainedWeights) -> None:
    with connect(linked, role="admin") as connection:
        version = store_proposal(connection, trained, model=model, report={}, at=NOW, by="test")
        connection.execute("update linkage.weight_versions set state = 'superseded' where state = 'approved'")
        connection.execute("update linkage.weight_versions set state = 'approved' where version = %s", [version])
    _link(linked)
    _assert_scores_are_splinks(linked, model)


def test_what_is_trained_can_be_put_in_force(model: LinkageModel, trained: TrainedWeights) -> None:
    require_complete(trained.levels, model)
    assert 1e-5 < trained.prior < 1e-2
    for levels in trained.levels.values():
        assert sum(m for m, _ in levels.values()) == pytest.approx(1)
        same, other = levels["same"], levels["other"]
        assert same[0] > same[1]
        assert other[0] < other[1]
    for term, frequencies in trained.term_frequencies.items():
        assert frequencies, term
        assert 0 < sum(frequencies.values()) <= 1


def test_the_same_records_train_the_same_weights(
    linked: Settings, model: LinkageModel, trained: TrainedWeights
) -> None:
    with exported_spine(linked, model) as connection:
        again = splink_training.estimate(connection, model)
    for code, levels in trained.levels.items():
        for level, (m, u) in levels.items():
            # Processors add up in whatever order they come to it.
            assert again.levels[code][level] == pytest.approx((m, u), rel=1e-9), f"{code} {level}"
    assert again.term_frequencies == trained.term_frequencies
    assert again.prior == pytest.approx(trained.prior)


def test_a_level_that_dies_out_among_the_records_is_trained_in_fewer_rounds(
    linked: Settings, model: LinkageModel
) -> None:
    # Another address is a fifteen-digit number less likely after three rounds, and dies out in eight.
    start = {code: dict(levels) for code, levels in splink_training.shipped_levels(model).items()}
    start["address"]["other"] = (1e-277, start["address"]["other"][1])
    *too_many, fewest = splink_training.EM_ROUNDS
    with exported_spine(linked, model) as connection:
        for rounds in too_many:
            with pytest.raises(ValueError, match="probability"):
                splink_training._maximised_in(connection, model, start, rounds=rounds)
        found = splink_training._maximised(connection, model, start)
        again = splink_training._maximised_in(connection, model, start, rounds=fewest)
    assert 0 < found["address"]["other"][0] < 1e-277
    assert found["sex"]["same"] == pytest.approx(again["sex"]["same"])


def test_nothing_of_the_records_stays_on_disk(linked: Settings, model: LinkageModel) -> None:
    with exported_spine(linked, model):
        [folder] = linked.home.glob("spine-*")
        assert folder.stat().st_mode & 0o077 == 0
        assert not list(folder.glob("*.csv"))
    assert not list(linked.home.glob("spine-*"))


def _add_odd_records(path: Path) -> None:
    lines = [
        ",".join((f"odd-{number}" if column == "record_id" else record.get(column, "")) for column in _header(path))
        for number, record in enumerate(ODD_RECORDS)
    ]
    with path.open("a", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in lines)


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    assert set(columns) <= set(COLUMNS)
    return columns


def _link(scratch: Settings) -> None:
    with connect(scratch, role="admin") as connection:
        connection.execute("update linkage.weight_versions set review_at_probability = %s", [ANY_PAIR])
    run_dbt(scratch, selector="linkage", build_no=1, full_refresh=True, left_out=NOT_LINKED_BY)


def _assert_scores_are_splinks(scratch: Settings, model: LinkageModel) -> None:
    with connect(scratch, role="transformer") as connection:
        [[version]] = connection.execute(
            "select version from linkage.weight_versions where state = 'approved'"
        ).fetchall()
        weights = read_weights(connection, version)
        ours = {
            (left, right): weight
            for left, right, weight in connection.execute(
                "select left_record_no, right_record_no, weight from identity.int_matches__pairs where rule_no > 0"
            )
        }
    theirs = _scored_by_splink(scratch, model, weights)
    floor = min(ours.values())
    assert floor < -15, "hardly a pair of strangers was kept"
    assert {pair for pair, weight in theirs.items() if weight >= floor + TOLERANCE} <= ours.keys()
    assert ours.keys() <= theirs.keys()
    assert len(ours) > RECORDS / 2
    worst = max(abs(weight - theirs[pair]) for pair, weight in ours.items())
    assert worst <= TOLERANCE


def _scored_by_splink(scratch: Settings, model: LinkageModel, weights: TrainedWeights) -> dict[tuple[int, int], float]:
    with exported_spine(scratch, model) as connection:
        scoring = linker(connection, splink_settings(model, levels=weights.levels, prior=weights.prior))
        use_frozen_frequencies(scoring, connection, model, weights.levels)
        scored = scoring.inference.predict().physical_name
        found = connection.execute(f"select record_no_l, record_no_r, match_weight from {scored}").fetchall()
    return {(min(left, right), max(left, right)): weight for left, right, weight in found}
