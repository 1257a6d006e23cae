"""`frontdoor demo`, `up`, `down`, `airflow` and `compose-secrets`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from frontdoor.settings import REPOSITORY, Settings

app = typer.Typer()
COMPOSE_SECRETS = REPOSITORY / ".frontdoor" / "compose"
DEMO_HOME = REPOSITORY / ".frontdoor" / "demo"


@app.command()
def demo(
    home: Annotated[Path, typer.Option(help="A folder to make anew; what a former demo left there goes.")] = DEMO_HOME,
    seed: Annotated[int, typer.Option(help="Which council: the same seed writes the same week.")] = 11,
    keep: Annotated[bool, typer.Option("--keep", help="Leave PostgreSQL running, to look around.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Only delete what a former demo left.")] = False,
) -> None:
    """Run a synthetic council's week through the real DAGs and say what came of it.

    Exit code 1 when a stage failed or a planted SEV1 defect got no alert.
    """
    from frontdoor.orchestration import demo as demonstration

    if remove:
        demonstration.remove(home)
        return
    if not demonstration.run(home, seed=seed, keep=keep):
        raise typer.Exit(1)


@app.command()
def up() -> None:
    """Start PostgreSQL and Airflow and leave them running; drop deliveries into the inbox and watch the outbox."""
    from frontdoor.orchestration.service import up as start

    settings = Settings()
    service, password = start(settings, say=lambda text: typer.echo(f"... {text}"))
    typer.echo(f"Airflow      {service.url}  user {service.user}")
    typer.echo(f"password     {password or 'shown at the first start; kept in ' + service.password_file}")
    typer.echo(f"inbox        {settings.inbox}")
    typer.echo(f"outbox       {settings.outbox}")
    typer.echo(f"daily brief  {settings.brief}")
    typer.echo("end it with `make down`")


@app.command()
def down() -> None:
    """End everything `frontdoor up` started, PostgreSQL included."""
    from frontdoor.orchestration.service import down as end

    leftovers = end(Settings())
    typer.echo("down" + (f"; {leftovers} processes had to be ended one by one" if leftovers else ""))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def airflow(context: typer.Context) -> None:
    """Run Airflow's own command with this home's configuration, as the containers do."""
    from frontdoor.orchestration.service import service_environment

    environment = service_environment(Settings(), port=8080)
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], environment)  # noqa: S606


@app.command("compose-secrets")
def compose_secrets(
    folder: Annotated[Path, typer.Option(help="Where docker-compose.yml looks for them.")] = COMPOSE_SECRETS,
) -> None:
    """Generate the passwords docker-compose.yml needs; those that exist stay as they are."""
    from frontdoor.orchestration.compose_secrets import write_compose_secrets

    for path in write_compose_secrets(folder):
        typer.echo(path)
