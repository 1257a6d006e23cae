"""When concerns arrive: by who raises them, the day of the week, the school year and the hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from frontdoor.synthesis.opening_hours import LONDON, at_local, is_working_day

CONTACTS_A_YEAR = 15_000
# A referral names so many children on average: its siblings come with it.
CHILDREN_A_REFERRAL = 1.36

_SCHOOL_HOLIDAYS = tuple(
    (date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        pair.split("/")
        for pair in [
            "2024-07-20/2024-09-03",
            "2024-10-26/2024-11-03",
            "2024-12-21/2025-01-05",
            "2025-02-15/2025-02-23",
            "2025-04-05/2025-04-21",
            "2025-05-24/2025-06-01",
            "2025-07-23/2025-09-02",
            "2025-10-25/2025-11-02",
            "2025-12-20/2026-01-04",
            "2026-02-14/2026-02-22",
            "2026-03-28/2026-04-12",
            "2026-05-23/2026-05-31",
            "2026-07-22/2026-09-01",
            "2026-10-24/2026-11-01",
            "2026-12-19/2027-01-03",
            "2027-02-13/2027-02-21",
            "2027-03-27/2027-04-11",
        ]
    )
)
_OFFICE = (0,) * 8 + (4, 9, 11, 10, 7, 9, 11, 11, 8, 3) + (0,) * 6
_SCHOOL_DAY = (0,) * 8 + (6, 10, 11, 9, 6, 9, 13, 14, 7, 1) + (0,) * 6
_ALL_DAY = (3, 3, 2, 2, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 7, 8, 8, 8, 8, 8, 8, 7, 5)
_WAKING = (0,) * 7 + (1, 3, 6, 7, 7, 6, 6, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """Who raises a concern."""

    name: str
    share: float
    source_codes: str
    # Share sent through the portal, and as which kind of agency; the rest comes by `channel`.
    portal_share: float
    agency_type: str
    channel: str
    hours: tuple[int, ...]
    rhythm: str


SOURCES = (
    Source("police", 28.7, "6", 0.17, "POLICE", "POLICE_NOTIFICATION", _ALL_DAY, "always"),
    Source("school", 20.3, "2A", 0.86, "SCHOOL", "PHONE", _SCHOOL_DAY, "school"),
    Source("health", 15.0, "3A 3B 3C 3D 3E 3F", 0.75, "HEALTH", "PHONE", _OFFICE, "weekly"),
    Source("council", 14.1, "5A 5B 5D", 0.0, "", "EMAIL", _OFFICE, "weekly"),
    Source("other_council", 1.5, "5C", 0.3, "OTHER_LA", "OTHER_LA", _OFFICE, "weekly"),
    Source("individual", 8.1, "1A 1B 1C 1D", 0.0, "", "PHONE", _WAKING, "always"),
    Source("voluntary", 3.4, "8", 0.75, "VCS", "EMAIL", _OFFICE, "weekly"),
    Source("nursery", 1.5, "8", 0.8, "EARLY_YEARS", "PHONE", _SCHOOL_DAY, "weekly"),
    Source("probation", 3.9, "7", 0.55, "PROBATION", "EMAIL", _OFFICE, "weekly"),
    Source("housing", 1.3, "4", 0.7, "HOUSING", "EMAIL", _OFFICE, "weekly"),
    Source("anonymous", 2.1, "9", 0.0, "", "PHONE", _WAKING, "always"),
    Source("unknown", 0.9, "10", 0.0, "", "WALK_IN", _OFFICE, "weekly"),
)


def _is_school_holiday(day: date) -> bool:
    return any(first <= day <= last for first, last in _SCHOOL_HOLIDAYS)


def _weight(day: date, rhythm: str) -> float:
    """How busy a day is for a source, against its average day."""
    if rhythm == "always":
        return (1.15, 0.9, 0.9, 0.92, 0.98, 1.12, 1.1)[day.weekday()]
    if not is_working_day(day):
        return 0.0 if rhythm == "school" else 0.04
    monday = 1.25 if day.weekday() == 0 else 1.0
    if rhythm == "weekly":
        return monday * (0.85 if day.month in (8, 12) else 1.0)
    if _is_school_holiday(day):
        return 0.06
    # Worries are passed on before the school closes.
    return monday * (1.35 if _is_school_holiday(day + timedelta(days=3)) else 1.0)


def arrivals(random: Random, source: Source, *, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments within a period at which a source refers, in order."""
    a_year = CONTACTS_A_YEAR / CHILDREN_A_REFERRAL * source.share / 100.8
    last = end.astimezone(LONDON).date()
    year = sum(_weight(last - timedelta(days=days), source.rhythm) for days in range(365))
    day = start.astimezone(LONDON).date()
    hours = tuple(accumulate(source.hours))
    while day <= last:
        number = _poisson(random, a_year * _weight(day, source.rhythm) / year)
        moments = []
        for _ in range(number):
            hour = random.choices(range(24), cum_weights=hours)[0]
            moments.append(at_local(day, time(hour)) + timedelta(seconds=random.randrange(3600)))
        yield from sorted(moment for moment in moments if start <= moment.astimezone(UTC) < end)
        day += timedelta(days=1)


def _poisson(random: Random, mean: float) -> int:
    """A count of independent events with that mean."""
    left, number = random.expovariate(1.0), 0
    while left < mean:
        left += random.expovariate(1.0)
        number += 1
    return number
