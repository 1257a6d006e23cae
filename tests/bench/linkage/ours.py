"""`frontdoor link` on a file, and what its scratch warehouse then holds."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from frontdoor.linkage.link import Linked, link_files
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from psycopg import sql
from psycopg.rows import dict_row

from tests.bench.linkage import metrics

# The later of pseudopeople's censuses counts children born until 2030.
AS_OF = datetime(2031, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair as pairs.N.csv has it."""

    weight: float
    left: str
    right: str
    decision: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What linking made of the records: after the last file, and how long each model took for each file."""

    clusters: Mapping[str, str]
    pairs: Sequence[Pair]
    reviews: Sequence[tuple[str, str]]
    seconds: Sequence[Mapping[str, float]]
    scratch: Settings

    def weighed(self) -> list[tuple[float, str, str]]:
        """The pairs and their weights alone."""
        return [(pair.weight, pair.left, pair.right) for pair in self.pairs]

    def after_review(self, truth: Mapping[str, str]) -> dict[str, str]:
        """The grouping when a reviewer who knows the truth has answered every open question."""
        first: dict[str, str] = {}
        joined = [(first.setdefault(child, record), record) for record, child in self.clusters.items()]
        answered = [pair for pair in self.reviews if truth[pair[0]] == truth[pair[1]]]
        return metrics.clusters(self.clusters, [*joined, *answered])

    def review_share(self) -> float:
        """The share of records that an open question is about."""
        return len({record for pair in self.reviews for record in pair}) / max(len(self.clusters), 1)


@contextmanager
def linked(
    settings: Settings,
    paths: Sequence[Path],
    *,
    out: Path,
    weights: str,
    after_first: Callable[[Settings], None] = lambda scratch: None,
) -> Iterator[Outcome]:
    """Link the files one after the other; the scratch warehouse stays until the block is left."""
    before = _databases(settings)
    try:
        runs: list[Linked] = []
        for run in link_files(settings, paths, out=out, weights=weights, at=AS_OF, is_kept=True):
            name = run.database_name
            if not runs:
                after_first(_scratch(settings, name))
            runs.append(run)
        yield _outcome(
            _scratch(settings, name), runs[-1].clusters_path, runs[-1].pairs_path, [r.dbt.node_seconds for r in runs]
        )
    finally:
        for name in _databases(settings) - before:
            with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def of_warehouse(settings: Settings) -> Outcome:
    """The same of a council's own warehouse; a record is called by its scope and number."""
    named = "{}.person_scope || '|' || {}.agency_person_id"
    one, other = named.format("one", "one"), named.format("other", "other")
    with connect(settings, role="transformer") as connection:
        clusters = dict(
            connection.execute(
                f"select {one}, child_key from identity.int_children__members as one where not _is_retracted"
            ).fetchall()
        )
        pairs = connection.execute(_PAIRS.format(one=one, other=other)).fetchall()
        reviews = connection.execute(_REVIEWS.format(one=one, other=other)).fetchall()
    return Outcome(clusters, [Pair(*pair) for pair in pairs], reviews, [], settings)


def facts_of_warehouse(settings: Settings) -> dict[str, dict[str, str]]:
    """What groups of a council's own records are told by, for each record."""
    with connect(settings, role="transformer") as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select person_scope || '|' || agency_person_id as record_id, nhs_number, upn, forename, surname,"
            " birth_date::text as dob, ethnicity_code as ethnicity,"
            " case when is_unborn or restricted_code <> 'N' then 'Y' end as is_left_to_people"
            " from identity.int_person_records"
        ).fetchall()
    return {row["record_id"]: {name: value or "" for name, value in row.items()} for row in rows}


def _outcome(scratch: Settings, clusters: Path, pairs: Path, seconds: Sequence[Mapping[str, float]]) -> Outcome:
    with clusters.open(encoding="utf-8", newline="") as file:
        children = {row["record_id"]: row["child_key"] for row in csv.DictReader(file)}
    with pairs.open(encoding="utf-8", newline="") as file:
        found = [
            Pair(float(row["weight"]), row["left"], row["right"], row["decision"], row["reasons"])
            for row in csv.DictReader(file)
        ]
    with connect(scratch, role="transformer") as connection:
        reviews = connection.execute(
            _REVIEWS.format(one="one.agency_person_id", other="other.agency_person_id")
        ).fetchall()
    return Outcome(children, found, reviews, seconds, scratch)


_PAIRS = """
    select pairs.weight, {one}, {other}, pairs.decision_code, coalesce(pairs.reason_code, '')
    from identity.int_matches__pairs as pairs
    inner join identity.int_children__members as one on pairs.left_record_no = one.record_no
    inner join identity.int_children__members as other on pairs.right_record_no = other.record_no
    where not pairs._is_retracted
"""
_REVIEWS = """
    select {one}, {other}
    from identity.int_reviews as reviews
    inner join identity.int_children__members as one on reviews.left_record_key = one.record_key
    inner join identity.int_children__members as other on reviews.right_record_key = other.record_key
"""


def _databases(settings: Settings) -> set[str]:
    with connect(settings, role="admin", database="postgres", autocommit=True) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database where datname ^@ 'link_'")}


def _scratch(settings: Settings, name: str) -> Settings:
    return settings.model_copy(
        update={"database_name": name, "home": settings.home / "link", "server_home": settings.home}
    )
