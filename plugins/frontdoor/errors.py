"""What can go wrong, in words for the person who must act.

Messages say what happened, where, and what to do; they never hold a value of a person's record.
"""


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
