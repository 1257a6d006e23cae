"""Which delivery of each feed should have come by now, as its contract's schedule says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from frontdoor.contracts.load import load_contracts
from frontdoor.errors import ContractError
from frontdoor.settings import Settings

# Minute, hour, day of month, month, day of week: the first and the last value of each.
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class ExpectedDelivery:
    """The latest delivery of a feed that is already late if it has not come."""

    feed: str
    expected_at: datetime
    due_at: datetime

    def as_json(self) -> dict[str, str]:
        """What DQ-01's SQL reads."""
        return {"feed": self.feed, "expected_at": self.expected_at.isoformat(), "due_at": self.due_at.isoformat()}


def expected_deliveries(settings: Settings, *, as_of: datetime) -> list[ExpectedDelivery]:
    """Return, for every feed under contract, the delivery that should be here at `as_of`."""
    expected = []
    for contract in load_contracts(settings):
        late_after = contract.cadence.late_after
        slot = last_slot(contract.cadence.schedule, before=as_of - late_after, timezone=contract.timezone)
        expected.append(ExpectedDelivery(contract.feed, slot, slot + late_after))
    return expected


def last_slot(schedule: str, *, before: datetime, timezone: str) -> datetime:
    """Return the last moment of a cron schedule at or before `before`, in the local time the supplier keeps.

    Raises ContractError for a schedule with anything but numbers, ranges, lists and steps.
    """
    fields = schedule.split()
    if len(fields) != len(_RANGES):
        raise ContractError(f"schedule {schedule!r} does not have five fields")
    allowed = [_values(field, *limits, schedule) for field, limits in zip(fields, _RANGES, strict=True)]
    minutes, hours, days, months, weekdays = allowed
    local = before.astimezone(ZoneInfo(timezone)).replace(second=0, microsecond=0)
    for days_back in range(_LONGEST.days):
        day = local.date() - timedelta(days=days_back)
        if day.day not in days or day.month not in months or day.isoweekday() % 7 not in weekdays:
            continue
        for hour in sorted(hours, reverse=True):
            for minute in sorted(minutes, reverse=True):
                slot = local.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=minute, fold=0)
                if slot.timestamp() <= before.timestamp():
                    return slot
    raise ContractError(f"schedule {schedule!r} never comes round")


def _values(field: str, lowest: int, highest: int, schedule: str) -> frozenset[int]:
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        try:
            start, end = (lowest, highest) if span == "*" else (int(first), int(last or first))
            values.update(range(start, (highest if step and not last else end) + 1, int(step or 1)))
        except ValueError:
            raise ContractError(f"schedule {schedule!r} has the field {field!r}, which is not understood") from None
    if not values or min(values) < lowest or max(values) > highest:
        raise ContractError(f"schedule {schedule!r} has the field {field!r}, which is out of range")
    return frozenset(values)
