"""When the synthetic council works: local time, bank holidays, opening hours.

Written apart from the warehouse's own clocks on purpose: two texts that agree prove more than one used twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_OPENS = time(8, 0)
_CLOSES = time(17, 30)
_CLOSES_ON_FRIDAY = time(16, 30)

BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in [
        "2023-01-02",
        "2023-04-07",
        "2023-04-10",
        "2023-05-01",
        "2023-05-08",
        "2023-05-29",
        "2023-08-28",
        "2023-12-25",
        "2023-12-26",
        "2024-01-01",
        "2024-03-29",
        "2024-04-01",
        "2024-05-06",
        "2024-05-27",
        "2024-08-26",
        "2024-12-25",
        "2024-12-26",
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-03",
        "2027-05-31",
        "2027-08-30",
        "2027-12-27",
        "2027-12-28",
    ]
)


def local_date(moment: datetime) -> date:
    """The day in Peterborough."""
    return moment.astimezone(LONDON).date()


def at_local(day: date, clock: time) -> datetime:
    """That time of that day in Peterborough, in UTC."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def working_days_after(day: date, *, count: int) -> date:
    """The count-th working day after a day; the day itself for none."""
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_before(day: date, *, count: int) -> date:
    """The count-th working day before a day."""
    while count > 0:
        day -= timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def end_of_day(day: date) -> datetime:
    """The last second of a day in Peterborough."""
    return at_local(day + timedelta(days=1), time(0)) - timedelta(seconds=1)


def same_time_working_day(moment: datetime, *, count: int) -> datetime:
    """The same local time on the count-th working day after."""
    local = moment.astimezone(LONDON)
    return at_local(working_days_after(local.date(), count=count), local.time())


def opening(day: date) -> tuple[datetime, datetime]:
    """When the front door opens and closes on a working day."""
    return at_local(day, _OPENS), at_local(day, _CLOSES_ON_FRIDAY if day.weekday() == 4 else _CLOSES)


def next_open(moment: datetime) -> datetime:
    """The moment itself while the front door is open, else its next opening."""
    day = local_date(moment)
    if is_working_day(day):
        opens, closes = opening(day)
        if moment < opens:
            return opens
        if moment < closes:
            return moment
    return opening(working_days_after(day, count=1))[0]


def is_open(moment: datetime) -> bool:
    """Whether the front door is staffed."""
    return next_open(moment) == moment


def add_open_minutes(moment: datetime, minutes: float) -> datetime:
    """The moment after so many minutes of opening time."""
    moment = next_open(moment)
    left = timedelta(seconds=round(minutes * 60))
    while True:
        closes = opening(local_date(moment))[1]
        if moment + left < closes:
            return moment + left
        left -= closes - moment
        moment = next_open(closes)
