"""Every way to break one field, generated from the declarations: each is a design that cannot be."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from full_designs import CASES, GONE, full_design
from pydantic import BaseModel

from alloycell.cell.design import Design
from alloycell.declaration import Path, kind_in, path_text
from alloycell.quantities import Kind

__all__ = ["NOT_NUMBERS", "SHARE", "fields", "missing_keys", "near_misses", "quantities_broken", "words_broken"]

NOT_NUMBERS: Mapping[str, Any] = {
    "empty_text": "",
    "no_number": "thick",
    "bool": True,
    "list": [1.0],
    "table": {"value": 1.0},
    "not_a_number": float("nan"),
    "infinite": float("inf"),
    "nonsense_unit": "1 flurbs",
    "unfinished_unit": "1 m/(",
    "two_numbers": "1 2 um",
    "negative_uncertainty": "0.5 +- -0.1",
    "array_with_nan": np.array([0.5, np.nan]),
    "empty_array": np.array([]),
    "object_array": np.array([None, 1.0]),
    "rest": "rest",
    "long_text": "9" * 5000,
}


SHARE = 4
"""Each field gets every fourth of :data:`NOT_NUMBERS`, the next field the next."""


def fields(model: type[BaseModel] = Design, tables: Any = None, path: Path = ()) -> Iterator[tuple[Path, Any, bool]]:
    """Every declared field that ``tables`` have a place for: path, declaration, whether it must be given."""
    tables = full_design() if tables is None else tables
    for name, field in model.model_fields.items():
        declared, here = Annotated[field.annotation, *field.metadata, None], (*path, name)
        yield here, declared, field.is_required()
        yield from _inside(declared, tables.get(name), here)


def _inside(declared: Any, value: Any, path: Path) -> Iterator[tuple[Path, Any, bool]]:
    """The fields of the tables that ``declared`` admits at ``path``, entered where ``value`` has one."""
    origin, arguments = get_origin(declared), get_args(declared)
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        tag = declared.model_fields.get("type")
        if isinstance(value, dict) and (tag is None or value.get("type") in get_args(tag.annotation)):
            yield from fields(declared, value, path)
    elif origin is Annotated:
        yield from _inside(arguments[0], value, path)
    elif origin in (Union, types.UnionType):
        for entry in arguments:
            yield from _inside(entry, value, path)
    elif origin is tuple and isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _inside(arguments[0], entry, (*path, index))
    elif origin is dict and isinstance(value, dict):
        for key, entry in value.items():
            if kind_in(arguments[1]) is not None:
                yield (*path, key), arguments[1], False
            yield from _inside(arguments[1], entry, (*path, key))


def _every() -> Iterator[tuple[str, Path, Any, bool]]:
    for case in CASES:
        for path, declared, required in fields(tables=full_design(case)):
            if case == "coin" or path[0] == "case":
                yield case, path, declared, required


def _outside(kind: Kind) -> Iterator[tuple[str, Any]]:
    """Values [SI] beyond the limits of ``kind``, and a unit of another kind."""
    if kind.low is not None:
        yield "below", kind.low if kind.low_open else kind.low - 1e-3 * max(1.0, abs(kind.low))
    if kind.high is not None:
        yield "above", kind.high if kind.high_open else kind.high * 1.001
        yield "far_above", np.array([[kind.high * 1e3]])
    yield "wrong_unit", "1 kg" if "kg" not in kind.units else "1 um"


def _quantity(declared: Any) -> Kind | None:
    arguments = get_args(declared)
    inner = arguments[0] if get_origin(declared) is Annotated else declared
    return None if get_origin(inner) in (dict, tuple) else kind_in(declared)


def quantities_broken() -> Iterator[tuple[str, Path, Any]]:
    """Each quantity field with each value that it cannot have: case, path, value."""
    for index, (case, path, declared, _) in enumerate(_every()):
        kind = _quantity(declared)
        if kind is None:
            continue
        for name, value in (*_outside(kind), *tuple(NOT_NUMBERS.items())[index % SHARE :: SHARE]):
            if name != "rest" or path[-2] not in ("recipe", "composition"):
                yield case, path, value


def words_broken() -> Iterator[tuple[str, Path, Any]]:
    """Each field with a fixed set of words, each text, list and table holding what it cannot: case, path, value."""
    for case, path, declared, required in _every():
        if _quantity(declared) is not None or path == ("measured",):
            continue
        words = [word for entry in _parts(declared) if get_origin(entry) is Literal for word in get_args(entry)]
        values = [3.5, ["a", 3], True] if not words else [3.5, True, "", "anythng", [], {}, words[0] * 7]
        if bool in _parts(declared):
            values.remove(True)
        yield from ((case, path, value) for value in values)
        if required:
            yield case, path, None


def _parts(declared: Any) -> Iterator[Any]:
    yield declared
    if get_origin(declared) is not Literal:
        for entry in get_args(declared):
            yield from _parts(entry)


def missing_keys() -> Iterator[tuple[str, Path, Any]]:
    """Each required key left out: case, path, and the mark for absence."""
    return ((case, path, GONE) for case, path, _, required in _every() if required)


def near_misses() -> Iterator[tuple[str, Path, str, str]]:
    """Each key of each table misspelt beside the right ones: case, path of the table, misspelt key, key meant."""
    for case, path, _, _ in _every():
        if isinstance(path[-1], str) and not path_text(path[:-1]).endswith((".recipe", ".composition")):
            key = path[-1]
            yield case, path[:-1], f"{key[:-1]}zz" if len(key) > 3 else f"{key}z", key
