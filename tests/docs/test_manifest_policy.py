"""What every dbt model must have, read from the project's own files: no dbt, no database."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from frontdoor.settings import REPOSITORY

MODELS = REPOSITORY / "dbt_project" / "models"
MARTS = MODELS / "marts"
NAMES = {
    "staging": r"stg_[a-z]+__[a-z_]+",
    "identity": r"int_[a-z_]+(__[a-z]+)?",
    "journeys": r"jny_[a-z_]+(__versions)?",
    "marts": r"(fct|dim)_[a-z_]+",
    "reference": r"[a-z_]+",
}
SQL_FILES = sorted(MODELS.rglob("*.sql"))


def described_models() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(MODELS.rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", ()):
            yield path, model


DESCRIBED = {model["name"]: (path, model) for path, model in described_models()}
MART_NAMES = sorted(path.stem for path in MARTS.rglob("*.sql"))


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_model_is_named_by_its_layer_and_described_beside_itself(path: Path) -> None:
    layer = path.relative_to(MODELS).parts[0]
    assert re.fullmatch(NAMES[layer], path.stem)
    described, model = DESCRIBED[path.stem]
    assert described.is_relative_to(MODELS / layer)
    assert model["description"].strip().startswith("One row ")
    assert model["config"]["meta"]["grain"]


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_a_stored_model_s_grain_is_held_by_the_database(path: Path) -> None:
    """By a primary key, a unique index or a unique test; a view has nothing to hold it."""
    grain = DESCRIBED[path.stem][1]["config"]["meta"]["grain"]
    columns = [grain] if isinstance(grain, str) else grain
    text = path.read_text(encoding="utf-8")
    if path.relative_to(MODELS).parts[0] == "staging" or "materialized='view'" in text:
        return
    model = DESCRIBED[path.stem][1]
    keys = [key["columns"] for key in model.get("constraints", ()) if key["type"] == "primary_key"]
    keys += [index["columns"] for index in model["config"].get("indexes", ()) if index.get("unique")]
    keys += [re.findall(r"'([^']+)'", found) for found in re.findall(r"'columns': (\[[^]]*\]), 'unique': true", text)]
    assert columns in keys


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_nothing_is_described_that_does_not_exist(name: str) -> None:
    assert name in {path.stem for path in SQL_FILES}


@pytest.mark.parametrize("name", MART_NAMES)
def test_mart_is_contracted_column_by_column(name: str) -> None:
    path, model = DESCRIBED[name]
    assert path.name == f"_{name}.yml"
    assert model["config"]["meta"]["owner"]
    names = [column["name"] for column in model["columns"]]
    assert names[-2:] == ["_built_in", "_is_retracted"]
    assert len(set(names)) == len(names)
    for column in model["columns"]:
        assert re.fullmatch(r"{{ doc\('\w+'\) }}", column["description"])
        assert column["data_type"] in {"text", "date", "boolean", "integer", "bigint", "numeric", "timestamptz"}


@pytest.mark.parametrize("name", MART_NAMES)
def test_mart_columns_are_named_by_what_they_hold(name: str) -> None:
    for column in DESCRIBED[name][1]["columns"]:
        held = {constraint["type"] for constraint in column.get("constraints", ())}
        if column["data_type"] == "timestamptz":
            assert column["name"].endswith("_at")
        if column["data_type"] == "boolean":
            assert re.match(r"_?(is|has)_", column["name"])
            assert "not_null" in held
        assert not column["name"].endswith("_id") or column["name"] in {"rule_id", "rejected_rule_id"}


def test_every_mart_has_a_reader() -> None:
    exposures = yaml.safe_load((MARTS / "_exposures.yml").read_text(encoding="utf-8"))["exposures"]
    read = {reference for exposure in exposures for reference in exposure["depends_on"]}
    assert read == {f"ref('{name}')" for name in MART_NAMES}


def test_no_meaning_is_written_for_a_column_nobody_has() -> None:
    defined = set(re.findall(r"{% docs (\w+) %}", (MARTS / "_columns.md").read_text(encoding="utf-8")))
    used = {
        found
        for name in MART_NAMES
        for column in DESCRIBED[name][1]["columns"]
        for found in re.findall(r"doc\('(\w+)'\)", column["description"])
    }
    assert used == defined


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_model_does_not_read_the_clock(path: Path) -> None:
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"\b(now\s*\(|current_date|current_timestamp|clock_timestamp|localtimestamp)", text)
