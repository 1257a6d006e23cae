"""New weights from the warehouse's own records: estimated, compared with those in force, stored as a proposal."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from frontdoor.contracts.codes import load_code_list
from frontdoor.errors import WarehouseError
from frontdoor.linkage.model import TRAINED, LinkageModel, load_linkage_model
from frontdoor.linkage.scales import Scale, scale_of
from frontdoor.linkage.weight_report import compare_scales
from frontdoor.linkage.weights import (
    TrainedWeights,
    require_complete,
    store_proposal,
)
from frontdoor.linkage.weights_in_force import fitting_version
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

# Below this, chance decides about the weights more than the records do.
FEWEST_RECORDS = 1_000
PROPOSALS_LOCK = 7_304_008
# Who proposes when no person did.
MONTHLY_TRAINING = "train_linkage"

Trainer = Callable[[Settings, LinkageModel], TrainedWeights | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed version with its report; `is_new` is false when the same records had led to it before."""

    version: str
    report: Mapping[str, Any]
    is_new: bool

    def counts(self) -> dict[str, int]:
        """The version's name and the report's main figures as whole numbers: all that a task may hand on.

        Shares are of ten thousand, the gap is in hundredths of a point; -1 where nothing could be told.
        """
        year, month, day, number = map(int, self.version.split("-"))
        decisions, quality, gap = (self.report[part] for part in ("decisions", "quality", "widest_gap"))
        told = ("pairs", "linked_anew", "no_longer_linked", "reviewed_anew", "no_longer_reviewed")
        return {
            "year": year,
            "month": month,
            "day": day,
            "number": number,
            **{name: decisions[name] for name in (*told, "records_touched", "children_touched")},
            **{
                f"{which}_{figure}": _whole(quality[f"{which}_{figure}"], 10_000)
                for which in ("old", "new")
                for figure in ("precision", "recall")
            },
            **{f"{which}_gap": _whole(gap[which], 100) for which in ("old", "new")},
        }


def version_of(counts: Mapping[str, int]) -> str:
    """Return the name of the version that a task's counts are about."""
    return "{year:04}-{month:02}-{day:02}-{number}".format_map(counts)


def propose(settings: Settings, *, at: datetime, by: str, train: Trainer | None = None) -> Proposal | None:
    """Train on the records of the last build, store a proposal and return it; None when they say too little.

    The same records give the same proposal, so asking twice stores one, also when two ask at once: the second waits.
    It is in force when a person approves it.
    """
    try:
        with _one_at_a_time(settings):
            return _propose(settings, at=at, by=by, train=train or _train_with_splink)
    except psycopg.Error as error:
        raise WarehouseError("new match weights could not be proposed", sqlstate=error.sqlstate) from None


def _propose(settings: Settings, *, at: datetime, by: str, train: Trainer) -> Proposal | None:
    model = load_linkage_model(settings)
    with connect(settings, role="transformer", application_name="frontdoor weights") as connection:
        basis = _basis(connection, model)
        if basis is None:
            return None
        earlier = _earlier(connection, basis)
        if earlier is not None:
            return earlier
    trained = train(settings, model)
    if trained is None:
        return None
    require_complete(trained.levels, model)
    with connect(settings, role="transformer", application_name="frontdoor weights") as connection:
        old = scale_of(connection, basis["compared_with"])
        new = Scale(trained, TRAINED, model.link_at_probability, model.review_at_probability)
        report = {**basis, **compare_scales(connection, model, old, new, ethnicities=_ethnicities(settings))}
        version = store_proposal(connection, trained, model=model, report=report, at=at, by=by)
    return Proposal(version, report, is_new=True)


def compare(settings: Settings, version: str) -> dict[str, Any]:
    """Return what a stored version would change today against the one in force; stores nothing."""
    model = load_linkage_model(settings)
    try:
        with connect(settings, role="transformer", application_name="frontdoor weights") as connection:
            in_force = fitting_version(connection, model)
            if in_force is None or not _has_pairs(connection):
                raise WarehouseError("there is nothing to compare: run `frontdoor build` first")
            old, new = scale_of(connection, in_force), scale_of(connection, version)
            require_complete(new.weights.levels, model)
            report = compare_scales(connection, model, old, new, ethnicities=_ethnicities(settings))
    except psycopg.Error as error:
        raise WarehouseError("the match weights could not be compared", sqlstate=error.sqlstate) from None
    return {"compared_with": in_force, **report}


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Hold the lock that lets one training run at a time; ends with this process, however that ends."""
    with connect(settings, role="transformer", application_name="frontdoor weights", autocommit=True) as connection:
        # Another training may take as long as it takes.
        connection.execute("set lock_timeout = 0")
        connection.execute("set statement_timeout = 0")
        connection.execute("select pg_advisory_lock(%s)", [PROPOSALS_LOCK])
        yield


def _basis(connection: psycopg.Connection, model: LinkageModel) -> dict[str, Any] | None:
    """What the training would rest on; None when that is too little."""
    if not _has_pairs(connection):
        return None
    [(build_no, records)] = connection.execute(
        "select (select max(build_no) from ledger.builds where state = 'published'), count(*)"
        " from identity.int_person_records__spine where not _is_retracted"
    ).fetchall()
    if records < FEWEST_RECORDS:
        return None
    return {"trained_on_build": build_no, "records": records, "compared_with": fitting_version(connection, model)}


def _has_pairs(connection: psycopg.Connection) -> bool:
    tables = ["identity.int_person_records__spine", "identity.int_matches__pairs"]
    return all(connection.execute("select to_regclass(%s) is not null", [name]).fetchall()[0][0] for name in tables)


def _earlier(connection: psycopg.Connection, basis: Mapping[str, Any]) -> Proposal | None:
    row = connection.execute(
        "select version, report from linkage.weight_versions"
        " where state = 'proposed' and report ->> 'compared_with' = %(compared_with)s"
        " and (report ->> 'trained_on_build')::bigint is not distinct from %(trained_on_build)s::bigint"
        " order by proposed_at desc, version desc limit 1",
        basis,
    ).fetchone()
    return Proposal(row[0], row[1], is_new=False) if row else None


def _ethnicities(settings: Settings) -> frozenset[str]:
    return frozenset(code.code for code in load_code_list("ethnicities", folder=settings.codes_dir).codes)


def _train_with_splink(settings: Settings, model: LinkageModel) -> TrainedWeights | None:
    from frontdoor.linkage.splink_model import train

    return train(settings, model)


def _whole(share: float | None, parts: int) -> int:
    return -1 if share is None else round(share * parts)
