"""`frontdoor land`, `manifest` and `quarantine`: ingest from a terminal."""

import getpass
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from frontdoor.errors import FrontdoorError
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings

app = typer.Typer(no_args_is_help=True)
quarantine_app = typer.Typer(
    no_args_is_help=True, help="Work the quarantine: rules, fields and row numbers, never values."
)
app.add_typer(quarantine_app, name="quarantine")

ReceivedAt = Annotated[str | None, typer.Option(help="The moment of receipt to record (ISO 8601; now).")]
Feed = Annotated[str, typer.Argument(help="The feed, such as council__contacts.")]


@app.command()
def land(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of deliveries, read and left as it is; else the inbox, emptied.")
    ] = None,
    received_at: ReceivedAt = None,
) -> None:
    """Take in deliveries: land, judge, settle, receipt. Doing it twice changes nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from frontdoor.deliveries.inbox import MANIFEST_GRACE_SECONDS, FolderInbox, inbox_at
    from frontdoor.landing.ingest import count_waiting, ingest_all

    moment = moment_typed(received_at)
    settings = Settings()
    if folder is not None and not folder.is_dir():
        raise FrontdoorError("there is no folder of that name")
    # What `frontdoor synthesise` writes keeps its deliveries apart from the truth about them.
    if folder is not None and (folder / "deliveries").is_dir():
        folder = folder / "deliveries"
    inbox = FolderInbox(folder, is_kept=True) if folder is not None else inbox_at(settings.inbox)
    # What lies in a folder given by hand is complete: a file alone there has no manifest.
    grace_seconds = 0.0 if folder is not None else MANIFEST_GRACE_SECONDS
    waiting = count_waiting(settings, inbox=inbox, grace_seconds=grace_seconds)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("landing", total=waiting)
        results = ingest_all(
            settings,
            received_at=moment,
            inbox=inbox,
            grace_seconds=grace_seconds,
            report=lambda _: progress.advance(task),
        )
    total: Counter[str] = Counter()
    for result in results:
        total.update(result.counts)
        if result.is_skipped:
            typer.echo(f"{result.feed}: another run is at work; left to it")
    typer.echo(
        f"{total['new']} new, {total['duplicate']} duplicate, {total['rejected'] + total['rejected_by_rule']} rejected"
        f" deliveries; {total['quarantined_records']} records in quarantine; {total['receipts']} receipts written"
    )


@app.command()
def manifest(
    file: Annotated[Path, typer.Argument(help="The data file, named as the file specification says.")],
    period_from: Annotated[str, typer.Option(help="Start of the period the file covers (ISO 8601 with offset).")],
    extract_ts: Annotated[str | None, typer.Option(help="When it was extracted (ISO 8601; now).")] = None,
    full: Annotated[bool, typer.Option(help="The file holds everything, not only what changed.")] = False,
    nil_return: Annotated[bool, typer.Option(help="The file says that there was nothing to report.")] = False,
    supersedes: Annotated[str | None, typer.Option(help="The file name of the delivery this one restates.")] = None,
) -> None:
    """Write a file's manifest beside it: for a supplier, or for a file that came without one."""
    from frontdoor.landing.describe import described

    path = described(
        Settings(),
        file,
        period_from=moment_typed(period_from),
        extract_at=moment_typed(extract_ts),
        is_full=full,
        is_nil_return=nil_return,
        supersedes=supersedes,
    )
    typer.echo(f"wrote {path.name}")


@quarantine_app.command("list")
def list_backlog() -> None:
    """List what waits, by feed and rule."""
    from frontdoor.quality.quarantine import backlog
    from frontdoor.warehouse.connect import connect

    with connect(Settings(), role="loader") as connection:
        for one in backlog(connection):
            typer.echo(
                f"{one.feed:<28} {one.rule_id:<8} {one.field_name or '(record)':<28} {one.record_count:>7}"
                f"  since {one.oldest_at:%Y-%m-%d %H:%M}"
            )


@quarantine_app.command()
def show(
    feed: Feed,
    rule: Annotated[str | None, typer.Option(help="Only this rule's records.")] = None,
    limit: Annotated[int, typer.Option(help="At most this many.")] = 50,
) -> None:
    """Show where a feed's held records stand: file, row number, rule and field."""
    from frontdoor.quality.quarantine import held_records
    from frontdoor.warehouse.connect import connect

    with connect(Settings(), role="loader") as connection:
        for one in held_records(connection, feed=feed, rule_id=rule, limit=limit):
            typer.echo(
                f"{one.delivery_id:>19} row {one.row_number:>7} {one.rule_id:<8} {one.field_name or '(record)':<28}"
                f" {one.file_name}"
            )


Delivery = Annotated[int, typer.Argument(help="The delivery's id, as `show` prints it.")]
Row = Annotated[int, typer.Argument(help="The row number.")]
OneRule = Annotated[str | None, typer.Option("--rule", help="Decide on this rule only; else on all.")]


@quarantine_app.command()
def release(delivery_id: Delivery, row_number: Row, rule: OneRule = None) -> None:
    """Believe a held record as it was sent, from the next build on."""
    _decide(delivery_id, row_number, rule, is_released=True)


@quarantine_app.command()
def discard(delivery_id: Delivery, row_number: Row, rule: OneRule = None) -> None:
    """Take a held record out of use; it stays in the ledger and the archive."""
    _decide(delivery_id, row_number, rule, is_released=False)


@quarantine_app.command()
def replay(feed: Feed) -> None:
    """Judge a feed's held records again, after a rule or code list has changed."""
    from frontdoor.landing.ingest import contract_of
    from frontdoor.quality import quarantine
    from frontdoor.quality.receipts import write_missing_receipts
    from frontdoor.warehouse.connect import connect

    settings = Settings()
    contract = contract_of(settings, feed)
    with connect(settings, role="loader", autocommit=True) as connection:
        counts = quarantine.replay(settings, connection, contract=contract, at=datetime.now(UTC))
        write_missing_receipts(settings, connection, contract=contract)
    typer.echo(f"{counts['released']} rules released, {counts['held']} newly held")


def _decide(delivery_id: int, row_number: int, rule_id: str | None, *, is_released: bool) -> None:
    from frontdoor.quality.quarantine import decide
    from frontdoor.warehouse.connect import connect

    with connect(Settings(), role="loader", autocommit=True) as connection:
        settled = decide(
            connection,
            delivery_id=delivery_id,
            row_number=row_number,
            decision="released" if is_released else "discarded",
            decided_by=getpass.getuser(),
            decided_at=datetime.now(UTC),
            rule_id=rule_id,
        )
    typer.echo(f"{'released' if is_released else 'discarded'}: {settled} rules settled for row {row_number}")
