"""`frontdoor synthesise`: deliveries of a synthetic council, for demos, tests and benchmarks."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from frontdoor.moments import moment_typed
from frontdoor.synthesis.person_records import write_person_records
from frontdoor.synthesis.synthesise import DEFAULT_UNTIL, WEEK, YEAR, Plan, synthesise

app = typer.Typer(no_args_is_help=False)


class Cadence(StrEnum):
    """How often agencies deliver."""

    AGENCY = "agency"
    DAILY = "daily"


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Folder to write; deliveries go into its deliveries/.")] = None,
    council_year: Annotated[bool, typer.Option("--council-year/--council-week", help="How long a period.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed and options write the same bytes.")] = 7,
    until: Annotated[str, typer.Option(help="When the last delivery is made.")] = DEFAULT_UNTIL.isoformat(),
    defects: Annotated[bool, typer.Option(help="Plant defects and write which checks must find them.")] = True,
    cadence: Annotated[Cadence | None, typer.Option(help="Default: agency for a week, daily for a year.")] = None,
) -> None:
    """Write the deliveries of a synthetic council, with the truth about them."""
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise typer.BadParameter("name the folder to write", param_hint="--out")
    chosen = cadence or (Cadence.DAILY if council_year else Cadence.AGENCY)
    plan = Plan(YEAR if council_year else WEEK, seed, moment_typed(until), defects, chosen.value)
    summary = synthesise(plan, out=out)
    typer.echo(f"{summary['files']} deliveries with {summary['rows']} records in {out / 'deliveries'}")
    typer.echo(f"read the checks as of {summary['as_of']}; what was planted is in {out / 'truth.csv'}")


@app.command("persons")
def persons(
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    count: Annotated[int, typer.Option(help="How many records.", min=1, max=1_500_000)] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same records.")] = 7,
    with_truth: Annotated[bool, typer.Option(help="Add person_id: which records are the same person.")] = False,
) -> None:
    """Write records about persons as several agencies would hold them, to measure linking by."""
    people = write_person_records(out, count=count, seed=seed, has_truth=with_truth)
    typer.echo(f"{count} records of {people} people in {out}")
