"""Each role may do what its work needs and nothing else; the database says so, whatever the caller intends."""

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse import migrate as migrations
from frontdoor.warehouse.connect import ROLES, Role, connect
from frontdoor.warehouse.migrate import migrate

# What each role may read and write; everything not named here is refused.
READS: dict[Role, set[str]] = {
    "loader": {"ledger.deliveries", "quarantine.records", "quarantine.unreadable_lines"},
    "transformer": {
        "ledger.deliveries",
        "quarantine.records",
        "vault.pepper",
        "linkage.decisions",
        "identity.child_keys",
    },
    "validator": {"ledger.deliveries", "quarantine.records"},
    "publisher": {"ledger.deliveries", "published.publications"},
    "alerter": {
        "ledger.deliveries",
        "quarantine.records",
        "published.publications",
        "alerts.alerts",
        "alerts.messages",
    },
    "data_steward": {"linkage.decisions", "linkage.looks", "identity.child_keys"},
    "bi_reader": set(),
}
TABLES = sorted(set.union(*READS.values()) | {"public.applied_schema_files"})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES)
def test_who_may_read_what(settings: Settings, role: Role, table: str) -> None:
    with connect(settings, role=role, autocommit=True) as connection:
        if table in READS[role]:
            connection.execute(f"select from {table}".encode())
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select from {table}".encode())


@pytest.mark.parametrize("role", ROLES)
def test_no_role_deletes_the_ledger_or_makes_objects_in_public(settings: Settings, role: Role) -> None:
    for statement in (
        "delete from ledger.deliveries",
        "delete from ledger.arrivals",
        "create table public.mine (a int)",
    ):
        with (
            connect(settings, role=role, autocommit=True) as connection,
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)),
        ):
            connection.execute(statement.encode())


def test_who_comes_before_the_warehouse_is_set_up_is_told_so(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="not set up yet; run `frontdoor init`"):
        connect(settings.model_copy(update={"database_name": "nobodys"}), role="bi_reader")


def test_migrating_twice_changes_nothing(settings: Settings, admin: psycopg.Connection) -> None:
    shape = "select table_schema, table_name, column_name, data_type from information_schema.columns order by 1, 2, 3"
    before = admin.execute(shape).fetchall()
    migrate(settings)
    assert admin.execute(shape).fetchall() == before


def test_a_schema_file_edited_after_it_was_applied_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = migrations._packaged
    monkeypatch.setattr(
        migrations, "_packaged", lambda name: packaged(name) + ("-- edited" if "alerts" in name else "")
    )
    with pytest.raises(WarehouseError, match=r"040_alerts\.sql was edited"):
        migrate(settings)
