"""What follows from the contracts is current, and says so when it is not."""

from pathlib import Path

from frontdoor.pages.commands import app
from frontdoor.pages.generated import stale_files, write_files
from frontdoor.settings import Settings
from typer.testing import CliRunner


def test_generated_files_are_current() -> None:
    assert stale_files(Settings()) == []


def test_a_stale_missing_or_left_over_page_is_named_and_mended(tmp_path: Path) -> None:
    settings = Settings()
    write_files(settings, docs=tmp_path)
    stale, missing = tmp_path / "feeds" / "council__contacts.md", tmp_path / "rules.md"
    left_over = tmp_path / "feeds" / "council__closed_feed.md"
    stale.write_text(stale.read_text() + "by hand\n")
    missing.unlink()
    left_over.write_text("# A feed that is no more\n")

    assert stale_files(settings, docs=tmp_path) == sorted([stale, missing, left_over])
    assert write_files(settings, docs=tmp_path) == sorted([stale, missing, left_over])
    assert stale_files(settings, docs=tmp_path) == []


def test_the_commands_answer() -> None:
    runner = CliRunner()

    checked = runner.invoke(app, ["check"])
    generated = runner.invoke(app, ["generate", "--check"])

    assert (checked.exit_code, generated.exit_code) == (0, 0)
    assert "police__missing_episodes" in checked.output
