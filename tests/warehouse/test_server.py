"""The embedded server starts anywhere, keeps its data, listens on loopback only and has no default password."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse import server
from frontdoor.warehouse.connect import connect, database_url


@pytest.fixture(scope="module")
def home() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="frontdoor-server-"))
    settings = Settings(home=folder / "home", database_name="postgres")
    try:
        server.ensure_running(settings)
        yield settings
    finally:
        server.remove(settings)
        shutil.rmtree(folder, ignore_errors=True)


def test_starting_a_running_server_finds_it(home: Settings) -> None:
    assert server.ensure_running(home) == server.status(home)


def test_data_and_port_survive_a_restart(home: Settings) -> None:
    port = server.status(home).port
    with connect(home, role="admin") as connection:
        connection.execute("create table kept (a int)")
    server.stop(home)
    assert not server.status(home).is_running
    assert server.ensure_running(home).port == port
    with connect(home, role="admin") as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_its_cache_is_what_the_machine_can_spare(home: Settings) -> None:
    wanted = server.cache_megabytes(server.usable_memory()) * server.MEGABYTE
    with connect(home, role="admin") as connection:
        [[kept]] = connection.execute("select pg_size_bytes(current_setting('shared_buffers'))").fetchall()
    assert kept == wanted


@pytest.mark.parametrize(
    ("gigabytes", "cache"), [(0.5, 128), (4, 512), (8, 1024), (64, 2048)], ids=["tiny", "small", "usual", "large"]
)
def test_a_cache_leaves_most_of_the_memory_to_others(gigabytes: float, cache: int) -> None:
    assert server.cache_megabytes(int(gigabytes * 1024 * server.MEGABYTE)) == cache


def test_it_listens_on_loopback_only(home: Settings) -> None:
    with connect(home, role="admin") as connection:
        listening = connection.execute(
            "select current_setting('listen_addresses'), current_setting('unix_socket_directories')"
        ).fetchone()
    assert listening == ("127.0.0.1", "")


def test_nobody_gets_in_without_the_generated_password(home: Settings) -> None:
    port = server.status(home).port
    for password in ("", "admin", "postgres"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=port, user="admin", password=password, dbname="postgres")


def test_secrets_can_be_read_by_their_owner_only(home: Settings) -> None:
    for path in home.secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_stopped_server_is_said_to_be_stopped_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="frontdoor server start"):
        database_url(Settings(home=tmp_path), role="loader")


def test_a_failed_connection_does_not_repeat_the_password(home: Settings) -> None:
    wrong = home.model_copy(update={"database_name": "nowhere"})
    with pytest.raises(WarehouseError) as caught:
        connect(wrong, role="admin")
    assert (home.secrets / "admin").read_text() not in str(caught.value)
    assert caught.value.__cause__ is None


def test_another_server_replaces_it(home: Settings) -> None:
    port = server.status(home).port
    password = (home.secrets / "admin").read_text()
    elsewhere = home.model_copy(
        update={
            "home": home.home / "elsewhere",
            "database_url": f"postgresql://admin:{password}@127.0.0.1:{port}/postgres",
        }
    )
    with connect(elsewhere, role="admin") as connection:
        assert connection.execute("select current_user").fetchone() == ("admin",)
    assert "loader:" in database_url(elsewhere, role="loader")
