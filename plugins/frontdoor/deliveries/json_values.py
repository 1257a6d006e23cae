"""One JSON object as a record: text exactly as sent, nothing rounded, no key silently overwritten."""

import json
from collections.abc import Mapping, Sequence

from frontdoor.deliveries.columns import Column, Drift, column_index, extra_name, folded, missing_columns
from frontdoor.deliveries.copy_text import extra_text


class _Number(str):
    """A number's own digits: 1.50 stays 1.50, and a long identifier is not rounded."""

    __slots__ = ()


class UnreadableValue(ValueError):
    """A JSON text that is no record; carries no part of it."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableValue
    return found


def _no_constant(_: str) -> object:
    raise UnreadableValue


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_no_constant
)


class RecordShape:
    """Turns JSON objects into rows of the contract's fields, noticing every column that came or did not."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.copy_columns = (*(column.field_name for column in columns), "_extra")
        self._columns = tuple(columns)
        self._index = column_index(columns)
        self._places = {column.field_name: place for place, column in enumerate(columns)}
        self._keys: dict[str, tuple[int, bool]] = {}
        self._extra_names: dict[str, str] = {}

    def row(self, value: object) -> list[str | None]:
        """Return the fields of one record; raises UnreadableValue when it is no object or cannot be stored."""
        if not isinstance(value, dict):
            raise UnreadableValue
        fields: list[str | None] = [None] * len(self._columns)
        is_filled = [False] * len(self._columns)
        extras: dict[str, object] = {}
        for key, item in value.items():
            place, _ = self._keys.get(key) or self._learn(key)
            text = value_text(item)
            if place < 0:
                extras[self._extra_names[key]] = text
            elif is_filled[place]:
                raise UnreadableValue
            else:
                fields[place], is_filled[place] = text, True
        return [*fields, extra_text(extras)]

    def drift(self) -> tuple[Drift, ...]:
        """Return how the keys seen differ from the contract; raises DeliveryRefused for a missing mandatory one."""
        drift: list[Drift] = []
        present: set[str] = set()
        for key, (place, is_synonym) in self._keys.items():
            if place < 0:
                drift.append(Drift(self._extra_names[key], "extra"))
                continue
            field_name = self._columns[place].field_name
            present.add(field_name)
            if is_synonym:
                drift.append(Drift(key.strip(), "renamed", field_name))
        if self._keys:
            drift.extend(missing_columns(self._columns, present=present))
        return tuple(dict.fromkeys(drift))

    def _learn(self, key: str) -> tuple[int, bool]:
        column, is_synonym = self._index.get(folded(key), (None, False))
        if column is None:
            self._extra_names[key] = extra_name(key, number=len(self._keys) + 1)
        known = (self._places[column.field_name] if column else -1, is_synonym)
        self._keys[key] = known
        return known


def value_text(value: object) -> str | None:
    """Return a JSON value as landing keeps it: scalars as their text, nested values as JSON text."""
    match value:
        case None:
            return None
        case str():
            return str(value)
        case bool():
            return "true" if value else "false"
        case _:
            return nested_text(value)


def nested_text(value: object) -> str:
    """Return a value as compact JSON, numbers with the digits they came with."""
    match value:
        case _Number():
            return str(value)
        case Mapping():
            members = (f"{json.dumps(key, ensure_ascii=False)}:{nested_text(item)}" for key, item in value.items())
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(nested_text, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
