"""The weights that come with a release, put into the database so that linking works before anything was trained."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from frontdoor.errors import ContractError
from frontdoor.linkage.model import LinkageModel
from frontdoor.linkage.weights_in_force import comparisons_sha256

# A name hashes alike as forename and surname, so that two that changed places are seen; the spine's macros do the same.
TERM_SEEDS = {"forename": 3, "surname": 3, "postcode": 5}
SHIPPED_BY = "Frontdoor"
COLUMNS = ["term_code", "term", "frequency"]


@dataclass(frozen=True, slots=True)
class TermFrequency:
    """The share of people who bear a name, or live at a postcode."""

    term_code: str
    term: str
    frequency: float


def ensure_shipped(connection: psycopg.Connection, model: LinkageModel, *, frequencies: Path) -> None:
    """Make the version `default` what this release ships; running it twice changes nothing.

    It comes into force only where no version is: a trained one stays what it is and where it is.
    """
    connection.execute(
        _ENSURE_VERSION,
        {
            "version": model.version,
            "sha256": comparisons_sha256(model),
            "prior": model.prior,
            "link_at": model.link_at_probability,
            "review_at": model.review_at_probability,
            "by": SHIPPED_BY,
        },
    )
    _ensure_levels(connection, model)
    _ensure_terms(connection, model.version, list(_read(frequencies)))
    connection.execute(_PUT_IN_FORCE, {"version": model.version, "by": SHIPPED_BY})


def _ensure_levels(connection: psycopg.Connection, model: LinkageModel) -> None:
    levels = [
        (comparison.code, number, level.code, level.m, level.u)
        for comparison in model.comparisons
        for number, level in enumerate(comparison.levels)
        if number
    ]
    codes, numbers, names, ms, us = map(list, zip(*levels, strict=True))
    given = {"version": model.version, "codes": codes, "numbers": numbers, "names": names, "ms": ms, "us": us}
    connection.execute(_REMOVE_LEVELS, given)
    connection.execute(_ENSURE_LEVELS, given)


def _ensure_terms(connection: psycopg.Connection, version: str, terms: list[TermFrequency]) -> None:
    given = {
        "version": version,
        "codes": [term.term_code for term in terms],
        "terms": [term.term for term in terms],
        "seeds": [TERM_SEEDS[term.term_code] for term in terms],
        "frequencies": [term.frequency for term in terms],
    }
    connection.execute(_REMOVE_TERMS, given)
    connection.execute(_ENSURE_TERMS, given)


def _read(path: Path) -> Iterator[TermFrequency]:
    """Yield the shipped frequencies; none when the file is not there, and then every name is as common as another."""
    if not path.is_file():
        return
    seen: set[tuple[str, str]] = set()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != COLUMNS:
            raise ContractError(f"{path.name}: the first line is not {','.join(COLUMNS)}")
        for row in reader:
            term = _term(row, place=f"{path.name}: line {reader.line_num}")
            if (term.term_code, term.term) in seen:
                raise ContractError(f"{path.name}: line {reader.line_num}: this {term.term_code} is there twice")
            seen.add((term.term_code, term.term))
            yield term


def _term(row: dict[str, str], *, place: str) -> TermFrequency:
    try:
        frequency = float(row["frequency"])
    except (TypeError, ValueError):
        frequency = 0.0
    if row["term_code"] not in TERM_SEEDS or not row["term"] or not 0 < frequency <= 1:
        raise ContractError(f"{place}: write forename, surname or postcode, then the term, then a share of 1")
    return TermFrequency(row["term_code"], row["term"], frequency)


_ENSURE_VERSION = """
    insert into linkage.weight_versions as held (
        version, state, origin, comparisons_sha256, prior, link_at_probability, review_at_probability,
        proposed_at, proposed_by
    )
    values (%(version)s, 'superseded', 'shipped', %(sha256)s, %(prior)s, %(link_at)s, %(review_at)s, now(), %(by)s)
    on conflict (version) do update set
        comparisons_sha256 = excluded.comparisons_sha256,
        prior = excluded.prior,
        link_at_probability = excluded.link_at_probability,
        review_at_probability = excluded.review_at_probability
    where held.origin = 'shipped'
        and (held.comparisons_sha256, held.prior, held.link_at_probability, held.review_at_probability)
        <> (excluded.comparisons_sha256, excluded.prior, excluded.link_at_probability, excluded.review_at_probability)
"""
_PUT_IN_FORCE = """
    update linkage.weight_versions
    set state = 'approved', decided_at = now(), decided_by = %(by)s, reason = 'shipped, and none other is in force'
    where version = %(version)s
        and not exists (select from linkage.weight_versions where state = 'approved')
"""
_REMOVE_LEVELS = """
    delete from linkage.weights as held
    where version = %(version)s
        and (comparison_code, level_no) not in (
            select * from unnest(%(codes)s::text[], %(numbers)s::smallint[])
        )
"""
_ENSURE_LEVELS = """
    insert into linkage.weights as held (version, comparison_code, level_no, level_code, m, u)
    select %(version)s, given.*
    from unnest(
        %(codes)s::text[], %(numbers)s::smallint[], %(names)s::text[], %(ms)s::float8[], %(us)s::float8[]
    ) as given
    on conflict (version, comparison_code, level_no) do update
    set level_code = excluded.level_code, m = excluded.m, u = excluded.u
    where (held.level_code, held.m, held.u) <> (excluded.level_code, excluded.m, excluded.u)
"""
_REMOVE_TERMS = """
    delete from linkage.term_frequencies as held
    where version = %(version)s
        and (term_code, term_hash) not in (
            select given.code, hashtextextended(given.term, given.seed)
            from unnest(%(codes)s::text[], %(terms)s::text[], %(seeds)s::bigint[]) as given (code, term, seed)
        )
"""
_ENSURE_TERMS = """
    insert into linkage.term_frequencies as held (version, term_code, term_hash, frequency)
    select %(version)s, given.code, hashtextextended(given.term, given.seed), given.frequency
    from unnest(%(codes)s::text[], %(terms)s::text[], %(seeds)s::bigint[], %(frequencies)s::float8[])
        as given (code, term, seed, frequency)
    on conflict (version, term_code, term_hash) do update set frequency = excluded.frequency
    where held.frequency <> excluded.frequency
"""
