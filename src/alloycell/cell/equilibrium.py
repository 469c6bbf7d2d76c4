"""Electrodes at rest: every phase of an electrode shares one potential, which is the independent variable.

``docs/theory/balance.md``. A phase is a monotone function content(potential), plateaus as steps; between its
branches it plays (content keeps its value inside [lithiation branch, delithiation branch]). Contents of several
phases add up to the electrode's lithium, again monotone, so any number of phases and plateaus is solved exactly:
binary search over the knots of all curves, then a linear problem. Everything runs over a batch of designs at
once, element by element, so a design's result does not depend on its neighbours.

Arrays: phases first, designs last. Potentials V vs Li/Li+, contents Li per host, amounts mol/m2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alloycell.materials import Branch
from alloycell.quantities import FloatArray

__all__ = ["FAR", "Grid", "Index", "Phases", "Rest", "at_rest", "at_voltage", "grid"]

FAR = 100.0
"""Potential of the sentinel knots beyond every wall [V]; contents there are those of the walls."""

Index = NDArray[np.intp]
"""A knot for each design of a batch, dimensionless."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The curves of an electrode's phases on one list of potentials.

    ``potential`` [V], shape (k,), falling, a plateau as two equal knots; ``lower`` and ``upper`` [Li per host],
    shape (phases, k): content on the lithiation and on the delithiation branch, both rising along k.
    """

    potential: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True)
class Phases:
    """What an electrode holds: ``hosts`` [mol/m2] and ``content`` [Li per host], each of shape (phases, designs)."""

    hosts: FloatArray
    content: FloatArray

    def lithium(self) -> FloatArray:
        """Lithium of all phases [mol/m2], shape (designs,)."""
        return np.asarray((self.hosts * self.content).sum(axis=0))


@dataclass(frozen=True, slots=True)
class Rest:
    """Contents at rest: ``content`` [Li per host], shape (phases, designs), of either electrode, ``potential`` [V].

    ``slope`` [mol/m2/V] is how much lithium the electrode takes per volt of falling potential, 0 at a wall,
    infinite on a plateau; shape (designs,). ``beyond`` says that the potential lies beyond every curve's end.
    """

    content: FloatArray
    potential: FloatArray
    slope: FloatArray
    beyond: NDArray[np.bool_]


def grid(lower: Sequence[Branch], upper: Sequence[Branch]) -> Grid:
    """One :class:`Grid` from the lithiation and delithiation branches [V, Li per host] of each phase."""
    branches = [*lower, *upper]
    knots = np.unique(np.concatenate([branch.potential for branch in branches])) if branches else np.zeros(1)
    falling = knots[::-1]
    steps = [branch.potential[1:][np.diff(branch.potential) == 0] for branch in branches]
    doubled = np.isin(falling, np.concatenate(steps)) if steps else np.zeros(falling.shape, dtype=bool)
    potential = np.repeat(falling, np.where(doubled, 2, 1))
    second = np.zeros(potential.shape, dtype=bool)
    second[1:] = potential[1:] == potential[:-1]
    full = np.concatenate([[potential[0] + FAR], potential, [potential[-1] - FAR]])
    side = np.concatenate([[False], second, [True]])

    def sampled(chosen: Sequence[Branch]) -> FloatArray:
        rows = [
            np.where(side, branch.content_at(full, below=True), branch.content_at(full, below=False))
            for branch in chosen
        ]
        return np.array(rows).reshape(len(chosen), full.size)

    low, high = sampled(lower), sampled(upper)
    return Grid(full, low, np.maximum(low, high))


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch between two nodes of the path: potentials and branch contents at its two ends."""

    lower: tuple[FloatArray, FloatArray]
    upper: tuple[FloatArray, FloatArray]

    def content(self, held: FloatArray, share: FloatArray) -> FloatArray:
        low = self.lower[0] + (self.lower[1] - self.lower[0]) * share
        high = self.upper[0] + (self.upper[1] - self.upper[0]) * share
        return np.clip(held, low, high)


def _at_knot(curves: Grid, phases: Phases, knot: Index) -> FloatArray:
    """Lithium [mol/m2] of an electrode at integer knots, shape (designs,)."""
    total = np.zeros(knot.shape)
    for row in range(curves.lower.shape[0]):
        content = np.clip(phases.content[row], curves.lower[row][knot], curves.upper[row][knot])
        total += phases.hosts[row] * content
    return total


