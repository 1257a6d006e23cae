"""`frontdoor contracts`: check the feed contracts and write what follows from them."""

from pathlib import Path
from typing import Annotated

import typer

from frontdoor.contracts.load import load_contracts
from frontdoor.pages.generated import stale_files, write_files
from frontdoor.settings import REPOSITORY, Settings

app = typer.Typer(no_args_is_help=True)


@app.command()
def check() -> None:
    """Read every contract strictly; the first that cannot be used is named with the place."""
    for contract in load_contracts(Settings()):
        typer.echo(
            f"{contract.feed:<28} {contract.version:<8} {len(contract.fields):>3} fields {len(contract.rules):>3} rules"
        )


@app.command()
def generate(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when a file is not current.")] = False,
) -> None:
    """Write dbt's sources, the suppliers' pages and the page of rules from the contracts and checks."""
    if check:
        stale = stale_files(Settings())
        for path in stale:
            typer.echo(f"not current: {_shown(path)}; run `make generate`", err=True)
        raise typer.Exit(bool(stale))
    for path in write_files(Settings()):
        typer.echo(f"wrote {_shown(path)}")


def _shown(path: Path) -> Path:
    return path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
