"""`frontdoor link`: any files of person records through the warehouse's own models."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from frontdoor.linkage.person_files import COLUMNS
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings

app = typer.Typer(no_args_is_help=True)

_TOLD = {"none": "too faint to ask about"}


@app.command(
    "link",
    epilog=f"Columns, each of them optional: {', '.join(COLUMNS)}. Dates: 2014-05-03, 3/5/2014, 03-05-2014, 3.5.2014,"
    " 20140503 or 3 May 2014. Decisions in pairs.N.csv: linked; joined (one child,"
    " through others); separated (linked, but something contradicts it); review (a person is to say); vetoed; none (too"
    " faint to ask about). What the reasons mean: docs/matching.md.",
)
def link(
    files: Annotated[list[Path], typer.Argument(help="CSV files of person records, taken in one after the other.")],
    out: Annotated[Path, typer.Option(help="Folder for clusters.N.csv and pairs.N.csv, N counting the files.")],
    weights: Annotated[str, typer.Option(help="default, train (by Splink, on all files), or a version.")] = "default",
    as_of: Annotated[
        str | None, typer.Option(help="The day, or the time, after which no birth date is believed (ISO 8601; now).")
    ] = None,
    timings: Annotated[bool, typer.Option("--timings", help="Print how long each model took.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the scratch database, to explain pairs from.")] = False,
) -> None:
    """Say which records are the same child; the council's own data and decisions stay untouched."""
    from frontdoor.linkage.link import link_files
    from frontdoor.linkage.training import FEWEST_RECORDS

    at = _day_or_moment(as_of)
    records = 0
    for linked in link_files(Settings(), files, out=out, weights=weights, at=at, is_kept=keep):
        records += linked.read.record_count - linked.read.corrected_count
        told = [f"{count:,} {_TOLD.get(code, code)}" for code, count in linked.decision_counts.items()]
        decisions = ", ".join(told) or "none"
        known = f", {linked.read.corrected_count:,} of them known already" if linked.read.corrected_count else ""
        typer.echo(
            f"{linked.path.name}: {linked.read.record_count:,} records{known}; {linked.child_count:,} children so far"
        )
        if others := linked.read.somebody_else_count:
            typer.echo(
                f"  {others:,} records were known as another source's or by other names, and are replaced; a record_id"
                " names one record in all files: if these are others, number them otherwise and link again"
            )
        typer.echo(f"  pairs: {decisions}")
        if disbelieved := linked.disbelieved_counts:
            told = [f"{count:,} in {column}" for column, count in disbelieved.items()]
            typer.echo(f"  values that cannot be read or fail their check, and so are no evidence: {', '.join(told)}")
        if unexplained := linked.unexplained_marker_count:
            typer.echo(
                f"  {unexplained:,} records have an adoption marker that says neither PRE nor POST; to be safe they are"
                " compared with nobody"
            )
        if linked.oversized_block_count:
            typer.echo(f"  {linked.oversized_block_count:,} values are shared by too many records to mean anything")
        for model, seconds in linked.dbt.node_seconds.items() if timings else ():
            typer.echo(f"  {seconds:8.2f} s  {model}")
        typer.echo(f"  {linked.clusters_path}")
        typer.echo(f"  {linked.pairs_path}")
    if weights == "train" and linked.is_by_shipped_weights:
        typer.echo(
            "too few of the pairs are one child's to learn weights from them; linked by the shipped ones, as by"
            " --weights default"
        )
    elif weights == "train" and records < FEWEST_RECORDS:
        typer.echo(
            f"weights trained on {records:,} records say little;"
            f" with fewer than {FEWEST_RECORDS:,} use --weights default"
        )
    if keep:
        name = linked.database_name
        there = f"FRONTDOOR_DATABASE_{'URL=.../' if Settings().database_url else 'NAME='}{name}"
        typer.echo(
            f"kept, with the records in it: scratch database {name}\n"
            f"  {there} frontdoor explain SOURCE:RECORD_ID SOURCE:RECORD_ID  says why\n"
            f"  frontdoor drop-scratch {name}  deletes it"
        )


def _day_or_moment(as_of: str | None) -> datetime:
    is_day = as_of is not None and len(as_of) == len("2026-03-02")
    try:
        return moment_typed(f"{as_of}T00:00+00:00" if is_day else as_of)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{error}, or a day as 2026-03-09", param_hint="--as-of") from None


@app.command("drop-scratch")
def drop_scratch(name: Annotated[str, typer.Argument(help="As `frontdoor link --keep` printed it.")]) -> None:
    """Delete a scratch database that `frontdoor link --keep` kept, with the records in it."""
    from frontdoor.linkage import scratch

    scratch.drop_scratch(Settings(), name)
    typer.echo(f"{name} is deleted")
