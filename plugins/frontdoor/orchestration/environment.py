"""The environment in which Airflow runs: every default that DESIGN.md names a trap is set otherwise here.

Airflow is configured by environment variables alone; secrets are read from files by Airflow itself (`_CMD`), so
that neither a process listing nor a configuration page shows one.
"""

import base64
import json
import os
import shlex
import sys
from pathlib import Path

from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse.secrets import secret

AUTH_MANAGER = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
ADMIN = "admin"
ADMIN_SECRET = "airflow_admin"  # noqa: S105  a file's name


def airflow_home(settings: Settings) -> Path:
    """Where Airflow keeps its logs and generated configuration: below the home, which only this user can read."""
    return (settings.home / "airflow").absolute()


def airflow_environment(settings: Settings, *, database_url: str, port: int) -> dict[str, str]:
    """Return the variables that make Airflow ours: loopback, no examples, no telemetry, private files.

    Parallelism follows the cores; a task that stops beating is started again after two minutes, not five.
    """
    home = airflow_home(settings)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    cores = os.cpu_count() or 2
    _write_private(settings.secrets / "airflow_database_url", database_url)
    _write_private(settings.secrets / "airflow_database_url_async", _with_driver(database_url, "psycopg"))
    _write_admin_password(settings)
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "FRONTDOOR_HOME": str(settings.home.absolute()),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(max(2, cores)),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "utc",
        "AIRFLOW__CORE__DAEMON_UMASK": "0o077",
        # The usual way asks the name service, which may be another machine.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__AUTH_MANAGER": AUTH_MANAGER,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(admin_password_file(settings)),
        "AIRFLOW__CORE__FERNET_KEY_CMD": _from_file(settings, "airflow_fernet_key", is_fernet=True),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__TEST_CONNECTION": "Disabled",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": _from_file(settings, "airflow_database_url"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC_CMD": _from_file(settings, "airflow_database_url_async"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_PRE_PING": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY_CMD": _from_file(settings, "airflow_api_secret"),
        "AIRFLOW__API__ENABLE_SWAGGER_UI": "False",
        "AIRFLOW__API__EXPOSE_CONFIG": "False",
        "AIRFLOW__API__EXPOSE_STACKTRACE": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": _from_file(settings, "airflow_jwt_secret"),
        "AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME": "28800",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs" / "dag_processor"),
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "AIRFLOW__STATE_STORE__DEFAULT_RETENTION_DAYS": "30",
        # Forking a process that has started threads may hang on macOS; elsewhere it saves seconds a task.
        **({"OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"} if sys.platform == "darwin" else {}),
    }


def admin_password_file(settings: Settings) -> Path:
    """Where the password of Airflow's page is kept, as Airflow's simple sign-in reads it."""
    return (settings.secrets / "airflow_passwords.json").absolute()


def _with_driver(url: str, driver: str) -> str:
    return f"postgresql+{driver}://{url.partition('://')[2]}"


def _write_admin_password(settings: Settings) -> None:
    _write_private(admin_password_file(settings), json.dumps({ADMIN: secret(settings.secrets, ADMIN_SECRET)}))


def _from_file(settings: Settings, name: str, *, is_fernet: bool = False) -> str:
    """Return the command by which Airflow reads a secret, generated here on first use."""
    path = (settings.secrets / name).absolute()
    if is_fernet and not path.exists():
        _write_private(path, base64.urlsafe_b64encode(os.urandom(32)).decode())
    secret(settings.secrets, name)
    return f"cat {shlex.quote(str(path))}"


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
