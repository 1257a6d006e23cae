"""The command line itself: quick to start, short in its errors."""

import subprocess
import sys
import time

import pytest
from frontdoor import cli
from frontdoor.errors import WarehouseError

PROGRAM = [sys.executable, "-m", "frontdoor"]


def test_help_names_every_command_and_imports_none_of_them() -> None:
    started = time.perf_counter()
    finished = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert time.perf_counter() - started < 3
    assert all(name in finished.stdout for name in cli.COMMANDS)
    probe = "import sys, frontdoor.cli as c; c.assemble(None); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}" in loaded for name in ("airflow", "great_expectations", "dbt", "psycopg", "pandas"))


@pytest.mark.parametrize("name", sorted(set(cli.COMMANDS) - {"airflow"}))  # its help is Airflow's own
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    app = cli.assemble(name)
    with pytest.raises(SystemExit) as ended:
        app([name, "--help"], prog_name="frontdoor")
    assert ended.value.code == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WarehouseError("the server is down"), "frontdoor: the server is down"),
        (ValueError("Zebedee Quillfeather"), "frontdoor: ValueError in"),
    ],
)
def test_an_error_is_one_line_and_exit_code_one(monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    def fail(_asked: str | None) -> None:
        raise error

    monkeypatch.setattr(cli, "assemble", fail)
    monkeypatch.setattr(sys, "argv", ["frontdoor", "build"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert str(ended.value.code).startswith(said)
    assert "Zebedee" not in str(ended.value.code)
