"""Records linked in a scratch warehouse, delivery by delivery, and what they became."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from frontdoor.linkage.person_files import COLUMNS, FileRead, read_person_file
from frontdoor.linkage.scratch import scratch_warehouse
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOT_TESTED = ("test", "unit_test")

PersonRow = Mapping[str, str]
Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A pair as the build kept it, and what became of it."""

    rule_no: int
    evidence: int
    weight: float
    decision: str
    reason: str | None


def write_rows(path: Path, rows: Iterable[PersonRow], columns: Sequence[str] = COLUMNS) -> Path:
    """Write a file of person records with every column there is, or with these only."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


class ScratchLinks:
    """Takes deliveries of person records in, as `frontdoor link` does, and can be asked what became of them."""

    def __init__(self, scratch: Settings, folder: Path) -> None:
        self.scratch = scratch
        self.build_no = 0
        self._folder = folder

    def deliver(
        self,
        rows: Iterable[PersonRow],
        *,
        is_published: bool = True,
        columns: Sequence[str] = COLUMNS,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> FileRead:
        """Take one delivery in and link it with what is there: the first in full, later ones as increments.

        What is done `meanwhile` is done when the build has begun.
        """
        path = write_rows(self._folder / f"delivery-{self.build_no + 1}.csv", rows, columns)
        build_no = self._open_build()
        with connect(self.scratch, role="admin") as connection:
            connection.execute("set local role transformer")
            read = read_person_file(connection, path, file_no=build_no, build_no=build_no, at=MONDAY)
        meanwhile()
        self._link(is_full=build_no == 1, is_published=is_published)
        return read

    def rebuild(self, *, is_full: bool, is_published: bool = True) -> None:
        """Build once more without news, or with people's decisions for news."""
        self._open_build()
        self._link(is_full=is_full, is_published=is_published)

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What the scratch warehouse answers."""
        with connect(self.scratch, role="admin") as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def children(self) -> dict[str, str]:
        """The key of each record's child, by the record's own number."""
        members = self.rows(
            "select agency_person_id, child_key from identity.int_children__members where not _is_retracted"
        )
        children = dict(members)
        assert len(children) == len(members), "a record is in two children"
        return children

    def groups(self) -> set[frozenset[str]]:
        """Which records are one child, whatever their keys."""
        found: dict[str, set[str]] = {}
        for record, child in self.children().items():
            found.setdefault(child, set()).add(record)
        return set(map(frozenset, found.values()))

    def components(self) -> set[frozenset[str]]:
        """Which records hang together by links, whether or not they are one child."""
        found: dict[int, set[str]] = {}
        for record, component in self.rows(_COMPONENTS):
            found.setdefault(component, set()).add(record)
        return set(map(frozenset, found.values()))

    def pairs(self) -> dict[Pair, Found]:
        """Every pair that was kept."""
        return {frozenset((left, right)): Found(*found) for left, right, *found in self.rows(_PAIRS)}

    def questions(self) -> set[tuple[Pair, str]]:
        """Every pair that waits for a person, and why."""
        return {(frozenset((left, right)), reason) for left, right, reason in self.rows(_QUESTIONS)}

    def open_reviews(self) -> set[Pair]:
        """What the steward's queue asks: one pair for two children, unless somebody answered."""
        return {frozenset(pair) for pair in self.rows(_REVIEWS)}

    def _open_build(self) -> int:
        self.build_no += 1
        with connect(self.scratch, role="admin") as connection:
            connection.execute(
                "insert into ledger.builds (build_no, is_full, state, started_at, decided_up_to)"
                " overriding system value"
                " values (%s, %s, 'running', %s, (select coalesce(max(decision_no), 0) from linkage.decisions))",
                [self.build_no, self.build_no == 1, MONDAY],
            )
        return self.build_no

    def _link(self, *, is_full: bool, is_published: bool) -> None:
        run_dbt(
            self.scratch,
            selector="linkage" if is_full else "linkage_increment",
            build_no=self.build_no,
            full_refresh=is_full,
            left_out=NOT_TESTED,
        )
        if is_published:
            with connect(self.scratch, role="admin") as connection:
                connection.execute("update ledger.builds set state = 'published' where build_no = %s", [self.build_no])


@contextmanager
def scratch_links(server: Settings, folder: Path) -> Iterator[ScratchLinks]:
    """An empty scratch warehouse, gone afterwards."""
    with scratch_warehouse(server) as scratch:
        yield ScratchLinks(scratch, folder)


_PAIRS = """
    select left_agency_person_id, right_agency_person_id, rule_no, evidence, weight, outcome_code, why_code
    from identity.int_matches__outcomes
"""
_QUESTIONS = """
    select one.agency_person_id, other.agency_person_id, open.reason_code
    from identity.int_review_pairs as open
    inner join identity.int_children__members as one on open.left_record_key = one.record_key
    inner join identity.int_children__members as other on open.right_record_key = other.record_key
    where not open._is_retracted
"""
_REVIEWS = """
    select one.agency_person_id, other.agency_person_id
    from identity.int_reviews as open
    inner join identity.int_children__members as one on open.left_record_key = one.record_key
    inner join identity.int_children__members as other on open.right_record_key = other.record_key
"""
_COMPONENTS = """
    select agency_person_id, component_no from identity.int_children__members where not _is_retracted
"""
