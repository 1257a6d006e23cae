"""Two small marts that must always agree, for the tests of publication."""

from pathlib import Path

import psycopg
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect


def project_with_two_marts(folder: Path) -> Path:
    """A dbt project as far as publication looks at one: which marts there are, for which readers."""
    marts = folder / "models" / "marts" / "safeguarding"
    marts.mkdir(parents=True)
    for name in ("dim_examples", "fct_examples"):
        (marts / f"{name}.sql").touch()
    return folder


def create_marts(settings: Settings) -> None:
    """The tables dbt would have built, empty."""
    with connect(settings, role="transformer") as connection:
        for name in ("dim_examples", "fct_examples"):
            connection.execute(
                f"create table marts.{name} (example_key text primary key, generation int,"
                " happened_at timestamptz, _built_in bigint not null, _is_retracted boolean not null)".encode()
            )
        connection.execute("comment on column marts.dim_examples.generation is 'Which build wrote it.'")


def build(settings: Settings, generation: int, keys: list[str], *, retracted: tuple[str, ...] = ()) -> int:
    """What an incremental build does: rewrite the touched keys in both marts; return the build's number."""
    with connect(settings, role="transformer") as connection:
        [[build_no]] = connection.execute(
            "insert into ledger.builds (is_full, state, started_at) values (false, 'running', '2026-03-09T06:00Z')"
            " returning build_no"
        ).fetchall()
        for mart in ("dim_examples", "fct_examples"):
            for key in (*keys, *retracted):
                connection.execute(
                    f"insert into marts.{mart} values (%s, %s, '2026-03-09T06:00Z', %s, %s)"
                    " on conflict (example_key) do update set generation = excluded.generation,"
                    " _built_in = excluded._built_in, _is_retracted = excluded._is_retracted".encode(),
                    [key, generation, build_no, key in retracted],
                )
    return int(build_no)


def read(connection: psycopg.Connection) -> dict[str, int]:
    """What a reader sees in one mart."""
    return dict(connection.execute("select example_key, generation from safeguarding.fct_examples").fetchall())
