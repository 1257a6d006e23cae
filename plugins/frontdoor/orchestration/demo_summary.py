"""What `make demo` says at its end: what came in, what was held, who was recognised, what was found, where to look."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from rich.console import Console
from rich.table import Table

from frontdoor.alerts.catalogue import load_catalogue
from frontdoor.alerts.summary import CheckScore, score_checks
from frontdoor.contracts.load import load_contracts
from frontdoor.orchestration import demo_linkage
from frontdoor.orchestration.demo_tables import numbers, say, shown, table
from frontdoor.quality.envelope import ENVELOPE_RULES
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.server import status

if TYPE_CHECKING:
    from frontdoor.orchestration.demo import Stage

PUSHED = 1

_CAME_IN = """
    select
        d.feed,
        count(*),
        sum(d.line_count - d.structural_count),
        sum(d.accepted_count),
        sum(d.quarantined_count),
        sum(d.rejected_count),
        count(*) filter (where d.state = 'rejected')
    from ledger.deliveries as d
    group by d.feed
    order by d.feed
"""
_HELD = """
    select feed, rule_id, count(*)
    from quarantine.records
    where state = 'waiting'
    group by feed, rule_id
    union all
    select feed, rejected_rule_id, count(*)
    from ledger.deliveries
    where state = 'rejected'
    group by feed, rejected_rule_id
    order by 1, 2
"""


def print_summary(
    settings: Settings, *, truth: Path, stages: "Sequence[Stage]", as_of: datetime, is_kept: bool, console: Console
) -> bool:
    """Print the summary; True when every planted SEV1 defect has its alert."""
    with connect(settings, role="admin") as connection:
        say(console, "What came in", _came_in(connection))
        say(console, "What was held or rejected, and by which rule", _held(connection, settings))
        picture = _recognition(settings, connection, as_of=as_of, console=console)
        scores = score_checks(settings, connection, truth=truth, as_of=as_of)
        say(console, "Alerts opened, against what was planted", _alerts(settings, scores))
    say(console, "How long it took", _times(stages))
    _places(settings, console, picture=picture, is_kept=is_kept)
    missed = [score.check_id for score in scores if score.severity == PUSHED and score.missed_count > 0]
    if missed:
        console.print(f"[red]Planted SEV1 defects without an alert: {', '.join(missed)}[/red]")
    return not missed


def _recognition(
    settings: Settings, connection: psycopg.Connection, *, as_of: datetime, console: Console
) -> Path | None:
    """Say who was recognised and how; return where one pair's evidence is drawn."""
    say(console, "Children recognised across agencies", demo_linkage.children(connection))
    say(console, "Why records were linked, or kept apart", demo_linkage.decisions(connection))
    say(console, "Waiting for a person to say", demo_linkage.waiting(connection, as_of=as_of))
    found = demo_linkage.explained_pair(settings, connection)
    if found is None:
        return None
    say(console, "One pair explained", demo_linkage.explanation(found))
    return demo_linkage.draw(found, settings.home / "explained-pair.svg")


def _came_in(connection: psycopg.Connection) -> Table:
    made = table("feed", "files", "lines", "accepted", "quarantined", "in rejected files", "rejected")
    for feed, *counts in connection.execute(_CAME_IN).fetchall():
        files, lines, accepted, quarantined, rejected_lines, rejected = (int(count) for count in counts)
        made.add_row(feed, *numbers((files, lines, accepted, quarantined, rejected_lines, rejected)))
    return made


def _held(connection: psycopg.Connection, settings: Settings) -> Table:
    sentences = {rule.rule_id: rule.sentence for contract in load_contracts(settings) for rule in contract.rules}
    sentences |= {rule.rule_id: rule.sentence for rule in ENVELOPE_RULES.values()}
    made = table("feed", "rule", "which says", "records")
    for feed, rule_id, count in connection.execute(_HELD).fetchall():
        made.add_row(feed, rule_id, sentences.get(rule_id, ""), *numbers([count]))
    return made


def _alerts(settings: Settings, scores: Iterable[CheckScore]) -> Table:
    catalogue = load_catalogue(settings)
    made = table(
        "check", "severity", "what it watches", "opened", "planted", "found", "recall", "precision",
    )  # fmt: skip
    for score in scores:
        made.add_row(
            score.check_id,
            f"SEV{score.severity}",
            catalogue.checks[score.check_id].name,
            *numbers([score.opened_count]),
            *(numbers((score.planted_count, score.found_count)) if score.is_planted else ("", "")),
            _share(score.recall),
            _share(score.precision),
        )
    return made


def _times(stages: "Sequence[Stage]") -> Table:
    made = table("stage", "seconds")
    for stage in stages:
        made.add_row(stage.name, f"{stage.seconds:.1f}")
    made.add_row("all", f"{sum(stage.seconds for stage in stages):.1f}")
    return made


def _places(settings: Settings, console: Console, *, picture: Path | None, is_kept: bool) -> None:
    start = "" if is_kept else f", after: FRONTDOOR_HOME={shown(settings.home)} {_program()} server start"
    console.print("\n[bold]Where to look[/bold]")
    drawn = (("one pair, drawn", shown(picture)),) if picture else ()
    for name, place in (
        ("daily brief", shown(settings.brief)),
        *drawn,
        ("alerts as e-mail", shown(Path(settings.outbox))),
        ("receipts", shown(settings.receipts)),
        ("logs", shown(settings.home / "airflow" / "logs")),
        ("Airflow's page", "`make up` starts the real one and prints its address and password"),
        ("for Power BI etc.", f"PostgreSQL 127.0.0.1:{_port(settings)}, database {settings.database_name}{start}"),
        ("", f"user bi_reader, password in {shown(settings.secrets / 'bi_reader')}, schemas safeguarding, assurance"),
    ):
        console.print(f"  {name:18} {place}", highlight=False, soft_wrap=True)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _program() -> str:
    found = REPOSITORY / ".venv" / "bin" / "frontdoor"
    return shown(found) if found.exists() else "frontdoor"


def _port(settings: Settings) -> int | None:
    return status(settings).port
