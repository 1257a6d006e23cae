"""One demonstration for all end-to-end tests: what `make demo` runs, watched by a guard on every socket."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse import server

from tests.e2e.demonstration import Demonstration, guarded_environment


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    settings = Settings(home=folder / "home")
    log = folder / "outside.log"
    finished = subprocess.run(
        [sys.executable, "-m", "frontdoor", "demo", "--keep", "--home", str(settings.home)],
        env=guarded_environment(log, COLUMNS="200"),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        yield Demonstration(settings, finished.returncode, finished.stdout + finished.stderr, log.read_text())
    finally:
        server.remove(settings)
