"""What tasks may return and say: ids and counts, and errors without values."""

import inspect
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import FrontdoorError, SettingsError, WarehouseError, value_free
from frontdoor.orchestration import steps
from frontdoor.orchestration.failure_message import write_failure_message
from frontdoor.settings import Settings

CANARY = "Zebedee Quillfeather"
STEPS = [function for _, function in inspect.getmembers(steps, inspect.isfunction) if hasattr(function, "__wrapped__")]


@pytest.mark.parametrize("function", STEPS, ids=lambda function: function.__name__)
def test_a_step_returns_only_ids_and_counts(function: object) -> None:
    assert inspect.signature(function).return_annotation in (int, dict[str, int], None)


def test_there_are_steps_to_look_at() -> None:
    assert len(STEPS) >= 7


def test_a_moment_is_what_was_asked_or_now() -> None:
    assert steps.moment("2026-03-09T08:00+00:00") == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert abs((steps.moment("") - datetime.now(tz=UTC)).total_seconds()) < 5


@pytest.mark.parametrize("asked", ["2026-03-09T08:00", "Monday"])
def test_a_moment_without_offset_or_sense_is_refused(asked: str) -> None:
    with pytest.raises(SettingsError):
        steps.moment(asked)


def test_an_unexpected_error_keeps_its_class_and_place_only() -> None:
    def fail(as_of: str) -> int:
        try:
            raise psycopg.errors.InvalidTextRepresentation(f'invalid input syntax for type date: "{as_of}"')
        except psycopg.Error as error:
            raise RuntimeError(as_of) from error

    with pytest.raises(FrontdoorError) as raised:
        steps.step(fail)(CANARY)
    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert CANARY not in repr(chain)
    assert "RuntimeError" in str(raised.value)


def test_our_own_error_keeps_its_words_but_not_what_led_to_it() -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError:
            raise WarehouseError("dbt failed at model x", sqlstate="22007")  # noqa: B904  the slip we guard against
    except WarehouseError as error:
        told = value_free(error)
    assert str(told) == "dbt failed at model x"
    assert told.__context__ is None


def test_a_failure_message_names_the_task_and_is_written_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    for _ in range(2):
        write_failure_message(
            settings, dag_id="build_warehouse", task_id="build_marts", run_id="r1", error_class="WarehouseError"
        )
    [path] = (tmp_path / "outbox").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert b"build_warehouse.build_marts" in path.read_bytes()
