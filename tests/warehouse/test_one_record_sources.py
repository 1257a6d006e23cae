"""An agency that is known to keep one record a person: two of its records are two people, however alike."""

import csv
import shutil
from pathlib import Path

import pytest
from frontdoor.linkage.link import link_files
from frontdoor.settings import Settings

from tests.warehouse.hand_made import MONDAY

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ADA = "Zzada,Quillworth,2014-05-03,F,PE1 1AA"


def test_two_records_of_such_an_agency_stay_apart_and_a_third_that_fits_both_joins_neither(
    warehouse: Settings, tmp_path: Path
) -> None:
    project = shutil.copytree(warehouse.dbt_project_dir, tmp_path / "dbt_project")
    settings_file = project / "dbt_project.yml"
    settings_file.write_text(
        settings_file.read_text().replace("vars:\n", "vars:\n  one_record_sources: [registry]\n", 1)
    )
    people = tmp_path / "people.csv"
    sources = ("registry", "registry", "police")
    rows = [f"r-{number},{source},{ADA}" for number, source in enumerate(sources, start=1)]
    people.write_text("\n".join(["record_id,source,forename,surname,dob,sex,postcode", *rows]) + "\n")
    council = warehouse.model_copy(
        update={"dbt_project_dir": project, "home": tmp_path / "home", "server_home": warehouse.home}
    )
    [linked] = link_files(council, [people], out=tmp_path / "out", weights="default", at=MONDAY)
    assert linked.child_count == len(rows)
    with linked.pairs_path.open(encoding="utf-8", newline="") as file:
        decisions = {(row["left"], row["right"]): (row["decision"], row["reasons"]) for row in csv.DictReader(file)}
    assert decisions == {
        ("r-1", "r-2"): ("vetoed", "ONE_PER_SOURCE"),
        ("r-1", "r-3"): ("separated", "ONE_PER_SOURCE"),
        ("r-2", "r-3"): ("separated", "ONE_PER_SOURCE"),
    }
