"""`frontdoor weights`: match weights from a terminal."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from frontdoor.errors import FrontdoorError
from frontdoor.linkage import weights
from frontdoor.linkage.decisions import require_name
from frontdoor.linkage.model import load_linkage_model
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings

app = typer.Typer(help="List, propose, compare, approve and reject match weights.", no_args_is_help=True)

Version = Annotated[str, typer.Argument(help="The version's name, such as 2026-11-24-1 or default.")]
By = Annotated[str, typer.Option("--by", help="Your name; it is kept.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words; it is kept.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The moment it is recorded at, with its offset; now.")]


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"


Shape = Annotated[Format, typer.Option("--format", help="For people or for programs.")]


@app.command("list")
def list_weights(output: Shape = Format.TABLE) -> None:
    """List all versions, the one in force first."""
    found = weights.list_versions(Settings())
    if output is Format.JSON:
        _print_json([{name: value for name, value in asdict(each).items() if name != "report"} for each in found])
        return
    table = Table("version", "state", "origin", "proposed", "by", "decided", "by ", "reason", box=None)
    for each in found:
        decided = f"{each.decided_at:%Y-%m-%d %H:%M}" if each.decided_at else "-"
        proposed = f"{each.proposed_at:%Y-%m-%d %H:%M}"
        row = (each.version, each.state, each.origin, proposed, each.proposed_by, decided, each.decided_by or "-")
        table.add_row(*row, each.reason or "")
    _console().print(table)


@app.command()
def show(version: Version, output: Shape = Format.TABLE) -> None:
    """Show a version and the report it was proposed with."""
    found = weights.get_version(Settings(), version)
    if output is Format.JSON:
        _print_json(asdict(found))
        return
    for name, value in asdict(found).items():
        if name != "report" and value is not None:
            typer.echo(f"{name.replace('_', ' '):24} {value}")
    if found.report:
        _print_report(found.report)


@app.command()
def propose(by: By, as_of: AsOf = None) -> None:
    """Train on the warehouse's records now and store what comes of it as a proposal."""
    from frontdoor.linkage.training import FEWEST_RECORDS
    from frontdoor.linkage.training import propose as train

    require_name(by, does="proposes")
    proposal = train(Settings(), at=moment_typed(as_of), by=by.strip())
    if proposal is None:
        raise FrontdoorError(
            f"there is too little to learn from: fewer than {FEWEST_RECORDS} records, or hardly two of one child among"
            " them; build more first"
        )
    typer.echo(f"{proposal.version} " + ("is proposed" if proposal.is_new else "was proposed from the same records"))
    _print_report(proposal.report)
    typer.echo("nothing has changed; a second person puts it in force with `frontdoor weights approve`")


@app.command()
def compare(version: Version, output: Shape = Format.TABLE) -> None:
    """Say what a version would change today against the one in force."""
    from frontdoor.linkage.training import compare as compared

    report = compared(Settings(), version)
    (_print_json if output is Format.JSON else _print_report)(report)


@app.command()
def approve(version: Version, by: By, reason: Reason, as_of: AsOf = None) -> None:
    """Put a version in force: the next build is a full one and uses it."""
    settings, moment = Settings(), moment_typed(as_of)
    found = weights.approve(settings, version, model=load_linkage_model(settings), by=by, reason=reason, at=moment)
    if found.decided_at != moment:
        typer.echo(f"{found.version} was in force already; nothing was changed")
        return
    typer.echo(f"{found.version} is in force since {found.decided_at:%Y-%m-%d %H:%M}, by {found.decided_by}")
    typer.echo("the next build links everything again with it: `frontdoor build`, or within half an hour by itself")


@app.command()
def reject(version: Version, by: By, reason: Reason, as_of: AsOf = None) -> None:
    """Turn a proposal down for good."""
    found = weights.reject(Settings(), version, by=by, reason=reason, at=moment_typed(as_of))
    typer.echo(f"{found.version} is rejected, by {found.decided_by}")


def _print_report(report: Mapping[str, Any]) -> None:
    decisions, quality = report["decisions"], report["quality"]
    typer.echo(f"\nagainst {report['compared_with']}, over {decisions['pairs']} pairs the warehouse keeps:")
    for name in ("linked_anew", "no_longer_linked", "reviewed_anew", "no_longer_reviewed"):
        typer.echo(f"  {name.replace('_', ' '):20} {decisions[name]:>9}")
    typer.echo(f"  touching {decisions['records_touched']} records of {decisions['children_touched']} children")
    typer.echo(f"\nwithout NHS number and UPN, over {quality['labelled_pairs']} pairs whose NHS numbers are known:")
    for figure in ("precision", "recall"):
        typer.echo(f"  {figure:20} {_share(quality[f'old_{figure}'])} -> {_share(quality[f'new_{figure}'])}")
    gap = report["widest_gap"]
    typer.echo(f"  widest gap in recall {_points(gap['old'])} -> {_points(gap['new'])}")
    groups = Table("group", "", "pairs", "recall now", "recall then", box=None)
    for group in report["groups"]:
        recalls = (_share(group["old_recall"]), _share(group["new_recall"]))
        groups.add_row(group["kind"], group["value"], str(group["true_pairs"]), *recalls)
    levels = Table("comparison", "level", "bits now", "bits then", box=None)
    for level in report["levels"]:
        levels.add_row(level["comparison"], level["level"], f"{level['old']:+.2f}", f"{level['new']:+.2f}")
    for table in (groups, levels):
        typer.echo()
        _console().print(table)


def _share(value: float | None) -> str:
    return "   -  " if value is None else f"{value:.4f}"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} points"


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, default=str, indent=2))


def _console() -> Console:
    return Console(highlight=False, markup=False, width=None if Console().is_terminal else 160)
