"""The `frontdoor` command: the same work as the DAGs, without Airflow.

Each command's module is imported only when that command runs: nobody waits seconds for Great Expectations or
Airflow to read a help page.
"""

import os
import sys
from importlib import import_module

import typer

from frontdoor.errors import FrontdoorError, value_free

# Where each command lives, and what `frontdoor --help` says of it.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("frontdoor.orchestration.commands", "Run a synthetic council's week through the real DAGs."),
    "up": ("frontdoor.orchestration.commands", "Start Airflow and PostgreSQL and leave them running."),
    "down": ("frontdoor.orchestration.commands", "End everything `frontdoor up` started."),
    "airflow": ("frontdoor.orchestration.commands", "Run Airflow's own command with Frontdoor's configuration."),
    "compose-secrets": ("frontdoor.orchestration.commands", "Generate the passwords docker-compose.yml needs."),
    "init": ("frontdoor.warehouse.commands", "Create or update the database."),
    "synthesise": ("frontdoor.synthesis.commands", "Write a synthetic council's deliveries."),
    "manifest": ("frontdoor.landing.commands", "Write the manifest of a delivery."),
    "land": ("frontdoor.landing.commands", "Take in deliveries: land, judge, settle, receipt."),
    "quarantine": ("frontdoor.landing.commands", "Work the quarantine."),
    "link": ("frontdoor.linkage.link_commands", "Say which records of any files are the same child."),
    "drop-scratch": ("frontdoor.linkage.link_commands", "Delete what `frontdoor link --keep` kept."),
    "build": ("frontdoor.warehouse.commands", "Build, audit and publish the marts."),
    "weights": ("frontdoor.linkage.weights_commands", "List, propose, compare, approve and reject match weights."),
    "review": ("frontdoor.linkage.commands", "Decide which records are one child."),
    "explain": ("frontdoor.linkage.commands", "Say why two records are, or are not, one child."),
    "watch": ("frontdoor.alerts.commands", "Evaluate the checks and move the alerts."),
    "alerts": ("frontdoor.alerts.commands", "List, acknowledge and snooze alerts."),
    "brief": ("frontdoor.alerts.commands", "Write the daily brief."),
    "contracts": ("frontdoor.pages.commands", "Check the feed contracts; generate what follows from them."),
    "server": ("frontdoor.warehouse.commands", "Start, stop and ask after the embedded PostgreSQL."),
    "seeds": ("frontdoor.warehouse.commands", "Write dbt's seeds from sla.yaml and the bank holidays."),
    "psql": ("frontdoor.warehouse.commands", "Open psql in the warehouse."),
}
# What no command may be slowed by, and no tool may do: report its use to its maker.
QUIET = {"DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


def assemble(asked: str | None) -> typer.Typer:
    """Return the command line with the command asked for in full, and of the others their name and sentence."""
    whole = typer.Typer(
        help="A safeguarding data warehouse: deliveries in, children recognised, alerts out.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    for name, (module_name, sentence) in COMMANDS.items():
        if name == asked:
            _add(whole, name, import_module(module_name).app)
        else:
            whole.command(name, help=sentence)(_not_asked_for)
    return whole


def _add(whole: typer.Typer, name: str, part: typer.Typer) -> None:
    """Mount the command or group called `name`; a module whose whole app is that group is mounted as it is."""
    commands = [
        found
        for found in part.registered_commands
        if name in (found.name, getattr(found.callback, "__name__", "").replace("_", "-"))
    ]
    groups = [found for found in part.registered_groups if found.name == name]
    if commands:
        whole.registered_commands.extend(commands)
    elif groups:
        whole.registered_groups.extend(groups)
    else:
        whole.add_typer(part, name=name)


def _not_asked_for() -> None:
    """Stand for a command in the list of commands."""


def main() -> None:
    """Run one command and exit: 0 done, 1 could not be done (one line says why), 2 asked wrongly.

    An unexpected error is named by its class and place only: its message may hold a value of a person's record.
    """
    os.umask(0o077)
    os.environ.update(QUIET)
    try:
        assemble(next(iter(sys.argv[1:]), None))(prog_name="frontdoor")
    except FrontdoorError as error:
        sys.exit(f"frontdoor: {error}")
    except Exception as error:
        sys.exit(f"frontdoor: {value_free(error)}")
