"""Contracts read strictly: what is misspelt, double or unknown is an error that names the file and the place."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from open_data_contract_standard.model import (
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Server,
)

from frontdoor.contracts.codes import load_code_list
from frontdoor.contracts.conditions import Subject, rule_sql
from frontdoor.contracts.document import read_document
from frontdoor.contracts.model import (
    Cadence,
    Classification,
    CodeList,
    ContractField,
    FeedContract,
    FieldType,
    Format,
    RecordRule,
    Severity,
)
from frontdoor.errors import ContractError
from frontdoor.settings import Settings

Item = TypeVar("Item")

SUFFIX = ".odcs.yaml"
FEED_NAME = re.compile(r"[a-z][a-z0-9]*__[a-z][a-z0-9_]*")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
TERNARY_LIST = "yes_no_unknown"
UNITS = {"minutes": "minutes", "min": "minutes", "h": "hours", "d": "days"}
TYPES: dict[str, FieldType] = {
    "string": "text",
    "timestamp": "timestamp",
    "date": "date",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "object": "json",
    "array": "json",
}


def load_contracts(settings: Settings) -> tuple[FeedContract, ...]:
    """Return every contract of expectations/feeds, by feed; raises ContractError for the first that cannot be used."""
    contracts = tuple(
        load_file(path, codes_dir=settings.codes_dir) for path in sorted(settings.contracts_dir.glob(f"*{SUFFIX}"))
    )
    for attribute in ("file_token", "rule_prefix"):
        seen: dict[str, str] = {}
        for contract in contracts:
            value = getattr(contract, attribute)
            if value in seen:
                raise ContractError(f"{contract.feed}{SUFFIX}: {attribute} {value} belongs to {seen[value]}")
            seen[value] = contract.feed
    return contracts


def load_contract(feed: str, *, settings: Settings | None = None) -> FeedContract:
    """Return one feed's contract; raises ContractError when there is none."""
    settings = settings or Settings()
    path = settings.contracts_dir / f"{feed}{SUFFIX}"
    if not FEED_NAME.fullmatch(feed) or not path.is_file():
        raise ContractError(f"there is no contract for {feed} in {settings.contracts_dir}")
    return load_file(path, codes_dir=settings.codes_dir)


def load_file(path: Path, *, codes_dir: Path) -> FeedContract:
    """Return the contract in one file; every error begins with the file's name."""
    try:
        contract = _contract(read_document(path), codes_dir=codes_dir)
        if path.name != f"{contract.feed}{SUFFIX}":
            raise ContractError(f"the file of {contract.feed} is called {contract.feed}{SUFFIX}")
    except ContractError as error:
        raise ContractError(f"{path.name}: {error}") from None
    return contract


def _contract(document: OpenDataContractStandard, *, codes_dir: Path) -> FeedContract:
    schema = _only(document.schema_, "schema")
    server = _only(document.servers, "servers")
    feed = _text(document.id, "id")
    if not FEED_NAME.fullmatch(feed) or schema.name != feed:
        raise ContractError("`id` and schema.name are both <agency>__<plural_nouns>")
    timezone = _timezone(_property(document, "timezone"))
    fields = _fields(schema, codes_dir=codes_dir)
    keys = tuple(_text(given.name, "name") for given in schema.properties or [] if given.primaryKey)
    if not keys:
        raise ContractError("no field has primaryKey: true")
    description = document.description
    prefix = _property(document, "rulePrefix")
    return FeedContract(
        feed=feed,
        version=_text(document.version, "version"),
        title=_text(document.name, "name"),
        purpose=_text(description and description.purpose, "description.purpose"),
        limitations=(description and description.limitations) or "",
        grain=_text(schema.dataGranularityDescription, "schema.dataGranularityDescription"),
        owner=_text(document.team and getattr(document.team, "name", None), "team.name"),
        rule_prefix=prefix,
        file_token=_property(document, "fileToken"),
        format=_format(server),
        delimiter=server.delimiter or ",",
        accepts_cp1252=_accepts_cp1252(server),
        timezone=timezone,
        cadence=_cadence(document),
        retention=_duration(document, "retention"),
        fields=fields,
        key_fields=keys,
        rules=_rules(schema, feed=feed, fields=fields, keys=keys, timezone=timezone, prefix=prefix),
    )


def _fields(schema: SchemaObject, *, codes_dir: Path) -> tuple[ContractField, ...]:
    fields = tuple(_field(given, codes_dir=codes_dir) for given in schema.properties or [])
    names: dict[str, int] = {}
    for number, field in enumerate(fields):
        for name in {field.name, field.header.casefold(), *(synonym.casefold() for synonym in field.synonyms)}:
            if names.setdefault(name, number) != number:
                raise ContractError(f"{field.name}: the name `{name}` belongs to field {names[name] + 1} already")
    return fields


def _field(given: SchemaProperty, *, codes_dir: Path) -> ContractField:
    name = _text(given.name, "name of a field")
    try:
        if not FIELD_NAME.fullmatch(name):
            raise ContractError("a field's name is lower case letters, digits and _; the header goes in physicalName")
        if given.classification not in get_args(Classification):
            raise ContractError(f"classification is one of {', '.join(get_args(Classification))}")
        code_list = _code_list(given, codes_dir=codes_dir)
        return ContractField(
            name=name,
            header=given.physicalName or name,
            type=_type(given, code_list=code_list),
            description=_text(given.description, "description"),
            classification=cast(Classification, given.classification),
            synonyms=tuple(_text(synonym.synonym, "synonym") for synonym in given.synonyms or []),
            is_mandatory=bool(given.criticalDataElement),
            is_nullable=not given.required,
            code_list=code_list,
        )
    except ContractError as error:
        raise ContractError(f"{name}: {error}") from None


