"""What a person does with alerts: find, take on, put aside, look back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from frontdoor.alerts import store
from frontdoor.alerts.life import Alert, Step, acknowledged, snoozed
from frontdoor.errors import FrontdoorError, WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

NOT_RESOLVED = ("open", "acknowledged", "snoozed")


def find(
    settings: Settings, *, states: list[str] | None = None, severity: int | None = None, check_id: str | None = None
) -> list[Alert]:
    """Return alerts, most severe and longest overdue first; without `states` all that are not resolved."""
    with _database(settings) as connection:
        return store.list_alerts(connection, states=states or NOT_RESOLVED, severity=severity, check_id=check_id)


def get(settings: Settings, reference: str) -> Alert:
    """Return the alert a message called `reference`; raises FrontdoorError when there is none."""
    with _database(settings) as connection:
        return _alert(connection, reference)


def history(settings: Settings, reference: str) -> list[dict[str, Any]]:
    """Return everything that happened to an alert, oldest first."""
    with _database(settings) as connection:
        alert_no = _alert(connection, reference).alert_no
        return [] if alert_no is None else store.changes_of(connection, alert_no)


def acknowledge(settings: Settings, reference: str, *, by: str, at: datetime) -> Alert:
    """Record that somebody took an alert on; doing so twice changes nothing."""
    return _change(settings, reference, lambda alert: acknowledged(alert, by=by, at=at), by=by, at=at)


def snooze(settings: Settings, reference: str, *, by: str, at: datetime, until: datetime) -> Alert:
    """Put an alert aside until a moment, which must be later than now."""
    if until <= at:
        raise FrontdoorError("an alert is snoozed until a moment that is still to come")
    return _change(settings, reference, lambda alert: snoozed(alert, until=until), by=by, at=at)


def _change(settings: Settings, reference: str, act: Callable[[Alert], Step], *, by: str, at: datetime) -> Alert:
    if not by.strip():
        raise FrontdoorError("say who acts on the alert: --by")
    with _database(settings) as connection:
        step = act(_alert(connection, reference))
        if step.changes:
            store.store(connection, [step], at=at, by=by.strip())
        return step.alert


def _alert(connection: psycopg.Connection, reference: str) -> Alert:
    alert = store.alert_by_reference(connection, reference)
    if alert is None:
        raise FrontdoorError(f"no alert is called {reference}; a reopened alert has a new reference")
    return alert


@contextmanager
def _database(settings: Settings) -> Iterator[psycopg.Connection]:
    try:
        with connect(settings, role="alerter") as connection:
            yield connection
    except psycopg.Error as error:
        raise WarehouseError("the alerts could not be read or changed", sqlstate=error.sqlstate) from None
