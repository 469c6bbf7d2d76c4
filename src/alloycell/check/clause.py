"""A clause as numbers: windows with stated digits, and the criteria that a rule holds a design against.

Everything is vectorised: a value may be a float or an array of any shape (a batch of designs). What the three
readings of an edge mean is written in ``docs/theory/verdicts.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from alloycell.quantities import KINDS, Number

__all__ = ["TOLERANCE", "Criterion", "Flags", "Window"]

TOLERANCE = 1e-12
"""A float nearer to an edge than this share of it (or of the scale) counts as it (dimensionless)."""

Flags: TypeAlias = bool | NDArray[np.bool_]

_EDGE = re.compile(r"^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Window:
    """What a clause allows a number to be: one or two edges, each closed or open, with the digits it was
    stated in.

    Parameters: ``kind`` is a name in :data:`alloycell.quantities.KINDS`; ``low`` and ``high`` are edges [SI
    of the kind] or None; ``low_open`` and ``high_open`` say that the edge itself is outside; ``low_step`` and
    ``high_step`` are the size of the last stated digit [SI], 0 for an exact edge; ``unit`` is the unit text
    written in the clause.
    """

    kind: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    low_step: float = 0.0
    high_step: float = 0.0
    unit: str = ""

    @classmethod
    def of(
        cls,
        kind: str,
        low: str | float | None = None,
        high: str | float | None = None,
        *,
        low_open: bool = False,
        high_open: bool = False,
        exact: bool = False,
    ) -> Window:
        """The window with edges as written, such as ``"0.05 um"`` or a plain SI number.

        The decimals written decide the rounded reading in the unit written; ``exact`` (or an edge of 0)
        switches it off. Raises ``PydanticCustomError`` where an edge is not a quantity of ``kind``.
        """
        edges: list[tuple[float | None, float, str]] = []
        for edge in (low, high):
            if edge is None:
                edges.append((None, 0.0, ""))
                continue
            value = float(KINDS[kind].read(edge))
            step, unit = _last_digit(kind, edge)
            edges.append((value, 0.0 if exact or value == 0 else step, unit))
        (low_value, low_step, low_unit), (high_value, high_step, high_unit) = edges
        unit = low_unit or high_unit
        return cls(kind, low_value, high_value, low_open, high_open, low_step, high_step, unit)

    @classmethod
    def above(cls, kind: str, low: float = 0.0, *, low_open: bool = False) -> Window:
        """One exact lower edge [SI of the kind], shown in the unit people read; for differences."""
        shown = KINDS[kind].shown
        return cls(kind, low=low, low_open=low_open, unit="" if shown == "1" else shown)

    def contains(self, value: Number, scale: Number = 0.0) -> Any:
        """Whether ``value`` [SI] is strictly inside; bool of the same shape, NaN is not inside."""
        return self._between(value, self.low, self.high, self.low_open, self.high_open, scale)

    def contains_rounded(self, value: Number, scale: Number = 0.0) -> Any:
        """Whether ``value`` [SI], rounded half up to each edge's digits, is inside; bool, same shape."""
        low, high, low_open, high_open = self.low, self.high, self.low_open, self.high_open
        if low is not None and self.low_step:
            low, low_open = low + (0.5 if low_open else -0.5) * self.low_step, False
        if high is not None and self.high_step:
            high, high_open = high + (-0.5 if high_open else 0.5) * self.high_step, True
        return self._between(value, low, high, low_open, high_open, scale)

    def beyond(self, least: Number, most: Number, scale: Number = 0.0) -> Any:
        """Whether the whole interval from ``least`` to ``most`` [SI] is outside; bool, same shape."""
        short = ~np.asarray(self._between(most, self.low, None, self.low_open, False, scale)) & ~np.isnan(most)
        over = ~np.asarray(self._between(least, None, self.high, False, self.high_open, scale)) & ~np.isnan(least)
        return short | over

    def margin(self, value: Number) -> Any:
        """Distance of ``value`` to the nearer edge [SI], positive inside; same shape as ``value``."""
        above = np.inf if self.low is None else np.asarray(value) - self.low
        below = np.inf if self.high is None else self.high - np.asarray(value)
        return np.minimum(above, below)

    def measure(self, scale: Number = 0.0) -> Any:
        """What the margin is told in shares of [SI]: the width, else the edge, else ``scale``, else 1."""
        if self.low is not None and self.high is not None:
            return self.high - self.low
        edge = self.low if self.low is not None else self.high
        if edge:
            return abs(edge)
        return np.where(np.abs(scale) > 0, np.abs(scale), 1.0)

    def relative(self, value: Number, scale: Number = 0.0) -> Any:
        """Margin as a share of window or edge (dimensionless), >= 0 exactly where strictly inside."""
        share = self.margin(value) / self.measure(scale)
        inside = self.contains(value, scale)
        return np.where(inside, np.maximum(share, 0.0), np.minimum(share, -TOLERANCE))

    def number(self, value: float) -> float:
        """``value`` [SI] as a number in the unit of the clause (differences: see :meth:`difference`)."""
        return value / self._factor() - float(KINDS[self.kind].offset.get(self.unit, 0))

    def difference(self, value: float) -> float:
        """A difference ``value`` [SI] as a number in the unit of the clause."""
        return value / self._factor()

    def text(self, value: float, digits: int = 4) -> str:
        """``value`` [SI] in the unit of the clause, as a person reads it."""
        return self._worded(self.number(value), digits)

    def difference_text(self, value: float, digits: int = 4) -> str:
        """A difference ``value`` [SI] in the unit of the clause with its sign, as a person reads it."""
        words = self._worded(self.difference(value), digits)
        return words if words.startswith("-") else f"+{words}"

    def words(self) -> str:
        """The window in words, in the unit and with the digits of the clause."""
        low, high = (
            None if edge is None else self._stated(edge, step)
            for edge, step in ((self.low, self.low_step), (self.high, self.high_step))
        )
        unit = f" {self.unit}" if self.unit else ""
        if low is not None and high is not None and not self.low_open and not self.high_open:
            return f"{low} to {high}{unit}"
        parts = [] if low is None else [f"{'above' if self.low_open else 'at least'} {low}"]
        parts += [] if high is None else [f"{'below' if self.high_open else 'at most'} {high}"]
        return " and ".join(parts) + unit if parts else "any"

    def nearest(self, value: float) -> str:
        """The edge nearer to ``value`` [SI], with unit and the digits of the clause."""
        below = self.low is not None and (self.high is None or value - self.low <= self.high - value)
        edge, step = (self.low, self.low_step) if below else (self.high, self.high_step)
        return "none" if edge is None else self._stated(edge, step) + (f" {self.unit}" if self.unit else "")

    def _worded(self, number: float, digits: int) -> str:
        if np.isinf(number):
            return "-infinite" if number < 0 else "infinite"
        return f"{number:.{digits}g}" + (f" {self.unit}" if self.unit else "")

    def _stated(self, edge: float, step: float) -> str:
        if not step:
            return f"{self.number(edge):.6g}"
        decimals = max(0, -round(float(np.log10(step / self._factor()))))
        return f"{self.number(edge):.{decimals}f}"

    def _factor(self) -> float:
        return float(KINDS[self.kind].units.get(self.unit, 1)) if self.unit else 1.0

    def _between(
        self,
        value: Number,
        low: float | None,
        high: float | None,
        low_open: bool,
        high_open: bool,
        scale: Number,
    ) -> Any:
        inside = ~np.isnan(value)
        if low is not None:
            slack = TOLERANCE * np.maximum(abs(low), np.abs(scale))
            inside = inside & ((value > low + slack) if low_open else (value >= low - slack))
        if high is not None:
            slack = TOLERANCE * np.maximum(abs(high), np.abs(scale))
            inside = inside & ((value < high - slack) if high_open else (value <= high + slack))
        return inside


