"""Links any files of person records by the warehouse's own models, and says who is whom and why."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from frontdoor.errors import FrontdoorError
from frontdoor.linkage.explain import CROSSWALK_RULE, REPEATED_RULE
from frontdoor.linkage.model import NONE, LinkageModel, load_linkage_model
from frontdoor.linkage.person_files import FileRead, read_person_file
from frontdoor.linkage.scratch import scratch_warehouse
from frontdoor.linkage.weights import TrainedWeights, read_weights, store_proposal
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import DbtResult, run_dbt

_WRITTEN = re.compile(r"(clusters|pairs)\.[0-9]+\.csv")
# So that a reader of the pairs may choose a threshold: below this none is worth choosing.
FAINTEST_WEIGHT = -10.0


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of one delivery: counts only, and where the two files are.

    Disbelieved is, by column, what could not be read or fails the model's check. A record whose adoption marker nobody
    explained is compared with nobody, to be safe.
    """

    path: Path
    read: FileRead
    child_count: int
    decision_counts: dict[str, int]
    oversized_block_count: int
    disbelieved_counts: dict[str, int]
    unexplained_marker_count: int
    is_by_shipped_weights: bool
    clusters_path: Path
    pairs_path: Path
    database_name: str
    dbt: DbtResult


def link_files(
    settings: Settings,
    paths: Sequence[Path],
    *,
    out: Path,
    weights: str,
    at: datetime,
    is_kept: bool = False,
) -> Iterator[Linked]:
    """Take the files in as successive deliveries and write, after each, which record is which child, and every pair.

    The first is a full build and the others increments, as in the warehouse. Raises FileRefused for a file that cannot
    be read, before anything of it counts.
    """
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise FrontdoorError(f"no such file, or a folder: {', '.join(missing)}")
    model = load_linkage_model(settings)
    chosen = _chosen(settings, paths, model, weights=weights, at=at)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FrontdoorError(f"the folder {out.name} cannot be made ({error.strerror}); name another: --out") from None
    with scratch_warehouse(settings, is_kept=is_kept) as scratch:
        if chosen is not None:
            _put_in_force(scratch, chosen, model, at=at)
        for file_no, path in enumerate(paths, start=1):
            read = _take_in(scratch, path, file_no=file_no, at=at)
            selector = "linkage" if file_no == 1 else "linkage_increment"
            result = run_dbt(
                scratch,
                selector=selector,
                build_no=file_no,
                full_refresh=file_no == 1,
                left_out=("test", "unit_test"),
                faintest_weight=FAINTEST_WEIGHT,
            )
            with connect(scratch, role="admin") as connection:
                connection.execute("update ledger.builds set state = 'published' where build_no = %s", [file_no])
            if file_no == 1:
                _forget_earlier_run(out)
            yield _written(
                scratch,
                path,
                read,
                model,
                out=out,
                file_no=file_no,
                result=result,
                is_by_shipped_weights=chosen is None,
            )


def _forget_earlier_run(out: Path) -> None:
    """What an earlier run wrote into the folder would be read as this one's where it had more files."""
    for path in out.iterdir():
        if path.is_file() and _WRITTEN.fullmatch(path.name):
            path.unlink()


def _take_in(scratch: Settings, path: Path, *, file_no: int, at: datetime) -> FileRead:
    with connect(scratch, role="admin") as connection:
        connection.execute(
            "insert into ledger.builds (build_no, is_full, state, started_at) overriding system value"
            " values (%s, %s, 'running', %s)",
            [file_no, file_no == 1, at],
        )
        connection.execute("set local role transformer")
        return read_person_file(connection, path, file_no=file_no, build_no=file_no, at=at)


def _chosen(
    settings: Settings, paths: Sequence[Path], model: LinkageModel, *, weights: str, at: datetime
) -> TrainedWeights | None:
    match weights:
        case "default":
            return None
        case "train":
            return trained_on(settings, paths, model, at=at)
        case version:
            with connect(settings, role="transformer") as connection:
                return read_weights(connection, version)


def trained_on(
    settings: Settings, paths: Sequence[Path], model: LinkageModel, *, at: datetime
) -> TrainedWeights | None:
    """Return weights that Splink estimates on the records of all files; None when they say too little.

    One register without doubles teaches nothing. Raises FileRefused for a file that cannot be read.
    """
    from frontdoor.linkage.splink_model import train

    with scratch_warehouse(settings) as scratch:
        for file_no, path in enumerate(paths, start=1):
            _take_in(scratch, path, file_no=file_no, at=at)
        run_dbt(scratch, selector="spine", build_no=len(paths), full_refresh=True, left_out=("test", "unit_test"))
        return train(scratch, model)


def _put_in_force(scratch: Settings, weights: TrainedWeights, model: LinkageModel, *, at: datetime) -> None:
    """Have a scratch warehouse link by these weights and thresholds; in a real one only a person decides that."""
    with connect(scratch, role="admin") as connection:
        version = store_proposal(connection, weights, model=model, report={}, at=at, by="frontdoor link")
        connection.execute("update linkage.weight_versions set state = 'superseded' where state = 'approved'")
        connection.execute("update linkage.weight_versions set state = 'approved' where version = %s", [version])