def _type(given: SchemaProperty, *, code_list: CodeList | None) -> FieldType:
    if given.logicalType not in TYPES:
        raise ContractError(f"logicalType is one of {', '.join(TYPES)}")
    if code_list is None:
        return TYPES[given.logicalType]
    if given.logicalType not in ("string", "array"):
        raise ContractError("only a string or an array has a code list")
    if given.logicalType == "array":
        return "codes"
    return "ternary" if code_list.name == TERNARY_LIST else "code"


def _code_list(given: SchemaProperty, *, codes_dir: Path) -> CodeList | None:
    links = [link.url or "" for link in given.authoritativeDefinitions or [] if link.type == "codeList"]
    if not links:
        return None
    name = re.fullmatch(r"\.\./codes/([a-z0-9_]+)\.csv", links[0])
    if len(links) > 1 or name is None:
        raise ContractError("a code list is one link to ../codes/<list>.csv")
    return load_code_list(name[1], folder=codes_dir)


def _rules(
    schema: SchemaObject,
    *,
    feed: str,
    fields: tuple[ContractField, ...],
    keys: tuple[str, ...],
    timezone: str,
    prefix: str,
) -> tuple[RecordRule, ...]:
    by_name = {field.name: field for field in fields}
    rules: dict[str, RecordRule] = {}
    for field_name, given in _qualities(schema):
        options, kind, holds = _implementation(given)
        try:
            rule_id = _rule_id(given, prefix=prefix)
            if rule_id in rules:
                raise ContractError("this rule id is used twice")
            field = by_name[field_name] if field_name else None
            subject = Subject(feed, by_name, keys, timezone, field, options)
            sql = rule_sql(subject, kind=kind)
        except ContractError as error:
            raise ContractError(f"{field_name or 'schema'}, quality {given.id}: {error}") from None
        rules[rule_id] = RecordRule(
            rule_id=rule_id,
            sentence=_text(given.description, f"{rule_id} description"),
            severity=_severity(given),
            field=field_name if holds == "field" else None,
            sql=sql,
        )
    return tuple(rules[rule_id] for rule_id in sorted(rules))


def _qualities(schema: SchemaObject) -> Iterator[tuple[str | None, DataQuality]]:
    for given in schema.properties or []:
        for quality in given.quality or []:
            yield given.name, quality
    for quality in schema.quality or []:
        yield None, quality


def _implementation(given: DataQuality) -> tuple[Mapping[str, object], str, str]:
    """Return a rule's options, its kind and what it holds: the field it stands under, or the record."""
    if given.type != "custom" or given.engine != "frontdoor":
        raise ContractError(f"quality {given.id}: rules have type custom and engine frontdoor")
    written = {"rule": given.implementation} if isinstance(given.implementation, str) else given.implementation or {}
    kind, holds = written.get("rule"), written.get("holds", "field")
    if not isinstance(kind, str) or holds not in ("field", "record"):
        raise ContractError(f"quality {given.id}: `implementation` names a rule, and holds a field or the record")
    return {key: value for key, value in written.items() if key not in ("rule", "holds")}, kind, holds


def _rule_id(given: DataQuality, *, prefix: str) -> str:
    if not given.id or not re.fullmatch(rf"{re.escape(prefix)}-R[0-9]{{2,3}}", given.id):
        raise ContractError(f"every rule has an id {prefix}-R<nn>")
    return given.id


def _severity(given: DataQuality) -> Severity:
    if given.severity not in get_args(Severity):
        raise ContractError(f"quality {given.id}: severity is one of {', '.join(get_args(Severity))}")
    return cast(Severity, given.severity)


def _cadence(document: OpenDataContractStandard) -> Cadence:
    schedules = [given.schedule for given in document.slaProperties or [] if given.property == "frequency"]
    if len(schedules) != 1 or schedules[0] is None or len(schedules[0].split()) != 5:
        raise ContractError("slaProperties: one `frequency` with a cron schedule says when deliveries are due")
    return Cadence(schedules[0], _duration(document, "latency"))


def _duration(document: OpenDataContractStandard, name: str) -> timedelta:
    found = [given for given in document.slaProperties or [] if given.property == name]
    if len(found) != 1 or found[0].unit not in UNITS or not isinstance(found[0].value, int):
        raise ContractError(f"slaProperties: one `{name}` with a whole value and a unit of {', '.join(UNITS)}")
    return timedelta(**{UNITS[found[0].unit]: found[0].value})


def _format(server: Server) -> Format:
    if server.format not in get_args(Format):
        raise ContractError(f"servers: format is one of {', '.join(get_args(Format))}")
    return cast(Format, server.format)


def _accepts_cp1252(server: Server) -> bool:
    if server.encoding not in ("utf-8", "utf-8, windows-1252"):
        raise ContractError("servers: encoding is `utf-8` or `utf-8, windows-1252`")
    return server.encoding != "utf-8"


def _timezone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ContractError(f"customProperties: there is no timezone {name}") from None


def _property(document: OpenDataContractStandard, name: str) -> str:
    values = [given.value for given in document.customProperties or [] if given.property == name]
    return _text(values[0] if len(values) == 1 else None, f"customProperties: one {name}")


def _only(items: list[Item] | None, name: str) -> Item:
    if not items or len(items) != 1:
        raise ContractError(f"`{name}` holds exactly one")
    return items[0]


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ContractError(f"{name} is missing")
    return value.strip()
