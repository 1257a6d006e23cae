from datetime import datetime
from pathlib import Path

import pytest
from frontdoor.synthesis.synthesise import Plan, synthesise

from tests.unit.synthesis.council_files import CouncilFiles

AS_OF = datetime.fromisoformat("2026-03-09T08:00:00+00:00")


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> CouncilFiles:
    return _week(tmp_path_factory.mktemp("healthy"), has_defects=False)


@pytest.fixture(scope="session")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> CouncilFiles:
    return _week(tmp_path_factory.mktemp("troubled"), has_defects=True)


def _week(folder: Path, *, has_defects: bool) -> CouncilFiles:
    synthesise(Plan(has_defects=has_defects), out=folder)
    return CouncilFiles(folder)
