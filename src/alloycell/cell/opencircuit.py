"""Open-circuit curves between two states: voltage and potentials against charge, and the energy under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell.balance import BalanceInput, State, couple
from alloycell.cell.equilibrium import Grid, Phases, at_rest
from alloycell.quantities import FARADAY, FloatArray

__all__ = ["POINTS", "OpenCircuit", "energy_between", "open_circuit"]

POINTS = 401
"""Points of an open-circuit curve, dimensionless; energy by the trapezoidal rule over them is good to about 1e-4."""

_INSIDE = 1e-9
"""How far inside the step its two ends are looked at, as a share of the charge: a rest has no direction there yet."""


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """A zero-rate charge or discharge: ``charge`` passed [C/m2], shape (points,), potentials [V], contents.

    ``energy`` [J/m2] between the two states is positive for a charge and for a discharge and has the batch shape; a
    jump of the potential at the very end (a wall) is not part of it.
    ``negative_content`` and ``positive_content`` [Li per host] have shape (populations, points). Arrays of a batch
    have the batch axes before the point axis.
    """

    start: str
    end: str
    charge: FloatArray
    negative_potential: FloatArray
    positive_potential: FloatArray
    negative_content: FloatArray
    positive_content: FloatArray
    energy: FloatArray

    @property
    def voltage(self) -> FloatArray:
        """Open-circuit voltage [V], shape of the potentials."""
        return np.asarray(self.positive_potential - self.negative_potential)


def open_circuit(given: BalanceInput, start: State, end: State, points: int = POINTS) -> OpenCircuit:
    """The zero-rate curve from state ``start`` to state ``end`` (charge in C/m2, potentials in V vs Li/Li+).

    Lithium leaves one electrode evenly over the points; the first of it pays first-cycle losses still owed at
    ``start``. Each electrode plays between its branches from where it stood at ``start``.
    """
    curves = couple(given.negative, given.positive)
    share = np.linspace(0.0, 1.0, points)
    moved = start.positive.lithium() - end.positive.lithium()
    owed = (end.losses - start.losses).sum(axis=0)
    passed, looked_at = moved[..., None] * share, moved[..., None] * np.clip(share, _INSIDE, 1.0 - _INSIDE)
    taken = np.maximum(looked_at - owed[..., None], np.minimum(looked_at, 0.0))
    low_lithium = start.negative.lithium()[..., None] + taken
    high_lithium = start.positive.lithium()[..., None] - looked_at
    low_potential, low_content = _along(curves.negative, start.negative, low_lithium)
    high_potential, high_content = _along(curves.positive, start.positive, high_lithium)
    charge = np.abs(passed) * FARADAY
    energy = np.asarray(np.abs(np.trapezoid(high_potential - low_potential, charge, axis=-1)))
    # The wall an electrode is pushed against has no potential of its own: its last point is the state's.
    low_potential[..., -1], high_potential[..., -1] = end.negative_potential, end.positive_potential
    return OpenCircuit(start.name, end.name, charge, low_potential, high_potential, low_content, high_content, energy)


def _along(curves: Grid, held: Phases, lithium: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Potentials [V], shape (..., points), and contents, shape (phases, ..., points), at each amount of lithium."""
    points = lithium.shape[-1]
    rows = held.hosts.shape[0]
    wide = [np.repeat(array.reshape(rows, -1), points, axis=1) for array in (held.hosts, held.content)]
    rest = at_rest(curves, Phases(*wide), lithium.reshape(-1))
    potential = np.clip(rest.potential, curves.potential[-2], curves.potential[1])
    return potential.reshape(lithium.shape), rest.content.reshape(rows, *lithium.shape)


def energy_between(given: BalanceInput, start: State, end: State) -> FloatArray:
    """Energy [J/m2] of the zero-rate step from ``start`` to ``end`` that both electrodes make, batch shape, exact.

    Along the step an electrode's potential moves one way, so every phase follows one of its branches, and the energy
    is the sum over phases of hosts times the area under that branch between its two contents. The populations must
    be the same at both ends: not for a step in which crystalline hosts turn amorphous or losses are paid.
    """
    curves = couple(given.negative, given.positive)
    moved = np.zeros(given.shape)
    for grid, before, after in (
        (curves.negative, start.negative, end.negative),
        (curves.positive, start.positive, end.positive),
    ):
        for row in range(grid.lower.shape[0]):
            first, last = before.content[row], after.content[row]
            rising = _area(grid.lower[row], grid.potential, last) - _area(grid.lower[row], grid.potential, first)
            falling = _area(grid.upper[row], grid.potential, last) - _area(grid.upper[row], grid.potential, first)
            moved = moved + before.hosts[row] * np.where(last >= first, rising, falling)
    return np.asarray(np.abs(moved) * FARADAY)


def _area(content: FloatArray, potential: FloatArray, reached: FloatArray) -> FloatArray:
    """Area [V Li per host] under a branch on the knots of a grid from its first content to ``reached``."""
    steps = np.diff(content)
    areas = np.concatenate([[0.0], np.cumsum(steps * (potential[1:] + potential[:-1]) / 2)])
    knot = np.clip(np.searchsorted(content, reached, side="right") - 1, 0, content.size - 2)
    width = steps[knot]
    share = np.where(width > 0, (reached - content[knot]) / np.where(width > 0, width, 1.0), 0.0)
    level = potential[knot] + (potential[knot + 1] - potential[knot]) * share
    return np.asarray(areas[knot] + (reached - content[knot]) * (potential[knot] + level) / 2)
