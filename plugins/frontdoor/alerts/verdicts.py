"""Great Expectations' verdict on each check: met or not, and nothing else that it knows.

A result holds values as soon as its format is more than BOOLEAN_ONLY or its SQL raises (reliability.md 3), so only the
check's id, whether it is met and an SQLSTATE are taken out of it; the rest is dropped here.
"""

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from frontdoor.alerts.catalogue import Question
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import database_url

# PostgreSQL's word for an error of which nothing else is known.
UNKNOWN_ERROR = "XX000"
_ERROR_CLASS = re.compile(r"psycopg2?\.errors\.(\w+)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a check is met; `sqlstate` is set when it could not be evaluated, which is not met."""

    check_id: str
    is_met: bool
    sqlstate: str | None = None
    breaking_count: int | None = None

    @property
    def is_evaluated(self) -> bool:
        """Whether an answer was had at all."""
        return self.sqlstate is None


def judge(settings: Settings, questions: Sequence[Question], *, publication_no: int | None) -> dict[str, Verdict]:
    """Return the verdict on each check, from one pass of Great Expectations as the read-only validator."""
    if not questions:
        return {}
    from expectations.suites import check_expectation

    from frontdoor.quality.gx import ephemeral_context, import_great_expectations

    gx = import_great_expectations()
    with contextlib.redirect_stdout(io.StringIO()):
        context = ephemeral_context()
        source = context.data_sources.add_postgres("warehouse", connection_string=_url(settings, publication_no))
        batch = source.add_query_asset("moment", query="select 1 as one").add_batch_definition_whole_table("all")
        suite = gx.ExpectationSuite(
            name="checks",
            expectations=[
                check_expectation(
                    question.check.id,
                    sentence=question.check.sentence,
                    severity=question.check.severity,
                    sql=question.sql,
                )
                for question in questions
            ],
        )
        definition = gx.ValidationDefinition(name="checks", data=batch, suite=context.suites.add(suite))
        context.validation_definitions.add(definition)
        result = definition.run(result_format="BOOLEAN_ONLY")
        source.get_execution_engine().engine.dispose()
    return {verdict.check_id: verdict for verdict in _allowed(result.results)}


def _url(settings: Settings, publication_no: int | None) -> str:
    """The validator's URL, pinned to one publication so that verdict and keys are read from the same marts."""
    url = database_url(settings, role="validator", driver="psycopg")
    if publication_no is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}options=-cfrontdoor.publication%3D{publication_no}"


def _allowed(results: Sequence[Any]) -> Iterator[Verdict]:
    """Take out of Great Expectations' results what may leave them."""
    for result in results:
        check_id = result.expectation_config.meta["rule_id"]
        sqlstate = _sqlstate(result.exception_info)
        yield Verdict(check_id, bool(result.success) and sqlstate is None, sqlstate)


def _sqlstate(exception_info: Any) -> str | None:
    """Return the SQLSTATE of what was raised, or None when nothing was; its message may hold a value."""
    if not isinstance(exception_info, dict):
        return None
    if exception_info.get("raised_exception"):
        told = f"{exception_info.get('exception_message')} {exception_info.get('exception_traceback')}"
        found = _ERROR_CLASS.search(told)
        error = getattr(psycopg.errors, found[1], None) if found else None
        return str(getattr(error, "sqlstate", None) or UNKNOWN_ERROR)
    nested = (_sqlstate(inner) for inner in exception_info.values())
    return next((state for state in nested if state is not None), None)
