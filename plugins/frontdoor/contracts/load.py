"""Contracts read strictly: what is misspelt, double or unknown is an error that names the file and the place."""

import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from open_data_contract_standard.model import (
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Server,
)

from frontdoor.contracts.codes import load_code_list
from frontdoor.contracts.document import read_document, required_text
from frontdoor.contracts.model import (
    Cadence,
    Classification,
    CodeList,
    ContractField,
    FeedContract,
    FieldType,
    Format,
)
from frontdoor.contracts.rules import contract_rules, contract_totals
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
    """Return the contract in one file; every error begins with the file's name.

    A file is read once per process and content: a run asks for its contracts many times.
    """
    return _load_file(path, codes_dir, _stamp(path), _stamp(codes_dir))


@lru_cache(maxsize=64)
def _load_file(path: Path, codes_dir: Path, *_stamps: int) -> FeedContract:
    try:
        contract = _contract(read_document(path), codes_dir=codes_dir)
        if path.name != f"{contract.feed}{SUFFIX}":
            raise ContractError(f"the file of {contract.feed} is called {contract.feed}{SUFFIX}")
    except ContractError as error:
        raise ContractError(f"{path.name}: {error}") from None
    return contract


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def _contract(document: OpenDataContractStandard, *, codes_dir: Path) -> FeedContract:
    schema = _only(document.schema_, "schema")
    server = _only(document.servers, "servers")
    feed = required_text(document.id, "id")
    if not FEED_NAME.fullmatch(feed) or schema.name != feed:
        raise ContractError("`id` and schema.name are both <agency>__<plural_nouns>")
    timezone = _timezone(_property(document, "timezone"))
    fields = _fields(schema, codes_dir=codes_dir)
    keys = tuple(required_text(given.name, "name") for given in schema.properties or [] if given.primaryKey)
    if not keys:
        raise ContractError("no field has primaryKey: true")
    description = document.description
    prefix = _property(document, "rulePrefix")
    return FeedContract(
        feed=feed,
        version=required_text(document.version, "version"),
        title=required_text(document.name, "name"),
        purpose=required_text(description and description.purpose, "description.purpose"),
        limitations=(description and description.limitations) or "",
        grain=required_text(schema.dataGranularityDescription, "schema.dataGranularityDescription"),
        owner=required_text(document.team and getattr(document.team, "name", None), "team.name"),
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
        control_totals=contract_totals(schema, fields=fields),
        rules=contract_rules(schema, feed=feed, fields=fields, keys=keys, timezone=timezone, prefix=prefix),
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
    name = required_text(given.name, "name of a field")
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
            description=required_text(given.description, "description"),
            classification=cast(Classification, given.classification),
            synonyms=tuple(required_text(synonym.synonym, "synonym") for synonym in given.synonyms or []),
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
    return required_text(values[0] if len(values) == 1 else None, f"customProperties: one {name}")


def _only(items: list[Item] | None, name: str) -> Item:
    if not items or len(items) != 1:
        raise ContractError(f"`{name}` holds exactly one")
    return items[0]
