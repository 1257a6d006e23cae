"""The daily brief as a file: one HTML page without scripts or outside files, for screen, printer and screen reader."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import psycopg
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from frontdoor.alerts.brief import charts
from frontdoor.alerts.brief.facts import Answer, Facts, OpenAlert, gather
from frontdoor.alerts.catalogue import Catalogue, load_catalogue
from frontdoor.alerts.messages import LOCAL, age
from frontdoor.alerts.schedules import expected_deliveries
from frontdoor.contracts.load import load_contracts
from frontdoor.errors import WarehouseError
from frontdoor.quality.envelope import ENVELOPE_RULES
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

OLDEST_LISTED = 12
NEW_LISTED = 12
LINK_REVIEW_CHECK = "LK-01"


def write_brief(settings: Settings, *, as_of: datetime, path: Path | None = None) -> Path:
    """Write the brief as at `as_of` and return where it is; an unfinished page is never seen."""
    text = render(settings, as_of=as_of)
    target = path or settings.brief
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(target)
    return target


def render(settings: Settings, *, as_of: datetime) -> str:
    """Return the brief's HTML."""
    catalogue = load_catalogue(settings)
    expected = expected_deliveries(settings, as_of=as_of)
    titles = {contract.feed: contract.title for contract in load_contracts(settings)}
    try:
        with connect(settings, role="alerter") as connection:
            connection.execute("set transaction isolation level repeatable read, read only")
            facts = gather(
                connection,
                catalogue=catalogue,
                expected=expected,
                titles=titles,
                council=settings.council,
                as_of=as_of,
            )
    except psycopg.Error as error:
        raise WarehouseError("the brief could not be written", sqlstate=error.sqlstate) from None
    return _page(settings, catalogue, facts)


def _page(settings: Settings, catalogue: Catalogue, facts: Facts) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        moment=_moment,
        day=lambda at: at.astimezone(LOCAL).strftime("%A %-d %B %Y"),
        clock=lambda at: at.astimezone(LOCAL).strftime("%H:%M"),
        late=lambda at: age(facts.as_of - at) if at else "-",
        until=lambda at: age(at - facts.as_of),
        hours=_hours,
    )
    style = _packaged("brief.css")
    contracts = load_contracts(settings)
    sentences = {rule.rule_id: rule.sentence for rule in ENVELOPE_RULES.values()}
    sentences |= {rule.rule_id: rule.sentence for contract in contracts for rule in contract.rules}
    template = environment.from_string(_packaged("brief.html.j2"))
    return template.render(
        facts=facts,
        checks=catalogue.checks,
        roles=catalogue.recipients.roles,
        council=settings.council,
        link_base=settings.link_base_url,
        style=Markup(style),  # noqa: S704  our own file
        # The page may use this style sheet and nothing else in the world.
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        verdict=_verdict(facts),
        oldest=_oldest(facts)[:OLDEST_LISTED],
        new_alerts=facts.new_alerts[:NEW_LISTED],
        new_by_check=_by_check(facts.new_alerts),
        late_reviews=[alert for alert in facts.alerts if alert.check_id == LINK_REVIEW_CHECK],
        titles={contract.feed: contract.title for contract in contracts},
        sentences=sentences,
        segment_labels=_segment_labels(catalogue),
        reconciliation=_reconciliation(facts),
        timeliness_chart=charts.timeliness(facts.segments, _segment_labels(catalogue)),
        referrals_chart=charts.referrals(facts.days),
        ages_chart=charts.ages(facts.alerts, lambda alert: _hours_late(facts, alert)),
        keys=charts,
    )


def _verdict(facts: Facts) -> str:
    """The one sentence for somebody who reads no further."""
    acting = [answer for answer in facts.answers if answer.state == "needs action"]
    silent = [answer for answer in facts.answers if answer.state == "cannot say"]
    if facts.count(1):
        items = "1 item" if facts.count(1) == 1 else f"{facts.count(1)} items"
        return f"{items} may mean an unprotected child. {len(acting)} of {len(facts.answers)} findings need action."
    if acting:
        return f"Nothing critical waits. {len(acting)} of {len(facts.answers)} findings need action."
    if silent:
        return f"Nothing waits, but about {len(silent)} of {len(facts.answers)} findings the data cannot speak today."
    return "Nothing waits: every finding is in order as far as today's data can say."


def _oldest(facts: Facts) -> list[OpenAlert]:
    """Longest overdue first; what has no due time is as old as its alert."""
    return sorted(facts.alerts, key=lambda alert: (alert.due_at or alert.opened_at, alert.severity, alert.alert_ref))


def _hours_late(facts: Facts, alert: OpenAlert) -> float:
    return (facts.as_of - (alert.due_at or alert.opened_at)).total_seconds() / 3600


def _by_check(alerts: Sequence[OpenAlert]) -> dict[str, int]:
    checks = sorted({alert.check_id for alert in alerts})
    return {check_id: sum(alert.check_id == check_id for alert in alerts) for check_id in checks}


def _segment_labels(catalogue: Catalogue) -> dict[str, str]:
    return {
        name.removeprefix("segment_"): clock.sentence.partition(" (")[0].rstrip(".")
        for name, clock in catalogue.service_levels.clocks.items()
        if name.startswith("segment_")
    }


def _reconciliation(facts: Facts) -> dict[str, int]:
    """Of the referrals sent in the week, how many are accounted for: received, withdrawn, or still in their grace."""
    totals = {
        name: sum(getattr(day, f"{name}_count") for day in facts.days)
        for name in ("sent", "received", "in_grace", "withdrawn", "missing")
    }
    return {**totals, "accounted": totals["sent"] - totals["missing"]}


def _moment(at: datetime | None) -> str:
    return at.astimezone(LOCAL).strftime("%a %-d %b %H:%M") if at else "-"


def _hours(hours: float | None) -> str:
    return "-" if hours is None else age(timedelta(hours=hours))


def _packaged(name: str) -> str:
    return (files("frontdoor.alerts.brief") / name).read_text(encoding="utf-8")


__all__ = ["Answer", "render", "write_brief"]
