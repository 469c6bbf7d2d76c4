"""How the flat numbers of a run move with fields of the design: differences of the assembly, in one batch.

docs/theory/derivatives.md (4). Curves and tables come from material records; a field that moved them would be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.cell import Cell
from alloycell.cell.neighbours import changes_for
from alloycell.declaration import kind_at, numeric_fields, parse_path, path_text, value_at
from alloycell.errors import AlloycellError, Fault, RangeError
from alloycell.quantities import FloatArray, Kind
from alloycell.simulate.arrays import Flat, numbers_of
from alloycell.simulate.assemble import Assembly, assemble
from alloycell.simulate.options import Options
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.slopes import Seeds
from alloycell.simulate.steps import step_tables

__all__ = ["Directions", "Field", "directions_of", "field_of", "fields_that_move"]

_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Field:
    """A number of a design: ``path``, ``kind`` (unit, limits), ``value``, and neighbours ``up`` and ``down`` [SI]."""

    path: str
    kind: Kind
    value: float
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class Directions:
    """Derivatives by ``fields``: of all flat numbers (``seeds``), and of the hosts [mol/m2] of every phase.

    ``hosts`` has shape (fields, phases) [mol/m2 per SI unit of the field].
    """

    fields: tuple[Field, ...]
    seeds: Seeds
    hosts: FloatArray


def field_of(cell: Cell, path: str) -> Field:
    """The number at ``path`` of ``cell`` (one design), to be moved by a millionth to both sides as far as it may; SI.

    Raises DesignError for a path that is not there, RangeError for one that holds no number or one that cannot move.
    """
    keys = parse_path(path)
    value, kind = value_at(cell, keys), kind_at(cell, keys)
    if kind is None or not isinstance(value, float):
        found = "is not stated" if value is None else "is no number of a single design"
        raise RangeError(Fault(path, found, "a derivative is taken by a number that the design states"))
    if keys[0] == "simulation":
        raise RangeError(Fault(path, "is a choice for the run", "a derivative is taken by a number of the cell itself"))
    if _lone_share(cell, keys):
        raise RangeError(Fault(path, "is the whole", "another part is needed that gives way when this one moves"))
    step = _SHARE * abs(value)
    up = value + step if kind.high is None else min(value + step, kind.high)
    down = value - step if kind.low is None else max(value - step, kind.low)
    if not up > down:
        raise RangeError(
            Fault(path, f"is {kind.text(value)}", "a number that is not 0 is needed to move it by a share")
        )
    return Field(path, kind, value, up, down)


def _lone_share(cell: Cell, keys: Sequence[str | int]) -> bool:
    """Whether ``keys`` lead to the only part of a recipe or composition; no units."""
    if len(keys) < 3 or keys[-2] not in ("recipe", "composition", "phases"):
        return False
    rest = "phases_rest" if keys[-2] == "phases" else "rest"
    return len(value_at(cell, tuple(keys[:-1]))) == 1 and getattr(value_at(cell, tuple(keys[:-2])), rest, None) is None


def fields_that_move(cell: Cell, options: Options, start: str | float) -> tuple[Field, ...]:
    """Every number of ``cell`` that can be moved and that moves a flat number of its runs; SI.

    Left out are those at 0, shares without another share to give way, and those that would change which phases there
    are.
    """
    found = []
    base = assemble(cell, options, start)
    for path in (path_text(keys) for keys, _, _ in numeric_fields(cell)):
        try:
            field = field_of(cell, path)
            near = assemble(_neighbours(cell, [field]), options, start)
            _same_structure(base.flat, near.flat, [field])
        except AlloycellError:
            continue
        moved = [*numbers_of(near.flat), near.one_c, *(np.atleast_1d(place.hosts) for place in near.places)]
        cut_off = path.startswith("operation.")
        if cut_off or any(np.any(array[0] != array[1]) for array in moved):
            found.append(field)
    return tuple(found)


def directions_of(
    cell: Cell, fields: Sequence[Field], base: Assembly, options: Options, start: str | float, protocol: Protocol
) -> Directions:
    """Derivatives of everything that ``base``, the assembly of ``cell``, hands to the kernel for ``protocol``; SI.

    ``start`` is where the run starts. Raises RangeError naming the field that changes curves or structure.
    """
    near = assemble(_neighbours(cell, fields), options, start)
    _same_structure(base.flat, near.flat, fields)
    asked = step_tables(near, protocol)
    apart = np.array([field.up - field.down for field in fields])

    def slope(array: FloatArray) -> FloatArray:
        return np.asarray(np.moveaxis(array[0::2] - array[1::2], 0, -1)[None] / apart)

    seeds = Seeds(*(slope(array) for array in (*numbers_of(near.flat), asked.table, asked.groups)))
    hosts = np.stack([slope(np.asarray(place.hosts))[0] for place in near.places], axis=-1)
    return Directions(tuple(fields), seeds, hosts)


def _neighbours(cell: Cell, fields: Sequence[Field]) -> Cell:
    """A batch of 2n designs: each field up and down in turn, all others as they are."""
    changes: dict[str, Any] = {}
    for index, field in enumerate(fields):
        for path, moved in changes_for(cell, field.path, np.array([field.up, field.down])).items():
            own = float(value_at(cell, parse_path(path)))
            changes.setdefault(path, np.full(2 * len(fields), own))[2 * index : 2 * index + 2] += moved - own
    return cell.with_all(changes, checked=False)


def _same_structure(base: Flat, near: Flat, fields: Sequence[Field]) -> None:
    shapes = [[(layer.side, layer.nodes, len(layer.phases)) for layer in flat.layers] for flat in (base, near)]
    same = shapes[0] == shapes[1] and len(base.curves) == len(near.curves)
    same = same and all(np.array_equal(one, other) for one, other in zip(base.curves, near.curves, strict=True))
    if not same or not np.array_equal(base.salt, near.salt):
        names = ", ".join(field.path for field in fields)
        found = "changes curves, or which phases there are, when it moves"
        raise RangeError(Fault(names, found, "a derivative is taken by a field that moves numbers only"))
