"""What can go wrong, in words for the person who must act.

Messages say what happened, where, and what to do; they never hold a value of a person's record.
"""

from traceback import walk_tb

OUR_PACKAGES = ("frontdoor", "expectations")


class FrontdoorError(Exception):
    """Base of every error Frontdoor raises on purpose."""


class SettingsError(FrontdoorError):
    """A setting is missing or contradicts another."""


class ContractError(FrontdoorError):
    """A feed contract or check in the catalogue cannot be used as written."""


class DeliveryRefused(FrontdoorError):
    """A delivery cannot be landed; its receipt says why.

    `rule_id` is the delivery rule that refused it.
    """

    def __init__(self, message: str, *, rule_id: str) -> None:
        super().__init__(message)
        self.rule_id = rule_id


class WarehouseError(FrontdoorError):
    """The database, dbt or a publication did not do what was asked.

    `sqlstate` is PostgreSQL's code where there is one.
    """

    def __init__(self, message: str, *, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def value_free(error: BaseException) -> FrontdoorError:
    """Return `error` as one that may be logged: ours keeps its words, anything else only its class and place.

    Drivers and parsers quote the value they choke on, so neither their message nor what led to it may travel on.
    """
    told = error if isinstance(error, FrontdoorError) else FrontdoorError(f"{type(error).__name__} {_place(error)}")
    told.__cause__ = told.__context__ = None
    told.__suppress_context__ = True
    return told


def _place(error: BaseException) -> str:
    """Where in our own code `error` came up, else where it was raised."""
    frames = list(walk_tb(error.__traceback__))
    ours = [frame for frame in frames if str(frame[0].f_globals.get("__name__", "")).split(".")[0] in OUR_PACKAGES]
    if not frames:
        return "nowhere"
    frame, line = (ours or frames)[-1]
    return f"in {frame.f_globals.get('__name__')}, line {line}"