def _last_digit(kind: str, edge: str | float) -> tuple[float, str]:
    """Size of the last digit written in ``edge`` [SI] and the unit text to show it in ("" for none)."""
    match = _EDGE.match(edge if isinstance(edge, str) else repr(edge))
    if match is None:
        return 0.0, ""
    exponent = Decimal(match[1]).as_tuple().exponent
    digit = float(Decimal(1).scaleb(int(exponent)))
    listed = KINDS[kind].units
    if match[2] in listed:
        return digit * float(listed[match[2]]), "" if match[2] == "1" else match[2]
    shown = "" if KINDS[kind].si == "1" else KINDS[kind].shown
    value, number = float(KINDS[kind].read(edge)), float(match[1])
    return digit * (value / number if number else 1.0), shown


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a clause demands: a number against a window, or something that must be so.

    Parameters: ``name`` in words; ``of`` names the parameters of the rule it depends on (one of them missing
    makes it unknown); ``value`` [SI of the window's kind] or a truth value when there is no ``window``;
    ``found`` says what was found where there is no number; ``scale`` [SI] is the size of the terms of a
    difference whose edge is 0; ``inverse`` is 1/value where that is the well-behaved one: uncertainty is then
    carried on it.
    """

    name: str
    of: tuple[str, ...]
    value: Any
    window: Window | None = None
    scale: Any = 0.0
    found: str = ""
    inverse: Any = None

    def strict(self) -> Any:
        """Whether it holds with the edges as stated; bool or array of bool."""
        return np.asarray(self.value, bool) if self.window is None else self.window.contains(self.value, self.scale)

    def rounded(self) -> Any:
        """Whether it holds after rounding to the digits stated; bool or array of bool."""
        if self.window is None:
            return np.asarray(self.value, bool)
        return self.window.contains_rounded(self.value, self.scale)

    def relative(self) -> Any:
        """Margin as a share of window or edge (dimensionless); -1 for what is not so, +inf for what is so."""
        if self.window is None:
            return np.where(np.asarray(self.value, bool), np.inf, -1.0)
        return self.window.relative(self.value, self.scale)

    def interval(self, moved: Criterion | None) -> tuple[float, float]:
        """Lowest and highest value [SI] inside the expanded uncertainty; ``moved`` is the same criterion on
        spread rows.

        Rows 2i and 2i + 1 of ``moved`` have input i raised and lowered by its expanded uncertainty.
        """
        value = float(self.value)
        if moved is None:
            return value, value
        if self.inverse is None:
            spread = _expanded(moved.value, value)
            return value - spread, value + spread
        share = float(self.inverse)
        spread = _expanded(moved.inverse, share)
        if spread == 0:
            return value, value
        least = 1 / (share + spread)
        return least, np.inf if share <= spread else 1 / (share - spread)


def _expanded(rows: Any, nominal: float) -> float:
    """Expanded uncertainty [unit of ``rows``] from rows moved up and down in turn; a constant has none."""
    moved = np.asarray(rows, dtype=np.float64)
    if moved.ndim == 0:
        return 0.0
    up, down = moved[..., 0::2], moved[..., 1::2]
    with np.errstate(invalid="ignore"):
        up, down = (
            np.where(np.isnan(up), 2 * nominal - down, up),
            np.where(np.isnan(down), 2 * nominal - up, down),
        )
        half = np.where(up == down, 0.0, (up - down) / 2)
    return float(np.inf) if np.isnan(half).any() else float(np.sqrt((half**2).sum()))