def _written(
    scratch: Settings,
    path: Path,
    read: FileRead,
    model: LinkageModel,
    *,
    out: Path,
    file_no: int,
    result: DbtResult,
    is_by_shipped_weights: bool,
) -> Linked:
    clusters, pairs = out / f"clusters.{file_no}.csv", out / f"pairs.{file_no}.csv"
    with connect(scratch, role="transformer") as connection:
        # As the models that read everybody: in memory, and shared between the workers.
        connection.execute("set local work_mem = '256MB'")
        connection.execute("set local parallel_tuple_cost = 0.01")
        _export(connection, clusters, _CLUSTERS)
        connection.execute(_outcomes(model).encode())
        _export(connection, pairs, _PAIRS)
        [[children]] = connection.execute(
            "select count(distinct child_key) from identity.int_children__members where not _is_retracted"
        ).fetchall()
        decisions = connection.execute(
            "select decision, count(*) from pg_temp.outcomes group by decision order by decision"
        ).fetchall()
        [[oversized]] = connection.execute(
            "select count(*) from identity.int_blocks__oversized where not _is_retracted"
        ).fetchall()
        [[unexplained, *failed]] = connection.execute(_NOT_BELIEVED, [file_no]).fetchall()
    disbelieved = Counter(read.unread_counts) + Counter(dict(zip(_BELIEVED_AS, failed, strict=True)))
    return Linked(
        path,
        read,
        children,
        dict(decisions),
        oversized,
        dict(disbelieved),
        unexplained,
        is_by_shipped_weights,
        clusters,
        pairs,
        scratch.database_name,
        result,
    )


# What was read, and what of it the model believes; an unborn child has none of these, whatever was written.
_BELIEVED_AS = {
    "nhs_number": ("nhs_number", "evident_nhs_number"),
    "upn": ("upn", "evident_upn"),
    "dob": ("birth_date", "evident_birth_date"),
    "postcode": ("postcode", "evident_postcode"),
}
_NOT_BELIEVED = """
    select
        count(*) filter (
            where standardised.adoption_side_code = 'PRE' and not starts_with(records.adoption_marker_code, 'PRE')
        ),
        {}
    from identity.int_person_records as records
    inner join identity.int_person_records__standardised as standardised on records.record_key = standardised.record_key
    where records._built_in = %s
""".format(
    ", ".join(
        f"count(*) filter (where records.{read} is not null and standardised.{believed} is null"
        " and not records.is_unborn)"
        for read, believed in _BELIEVED_AS.values()
    )
)
_CLUSTERS = """
    select agency_person_id as record_id, child_key
    from identity.int_children__members
    where not _is_retracted
    order by agency_person_id
"""
_OUTCOMES = """
    create temporary table outcomes on commit drop as
    select
        least(left_agency_person_id, right_agency_person_id) as "left",
        greatest(left_agency_person_id, right_agency_person_id) as "right",
        round(weight::numeric, 6) as weight,
        round((1 / (1 + power(2.0::double precision, -weight)))::numeric, 6) as probability,
        outcome_code as decision,
        case
            when outcome_code = 'none' then ''
            when outcome_code = 'linked' then concat_ws('; ', {rule}, {levels})
            -- What an adoption parts is not told from what anything else does: it would name both sides.
            when why_code = 'ADOPTION' then 'CONTRADICTED'
            else coalesce(why_code, '')
        end as reasons
    from identity.int_matches__outcomes
    -- An attempt across an adoption is nobody's to see.
    where why_code is distinct from 'ADOPTION' or outcome_code = 'separated'
"""
_PAIRS = """select * from pg_temp.outcomes order by "left", "right" """


def _outcomes(model: LinkageModel) -> str:
    """The pairs of all so far; of a linked one the rule that found it and how each field agrees."""
    rules = {CROSSWALK_RULE: "AGENCY_ID", REPEATED_RULE: "REPEATED"}
    rules |= {number: rule.code.upper() for number, rule in enumerate(model.blocking_rules, start=1)}
    rule = " ".join(f"when {number} then '{code}'" for number, code in rules.items())
    levels = []
    for comparison, shift in zip(model.comparisons, model.shifts().values(), strict=True):
        told = " ".join(
            f"when {number} then '{comparison.code} {level.code}'"
            for number, level in enumerate(comparison.levels)
            if level.code != NONE
        )
        levels.append(f"case (evidence >> {shift}) & {2**comparison.bits - 1} {told} end")
    return _OUTCOMES.format(rule=f"case rule_no {rule} end", levels=", ".join(levels))


def _export(connection: psycopg.Connection, path: Path, query: str) -> None:
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(sql.SQL(query))
    with _private(path) as file, connection.cursor().copy(statement) as copy:
        for block in copy:
            file.write(block)


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    """The file, readable by this user only, and in place only when it is whole."""
    draft = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise FrontdoorError(
            f"{path.name} cannot be written ({error.strerror}); mend it or name another --out"
        ) from None
