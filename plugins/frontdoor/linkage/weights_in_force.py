"""Which version of weights is in force, whether it fits the comparisons, and what tells two sets of numbers apart."""

import hashlib
import json

import psycopg

from frontdoor.errors import WarehouseError
from frontdoor.linkage.model import LinkageModel


def comparisons_sha256(model: LinkageModel) -> str:
    """Return the SHA-256 of what the levels mean and in which order; the shipped m and u are no part of it."""
    meant = [
        [comparison.code, [[level.code, level.sql, level.term_frequency] for level in comparison.levels]]
        for comparison in model.comparisons
    ]
    return hashlib.sha256(json.dumps(meant).encode()).hexdigest()


def version_in_force(connection: psycopg.Connection) -> str | None:
    """Return the approved version's name; None in a database that was never given one."""
    row = connection.execute("select version from linkage.weight_versions where state = 'approved'").fetchone()
    return row[0] if row else None


def fitting_version(connection: psycopg.Connection, model: LinkageModel) -> str | None:
    """Return the approved version's name, once sure that its weights are for the comparisons as they are now.

    Raises WarehouseError otherwise: a level's number would mean another level. Nothing falls back by itself.
    """
    row = connection.execute(
        "select version, comparisons_sha256 from linkage.weight_versions where state = 'approved'"
    ).fetchone()
    if row is not None and row[1] != comparisons_sha256(model):
        raise WarehouseError(
            f"the match weights in force, {row[0]}, were made for other comparisons than comparisons.yaml has now;"
            " approve `default` (frontdoor init, then frontdoor weights approve default), build, and train anew"
        )
    return row[0] if row else None


def weights_digest(connection: psycopg.Connection, version: str | None) -> str:
    """Return what tells a version's numbers from all others; the same text as long as no weight changes.

    Worked out from the rows: `default` keeps its name when a release brings other numbers.
    """
    row = connection.execute(_DIGEST, [version]).fetchone()
    return row[0] if row else "no weights"


_DIGEST = """
    select concat_ws(
        '|', version, prior, link_at_probability, review_at_probability,
        (
            select bit_xor(hashtextextended(concat_ws('|', comparison_code, level_no, level_code, m, u), 0))
            from linkage.weights where version = held.version
        ),
        (
            select bit_xor(hashtextextended(concat_ws('|', term_code, term_hash, frequency), 0))
            from linkage.term_frequencies where version = held.version
        )
    )
    from linkage.weight_versions as held
    where version = %s
"""
