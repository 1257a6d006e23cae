"""The check catalogue: what must be true, how it is asked, who hears of it when it is not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from frontdoor.errors import ContractError
from frontdoor.settings import Settings
from frontdoor.warehouse.seeds import ServiceLevels, load_service_levels

CheckId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{2}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,12}$")]
LetterLine = Annotated[str, StringConstraints(pattern=r"^L\d{1,3}$")]
Severity = Annotated[int, Field(ge=1, le=4)]
# The name of such a check says by itself what happened to a child: it is shown after login only (domain.md 7.3).
SENSITIVE_FAMILIES = frozenset({"MI", "EX", "MC", "CR", "LK", "PV"})
OTHER_FILES = frozenset({"sla.yaml", "recipients.yaml", "findings.yaml"})
# What a check may ask for beside the names of clocks.
GIVEN = frozenset({"as_of", "feeds", "council"})
_ALWAYS = datetime.max.replace(tzinfo=UTC)
# A parameter, and not the second colon of a cast or the minutes of a time.
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
Model = TypeVar("Model", bound=BaseModel)
# A mart's view; what else is in the readers' schemas is there from the start.
_MART = re.compile(r"\b(?:safeguarding|assurance)\.(?:fct|dim)_\w+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(_Strict):
    """One row a check must return for its breaking example."""

    subject_key: str
    severity: Severity
    due_at: AwareDatetime | None
    reason_code: str | None = None


class Example(_Strict):
    """Rows at a moment; `feeds` are the deliveries expected by then, `data_as_of` the age of what is published."""

    as_of: AwareDatetime
    given: dict[str, list[dict[str, Any]]]
    feeds: list[dict[str, Any]] = []
    data_as_of: AwareDatetime | None = None


class BreakingExample(Example):
    """Rows of which the check must find exactly these."""

    finds: list[Found] = Field(min_length=1)


class Check(_Strict):
    """One thing that must be true of every child's journey, or of the data.

    `sql` is the only place where it is asked: it returns the key, and no other value, of each subject of which it is
    not true at :as_of. `clock` names the limit in sla.yaml by which the subject's due time was set.
    """

    id: CheckId
    name: str
    sentence: str
    severity: Severity
    recipients: list[Role] = Field(min_length=1)
    # Nobody but the recipients hears of it: it escalates to nobody else and is not in the daily brief.
    is_confidential: bool = False
    cadence: timedelta = Field(gt=timedelta(0))
    clock: str | None
    letter: list[LetterLine] = Field(min_length=1)
    feeds: list[str] = []
    sql: str
    obeys: Example
    breaks: BreakingExample

    @property
    def family(self) -> str:
        """The first half of the id."""
        return self.id[:2]

    @property
    def is_name_sensitive(self) -> bool:
        """Whether the plain name may be shown only to people who have logged in."""
        return self.family in SENSITIVE_FAMILIES

    @property
    def parameters(self) -> frozenset[str]:
        """What the SQL asks for beside its views: GIVEN, and the names of clocks."""
        return frozenset(_PARAMETER.findall(self.sql))

    @property
    def needs_publication(self) -> bool:
        """Whether the check reads the marts, which are not there before the first publication."""
        return _MART.search(self.sql) is not None

    @model_validator(mode="after")
    def _sql_is_one_read(self) -> "Check":
        if ";" in self.sql or "%" in self.sql or "{" in self.sql:
            raise ValueError("sql is one select without ';', '%' or braces")
        if re.search(r"\b(now|current_timestamp|clock_timestamp|current_date)\b", self.sql):
            raise ValueError("sql takes its moment from :as_of, so that any morning can be replayed")
        if "as_of" not in self.parameters:
            raise ValueError("sql does not use :as_of: what comes later is not known yet")
        return self


class Recipient(_Strict):
    """Who a role is, for people and for the mail server."""

    label: str
    addresses: list[str] = Field(min_length=1)


class Recipients(_Strict):
    """The whole of recipients.yaml."""

    roles: dict[Role, Recipient]
    escalation_role: Role
    custodian_role: Role


class Finding(_Strict):
    """One finding of the inspection letter and the checks that answer it today."""

    id: str
    title: str
    question: str
    letter: list[LetterLine]
    checks: list[CheckId] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All checks by id, who is told, which findings they answer, and the limits in force."""

    checks: dict[str, Check]
    recipients: Recipients
    findings: list[Finding]
    service_levels: ServiceLevels

    @property
    def confidential(self) -> list[str]:
        """The ids of the checks that nobody but their recipients hears of."""
        return [check.id for check in self if check.is_confidential]

    def __iter__(self) -> Iterator[Check]:
        """Iterate over the checks in catalogue order."""
        return iter(self.checks.values())

    def elapsed_limit(self, clock: str, as_of: datetime) -> timedelta:
        """Return the plain time a clock without ratings allows; raises ContractError for any other clock."""
        found = self.service_levels.clocks.get(clock)
        limits = found.limits if found else {}
        for change in found.changes if found else ():
            if change.effective_from <= as_of.date():
                limits = change.limits
        limit = limits.get("any")
        if limit is None or limit.unit != "elapsed_hours":
            raise ContractError(f"sla.yaml has no clock {clock} with a plain limit in elapsed_hours for any rating")
        return timedelta(hours=float(limit.amount))


