"""Code lists: `expectations/codes/<list>.csv`, one code with its label a line."""

import csv
from pathlib import Path

from frontdoor.contracts.model import Code, CodeList
from frontdoor.errors import ContractError

COLUMNS = ["code", "label", "alias_of"]


def load_code_list(name: str, *, folder: Path) -> CodeList:
    """Return a code list; raises ContractError when it is not there, holds a code twice or an alias of nothing."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise ContractError(f"there is no code list {name} ({path.name} in {folder.name}/)")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames not in (COLUMNS, COLUMNS[:2]):
            raise ContractError(f"{path.name}: the first line is not {','.join(COLUMNS)}")
        codes = tuple(Code(row["code"], row["label"], row.get("alias_of") or None) for row in reader)
    spellings = {code.code for code in codes}
    if len(spellings) != len(codes) or not codes:
        raise ContractError(f"{path.name}: a code is there twice, or none at all")
    for code in codes:
        if code.code != code.code.strip().upper() or not code.label:
            raise ContractError(f"{path.name}: code {code.code} needs upper case and a label")
        if code.alias_of is not None and code.alias_of not in spellings:
            raise ContractError(f"{path.name}: {code.code} is an alias of {code.alias_of}, which is not in the list")
    return CodeList(name, codes)
