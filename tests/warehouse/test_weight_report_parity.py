"""What the comparison of two versions says of either is what the models make of it, pair by pair."""

import csv
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from frontdoor.linkage.link import link_files
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.scales import scale_of
from frontdoor.linkage.weight_report import score_pairs
from frontdoor.linkage.weights import TrainedWeights
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.warehouse.weights_example import changed, shipped, stored

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AS_OF = datetime(2026, 3, 9, tzinfo=UTC)

FORENAMES = ("Muhammad", "Olivia", "Zzada", "Zzadah", "Zzoe", "Bartholomew", "Bart")
COLUMNS = (
    "record_id",
    "source",
    "nhs_number",
    "upn",
    "forename",
    "surname",
    "dob",
    "sex",
    "postcode",
    "restricted_flag",
)


def records() -> Iterator[dict[str, str]]:
    """A few hundred records of some sixty children: names counted and not, slips, twins, identifiers in conflict."""
    for number in range(240):
        child, turn = divmod(number, 4)
        yield {
            "record_id": f"R{number}",
            "source": ("council", "police", "health", "portal")[turn],
            "nhs_number": "9990000026" if child == 3 else "",
            "forename": FORENAMES[(child // 2 + (turn == 3) * (child % 3)) % len(FORENAMES)],
            "surname": ("Quillworth", "Khan")[child % 2] + ("e" if turn == 2 and child % 5 == 0 else ""),
            "dob": f"20{10 + child % 8}-0{1 + child % 9}-1{turn if child % 7 == 0 else 4}",
            "sex": "FM"[(child + (turn == 1 and child % 11 == 0)) % 2],
            "postcode": f"ZQ{1 + child % 4} {1 + (turn == 1 and child % 3)}ZX",
            "restricted_flag": "Y" if child == 5 else "N",
        }


@pytest.mark.parametrize("which", ["default", "other"])
def test_what_is_said_of_a_version_is_what_the_models_make_of_it(
    settings: Settings, tmp_path: Path, which: str
) -> None:
    model = load_linkage_model(settings)
    version = "default" if which == "default" else stored(settings, doubtful(model), model)
    before = linked(settings, tmp_path, "default")
    try:
        with connect(next(before), role="admin") as connection, connect(settings, role="admin") as council:
            score_pairs(connection, model, scale_of(council, "default"), scale_of(council, version))
            found = connection.execute(
                "select count(*) filter (where is_linked_old <> is_linked_new) from pg_temp.scored"
            ).fetchall()
            told = {
                (left, right): (weight, decision)
                for left, right, weight, decision in connection.execute(
                    "select left_record_no, right_record_no, new_weight,"
                    " case when is_linked_new then 'linked' when is_reviewed_new then 'review' else 'vetoed' end"
                    " from pg_temp.scored"
                ).fetchall()
            }
    finally:
        before.close()
    after = linked(settings, tmp_path, version)
    try:
        with connect(next(after), role="admin") as connection:
            # Faint pairs are kept by `frontdoor link` only, and nobody decides about them.
            made = {
                (left, right): (weight, decision)
                for left, right, weight, decision in connection.execute(
                    "select left_record_no, right_record_no, weight, decision_code from identity.int_matches__pairs"
                    " where decision_code <> 'none'"
                ).fetchall()
            }
    finally:
        after.close()
    both = told.keys() & made.keys()
    assert len(both) > 200
    assert {pair: told[pair][1] for pair in both} == {pair: made[pair][1] for pair in both}
    assert max(abs(told[pair][0] - made[pair][0]) for pair in both) < 1e-6
    assert which == "other" or len({decision for _, decision in made.values()}) == 3
    assert (found[0][0] > 10) == (which == "other")


def linked(settings: Settings, tmp_path: Path, version: str) -> Generator[Settings]:
    """The scratch warehouse in which the records were linked by a version of weights; gone when closed."""
    path = tmp_path / "persons.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(records())
    for run in link_files(settings, [path], out=tmp_path / "out", weights=version, at=AS_OF):
        yield settings.model_copy(update={"database_name": run.database_name})


def doubtful(model: LinkageModel) -> TrainedWeights:
    """Weights that think so little of a name or a home that pairs fall below what links, and what must corroborate."""
    weights = changed(shipped(model), "forename", "same", 0.55, 0.02)
    weights = changed(weights, "surname", "same", 0.5, 0.04)
    return changed(weights, "postcode", "district", 0.1, 0.09)
