"""The data dictionary: every mart and column as the marts' own contracts describe them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from frontdoor.errors import ContractError

_DOCS_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.DOTALL)
_DOC_CALL = re.compile(r"{{\s*doc\('(\w+)'\)\s*}}")
_LINEAGE = ("_built_in", "_is_retracted")

_OPENING = """\
# Data dictionary

Written by `make generate` from `dbt_project/models/marts`; change it there.

Readers query the views `safeguarding.*` and `assurance.*` (role `bi_reader`): pseudonymised, all from one
publication, with the newest extract in it in `assurance.current_publication.data_as_of`. A column named `_key` is
Frontdoor's own and means nothing outside it; `_at` is a moment in UTC; `due_at` and `done_at` are facts, what is late
depends on the moment you ask about.
"""


def data_dictionary(project: Path) -> str:
    """Return the page; raises ContractError for a mart or column without a description."""
    marts = project / "models" / "marts"
    meanings = _meanings(marts / "_columns.md")
    parts = [_OPENING]
    for folder in sorted((path for path in marts.iterdir() if path.is_dir()), reverse=True):
        parts.append(f"## {folder.name}\n")
        parts += [_mart(path, folder.name, meanings) for path in sorted(folder.glob("_*.yml"))]
    return "\n".join(parts)


def _meanings(path: Path) -> Mapping[str, str]:
    found = _DOCS_BLOCK.findall(path.read_text(encoding="utf-8"))
    return {name: " ".join(text.split()) for name, text in found}


def _mart(path: Path, schema: str, meanings: Mapping[str, str]) -> str:
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    grain = ", ".join(f"`{column}`" for column in model["config"]["meta"]["grain"])
    lines = [
        f"### {schema}.{model['name']}\n",
        f"{' '.join(model['description'].split())} Its key is {grain}.\n",
        "| Column | Type | Empty? | Meaning |",
        "|---|---|---|---|",
    ]
    lines += [_column(model["name"], column, meanings) for column in model["columns"] if column["name"] not in _LINEAGE]
    return "\n".join(lines) + "\n"


def _column(mart: str, column: Mapping[str, Any], meanings: Mapping[str, str]) -> str:
    called = _DOC_CALL.search(column.get("description", ""))
    if called is None or called[1] not in meanings:
        raise ContractError(f"column {column['name']} of mart {mart} has no meaning; write it in marts/_columns.md")
    constraints = {constraint["type"] for constraint in column.get("constraints", ())}
    emptiness = "never" if "not_null" in constraints else "may be"
    return f"| `{column['name']}` | {column['data_type']} | {emptiness} | {meanings[called[1]]} |"
