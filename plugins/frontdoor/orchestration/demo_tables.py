"""How the demonstration prints: a heading, a table whose numbers stand under each other, a path from here."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table

_NUMBERS = frozenset(
    ("files", "lines", "accepted", "quarantined", "in rejected files", "rejected", "records", "children", "pairs")
    + ("records of theirs", "urgent", "opened", "planted", "found", "recall", "precision", "seconds")
)


def say(console: Console, title: str, what: RenderableType) -> None:
    """Print something under a heading."""
    console.print(f"\n[bold]{title}[/bold]")
    console.print(what, highlight=False)


def table(*columns: str) -> Table:
    """Return an empty table."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        is_number = number > 0 and column in _NUMBERS
        made.add_column(column, justify="right" if is_number else "left", overflow="fold")
    return made


def numbers(counts: Iterable[int]) -> list[str]:
    """Return counts as people write them."""
    return [f"{int(count):,}" for count in counts]


def shown(path: Path) -> str:
    """Return a path as short as it can be from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
