"""A contract file as written: YAML in the shape of the Open Data Contract Standard, nothing overlooked."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel, ValidationError

from frontdoor.errors import ContractError


class _StrictLoader(yaml.CSafeLoader):
    """YAML in which a key that is written twice is an error and not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise ContractError(f"line {node.start_mark.line + 1}: `{twice[0]}` is written twice")
        return super().construct_mapping(node, deep=deep)


def read_document(path: Path) -> OpenDataContractStandard:
    """Return a contract file's content; raises ContractError naming the place of what the standard does not know."""
    try:
        given = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ContractError(f"line {line}: this is not YAML ({error.problem})") from None
    if not isinstance(given, dict):
        raise ContractError("this is not a contract")
    try:
        document = OpenDataContractStandard.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContractError(f"{_place(first['loc'])}: {first['msg']}") from None
    _refuse_unknown(given, document, place=())
    return document


def _refuse_unknown(given: object, model: object, *, place: tuple[str | int, ...]) -> None:
    """Raise at the first key the models dropped: a misspelt key would otherwise be a rule that never runs."""
    if isinstance(model, BaseModel) and isinstance(given, dict):
        names = {field.alias or name: name for name, field in type(model).model_fields.items()}
        for key, value in given.items():
            if key not in names:
                raise ContractError(f"{_place((*place, str(key)))} is unknown to the contract standard")
            _refuse_unknown(value, getattr(model, names[key]), place=(*place, str(key)))
    elif isinstance(model, list) and isinstance(given, list):
        for number, (value, element) in enumerate(zip(given, model, strict=True)):
            name = value.get("name") if isinstance(value, dict) else None
            _refuse_unknown(value, element, place=(*place, str(name) if name else number))


def _place(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location)


def required_text(value: object, name: str) -> str:
    """Return a text that has to be there; raises ContractError when it is not."""
    if not isinstance(value, str) or not value.strip():
        raise ContractError(f"{name} is missing")
    return value.strip()
