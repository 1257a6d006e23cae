"""A publication killed anywhere leaves the earlier one whole; one more run completes it."""

import subprocess
import sys
from pathlib import Path

import pytest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.warehouse.publication_example import build, create_marts, project_with_two_marts, read

PLACES = [
    "publish-retired-dim_examples",
    "publish-retired-fct_examples",
    "publish-before-flip",
    "publish-before-commit",
    "publish-after-commit",
]
PUBLISH = """
import sys
from datetime import UTC, datetime
from frontdoor.settings import Settings
from frontdoor.warehouse.publish import publish
publish(Settings(), int(sys.argv[1]), published_at=datetime(2026, 3, 9, 8, tzinfo=UTC))
"""


def publish_in_a_process(council: Settings, build_no: int, *, fault: str = "") -> int:
    environment = {
        "PATH": "/usr/bin:/bin",
        "FRONTDOOR_HOME": str(council.home),
        "FRONTDOOR_SERVER_HOME": str(council.server_home),
        "FRONTDOOR_DATABASE_NAME": council.database_name,
        "FRONTDOOR_DBT_PROJECT_DIR": str(council.dbt_project_dir),
        "FRONTDOOR_FAULT_AT": fault,
    }
    command = [sys.executable, "-c", PUBLISH, str(build_no)]
    return subprocess.run(command, env=environment, check=False, capture_output=True).returncode


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_publication_is_whole_or_absent_and_one_more_run_completes_it(
    settings: Settings, tmp_path: Path, place: str
) -> None:
    council = settings.model_copy(update={"dbt_project_dir": project_with_two_marts(tmp_path / "project")})
    create_marts(council)
    assert publish_in_a_process(council, build(council, 1, ["a", "b"])) == 0
    build_no = build(council, 2, ["a"], retracted=("b",))

    assert publish_in_a_process(council, build_no, fault=place) == -9
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == ({"a": 2} if place == "publish-after-commit" else {"a": 1, "b": 1})

    assert publish_in_a_process(council, build_no) == 0
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == {"a": 2}
