"""Figures made of figures: ratios, products and sums over layers, as functions of a datasheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from alloycell.cell.datasheet import Datasheet
from alloycell.quantities import number

__all__ = ["Value", "over", "product", "sum_over"]

Value = Any
"""What a figure may be: a number or array [SI of its kind], a truth value, a set of names, or None."""


def over(top: Callable[[Datasheet], Value], bottom: Callable[[Datasheet], Value]) -> Callable[[Datasheet], Value]:
    """``top`` over ``bottom`` [unit of top / unit of bottom]; None where either is, NaN where ``bottom`` is 0."""

    def ratio(sheet: Datasheet) -> Value:
        above, below = top(sheet), bottom(sheet)
        if above is None or below is None:
            return None
        above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), below)
        return number(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))

    return ratio


def product(first: Callable[[Datasheet], Value], second: Callable[[Datasheet], Value]) -> Callable[[Datasheet], Value]:
    """``first`` times ``second`` [product of their units]; None where either is."""

    def times(sheet: Datasheet) -> Value:
        one, other = first(sheet), second(sheet)
        return None if one is None or other is None else number(one * other)

    return times


def sum_over(layers: str, name: str) -> Callable[[Datasheet], Value]:
    """The dimension ``name`` (thickness [m], loading [kg/m2]) summed over ``layers``; None without layers."""

    def total(sheet: Datasheet) -> Value:
        found = getattr(sheet, layers)
        return number(sum((getattr(made.size, name) for made in found), 0.0)) if found else None

    return total
