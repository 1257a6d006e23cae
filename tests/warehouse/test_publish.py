"""Readers see one publication at a time, whole; what it costs follows what changed."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.publish import current_publication, prune_publications, publish

from tests.warehouse.publication_example import build, create_marts, project_with_two_marts, read

MORNING = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture
def council(settings: Settings, tmp_path: Path) -> Settings:
    council = settings.model_copy(update={"dbt_project_dir": project_with_two_marts(tmp_path / "project")})
    create_marts(council)
    return council


def publish_build(council: Settings, generation: int, keys: list[str], **changes: tuple[str, ...]):
    return publish(council, build(council, generation, keys, **changes), published_at=MORNING)


def test_readers_see_what_was_published_and_nothing_of_a_build_that_was_not(council: Settings) -> None:
    publish_build(council, 1, ["a", "b"])
    build(council, 2, ["a", "c"])
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == {"a": 1, "b": 1}


def test_an_increment_moves_only_what_changed(council: Settings) -> None:
    publish_build(council, 1, ["a", "b", "c"])
    changed = publish_build(council, 2, ["b"], retracted=("c",)).changed_counts["fct_examples"]
    assert changed == {"added": 1, "retired": 2}
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == {"a": 1, "b": 2}


def test_rows_rewritten_with_the_same_content_are_not_published_again(council: Settings) -> None:
    first = publish_build(council, 1, ["a", "b"])
    second = publish_build(council, 1, ["a", "b"])
    assert second.changed_counts["dim_examples"] == {"added": 0, "retired": 0}
    assert second.content_fingerprint == first.content_fingerprint


def test_publishing_a_build_twice_changes_nothing(council: Settings) -> None:
    build_no = build(council, 1, ["a"])
    assert publish(council, build_no, published_at=MORNING) == publish(council, build_no, published_at=MORNING)


def test_increments_and_a_full_build_leave_the_same_fingerprint(council: Settings, admin: psycopg.Connection) -> None:
    publish_build(council, 1, ["a", "b", "z"])
    by_increments = publish_build(council, 2, ["b", "c"], retracted=("z",))
    admin.execute("truncate marts.dim_examples, marts.fct_examples")
    build_no = build(council, 1, ["a"])
    for mart in ("dim_examples", "fct_examples"):
        admin.execute(
            f"insert into marts.{mart} select key, 2, '2026-03-09T06:00Z', %s, false from unnest(%s::text[]) as key",
            [build_no, ["c", "b"]],
        )
    whole = publish(council, build_no, published_at=MORNING, is_full=True)
    assert whole.content_fingerprint == by_increments.content_fingerprint
    assert whole.row_counts == by_increments.row_counts == {"dim_examples": 3, "fct_examples": 3}


def test_a_full_build_retires_rows_whose_key_is_gone(council: Settings, admin: psycopg.Connection) -> None:
    publish_build(council, 1, ["a", "b"])
    admin.execute("truncate marts.dim_examples, marts.fct_examples")
    publish(council, build(council, 1, ["a"]), published_at=MORNING, is_full=True)
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == {"a": 1}


def test_an_earlier_publication_can_be_read_again_until_it_is_pruned(council: Settings) -> None:
    first = build(council, 1, ["a", "b"])
    published = publish(council, first, published_at=MORNING)
    publish_build(council, 2, ["a"], retracted=("b",))
    with connect(council, role="bi_reader") as reader:
        reader.execute("set frontdoor.publication = '1'")
        assert read(reader) == {"a": 1, "b": 1}
    assert prune_publications(council, kept=1) == 4
    with connect(council, role="bi_reader") as reader:
        assert read(reader) == {"a": 2}
    assert publish(council, first, published_at=MORNING) == published, "it is not published a second time"


def test_descriptions_reach_the_readers_view(council: Settings) -> None:
    publish_build(council, 1, ["a"])
    with connect(council, role="bi_reader") as reader:
        found = reader.execute("select col_description('safeguarding.dim_examples'::regclass, 2)").fetchone()
    assert found == ("Which build wrote it.",)


def test_a_mart_may_gain_a_column_but_not_change_a_type(council: Settings) -> None:
    publish_build(council, 1, ["a"])
    with connect(council, role="transformer") as connection:
        connection.execute("alter table marts.dim_examples add column label text default 'new'")
    publish_build(council, 2, ["a"])
    with connect(council, role="bi_reader") as reader:
        assert reader.execute("select label from safeguarding.dim_examples").fetchall() == [("new",)]
    with connect(council, role="transformer") as connection:
        connection.execute("alter table marts.dim_examples alter column label type varchar(9)")
    with pytest.raises(WarehouseError, match=r"dim_examples changed the type of column label"):
        publish_build(council, 3, ["a"])


@pytest.mark.parametrize("table", ["published.fct_examples", "marts.fct_examples", "vault.pepper", "ledger.deliveries"])
def test_a_bi_reader_reaches_nothing_but_the_views(council: Settings, table: str) -> None:
    publish_build(council, 1, ["a"])
    with connect(council, role="bi_reader") as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(f"select from {table}".encode())


def test_no_reader_sees_a_torn_publication(council: Settings) -> None:
    publish_build(council, 0, ["a", "b"])
    stop = threading.Event()
    torn: list[object] = []
    reads = [0]

    def watch() -> None:
        with connect(council, role="bi_reader", autocommit=True) as reader:
            while not stop.is_set():
                reads[0] += 1
                with reader.transaction():
                    first = read(reader)
                    second = dict(
                        reader.execute("select example_key, generation from safeguarding.dim_examples").fetchall()
                    )
                joined = reader.execute(
                    "select count(*) from safeguarding.dim_examples full join safeguarding.fct_examples"
                    " using (example_key, generation)"
                ).fetchone()
                if first != second or len(set(first.values())) != 1 or joined != (2,):
                    torn.append((first, second, joined))

    readers = [threading.Thread(target=watch) for _ in range(4)]
    for thread in readers:
        thread.start()
    for generation in range(1, 21):
        publish_build(council, generation, ["a", "b"])
    stop.set()
    for thread in readers:
        thread.join()
    assert torn == []
    assert reads[0] > 20


def test_what_is_current_is_none_before_the_first_publication(council: Settings, admin: psycopg.Connection) -> None:
    assert current_publication(admin) is None
