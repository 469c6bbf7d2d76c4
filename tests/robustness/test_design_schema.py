"""The JSON schema of a design file: valid itself, takes what the product takes, refuses what its fields refuse."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from broken_fields import near_misses
from full_designs import CASES, changed, full_design
from jsonschema import Draft202012Validator

from alloycell.cell import Cell
from alloycell.cell.design import Design
from alloycell.declaration import path_text

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@cache
def validator() -> Draft202012Validator:
    """A validator of the schema of a cell."""
    return Draft202012Validator(Cell.model_json_schema())


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every table inside ``schema``."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from parts(inner)


def test_the_schema_is_valid_and_can_be_written_as_json():
    Draft202012Validator.check_schema(Cell.model_json_schema())
    assert json.loads(json.dumps(Cell.model_json_schema())) == Cell.model_json_schema()


def test_the_schema_says_what_it_is_of():
    schema = Cell.model_json_schema()
    assert schema["title"] == "alloycell design file, format 1"
    assert schema["description"].startswith("A lithium-ion cell")
    assert schema == Design.model_json_schema()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_takes_every_shipped_design(path):
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    if "kind" not in tables:
        assert [error.message for error in validator().iter_errors(tables)] == []


@pytest.mark.parametrize("case", CASES)
def test_the_schema_takes_a_design_with_every_table(case):
    assert [error.message for error in validator().iter_errors(full_design(case))] == []


def test_the_schema_refuses_every_unknown_key():
    for case, table, misspelt, _ in near_misses():
        tables = changed(full_design(case), {path_text((*table, misspelt)): 1})
        assert not validator().is_valid(tables), path_text((*table, misspelt))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("negative.layers[0].porosity", 37), ("negative.layers[0].porosity", True), ("separator.thickness", -1e-6),
        ("separator.thickness", [1e-6]), ("negative.sides", 3), ("negative.sides", True), ("case.type", "box"),
        ("negative.layers", []), ("format", 2), ("name", 3), ("electrolyte.fill", 0), ("lithium.surface", "both"),
        ("simulation.rates", []), ("simulation.rates", ["fast"]), ("simulation.porosity", "swollen"),
        ("negative.layers[0].recipe.graphite", {"share": 1}), ("case.case_mass", "2.9 g "[:0] or None),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_a_field_refuses(path, value):
    tables = changed(full_design(), {path: value})
    assert not validator().is_valid(tables)


def test_every_number_of_the_schema_has_a_unit_and_every_field_a_meaning():
    numbers = [part for part in parts(Cell.model_json_schema()) if "anyOf" in part and "x-kind" in part]
    assert numbers
    assert all(part["x-unit"] and part["x-units"] for part in numbers)
    tables = [part for part in parts(Cell.model_json_schema()) if part.get("additionalProperties") is False]
    assert [part["title"] for part in tables if not part.get("description")] == []
