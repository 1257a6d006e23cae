"""The clocks in the database against clocks written again in Python, in the plainest way: a day at a time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as local_time
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LONDON = ZoneInfo("Europe/London")
BANK_HOLIDAYS = {
    holiday["date"]
    for holiday in BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
}
DAY = timedelta(days=1)
CUT_OFF = local_time(17, 0)

# Days around which clocks go wrong: both changes of the clocks, Christmas, Easter, a coronation, a leap day.
AWKWARD_DAYS = [
    date(2026, 3, 29), date(2026, 10, 25), date(2025, 12, 24), date(2026, 4, 2), date(2023, 5, 5), date(2024, 2, 28),
    date(2027, 12, 24), date(2022, 6, 1), date(2022, 9, 16),
]  # fmt: skip
moments = st.one_of(
    st.datetimes(datetime(2022, 1, 1), datetime(2027, 11, 1)),  # noqa: DTZ001 - made aware below
    st.builds(
        lambda day, offset, seconds: datetime.combine(day, local_time()) + timedelta(days=offset, seconds=seconds),
        st.sampled_from(AWKWARD_DAYS),
        st.integers(-2, 2),
        st.integers(0, 86_399),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC, microsecond=0))
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in BANK_HOLIDAYS


def next_working_day(day: date) -> date:
    day += DAY
    while not is_working_day(day):
        day += DAY
    return day


def nth_working_day_after(day: date, amount: int) -> date:
    for _ in range(amount):
        day = next_working_day(day)
    return day


def end_of(day: date) -> datetime:
    return datetime.combine(day, local_time(23, 59, 59), LONDON).astimezone(UTC)


def working_day_due(started_at: datetime, amount: int, is_moved_outside_hours: bool) -> datetime:
    started = started_at.astimezone(LONDON)
    day_zero = started.date()
    cut_off = datetime.combine(day_zero, CUT_OFF, LONDON)
    if is_moved_outside_hours and (not is_working_day(day_zero) or started > cut_off):
        day_zero = next_working_day(day_zero)
    return end_of(nth_working_day_after(day_zero, amount))


def opening_time(day: date) -> tuple[datetime, datetime] | None:
    if not is_working_day(day):
        return None
    closes = local_time(16, 30) if day.isoweekday() == 5 else local_time(17, 30)
    return (
        datetime.combine(day, local_time(8, 0), LONDON).astimezone(UTC),
        datetime.combine(day, closes, LONDON).astimezone(UTC),
    )


def opening_hours_due(started_at: datetime, hours: int) -> datetime:
    left = timedelta(hours=hours)
    day = started_at.astimezone(LONDON).date()
    while True:
        opening = opening_time(day)
        if opening is not None:
            begins = max(opening[0], started_at)
            if begins < opening[1]:
                if left <= opening[1] - begins:
                    return begins + left
                left -= opening[1] - begins
        day += DAY


@pytest.fixture
def ask(reference: psycopg.Connection) -> Callable[..., Any]:
    """Call one of the database's functions."""

    def call(function: str, *arguments: object) -> Any:
        places = ", ".join(["%s"] * len(arguments))
        [row] = reference.execute(f"select reference.{function}({places})".encode(), arguments).fetchall()
        return row[0]

    return call


@many
@given(started_at=moments, amount=st.integers(0, 45), is_moved=st.booleans())
def test_working_days_agree_with_counting_them_one_by_one(
    ask: Callable[..., Any], started_at: datetime, amount: int, is_moved: bool
) -> None:
    assert ask("working_day_due", started_at, amount, is_moved) == working_day_due(started_at, amount, is_moved)


@many
@given(started_at=moments, amount=st.integers(1, 10))
def test_same_time_working_days_agree_with_counting_them_one_by_one(
    ask: Callable[..., Any], started_at: datetime, amount: int
) -> None:
    local = started_at.astimezone(LONDON)
    due_day = nth_working_day_after(local.date(), amount)
    expected = datetime.combine(due_day, local.time(), LONDON).astimezone(UTC)
    assert ask("same_time_working_day_due", started_at, amount) == expected


@many
@given(started_at=moments, hours=st.integers(1, 80))
def test_opening_hours_agree_with_walking_through_the_days(
    ask: Callable[..., Any], started_at: datetime, hours: int
) -> None:
    assert ask("opening_hours_due", started_at, hours) == opening_hours_due(started_at, hours)


