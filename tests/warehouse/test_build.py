"""A build from the ledger to the readers' view, on a project small enough to build in seconds."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.build import build
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.publish import prune_publications

from tests.warehouse.hand_made import MONDAY, Delivery, HandMadeCouncil, person

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

CANARY = "Zzyzxcanary"
MART_SQL = """
select contact_id as contact_key, rag_code, _built_in, _is_retracted from {{ ref('jny_contacts') }}
{% if is_incremental() %} where _built_in = {{ build_no() }} {% endif %}
"""
MART_YAML = """
models:
  - name: fct_seen_contacts
    description: One row per contact.
    config:
      materialized: incremental
      incremental_strategy: delete+insert
      unique_key: contact_key
      contract: {enforced: true}
    constraints: [{type: primary_key, columns: [contact_key]}]
    columns:
      - {name: contact_key, data_type: text}
      - {name: rag_code, data_type: text}
      - {name: _built_in, data_type: bigint}
      - {name: _is_retracted, data_type: boolean}
"""
BROKEN_SQL = "select surname::integer as number from {{ ref('jny_contacts') }}"


@pytest.fixture
def small(settings: Settings, tmp_path: Path) -> Settings:
    """The same council with a project of records and one mart."""
    project = tmp_path / "project"
    shutil.copytree(settings.dbt_project_dir, project, ignore=shutil.ignore_patterns("identity", "marts", "timeline"))
    for unwanted in (project / "models").rglob("*exposures*.yml"):
        unwanted.unlink()
    marts = project / "models" / "marts" / "safeguarding"
    marts.mkdir(parents=True)
    (marts / "fct_seen_contacts.sql").write_text(MART_SQL)
    (marts / "_fct_seen_contacts.yml").write_text(MART_YAML)
    return settings.model_copy(update={"dbt_project_dir": project})


def contacts(sequence_no: int, *rags: str) -> Delivery:
    rows = [
        person("P1", contact_id=f"C{sequence_no}-{place}", rag=rag, surname=CANARY) for place, rag in enumerate(rags)
    ]
    return Delivery("council__contacts", tuple(rows), sequence_no, MONDAY)


def seen(settings: Settings) -> dict[str, str]:
    with connect(settings, role="bi_reader") as connection:
        return dict(connection.execute("select contact_key, rag_code from safeguarding.fct_seen_contacts").fetchall())


def builds(connection: psycopg.Connection) -> list[tuple[bool, str, int]]:
    return connection.execute(
        "select is_full, state, count(delivery_id) from ledger.builds"
        " left join ledger.build_deliveries using (build_no) group by build_no order by build_no"
    ).fetchall()


def test_build_new_nothing_killed_repaired_pruned_and_broken(
    small: Settings, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    council = HandMadeCouncil(small)
    council.land(contacts(1, "RED", "GREEN"))
    first = build(small, started_at=MONDAY)
    assert (first.is_full, first.delivery_count) == (True, 1)
    assert seen(small) == {"C1-0": "RED", "C1-1": "GREEN"}
    assert build(small, started_at=MONDAY).publication is None

    council.land(contacts(2, "AMBER"))
    assert build_killed_at("build-layer-warehouse", small) == -signal.SIGKILL
    assert seen(small) == {"C1-0": "RED", "C1-1": "GREEN"}
    council.land(contacts(3, "BLUE"))
    repaired = build(small, started_at=MONDAY)
    assert (repaired.is_full, repaired.delivery_count) == (False, 2)
    assert seen(small) == {"C1-0": "RED", "C1-1": "GREEN", "C2-0": "AMBER", "C3-0": "BLUE"}

    monkeypatch.setattr("frontdoor.warehouse.build.prune_publications", partial(prune_publications, kept=1))
    changed = person("P1", contact_id="C1-0", rag="GREEN", surname=CANARY)
    council.land(Delivery("council__contacts", (changed,), 4, MONDAY + timedelta(hours=1)))
    build(small, started_at=MONDAY)
    assert seen(small)["C1-0"] == "GREEN"
    kept = admin.execute("select count(*), count(_retired_by) from published.fct_seen_contacts").fetchall()
    assert kept == [(4, 0)], "what only earlier publications showed is gone"

    council.land(contacts(5, "RED"))
    (small.dbt_project_dir / "models" / "journeys" / "current" / "jny_broken.sql").write_text(BROKEN_SQL)
    with pytest.raises(WarehouseError) as caught:
        build(small, started_at=MONDAY)
    assert "model.frontdoor.jny_broken" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert [path for path in small.home.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    assert "C5-0" not in seen(small)
    assert builds(admin) == [
        (True, "published", 1), (False, "failed", 1), (False, "published", 2), (False, "published", 1),
        (True, "failed", 1),
    ]  # fmt: skip
    failed = admin.execute("select stage, failure from ledger.stage_runs where state = 'failed'").fetchall()
    assert failed == [("build warehouse", "WarehouseError")]


def build_killed_at(checkpoint: str, settings: Settings) -> int:
    """Run a build in a process of its own that dies at a checkpoint; return its exit code."""
    environment = {
        "FRONTDOOR_HOME": str(settings.home),
        "FRONTDOOR_SERVER_HOME": str(settings.server_home),
        "FRONTDOOR_DATABASE_NAME": settings.database_name,
        "FRONTDOOR_DBT_PROJECT_DIR": str(settings.dbt_project_dir),
        "FRONTDOOR_FAULT_AT": checkpoint,
    }
    command = [str(Path(sys.executable).with_name("frontdoor")), "build", "--as-of", MONDAY.isoformat()]
    return subprocess.run(command, env={**os.environ, **environment}, check=False, capture_output=True).returncode
