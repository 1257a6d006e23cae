"""What the comparison of two versions says of the weights in force is what the models made of them, pair by pair."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from frontdoor.linkage.link import link_files
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.scales import scale_of
from frontdoor.linkage.weight_report import score_pairs
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

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


def test_the_weights_in_force_score_every_pair_as_the_models_did(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "persons.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(records())
    linking = link_files(settings, [path], out=tmp_path / "out", weights="default", at=datetime(2026, 3, 9, tzinfo=UTC))
    next(linking)
    try:
        with connect(settings, role="admin", database="postgres") as connection:
            # While it has not ended, what it linked in is there.
            [(name,)] = connection.execute(
                "select datname from pg_database where datname like 'link\\_%' order by oid desc limit 1"
            ).fetchall()
        scratch = settings.model_copy(update={"database_name": name})
        model = load_linkage_model(scratch)
        with connect(scratch, role="transformer") as connection:
            default = scale_of(connection, "default")
            score_pairs(connection, model, default, default)
            found = connection.execute(
                "select max(abs(scored.new_weight - pair.weight)), count(*), count(*) filter (where pair.decision_code"
                " <> case when is_linked_new then 'linked' when is_reviewed_new then 'review' else 'vetoed' end),"
                " count(distinct pair.decision_code)"
                " from pg_temp.scored inner join identity.int_matches__pairs as pair"
                " using (left_record_no, right_record_no)"
                # Faint pairs are kept by `frontdoor link` only, and nobody decides about them.
                " where pair.decision_code <> 'none'"
            ).fetchall()
    finally:
        linking.close()
    [(widest, pairs, otherwise, decisions)] = found
    assert pairs > 200
    assert widest < 1e-6
    assert (otherwise, decisions) == (0, 3)
