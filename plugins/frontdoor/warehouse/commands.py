"""`frontdoor init`, `server`, `build`, `psql` and `seeds`: the warehouse from a terminal."""

import os
from pathlib import Path
from typing import Annotated, get_args
from urllib.parse import unquote, urlsplit

import typer

from frontdoor.errors import WarehouseError
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings
from frontdoor.warehouse import server as embedded
from frontdoor.warehouse.connect import Role, database_url
from frontdoor.warehouse.migrate import migrate

app = typer.Typer(no_args_is_help=True)
server_app = typer.Typer(no_args_is_help=True, help="Start, stop and ask after the embedded PostgreSQL.")
app.add_typer(server_app, name="server")


@app.command()
def init() -> None:
    """Create or update the database: roles, schemas, landing tables. Running it twice changes nothing."""
    migrate(Settings())
    typer.echo("the warehouse is ready")


@app.command()
def build(
    full_refresh: Annotated[bool, typer.Option(help="Build everything again, not only what is new.")] = False,
    as_of: Annotated[str | None, typer.Option(help="The moment the build is recorded at (ISO 8601; now).")] = None,
) -> None:
    """Build, audit and publish what has arrived since the last build."""
    from frontdoor.warehouse.build import build as build_warehouse

    result = build_warehouse(Settings(), started_at=moment_typed(as_of), full_refresh=full_refresh)
    if result.publication is None:
        typer.echo("nothing new to build")
        return
    kind = "full build" if result.is_full else "build"
    typer.echo(
        f"{kind} {result.build_no} of {result.delivery_count} deliveries published"
        f" as {result.publication.publication_no} in {result.seconds:.1f} s"
    )
    for mart, changed in sorted(result.publication.changed_counts.items()):
        rows = result.publication.row_counts.get(mart, 0)
        typer.echo(f"  {mart:<28} {rows:>8} rows  +{changed['added']} -{changed['retired']}")


@app.command()
def psql(
    role: Annotated[str, typer.Option(help="The role to log in as.")] = "bi_reader",
) -> None:
    """Open psql in the warehouse."""
    if role not in get_args(Role):
        raise WarehouseError(f"there is no role of that name; choose from {', '.join(get_args(Role))}")
    address = urlsplit(database_url(Settings(), role=role))  # type: ignore[arg-type]
    program = embedded.binaries_folder() / "psql"
    # The password goes by the environment: arguments are visible to everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": unquote(address.password or ""), "PGOPTIONS": "-c timezone=UTC"}
    target = f"host={address.hostname} port={address.port or 5432} user={address.username} dbname={address.path[1:]}"
    os.execve(program, [str(program), target], environment)  # noqa: S606


@app.command()
def seeds(
    check: Annotated[bool, typer.Option(help="Write nothing; fail when a file is not as it should be.")] = False,
) -> None:
    """Write dbt's seeds from sla.yaml and the bank holiday calendar."""
    from frontdoor.warehouse.seeds import seed_texts, write_seeds

    settings = Settings()
    if not check:
        for path in write_seeds(settings):
            typer.echo(f"wrote {path.name}")
        return
    folder = settings.dbt_project_dir / "seeds"
    stale = [name for name, text in seed_texts(settings).items() if _read(folder / name) != text]
    if stale:
        raise WarehouseError(f"seeds are not as generated: {', '.join(stale)}; run `frontdoor seeds`")


@server_app.command()
def start() -> None:
    """Start the embedded server, creating it on first use."""
    typer.echo(f"PostgreSQL listens on 127.0.0.1:{embedded.ensure_running(Settings()).port}")


@server_app.command()
def stop() -> None:
    """Stop the embedded server, ending its sessions."""
    embedded.stop(Settings())
    typer.echo("PostgreSQL is stopped")


@server_app.command()
def status() -> None:
    """Say whether the embedded server answers."""
    found = embedded.status(Settings())
    typer.echo(f"PostgreSQL listens on 127.0.0.1:{found.port}" if found.is_running else "PostgreSQL is not running")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