def _between(curves: Grid, phases: Phases, knot: Index, share: FloatArray) -> FloatArray:
    """Lithium [mol/m2] at ``share`` (0 to 1) of the way from ``knot`` to the next, shape (designs,)."""
    total = np.zeros(knot.shape)
    for row in range(curves.lower.shape[0]):
        low, high = curves.lower[row], curves.upper[row]
        bottom = low[knot] + (low[knot + 1] - low[knot]) * share
        top = high[knot] + (high[knot + 1] - high[knot]) * share
        total += phases.hosts[row] * np.clip(phases.content[row], bottom, top)
    return total


def _located(curves: Grid, potential: FloatArray) -> tuple[Index, FloatArray]:
    """Interval and share of ``potential`` [V] on the path, on the upper side of a plateau."""
    after = np.searchsorted(-curves.potential, -potential, side="left")
    knot = np.clip(after - 1, 0, curves.potential.size - 2)
    top, bottom = curves.potential[knot], curves.potential[knot + 1]
    width = top - bottom
    share = np.where(width > 0, (top - potential) / np.where(width > 0, width, 1.0), 1.0)
    return knot, np.clip(share, 0.0, 1.0)


def _search(lowest: Index, highest: Index, under_aim: Callable[[Index], NDArray[np.bool_]]) -> Index:
    """The last index in [lowest, highest) at which ``under_aim(index)`` still holds, per design."""
    low, high = lowest.copy(), highest.copy()
    while np.any(high - low > 1):
        middle = (low + high) // 2
        under = under_aim(middle)
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return low


def _stretch(curves: Grid, knot: Index, start: FloatArray, end: FloatArray) -> _Segment:
    """The part from share ``start`` to share ``end`` of the interval at ``knot``, per design."""

    def ends(table: FloatArray) -> tuple[FloatArray, FloatArray]:
        left, step = table[:, knot], table[:, knot + 1] - table[:, knot]
        return left + step * start, left + step * end

    return _Segment(ends(curves.lower), ends(curves.upper))


def _solve(segments: Sequence[tuple[_Segment, Phases]], aim: FloatArray) -> FloatArray:
    """Share (0 to 1) of a stretch at which the lithium of all its phases equals ``aim`` [mol/m2], per design.

    The sum is rising and piecewise linear with a kink where a phase starts or stops to play. Bracketed secant
    steps find it; a step that does not halve the bracket is followed by a bisection.
    """

    def excess(share: FloatArray, chosen: Index) -> FloatArray:
        total = -aim[chosen]
        for segment, phases in segments:
            low = segment.lower[0][:, chosen] + (segment.lower[1] - segment.lower[0])[:, chosen] * share
            high = segment.upper[0][:, chosen] + (segment.upper[1] - segment.upper[0])[:, chosen] * share
            total += (phases.hosts[:, chosen] * np.clip(phases.content[:, chosen], low, high)).sum(axis=0)
        return np.asarray(total)

    open_ = np.arange(aim.size)
    left, right = np.zeros(aim.size), np.ones(aim.size)
    low, high = excess(left, open_), excess(right, open_)
    share = np.where(low >= 0, 0.0, 1.0)
    open_ = open_[(low < 0) & (high > 0)]
    for step in range(200):
        if not open_.size:
            break
        a, b, f_a, f_b = left[open_], right[open_], low[open_], high[open_]
        guess = a + (b - a) * (f_a / (f_a - f_b)) if step % 3 < 2 else 0.5 * (a + b)
        value = excess(guess, open_)
        share[open_] = guess
        under = value < 0
        left[open_], right[open_] = np.where(under, guess, a), np.where(under, b, guess)
        low[open_], high[open_] = np.where(under, value, f_a), np.where(under, f_b, value)
        width = right[open_] - left[open_]
        done = (np.abs(value) <= 4e-16 * np.abs(aim[open_])) | (width <= 1e-16) | (value == 0)
        open_ = open_[~done]
    return share


def _rest(
    curves: Grid,
    phases: Phases,
    segment: _Segment,
    share: FloatArray,
    knot: Index,
    ends: tuple[FloatArray, FloatArray],
) -> Rest:
    """Contents, potential [V] and slope [mol/m2/V] at ``share`` of a stretch with the potentials ``ends`` [V]."""
    content = segment.content(phases.content, share)
    potential = ends[0] + (ends[1] - ends[0]) * share
    width = curves.potential[knot] - curves.potential[knot + 1]
    low, high = curves.lower[:, knot], curves.upper[:, knot]
    low_step, high_step = curves.lower[:, knot + 1] - low, curves.upper[:, knot + 1] - high
    alike = np.where((low == high) & (low_step == high_step), low_step, 0.0)
    moving = np.where(content > phases.content, low_step, np.where(content < phases.content, high_step, alike))
    taken = (phases.hosts * moving).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(width > 0, taken / np.where(width > 0, width, 1.0), np.inf)
    beyond = (knot == 0) | (knot == curves.potential.size - 2)
    return Rest(content, potential, np.where(beyond, 0.0, slope), beyond)


