"""Neighbours of a design: one field moved, and the designs that its stated uncertainties span."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloycell.alloy import shares_of
from alloycell.cell.cell import Cell
from alloycell.cell.datasheet import Datasheet
from alloycell.declaration import kind_at, parse_path, path_text, value_at
from alloycell.quantities import FloatArray, Number

__all__ = ["changes_for", "dosed", "spread_of"]


def changes_for(cell: Cell, path: str, values: Number) -> dict[str, Any]:
    """The changes that put ``values`` [SI of the field] at ``path``, for :meth:`Cell.with_all`.

    A share of a recipe that has no rest takes from, or gives to, the other shares in proportion.
    """
    keys = parse_path(path)
    if len(keys) < 3 or keys[-2] not in ("recipe", "composition", "phases"):
        return {path: values}
    holder = value_at(cell, keys[:-2])
    if (holder.phases_rest if keys[-2] == "phases" else holder.rest) is not None:
        return {path: values}
    recipe = shares_of(getattr(holder, str(keys[-2])), None)
    if len(recipe) == 1:
        return {path: values}
    others = (1.0 - values) / (1.0 - recipe[str(keys[-1])])
    scaled = {path_text((*keys[:-1], name)): share * others for name, share in recipe.items() if name != keys[-1]}
    return {path: values, **scaled}


def dosed(cell: Cell, charge: Number, *, checked: bool = True) -> Cell:
    """``cell`` with ``charge`` [C/m2] of lithium added, however its file states the amount; surface and uptake stay.

    With ``checked=False`` it is not asked whether the surface can take that much.
    """
    given: dict[str, Any] = {"dose": charge, "surface": "negative"}
    if cell.lithium is not None:
        given["surface"] = cell.lithium.surface
        if cell.lithium.uptake is not None:
            given["uptake"] = cell.lithium.uptake
    return cell.with_all({"lithium": given}, checked=checked)


def spread_of(cell: Cell) -> tuple[tuple[str, ...], Cell] | None:
    """The uncertain fields of a single design and a batch of 2n designs that moves each up and down in turn.

    Row 2i has field i raised by its expanded uncertainty, row 2i + 1 lowered, both kept inside the field's limits
    [SI]. Lithium planned by a target is put in as the dose planned for the nominal design: a cell is not dosed
    again because its carbon turned out different. The rules across fields are not asked: a neighbour that would no
    longer fit its case still says how far the figures move. None for a design without stated uncertainty.
    """
    if not cell.uncertainty:
        return None
    paths = tuple(cell.uncertainty)
    rows = np.arange(2 * len(paths))
    changes: dict[str, Any] = {}
    planned = cell.lithium is not None and cell.lithium.target is not None
    doses = np.full(rows.size, float(np.asarray(Datasheet(cell).lithium_added)))
    for index, path in enumerate(paths):
        moved = _moved(cell, path, rows, index)
        if planned and path == "lithium.target":
            doses[2 * index : 2 * index + 2] = [
                float(np.asarray(Datasheet(cell.with_(path, float(moved[row]))).lithium_added))
                for row in (2 * index, 2 * index + 1)
            ]
            continue
        changes.update(changes_for(cell, path, moved))
    if not planned:
        return paths, cell.with_all(changes, checked=False)
    return paths, dosed(cell.with_all(changes, checked=False) if changes else cell, doses, checked=False)


def _moved(cell: Cell, path: str, rows: Any, index: int) -> FloatArray:
    """Values [SI] of field ``index`` over the rows of the spread, inside the limits of its kind."""
    keys = parse_path(path)
    value, spread, kind = float(value_at(cell, keys)), cell.uncertainty[path], kind_at(cell, keys)
    moved = value + spread * ((rows == 2 * index) * 1.0 - (rows == 2 * index + 1) * 1.0)
    if kind is None:
        return np.asarray(moved)
    tiny = 1e-9 * abs(value)
    low = -np.inf if kind.low is None else kind.low + (tiny if kind.low_open else 0.0)
    high = np.inf if kind.high is None else kind.high - (tiny if kind.high_open else 0.0)
    return np.asarray(np.clip(moved, low, high))