@many
@given(started_at=moments, hours=st.integers(1, 100))
def test_elapsed_hours_are_plain_hours_also_over_a_change_of_the_clocks(
    ask: Callable[..., Any], started_at: datetime, hours: int
) -> None:
    assert ask("clock_due", started_at, "elapsed_hours", hours) == started_at + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("circumstance", "clock", "rating", "started_at", "due_at"),
    [
        ("before the cut-off", "contact_decision", "GREEN", "2026-03-02T17:00+00:00", "2026-03-03T23:59:59+00:00"),
        ("after the cut-off", "contact_decision", "GREEN", "2026-03-02T17:00:01+00:00", "2026-03-04T23:59:59+00:00"),
        ("red after the cut-off", "contact_decision", "RED", "2026-03-02T17:30+00:00", "2026-03-03T23:59:59+00:00"),
        ("on a Saturday", "contact_decision", "AMBER", "2026-03-07T10:00+00:00", "2026-03-10T23:59:59+00:00"),
        ("red on a Saturday", "contact_decision", "RED", "2026-03-07T10:00+00:00", "2026-03-09T23:59:59+00:00"),
        ("before Easter", "contact_decision", "AMBER", "2026-04-02T10:00+01:00", "2026-04-07T23:59:59+01:00"),
        ("summer time", "contact_decision", "AMBER", "2026-07-01T17:00+01:00", "2026-07-02T23:59:59+01:00"),
        ("red MASH over a weekend", "mash_conclusion", "RED", "2026-03-07T22:00+00:00", "2026-03-08T02:00+00:00"),
        ("amber MASH on a Friday", "mash_conclusion", "AMBER", "2026-03-06T15:20+00:00", "2026-03-09T15:20+00:00"),
        ("green MASH", "mash_conclusion", "GREEN", "2026-03-02T09:30+00:00", "2026-03-05T09:30+00:00"),
        ("unrated gets amber's", "mash_conclusion", None, "2026-03-06T15:20+00:00", "2026-03-09T15:20+00:00"),
        (
            "interview over the repeated hour", "return_interview", None,
            "2026-10-24T12:00+01:00", "2026-10-27T11:00+00:00",
        ),
        (
            "safety, amber, same day", "safety_confirmation", "AMBER",
            "2026-03-02T09:00+00:00", "2026-03-02T23:59:59+00:00",
        ),
        (
            "screening, amber, over night", "contact_oversight", "AMBER",
            "2026-03-02T16:30+00:00", "2026-03-03T11:00+00:00",
        ),
        (
            "screening, amber, over a weekend", "contact_oversight", "AMBER",
            "2026-03-06T16:00+00:00", "2026-03-09T11:30+00:00",
        ),
        ("immediate referral", "portal_receipt", "IMMEDIATE", "2026-03-07T23:30+00:00", "2026-03-08T00:30+00:00"),
    ],
)  # fmt: skip
def test_due_at_circumstance(
    ask: Callable[..., Any], circumstance: str, clock: str, rating: str | None, started_at: str, due_at: str
) -> None:
    assert ask("due_at", clock, rating, datetime.fromisoformat(started_at)) == datetime.fromisoformat(due_at)


def test_a_start_known_only_by_its_day_is_due_at_the_end_of_a_day(ask: Callable[..., Any]) -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert ask("due_at", "mash_conclusion", "RED", midnight, "date") == end_of(date(2026, 3, 2))
    assert ask("due_at", "return_interview", None, midnight, "date") == end_of(date(2026, 3, 5))


def test_clocks_past_the_calendar_or_without_a_start_say_nothing(ask: Callable[..., Any]) -> None:
    assert ask("due_at", "contact_decision", "GREEN", datetime(2035, 1, 1, tzinfo=UTC)) is None
    assert ask("due_at", "contact_decision", "GREEN", None) is None
    assert ask("due_at", "no_such_clock", "GREEN", datetime(2026, 3, 2, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (10, 10, "met"),
        (10, 11, "breached"),
        (10, None, "overdue"),
        (12, None, "running"),
        (12, 13, "running"),
        (10, 13, "overdue"),
        (None, 11, "no_clock"),
    ],
)
def test_clock_state_at_noon(ask: Callable[..., Any], due: int | None, done: int | None, state: str) -> None:
    def at(hour: int | None) -> datetime | None:
        return None if hour is None else datetime(2026, 3, 2, hour, tzinfo=UTC)

    assert ask("clock_state", at(due), at(done), at(12)) == state


def test_calendar_reaches_four_months_past_the_data(reference: psycopg.Connection) -> None:
    [row] = reference.execute(
        "select max(date_day), max(date_day) filter (where is_bank_holiday) from reference.calendar_days"
    ).fetchall()
    assert row[0] >= date(2026, 3, 9) + 120 * DAY
    assert row[1] >= date(2026, 3, 9) + 120 * DAY
