"""Curves on the grids of the kernel: open-circuit potentials of both branches, kinetics, diffusion, electrolyte.

The kernel reads every curve against theta, the share (0 to 1) of the way from the empty to the full wall of a material
(docs/theory/reaction.md, section 3).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from alloycell.materials import Branch, Hysteresis, Library
from alloycell.quantities import FloatArray, frozen_array
from alloycell.simulate.kernel import load_kernel
from alloycell.simulate.monotone import cubic, slopes

__all__ = [
    "PRISTINE",
    "SALT_POINTS",
    "WALL",
    "WALL_WIDTH",
    "branch_table",
    "diffusivity_table",
    "exchange_table",
    "grid",
    "rise_to",
    "salt_table",
    "sampled",
    "wall",
]

WALL = 1.0
"""By how much the potential has left its curve at the very end of it [V]: the wall of docs/theory/reaction.md (6)."""

PRISTINE = 3.0
"""Potential [V] of a negative without any lithium: where walls end, so that all phases are at rest when made."""

WALL_WIDTH = 1.5e-4
"""Share of the capacity over which the wall rises by a factor e, dimensionless."""

SALT_POINTS = 401
"""Points of the electrolyte's table, dimensionless."""

_WINDOW = 2e-3
_LEAST_WALL = 0.1
_SALT_FLOOR = 10.0


@cache
def grid() -> FloatArray:
    """The values of theta (0 to 1) at which the kernel takes curves: 64 intervals an octave towards both ends."""
    kernel = load_kernel()
    points = np.zeros(kernel.octave_nodes())
    kernel.octave_grid(points)
    return frozen_array(points)


def wall(theta: FloatArray, rise: float = WALL) -> FloatArray:
    """What keeps theta (0 to 1) between its walls, in V: ``rise`` exp(-theta / w) - 1 V exp(-(1 - theta) / w)."""
    return np.asarray(rise * np.exp(-theta / WALL_WIDTH) - WALL * np.exp(-(1.0 - theta) / WALL_WIDTH))


def rise_to(top: float, bottom: float) -> float:
    """The wall [V] that takes a curve which begins at ``bottom`` [V] to ``top`` [V] at theta = 0, and 0.1 V at least.

    The kernel continues its tables straight below their first point.
    """
    first = float(grid()[0]) / WALL_WIDTH
    return max(_LEAST_WALL, (top - bottom) / (math.exp(-first) * (1.0 + first)))


def branch_table(branch: Branch, empty: float, full: float, top: float | None = None) -> FloatArray:
    """Potential [V vs Li/Li+] and its slope by theta [V] of one branch on :func:`grid`, shape (2, points).

    theta is 0 at the content ``empty`` and 1 at ``full`` [Li per host]. The curve is that of the balance, straight
    between its knots, as the mean over a window of 0.4 % of the capacity (narrower at the ends): it falls where the
    curve falls, bends and jumps between plateaus become smooth, and the lithium under it stays. The wall at the empty
    end rises to ``top`` [V], by 1 V where that is None.
    """
    theta = (branch.content - empty) / (full - empty)
    points = grid()
    values = _averaged(theta, branch.potential, points)
    rise = WALL if top is None else rise_to(top, float(values[0]))
    return _with_slopes(np.minimum.accumulate(values) + wall(points, rise))


def _averaged(theta: FloatArray, potential: FloatArray, points: FloatArray) -> FloatArray:
    """Mean of the piecewise linear curve over a window around each point, by its exact integral [V]."""
    area = np.concatenate([[0.0], np.cumsum(np.diff(theta) * (potential[1:] + potential[:-1]) / 2)])
    half = np.minimum(_WINDOW, 0.5 * np.minimum(points - theta[0], theta[-1] - points))
    half = np.maximum(half, 1e-9)

    def integral(x: FloatArray) -> FloatArray:
        right = np.clip(np.searchsorted(theta, x, side="right"), 1, theta.size - 1)
        left = right - 1
        width = np.where(theta[right] > theta[left], theta[right] - theta[left], 1.0)
        slope = (potential[right] - potential[left]) / width
        over = x - theta[left]
        return np.asarray(area[left] + over * (potential[left] + 0.5 * slope * over))

    return np.asarray((integral(points + half) - integral(points - half)) / (2 * half))


def _with_slopes(values: FloatArray) -> FloatArray:
    return np.stack([values, slopes(grid(), values)])


def sampled(function: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Values and slopes (by theta) of a function of theta on :func:`grid`, shape (2, points), unit unchanged."""
    return _with_slopes(np.asarray(function(grid())))


def exchange_table(curve: Hysteresis, highest: float) -> FloatArray:
    """Shape of the exchange current against theta, dimensionless, shape (2, points).

    The kernel takes sqrt(theta (1 - theta)); published laws take sqrt(y (1 - y)) with the share y of all sites, which
    for a curve that ends before the sites do is not the same. ``highest`` is the content at y = 1 [Li per host].
    """
    y = (curve.empty + grid() * (curve.full - curve.empty)) / highest
    room = np.maximum(y * (1.0 - y), 1e-6)
    return _with_slopes(np.sqrt(room / (grid() * (1.0 - grid()))))


def diffusivity_table(
    content: FloatArray, diffusivity: FloatArray, empty: float, full: float
) -> tuple[float, FloatArray]:
    """Reference diffusivity [m2/s] and D over it against theta, dimensionless, shape (2, points).

    ``diffusivity`` [m2/s] is given at rising ``content`` [Li per host], theta is 0 at ``empty`` and 1 at ``full``.
    Between the points the logarithm follows monotone cubic pieces, beyond them D stays at the last value. The
    reference is the geometric mean over theta.
    """
    wanted = np.clip(empty + grid() * (full - empty), content[0], content[-1])
    level = cubic(content, np.log(diffusivity), wanted)
    middle = float(np.trapezoid(level, grid()) / np.ptp(grid()))
    return float(np.exp(middle)), _with_slopes(np.exp(level - middle))


def salt_table(library: Library, name: str, temperature: float) -> tuple[FloatArray, float]:
    """Electrolyte ``name`` at ``temperature`` [K]: table (8, points), and the concentration at its end [mol/m3].

    Rows: diffusivity [m2/s], conductivity [S/m], thermodynamic factor, transference number, then their slopes by
    concentration. Between temperatures linear, beyond the measured concentrations constant; conductivity falls in
    proportion to the concentration below the lowest measured one.
    """
    table = library.transport(name)
    levels = np.unique(table[:, 0])
    inside = float(np.clip(temperature, levels[0], levels[-1]))
    upper = int(np.clip(np.searchsorted(levels, inside), 1, max(levels.size - 1, 1))) if levels.size > 1 else 0
    lower = max(upper - 1, 0)
    share = 0.0 if upper == lower else (inside - levels[lower]) / (levels[upper] - levels[lower])
    rows = [table[table[:, 0] == levels[index]] for index in (lower, upper)]
    top = min(float(row[-1, 1]) for row in rows)
    c = np.linspace(0.0, top, SALT_POINTS)
    values, rates = [], []
    for column in (3, 2, 5, 4):
        parts = [cubic(part[:, 1], part[:, column], np.maximum(c, part[0, 1])) for part in rows]
        row = (1.0 - share) * parts[0] + share * parts[1]
        if column == 2:
            row = row * np.clip(np.maximum(c, _SALT_FLOOR) / max(part[0, 1] for part in rows), 0.0, 1.0)
        values.append(row)
        rates.append(slopes(c, row) if np.ptp(row) > 0 else np.zeros_like(c))
    return frozen_array(np.stack([*values, *rates])), top
