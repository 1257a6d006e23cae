"""A typed time is one moment all over the country and all through the year, or it is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import typer
from frontdoor import cli
from frontdoor.moments import moment_typed
from hypothesis import given
from hypothesis import strategies as st

YEARS = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(*YEARS, timezones=OFFSETS))
def test_a_time_with_its_offset_is_that_moment(moment: datetime) -> None:
    typed = moment_typed(moment.isoformat())
    assert typed == moment
    assert typed.tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-06-09T08:00", "2026-06-09", "today", ""])
def test_a_time_that_may_be_another_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"2026-03-09T08:00\+00:00"):
        moment_typed(text)


def test_nothing_typed_is_now() -> None:
    before = datetime.now(UTC)
    assert before <= moment_typed(None) <= datetime.now(UTC)


@pytest.mark.parametrize(
    "command", ["land --received-at", "build --as-of", "watch --as-of", "synthesise --out nowhere --until"]
)
def test_who_works_by_hand_is_told_so_before_anything_is_read(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, *options = command.split()
    with pytest.raises(SystemExit) as ended:
        cli.assemble(name)([name, *options, "2026-06-09T08:00"], prog_name="frontdoor")
    assert ended.value.code == 2
    assert "offset" in capsys.readouterr().err
