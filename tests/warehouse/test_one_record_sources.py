"""An agency that is known to keep one record a person: two of its records are two people, however alike."""

import csv
import shutil
from pathlib import Path

import pytest
from frontdoor.linkage.link import link_files
from frontdoor.settings import Settings

from tests.warehouse.hand_made import MONDAY
from tests.warehouse.link_situations import nhs, upn

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ADA = "Zzada,Quillworth,2014-05-03,F,PE1 1AA"


@pytest.fixture
def council(warehouse: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """A council whose registry keeps one record a person, in letters as people write them."""
    project = shutil.copytree(warehouse.dbt_project_dir, tmp_path / "dbt_project")
    settings_file = project / "dbt_project.yml"
    settings_file.write_text(
        settings_file.read_text().replace("vars:\n", f"vars:\n  one_record_sources: {request.param}\n", 1)
    )
    return warehouse.model_copy(
        update={"dbt_project_dir": project, "home": tmp_path / "home", "server_home": warehouse.home}
    )


@pytest.mark.parametrize("council", ["[Registry]"], ids=["a list"], indirect=True)
def test_two_records_of_such_an_agency_stay_apart_and_a_third_that_fits_both_joins_neither(
    council: Settings, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    sources = ("registry", "Registry", "police")
    rows = [f"r-{number},{source},{ADA}" for number, source in enumerate(sources, start=1)]
    people.write_text("\n".join(["record_id,source,forename,surname,dob,sex,postcode", *rows]) + "\n")
    [linked] = link_files(council, [people], out=tmp_path / "out", weights="default", at=MONDAY)
    assert linked.child_count == len(rows)
    with linked.pairs_path.open(encoding="utf-8", newline="") as file:
        decisions = {(row["left"], row["right"]): (row["decision"], row["reasons"]) for row in csv.DictReader(file)}
    assert decisions == {
        ("r-1", "r-2"): ("vetoed", "ONE_PER_SOURCE"),
        ("r-1", "r-3"): ("separated", "ONE_PER_SOURCE"),
        ("r-2", "r-3"): ("separated", "ONE_PER_SOURCE"),
    }


@pytest.mark.parametrize("council", ["Pupils, Registry"], ids=["words"], indirect=True)
def test_no_third_record_joins_two_of_such_an_agency_that_nothing_had_compared(
    council: Settings, tmp_path: Path
) -> None:
    """Their numbers differ and neither has a birth date, so the two share no key; the police's record has both."""
    header = "record_id,source,forename,surname,dob,nhs_number,upn"
    registry = [f"r-1,registry,Zzada,Quillworth,,{nhs(1)},", f"r-2,registry,Zzada,Quillworth,,,{upn(1)}"]
    police = f"p-1,police,Zzada,Quillworth,2014-05-03,{nhs(1)},{upn(1)}"
    paths = []
    for name, rows in (("registry", registry), ("police", [police])):
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text("\n".join([header, *rows]) + "\n")
    *_, last = link_files(council, paths, out=tmp_path / "out", weights="default", at=MONDAY)
    with last.clusters_path.open(encoding="utf-8", newline="") as file:
        children = {row["record_id"]: row["child_key"] for row in csv.DictReader(file)}
    assert children["r-1"] != children["r-2"]
