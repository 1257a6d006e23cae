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
_CHILDREN = """
    select agency_count, count(*), sum(record_count)
    from safeguarding.dim_children
    group by agency_count
    order by agency_count
"""
_DECISIONS = """
    select decision_code, match_rule_code, count(*)
    from assurance.fct_match_decisions
    group by decision_code, match_rule_code
    order by decision_code, match_rule_code
"""


def print_summary(
    settings: Settings, *, truth: Path, stages: "Sequence[Stage]", as_of: datetime, is_kept: bool, console: Console
) -> bool:
    """Print the summary; True when every planted SEV1 defect has its alert."""
    with connect(settings, role="admin") as connection:
        _say(console, "What came in", _came_in(connection))
        _say(console, "What was held or rejected, and by which rule", _held(connection, settings))
        _say(console, "Children recognised across agencies", _children(connection))
        _say(console, "Why records were linked, or kept apart", _decisions(connection))
        scores = score_checks(settings, connection, truth=truth, as_of=as_of)
        _say(console, "Alerts opened, against what was planted", _alerts(settings, scores))
    _say(console, "How long it took", _times(stages))
    _places(settings, console, is_kept=is_kept)
    missed = [score.check_id for score in scores if score.severity == PUSHED and score.missed_count > 0]
    if missed:
        console.print(f"[red]Planted SEV1 defects without an alert: {', '.join(missed)}[/red]")
    return not missed


def _came_in(connection: psycopg.Connection) -> Table:
    table = _table("feed", "files", "lines", "accepted", "quarantined", "in rejected files", "rejected")
    for feed, *counts in connection.execute(_CAME_IN).fetchall():
        files, lines, accepted, quarantined, rejected_lines, rejected = (int(count) for count in counts)
        table.add_row(feed, *_numbers((files, lines, accepted, quarantined, rejected_lines, rejected)))
    return table


def _held(connection: psycopg.Connection, settings: Settings) -> Table:
    sentences = {rule.rule_id: rule.sentence for contract in load_contracts(settings) for rule in contract.rules}
    sentences |= {rule.rule_id: rule.sentence for rule in ENVELOPE_RULES.values()}
    table = _table("What was held or rejected, and by which rule", "feed", "rule", "which says", "records")
    for feed, rule_id, count in connection.execute(_HELD).fetchall():
        table.add_row(feed, rule_id, sentences.get(rule_id, ""), *_numbers([count]))
    return table


def _children(connection: psycopg.Connection) -> Table:
    table = _table("known to", "children", "records of theirs")
    for agencies, children, records in connection.execute(_CHILDREN).fetchall():
        table.add_row("one agency" if agencies == 1 else f"{agencies} agencies", *_numbers((children, records)))
    return table


def _decisions(connection: psycopg.Connection) -> Table:
    table = _table("decision", "by", "pairs")
    for decision, rule, count in connection.execute(_DECISIONS).fetchall():
        table.add_row(decision, rule, *_numbers([count]))
    return table


def _alerts(settings: Settings, scores: Iterable[CheckScore]) -> Table:
    catalogue = load_catalogue(settings)
    table = _table(
        "check", "severity", "what it watches", "opened", "planted", "found", "recall", "precision",
    )  # fmt: skip
    for score in scores:
        table.add_row(
            score.check_id,
            f"SEV{score.severity}",
            catalogue.checks[score.check_id].name,
            *_numbers((score.opened_count, score.planted_count, score.found_count)),
            _share(score.recall),
            _share(score.precision),
        )
    return table


def _times(stages: "Sequence[Stage]") -> Table:
    table = _table("stage", "seconds")
    for stage in stages:
        table.add_row(stage.name, f"{stage.seconds:.1f}")
    table.add_row("all", f"{sum(stage.seconds for stage in stages):.1f}")
    return table


def _places(settings: Settings, console: Console, *, is_kept: bool) -> None:
    start = "" if is_kept else f", after: FRONTDOOR_HOME={_shown(settings.home)} {_program()} server start"
    console.print("\n[bold]Where to look[/bold]")
    for name, place in (
        ("daily brief", _shown(settings.brief)),
        ("alerts as e-mail", _shown(Path(settings.outbox))),
        ("receipts", _shown(settings.receipts)),
        ("logs", _shown(settings.home / "airflow" / "logs")),
        ("Airflow's page", "`make up` starts the real one and prints its address and password"),
        ("for Power BI etc.", f"PostgreSQL 127.0.0.1:{_port(settings)}, database {settings.database_name}{start}"),
        ("", f"user bi_reader, password in {_shown(settings.secrets / 'bi_reader')}, schemas safeguarding, assurance"),
    ):
        console.print(f"  {name:18} {place}", highlight=False, soft_wrap=True)


def _say(console: Console, title: str, table: Table) -> None:
    console.print(f"\n[bold]{title}[/bold]")
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        is_number = number > 0 and column in _NUMBERS
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    return table


_NUMBERS = frozenset(
    ("files", "lines", "accepted", "quarantined", "in rejected files", "rejected", "records", "children", "pairs")
    + ("records of theirs", "opened", "planted", "found", "recall", "precision", "seconds")
)


def _numbers(counts: Iterable[int]) -> list[str]:
    return [f"{int(count):,}" for count in counts]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _program() -> str:
    found = REPOSITORY / ".venv" / "bin" / "frontdoor"
    return _shown(found) if found.exists() else "frontdoor"


def _port(settings: Settings) -> int | None:
    return status(settings).port
