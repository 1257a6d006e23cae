"""The kinds of record rules a contract may name, each as the SQL condition of a record that breaks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from frontdoor.contracts.model import DELIVERIES, ContractField
from frontdoor.contracts.sql_text import column, identifier, literal
from frontdoor.errors import ContractError

# A clock that runs a little fast is not an event in the future.
CLOCK_TOLERANCE = "interval '15 minutes'"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is about: the contract's fields, and the one the rule stands under, if any."""

    feed: str
    fields: Mapping[str, ContractField]
    key_fields: tuple[str, ...]
    timezone: str
    field: ContractField | None
    options: Mapping[str, object]

    @property
    def value(self) -> str:
        """The field's column."""
        if self.field is None:
            raise ContractError("this kind of rule stands under a field")
        return column(self.field.name)

    def other(self, option: str) -> str:
        """The column of a field that an option names."""
        return column(self._named(self.options.get(option), option))

    def others(self, option: str) -> list[str]:
        """The columns of the fields that an option lists."""
        names = self.options.get(option)
        if not isinstance(names, list) or not names:
            raise ContractError(f"`{option}` must list fields")
        return [column(self._named(name, option)) for name in names]

    def _named(self, name: object, option: str) -> str:
        if not isinstance(name, str) or name not in self.fields:
            raise ContractError(f"`{option}` names no field of this contract: {name}")
        return name


def rule_sql(subject: Subject, *, kind: str) -> str:
    """Return the text that finds the records breaking a rule; raises ContractError for an unknown kind or option."""
    if kind not in _KINDS:
        raise ContractError(f"there is no kind of rule called {kind}; known are {', '.join(sorted(_KINDS))}")
    condition, options = _KINDS[kind]
    if unknown := set(subject.options) - options:
        raise ContractError(f"a rule {kind} has no option {', '.join(sorted(unknown))}")
    return (
        "select record._delivery_id, record._row_number\n"
        f"from landing.{identifier(subject.feed)} as record\n"
        f"join {DELIVERIES} as delivery on delivery.delivery_id = record._delivery_id\n"
        f"where {condition(subject)}"
    )


def _is_given(value: str) -> str:
    return f"rules.trimmed({value}) is not null"


def _given(subject: Subject) -> str:
    return f"rules.trimmed({subject.value}) is null"


def _readable(subject: Subject) -> str:
    value, field_type = subject.value, subject.field.type if subject.field else "text"
    readers = {
        "timestamp": f"rules.parsed_timestamp({value}, {literal(subject.timezone)}) is null",
        "date": f"rules.parsed_date({value}) is null",
        "integer": f"not rules.is_integer({value})",
        "decimal": f"not rules.is_decimal({value})",
        "boolean": f"not rules.is_flag({value})",
        "json": f"not rules.is_json({value})",
    }
    if field_type not in readers:
        raise ContractError(f"a field of type {field_type} can always be read")
    return f"{_is_given(value)} and {readers[field_type]}"


def _in_list(subject: Subject) -> str:
    field = subject.field
    if field is None or field.code_list is None:
        raise ContractError("the field names no code list")
    codes = ", ".join(literal(code.code) for code in field.code_list.codes)
    test = "are_codes" if field.type == "codes" else "is_code"
    return f"{_is_given(subject.value)} and not rules.{test}({subject.value}, array[{codes}])"


def _valid(function: str) -> Callable[[Subject], str]:
    return lambda subject: f"{_is_given(subject.value)} and not rules.{function}({subject.value})"


def _not_after_extract(subject: Subject) -> str:
    if subject.field is not None and subject.field.type == "date":
        local_day = f"(delivery.extract_at at time zone {literal(subject.timezone)})::date"
        return f"rules.parsed_date({subject.value}) > {local_day}"
    moment = f"rules.parsed_timestamp({subject.value}, {literal(subject.timezone)})"
    return f"{moment} > delivery.extract_at + {CLOCK_TOLERANCE}"


def _not_before(subject: Subject) -> str:
    return f"rules.is_before({subject.value}, {subject.other('other')}, {literal(subject.timezone)})"


def _given_when(subject: Subject) -> str:
    codes = subject.options.get("codes")
    if not isinstance(codes, list) or not codes:
        raise ContractError("`codes` must list the codes at which the field is due")
    listed = ", ".join(literal(str(code)) for code in codes)
    return f"rules.is_code({subject.other('other')}, array[{listed}]) and not {_is_given(subject.value)}"


def _exactly_one_of(subject: Subject) -> str:
    given = " + ".join(f"({_is_given(value)})::integer" for value in subject.others("fields"))
    return f"{given} <> 1"


def _once(subject: Subject) -> str:
    version = [subject.other("version")] if "version" in subject.options else []
    same = ", ".join([*map(column, subject.key_fields), *version])
    return (
        "(record._delivery_id, record._row_number) in (\n"
        "    select repeated._delivery_id, repeated._row_number\n"
        "    from (\n"
        "        select record._delivery_id, record._row_number,\n"
        "            row_number() over (\n"
        f"                partition by record._delivery_id, {same} order by record._row_number\n"
        "            ) as nth\n"
        f"        from landing.{identifier(subject.feed)} as record\n"
        f"        join {DELIVERIES} as delivery on delivery.delivery_id = record._delivery_id\n"
        "    ) as repeated\n"
        "    where repeated.nth > 1\n"
        ")"
    )


_KINDS: dict[str, tuple[Callable[[Subject], str], set[str]]] = {
    "given": (_given, set()),
    "given_when": (_given_when, {"other", "codes"}),
    "readable": (_readable, set()),
    "in_list": (_in_list, set()),
    "nhs_number": (_valid("nhs_number_is_valid"), set()),
    "upn": (_valid("upn_is_valid"), set()),
    "postcode": (_valid("postcode_is_valid"), set()),
    "not_after_extract": (_not_after_extract, set()),
    "not_before": (_not_before, {"other"}),
    "exactly_one_of": (_exactly_one_of, {"fields"}),
    "once": (_once, {"version"}),
}
