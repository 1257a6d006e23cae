"""The quality section of a contract: which rules records and deliveries must keep."""

import re
from collections.abc import Iterator, Mapping
from typing import cast, get_args

from open_data_contract_standard.model import DataQuality, SchemaObject

from frontdoor.contracts.conditions import Subject, rule_sql
from frontdoor.contracts.document import required_text
from frontdoor.contracts.model import ContractField, ControlTotal, RecordRule, Severity
from frontdoor.contracts.totals import control_totals, totals_sql
from frontdoor.errors import ContractError

TOTALS = "control_totals"


def contract_rules(
    schema: SchemaObject,
    *,
    feed: str,
    fields: tuple[ContractField, ...],
    keys: tuple[str, ...],
    timezone: str,
    prefix: str,
) -> tuple[RecordRule, ...]:
    """Return the rules of a contract by id; raises ContractError naming field and rule of the first that is amiss."""
    by_name = {field.name: field for field in fields}
    rules: dict[str, RecordRule] = {}
    for field_name, given in _qualities(schema):
        options, kind, holds = _implementation(given)
        try:
            rule_id = _rule_id(given, prefix=prefix, letter="D" if kind == TOTALS else "R")
            if rule_id in rules:
                raise ContractError("this rule id is used twice")
            field = by_name[field_name] if field_name else None
            if kind == TOTALS:
                sql = totals_sql(contract_totals(schema, fields=fields), feed=feed)
            else:
                sql = rule_sql(Subject(feed, by_name, keys, timezone, field, options), kind=kind)
        except ContractError as error:
            raise ContractError(f"{field_name or 'schema'}, quality {given.id}: {error}") from None
        rules[rule_id] = RecordRule(
            rule_id=rule_id,
            sentence=required_text(given.description, f"{rule_id} description"),
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


def contract_totals(schema: SchemaObject, *, fields: tuple[ContractField, ...]) -> tuple[ControlTotal, ...]:
    """Return the control totals a contract defines, none when it defines none."""
    names = {field.name: field for field in fields}
    for given in schema.quality or []:
        options, kind, _ = _implementation(given)
        if kind == TOTALS:
            try:
                return control_totals(options.get("totals"), fields=names)
            except ContractError as error:
                raise ContractError(f"quality {given.id}: {error}") from None
    return ()


def _rule_id(given: DataQuality, *, prefix: str, letter: str) -> str:
    if not given.id or not re.fullmatch(rf"{re.escape(prefix)}-{letter}[0-9]{{2,3}}", given.id):
        raise ContractError(f"every rule has an id {prefix}-{letter}<nn>")
    return given.id


def _severity(given: DataQuality) -> Severity:
    if given.severity not in get_args(Severity):
        raise ContractError(f"quality {given.id}: severity is one of {', '.join(get_args(Severity))}")
    return cast(Severity, given.severity)
