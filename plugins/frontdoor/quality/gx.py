"""Great Expectations, quiet and without the parts it loads but we never use.

Half of its import time (4.5 of 9 CPU seconds here) is charts and statistics for one expectation that no suite of
ours holds. They are loaded when first touched instead of at import; a suite that needs them would still work.
"""

import importlib
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from types import ModuleType
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.expectations.expectation import Expectation

# PostgreSQL's word for an error of which nothing else is known.
UNKNOWN_ERROR = "XX000"
_ERROR_CLASS = re.compile(r"psycopg2?\.errors\.(\w+)")
_SELDOM_USED = ("altair", "scipy.stats", "scipy.special")


def ephemeral_context() -> "EphemeralDataContext":
    """Return a new Great Expectations context that keeps nothing on disk, reports to nobody and shows no progress."""
    gx = import_great_expectations()
    context: EphemeralDataContext = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def import_great_expectations() -> ModuleType:
    """Import Great Expectations with analytics off, logging quiet and its seldom used parts deferred."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _deferred(_SELDOM_USED):
        import great_expectations
    # Its INFO lines number in the hundreds; its warnings may quote what it was given.
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    logging.getLogger("great_expectations._docs_decorators").setLevel(logging.ERROR)
    return great_expectations  # type: ignore[no-any-return,unused-ignore]


class _Deferred(ModuleType):
    """Stands for a module until one of its attributes is wanted, then answers with the module's own."""

    def __getattr__(self, attribute: str) -> object:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), attribute)


@contextmanager
def _deferred(names: tuple[str, ...]) -> Iterator[None]:
    """Let modules imported inside hold stand-ins for the named ones; everybody else imports the real ones later."""
    stand_ins = {name: _Deferred(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule is met; `sqlstate` is set when it could not be evaluated, which is not met."""

    rule_id: str
    is_met: bool
    sqlstate: str | None = None


def verdicts(url: str, *, name: str, expectations: Sequence["Expectation"]) -> list[Verdict]:
    """Return the verdict on each expectation, which bears its rule's id in `meta`, from one pass over the database.

    A result holds values as soon as its format is more than BOOLEAN_ONLY or its SQL raises (reliability.md 3), so
    only the id, whether it is met and an SQLSTATE are taken out of it; the rest is dropped here.
    """
    gx = import_great_expectations()
    with redirect_stdout(StringIO()):
        context = ephemeral_context()
        source = context.data_sources.add_postgres("warehouse", connection_string=url)
        batch = source.add_query_asset("moment", query="select 1 as one").add_batch_definition_whole_table("all")
        suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=list(expectations)))
        definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
        try:
            results = definition.run(result_format="BOOLEAN_ONLY").results
        finally:
            source.get_execution_engine().engine.dispose()
    return [_allowed(result) for result in results]


def _allowed(result: "ExpectationValidationResult") -> Verdict:
    """Take out of a result what may leave it."""
    sqlstate = _sqlstate(result.exception_info)
    rule_id = str(result.expectation_config.meta["rule_id"])
    return Verdict(rule_id, bool(result.success) and sqlstate is None, sqlstate)


def _sqlstate(exception_info: object) -> str | None:
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
