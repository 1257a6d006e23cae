"""Connections to the warehouse, one role each: the role, not the caller's good manners, is the boundary."""

from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.secrets import secret
from frontdoor.warehouse.server import status

Role = Literal["admin", "loader", "transformer", "validator", "publisher", "alerter", "data_steward", "bi_reader"]
ROLES: tuple[Role, ...] = ("loader", "transformer", "validator", "publisher", "alerter", "data_steward", "bi_reader")


def database_url(settings: Settings, *, role: Role, driver: str | None = None, database: str | None = None) -> str:
    """Return the URL at which `role` reaches the warehouse; `driver` adds SQLAlchemy's `+driver`.

    Raises WarehouseError when no server is configured and the embedded one is not running.
    """
    scheme = f"postgresql+{driver}" if driver else "postgresql"
    if settings.database_url:
        given = urlsplit(settings.database_url)
        place = given.netloc.rpartition("@")[2]
        user = given.netloc.rpartition("@")[0]
        if role != "admin":
            user = f"{role}:{quote(secret(settings.secrets, role))}"
        path = f"/{database}" if database else given.path
        return urlunsplit((scheme, f"{user}@{place}", path, given.query, ""))
    server = status(settings)
    if not server.is_running:
        raise WarehouseError("the embedded PostgreSQL is not running; start it with `frontdoor server start`")
    password = quote(secret(settings.secrets, role))
    return f"{scheme}://{role}:{password}@127.0.0.1:{server.port}/{database or settings.database_name}"


def connect(
    settings: Settings,
    *,
    role: Role,
    application_name: str | None = None,
    database: str | None = None,
    autocommit: bool = False,
) -> psycopg.Connection:
    """Open a connection as `role`; commits and closes as psycopg's own context manager does.

    Raises WarehouseError, without the URL, when the server cannot be reached.
    """
    url = database_url(settings, role=role, database=database)
    try:
        return psycopg.connect(
            url,
            application_name=application_name or f"frontdoor {role}",
            autocommit=autocommit,
            connect_timeout=10,
        )
    except psycopg.OperationalError as error:
        if "does not exist" in str(error):
            raise WarehouseError("the warehouse is not set up yet; run `frontdoor init` first") from None
        raise WarehouseError(
            f"cannot connect to the warehouse as {role}; is the server up? (`frontdoor server status`)",
            sqlstate=error.sqlstate,
        ) from None