def at_rest(curves: Grid, phases: Phases, lithium: FloatArray) -> Rest:
    """Where an electrode comes to rest when it holds ``lithium`` [mol/m2], shape (designs,), starting from ``phases``.

    Less than its walls keep or more than they hold gives the content of the wall and ``beyond``.
    """
    size = curves.potential.size
    start = np.zeros(lithium.shape, dtype=np.intp)
    knot = _search(start, start + size - 1, lambda index: _at_knot(curves, phases, index) <= lithium)
    segment = _stretch(curves, knot, np.zeros(knot.shape), np.ones(knot.shape))
    share = _solve([(segment, phases)], lithium)
    ends = (curves.potential[knot], curves.potential[knot + 1])
    return _rest(curves, phases, segment, share, knot, ends)


def at_voltage(
    negative: tuple[Grid, Phases], positive: tuple[Grid, Phases], lithium: FloatArray, voltage: FloatArray
) -> tuple[Rest, Rest]:
    """Where both electrodes come to rest at a cell ``voltage`` [V] sharing ``lithium`` [mol/m2], shapes (designs,).

    The positive's potentials lie ``voltage`` above the negative's, so along falling potential both take lithium
    and their sum is monotone. The path runs over the knots of both; along a plateau of the negative the positive
    stands at the upper end of one of its own.
    """
    (low_grid, low_phases), (high_grid, high_phases) = negative, positive
    levels = low_grid.potential

    def under(index: Index) -> NDArray[np.bool_]:
        knot, share = _located(high_grid, levels[index] + voltage)
        both = _at_knot(low_grid, low_phases, index) + _between(high_grid, high_phases, knot, share)
        return np.asarray(both <= lithium)

    start = np.zeros(lithium.shape, dtype=np.intp)
    knot = _search(start, start + levels.size - 1, under)
    top, bottom = levels[knot], levels[knot + 1]
    width = top - bottom

    def share_at(potential: FloatArray) -> FloatArray:
        return np.clip(np.where(width > 0, (top - potential) / np.where(width > 0, width, 1.0), 1.0), 0.0, 1.0)

    first, first_share = _located(high_grid, top + voltage)
    last, last_share = _located(high_grid, bottom + voltage)

    def under_high(index: Index) -> NDArray[np.bool_]:
        both = _between(low_grid, low_phases, knot, share_at(high_grid.potential[index] - voltage))
        return np.asarray(
            (index <= first) | (both + _at_knot(high_grid, high_phases, index) <= lithium) & (index <= last)
        )

    inner = _search(first, np.maximum(last, first) + 1, under_high)
    begins, ends = inner == first, inner == last
    upper = np.where(begins, top, high_grid.potential[inner] - voltage)
    lower = np.where(ends, bottom, high_grid.potential[inner + 1] - voltage)
    low_ends = (np.where(begins, 0.0, share_at(upper)), np.where(ends, 1.0, share_at(lower)))
    high_ends = (np.where(begins, first_share, 0.0), np.where(ends, last_share, 1.0))
    low_part, high_part = _stretch(low_grid, knot, *low_ends), _stretch(high_grid, inner, *high_ends)
    share = _solve([(low_part, low_phases), (high_part, high_phases)], lithium)
    low_rest = _rest(low_grid, low_phases, low_part, share, knot, (upper, lower))
    high_rest = _rest(high_grid, high_phases, high_part, share, inner, (upper + voltage, lower + voltage))
    stuck = low_rest.beyond & high_rest.beyond
    low = np.where(stuck, _nearest_walls(levels, high_grid.potential, voltage, knot, inner), low_rest.potential)
    high = np.where(stuck, low + voltage, high_rest.potential)
    return replace(low_rest, potential=low), replace(high_rest, potential=high)


def _nearest_walls(low: FloatArray, high: FloatArray, voltage: FloatArray, knot: Index, inner: Index) -> FloatArray:
    """The negative's potential [V] nearest to the ends of both electrodes' curves where both stand beyond them.

    No lithium can move there, so any pair of potentials ``voltage`` apart would do.
    """
    wall = np.where(knot == 0, low[1], low[-2])
    above, below = np.maximum(wall, high[1] - voltage), np.minimum(wall, high[-2] - voltage)
    return np.asarray(np.where(inner == 0, above, below))
