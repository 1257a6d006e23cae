"""Contracts and checks as Great Expectations: the only place that builds an expectation.

Every expectation runs the rule's or check's own SQL text and expects no rows. Great Expectations is imported inside
the functions, because that takes seconds.
"""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from frontdoor.contracts.model import FeedContract

if TYPE_CHECKING:
    from great_expectations.expectations import UnexpectedRowsExpectation

# Great Expectations' words for what a broken rule means.
SEVERITIES = {
    "reject": "critical",
    "quarantine": "warning",
    "warn": "info",
}
# The id under which rules that nothing seems to break are judged together.
ALL_OTHERS = "ALL-OTHERS"
CHECK_SEVERITIES = {1: "critical", 2: "warning", 3: "warning", 4: "info"}
_BIND_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


def delivery_expectations(
    contract: FeedContract, *, delivery_ids: Collection[int], apart: Collection[str] | None = None
) -> "list[UnexpectedRowsExpectation]":
    """Return a contract's record rules as expectations over these deliveries.

    Each rule is one expectation; with `apart` only those named are, and all others are one together (ALL_OTHERS),
    because Great Expectations costs by the expectation.
    """
    asked = [rule for rule in contract.rules if apart is None or rule.rule_id in apart]
    others = [rule for rule in contract.rules if rule not in asked]
    expectations = [
        _expectation(
            rule.rule_id,
            sentence=rule.sentence,
            severity=SEVERITIES[rule.severity],
            query=rule.sql_for(delivery_ids),
        )
        for rule in asked
    ]
    if others:
        together = "\nunion all\n".join(f"({rule.sql_for(delivery_ids)})" for rule in others)
        sentence = "No record breaks any other rule of the contract."
        expectations.append(_expectation(ALL_OTHERS, sentence=sentence, severity="critical", query=together))
    return expectations


def check_expectation(check_id: str, *, sentence: str, severity: int, sql: str) -> "UnexpectedRowsExpectation":
    """Return a check of the catalogue as an expectation."""
    return _expectation(check_id, sentence=sentence, severity=CHECK_SEVERITIES[severity], query=sql)


def verbatim(query: str) -> str:
    """Return a query so written that Great Expectations and SQLAlchemy leave it as it is.

    The one reads braces as its parameters, the other a colon before a word.
    """
    return _BIND_PARAMETER.sub(r"\:", query.replace("{", "{{").replace("}", "}}"))


def _expectation(rule_id: str, *, sentence: str, severity: str, query: str) -> "UnexpectedRowsExpectation":
    from frontdoor.quality.gx import import_great_expectations

    expectations = import_great_expectations().expectations
    expectation: UnexpectedRowsExpectation = expectations.UnexpectedRowsExpectation(
        # The text names its deliveries itself; Great Expectations complains on stdout of one without its parameter.
        unexpected_rows_query=f"/* {{batch}} */ {verbatim(query)}",
        description=sentence,
        severity=severity,
        meta={"rule_id": rule_id},
    )
    return expectation
