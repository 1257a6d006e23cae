"""The dbt seeds, written from the sources that own their content: nothing in them is typed twice."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml
from govuk_bank_holidays.bank_holidays import BankHolidays
from pydantic import BaseModel, ConfigDict

from frontdoor.errors import ContractError
from frontdoor.settings import Settings

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Unit = Literal["elapsed_hours", "opening_hours", "working_days", "working_days_at_once", "same_time_working_days"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Model):
    """How long something may take."""

    unit: Unit
    amount: Decimal


class Change(_Model):
    """New limits of a clock, for what starts on `effective_from` or later."""

    effective_from: date
    limits: dict[str, Limit]


class Clock(_Model):
    """One thing that must happen in time, and its limits by rating."""

    sentence: str
    limits: dict[str, Limit]
    changes: list[Change] = []


class WorkingDayRule(_Model):
    """From when on a start counts for the next working day."""

    effective_from: date
    cut_off: str


class ServiceLevels(_Model):
    """The whole of expectations/checks/sla.yaml."""

    effective_from: date
    working_days: list[WorkingDayRule]
    opening_hours: list[dict[str, Any]]
    clocks: dict[str, Clock]


def load_service_levels(settings: Settings) -> ServiceLevels:
    """Return the limits in force; raises ContractError when the file cannot be used as written."""
    path = settings.checks_dir / "sla.yaml"
    try:
        return ServiceLevels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name} cannot be used: {error}") from error


def seed_texts(settings: Settings) -> dict[str, str]:
    """Return the content each generated seed file must have, by file name."""
    levels = load_service_levels(settings)
    return {
        "bank_holidays.csv": _bank_holidays(),
        "opening_hours.csv": _opening_hours(levels),
        "sla_limits.csv": _limits(levels),
        "working_day_rules.csv": _csv(
            ("effective_from_date", "cut_off_time"),
            [(rule.effective_from, rule.cut_off) for rule in levels.working_days],
        ),
    }


def write_seeds(settings: Settings) -> list[Path]:
    """Write the generated seeds; return the files that changed."""
    changed = []
    for name, text in seed_texts(settings).items():
        path = settings.dbt_project_dir / "seeds" / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _bank_holidays() -> str:
    # The copy inside the package: a build asks no outside host.
    calendar = BankHolidays(use_cached_holidays=True)
    holidays = calendar.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return _csv(("holiday_date", "holiday_label"), [(day["date"], day["title"].replace("’", "'")) for day in holidays])


def _opening_hours(levels: ServiceLevels) -> str:
    rows = [
        (number, opens, closes, period["effective_from"])
        for period in levels.opening_hours
        for number, weekday in enumerate(WEEKDAYS, start=1)
        if weekday in period
        for opens, closes in [period[weekday]]
    ]
    return _csv(("iso_weekday", "opens_time", "closes_time", "effective_from_date"), rows)


def _limits(levels: ServiceLevels) -> str:
    rows = [
        (name, "*" if rating == "any" else rating, limit.unit, limit.amount, period.effective_from)
        for name, clock in levels.clocks.items()
        for period in (Change(effective_from=levels.effective_from, limits=clock.limits), *clock.changes)
        for rating, limit in period.limits.items()
    ]
    return _csv(("clock", "rating", "unit", "amount", "effective_from_date"), rows)


def _csv(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
