"""`frontdoor watch`, `frontdoor alerts` and `frontdoor brief`."""

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from frontdoor.alerts import desk
from frontdoor.alerts.catalogue import load_catalogue
from frontdoor.alerts.life import Alert
from frontdoor.alerts.messages import age
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings

app = typer.Typer()
alerts_app = typer.Typer(help="List, acknowledge and snooze alerts.", invoke_without_command=True)
app.add_typer(alerts_app, name="alerts")

AsOf = Annotated[str | None, typer.Option("--as-of", help="The moment asked about, with its offset. Default: now.")]
Reference = Annotated[str, typer.Argument(help="What the message calls the alert, such as A-3f9c2d71b0.")]
By = Annotated[str, typer.Option("--by", help="Your role or user name; it is kept.")]


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"


Shape = Annotated[Format, typer.Option("--format", help="For people or for programs.")]


@app.command()
def watch(
    as_of: AsOf = None,
    replay: Annotated[bool, typer.Option("--replay", help="Only say what would be found; change nothing.")] = False,
) -> None:
    """Evaluate the checks and move the alerts."""
    from frontdoor.alerts import watch as watching

    moment = moment_typed(as_of)
    if replay:
        found = watching.replay(Settings(), as_of=moment)
        for verdict in found.verdicts.values():
            said = "could not be evaluated" if not verdict.is_evaluated else f"{verdict.breaking_count} found"
            typer.echo(f"{verdict.check_id}  {said}")
        return
    result = watching.watch(Settings(), as_of=moment)
    changes = ", ".join(f"{count} {change}" for change, count in result.change_counts.items()) or "nothing changed"
    typer.echo(f"{result.evaluated_count} checks evaluated as at {result.as_of.isoformat()}: {changes}")
    typer.echo(f"{result.queued_count} messages queued, {result.sent_count} sent, {result.unsent_count} not sent")
    if result.unanswered_checks:
        typer.echo(f"could not be evaluated: {', '.join(result.unanswered_checks)}", err=True)


@alerts_app.callback()
def alerts(context: typer.Context, output: Shape = Format.TABLE) -> None:
    """List what waits when no other command is given."""
    if context.invoked_subcommand is None:
        list_alerts(output=output)


@alerts_app.command("list")
def list_alerts(
    *,
    state: Annotated[list[str] | None, typer.Option(help="open, acknowledged, snoozed, resolved; repeatable.")] = None,
    severity: Annotated[int | None, typer.Option(min=1, max=4)] = None,
    check: Annotated[str | None, typer.Option(help="Only this check, such as MS-04.")] = None,
    output: Shape = Format.TABLE,
    as_of: AsOf = None,
) -> None:
    """List alerts, most severe and longest overdue first; without --state all that are not resolved."""
    found = desk.find(Settings(), states=state, severity=severity, check_id=check)
    _print(found, output, as_of=moment_typed(as_of))


@alerts_app.command()
def show(reference: Reference, output: Shape = Format.TABLE, as_of: AsOf = None) -> None:
    """Show one alert with its check."""
    alert = desk.get(Settings(), reference)
    if output is Format.JSON:
        _print([alert], output, as_of=moment_typed(as_of))
        return
    check = load_catalogue(Settings()).checks.get(alert.check_id)
    rows = {name: value for name, value in asdict(alert).items() if value is not None}
    if check is not None:
        rows |= {"check": check.name, "must be true": check.sentence, "who is told": ", ".join(check.recipients)}
    for name, value in rows.items():
        typer.echo(f"{name.replace('_', ' '):20} {value}")


@alerts_app.command()
def ack(reference: Reference, by: By, as_of: AsOf = None) -> None:
    """Take an alert on: it no longer escalates. It resolves by itself when its condition is gone."""
    alert = desk.acknowledge(Settings(), reference, by=by, at=moment_typed(as_of))
    typer.echo(f"{alert.alert_ref} {alert.state}")


@alerts_app.command()
def snooze(
    reference: Reference,
    by: By,
    until: Annotated[str, typer.Option("--until", help="When it shall wake, with its offset.")],
    as_of: AsOf = None,
) -> None:
    """Put an alert aside until a moment."""
    alert = desk.snooze(Settings(), reference, by=by, at=moment_typed(as_of), until=moment_typed(until))
    typer.echo(f"{alert.alert_ref} {alert.state} until {alert.snoozed_until_at}")


@alerts_app.command()
def history(reference: Reference, output: Shape = Format.TABLE) -> None:
    """Show everything that happened to an alert."""
    changes = desk.history(Settings(), reference)
    if output is Format.JSON:
        typer.echo(json.dumps(changes, default=str, indent=2))
        return
    for change in changes:
        when = f"{change['changed_at']:%Y-%m-%d %H:%M}"
        typer.echo(f"{when}  {change['change']:18} SEV{change['severity']}  {change['changed_by']}")


@app.command()
def brief(
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the page. Default: in the home folder.")] = None,
) -> None:
    """Write the daily brief."""
    from frontdoor.alerts.brief.page import write_brief

    typer.echo(write_brief(Settings(), as_of=moment_typed(as_of), path=out))


def _print(alerts: list[Alert], output: Format, *, as_of: datetime) -> None:
    if output is Format.JSON:
        shown: list[dict[str, Any]] = [asdict(alert) for alert in alerts]
        typer.echo(json.dumps(shown, default=str, indent=2))
        return
    table = Table("alert", "check", "sev", "state", "due", "late by", "reason", box=None, header_style="bold")
    for alert in alerts:
        due = f"{alert.due_at:%Y-%m-%d %H:%M}" if alert.due_at else "-"
        late = age(as_of - alert.due_at) if alert.due_at else "-"
        state = f"{alert.state}, escalated" if alert.is_escalated else alert.state
        table.add_row(alert.alert_ref, alert.check_id, str(alert.severity), state, due, late, alert.reason_code or "")
    Console(highlight=False, width=None if Console().is_terminal else 160).print(table)
    typer.echo(f"{len(alerts)} alerts")
