"""A feed contract as the rest of Frontdoor knows it: plain, frozen, without the standard's many options."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

FieldType = Literal["text", "code", "codes", "timestamp", "date", "integer", "decimal", "boolean", "ternary", "json"]
Classification = Literal["public", "internal", "personal", "special", "identifier"]
Format = Literal["csv", "json", "jsonl"]
Severity = Literal["reject", "quarantine", "warn"]

# Where a rule's text takes the deliveries it judges: a table expression with `delivery_id` and `extract_at`.
DELIVERIES = "{deliveries}"


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list; `alias_of` is the code it is another spelling of."""

    code: str
    label: str
    alias_of: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes a field may hold."""

    name: str
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class ContractField:
    """One column of a feed; a mandatory column must be in the file, a field that is not nullable must be filled."""

    name: str
    header: str
    type: FieldType
    description: str
    classification: Classification
    synonyms: tuple[str, ...] = ()
    is_mandatory: bool = False
    is_nullable: bool = True
    code_list: CodeList | None = None


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A sum the manifest states: `sql` works it out over a delivery's records, `sentence` says of what."""

    name: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A rule each record must keep: one SQL text that finds those that do not.

    `sql` returns `_delivery_id, _row_number` over `landing.<feed>`, for the deliveries put where it says
    `{deliveries}`; it selects no value and none of its casts can fail. `field` is the field a broken rule makes
    unbelievable; null when the record is held as it stands. A rule about the delivery returns its first line.
    """

    rule_id: str
    sentence: str
    severity: Severity
    field: str | None
    sql: str

    def sql_for(self, delivery_ids: Collection[int]) -> str:
        """Return the rule's text for these deliveries."""
        listed = ", ".join(str(int(delivery_id)) for delivery_id in sorted(delivery_ids))
        return self.sql_over(
            "(select delivery_id, extract_at from ledger.deliveries"
            f" where delivery_id = any (array[{listed}]::bigint[]))"
        )

    def sql_over(self, deliveries: str) -> str:
        """Return the rule's text for the deliveries of a table expression."""
        return self.sql.replace(DELIVERIES, deliveries)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a delivery is due, and how much later its absence is a fault."""

    schedule: str
    late_after: timedelta


@dataclass(frozen=True, slots=True)
class FeedContract:
    """All that is agreed with one supplier about one feed."""

    feed: str
    version: str
    title: str
    purpose: str
    limitations: str
    grain: str
    owner: str
    rule_prefix: str
    file_token: str
    format: Format
    delimiter: str
    accepts_cp1252: bool
    timezone: str
    cadence: Cadence
    retention: timedelta
    fields: tuple[ContractField, ...]
    key_fields: tuple[str, ...]
    control_totals: tuple[ControlTotal, ...]
    rules: tuple[RecordRule, ...]

    @property
    def agency(self) -> str:
        """Who supplies the feed."""
        return self.feed.partition("__")[0]

    @property
    def nouns(self) -> str:
        """What one row is, in the plural."""
        return self.feed.partition("__")[2]

    @property
    def dag_id(self) -> str:
        """The DAG that takes the feed in."""
        return f"ingest_{self.feed}"

    @property
    def landing_table(self) -> str:
        """Where its rows land."""
        return f"landing.{self.feed}"

    @property
    def accepted_view(self) -> str:
        """Where its readable rows are read."""
        return f"accepted.{self.feed}"

    @property
    def file_pattern(self) -> re.Pattern[str]:
        """The grammar of its file names; `la`, `source`, `period_to`, `sequence` are named."""
        return re.compile(
            rf"{re.escape(self.file_token)}_(?P<la>[0-9]{{3}})_(?P<source>[A-Za-z0-9]+)"
            rf"_(?P<period_to>[0-9]{{8}}T[0-9]{{4}})_(?P<sequence>[0-9]{{5,}})\.{self.format}"
        )

    def field(self, name: str) -> ContractField:
        """Return the field of that name."""
        return next(field for field in self.fields if field.name == name)

    def rules_of(self, name: str) -> tuple[RecordRule, ...]:
        """Return the rules that hold the field of that name."""
        return tuple(rule for rule in self.rules if rule.field == name)