class _CheckFile(_Strict):
    checks: list[dict[str, Any]]


class _FindingFile(_Strict):
    findings: list[Finding]


def load_catalogue(settings: Settings) -> Catalogue:
    """Return the catalogue; raises ContractError, naming file and check, for anything it does not understand."""
    checks: dict[str, Check] = {}
    for path in sorted(settings.checks_dir.glob("*.yaml")):
        if path.name in OTHER_FILES:
            continue
        for check in _checks_of(path):
            if check.id in checks:
                raise ContractError(f"{path.name}: check {check.id} exists already in another entry")
            checks[check.id] = check
    catalogue = Catalogue(
        checks=dict(sorted(checks.items())),
        recipients=_read(settings.recipients_file, Recipients),
        findings=_read(settings.checks_dir / "findings.yaml", _FindingFile).findings,
        service_levels=load_service_levels(settings),
    )
    _check_references(catalogue)
    return catalogue


def _checks_of(path: Path) -> Iterator[Check]:
    for position, entry in enumerate(_read(path, _CheckFile).checks, start=1):
        try:
            yield Check.model_validate(entry)
        except ValidationError as error:
            name = entry.get("id", f"number {position}")
            raise ContractError(f"{path.name}: check {name}: {_first_problem(error)}") from None


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ContractError(f"{path.name}: {_first_problem(error)}") from None
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name} cannot be read: {error}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else problem["msg"]


def _check_references(catalogue: Catalogue) -> None:
    roles = catalogue.recipients.roles
    for check in catalogue:
        if check.clock is not None and check.clock not in catalogue.service_levels.clocks:
            raise ContractError(f"check {check.id}: sla.yaml has no clock {check.clock}")
        for parameter in check.parameters - GIVEN:
            catalogue.elapsed_limit(parameter, _ALWAYS)
    named = {role: f"check {check.id}" for check in catalogue for role in check.recipients}
    named[catalogue.recipients.escalation_role] = named[catalogue.recipients.custodian_role] = "recipients.yaml"
    for role, place in named.items():
        if role not in roles:
            raise ContractError(f"{place}: recipients.yaml has no role {role}")
    for finding in catalogue.findings:
        for check_id in finding.checks:
            if check_id not in catalogue.checks:
                raise ContractError(f"findings.yaml: finding {finding.id} names check {check_id}, which does not exist")


@dataclass(frozen=True, slots=True)
class Question:
    """A check's SQL with the moment and the limits written in: the one text that Great Expectations and we run."""

    check: Check
    sql: str


def question(check: Check, *, catalogue: Catalogue, as_of: datetime, council: str, feeds: str = "[]") -> Question:
    """Return the check's SQL at a moment; `feeds` are the deliveries expected by then, as JSON.

    Literals instead of bound parameters, because Great Expectations takes a text. None of them comes from a
    supplier: they are a timestamp, numbers and our own contracts.
    """

    def literal(match: re.Match[str]) -> str:
        name = match[1]
        if name == "as_of":
            return f"timestamptz '{as_of.isoformat()}'"
        if name == "council":
            return _quoted(council)
        if name == "feeds":
            return f"cast({_quoted(feeds)} as jsonb)"
        return f"interval '{catalogue.elapsed_limit(name, as_of).total_seconds():.0f} seconds'"

    return Question(check, _PARAMETER.sub(literal, check.sql).strip())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
