"""Great Expectations, quiet and without the parts it loads but we never use.

Half of its import time (4.5 of 9 CPU seconds here) is charts and statistics for one expectation that no suite of
ours holds. They are loaded when first touched instead of at import; a suite that needs them would still work.
"""

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext

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
