"""Which discharge cut-off keeps the alloy layers in a lithium window at a rate; docs/theory/simulation.md, section 8.

Along one discharge voltage and lithium content both fall, so the content at any cut-off is read off the same run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.errors import RangeError
from alloycell.quantities import FloatArray
from alloycell.simulate.contents import first_discharge
from alloycell.simulate.options import LEVELS, Options

__all__ = ["DEEPEST", "SimulatedWindow", "simulated_window"]

DEEPEST = 0.6
"""How far below the design's own cut-off the run goes, as a share of it (dimensionless)."""


@dataclass(frozen=True, slots=True)
class SimulatedWindow:
    """One run at ``rate`` and ``level`` of the diffusivity: the cut-offs [V] between which the alloy stays inside.

    ``lowest`` is None where it stays inside to the end of the run, ``highest`` where no cut-off brings it below the
    upper edge. ``fraction`` (0 to 1) is the content at the design's own cut-off, None where the run ended before.
    """

    rate: str
    level: str
    lowest: float | None
    highest: float | None
    fraction: float | None
    outcome: str


def simulated_window(
    cell: Cell, rate: str, low: float, high: float, options: Options | None = None
) -> tuple[SimulatedWindow, ...]:
    """The window ``low`` to ``high`` (lithium fractions, 0 to 1) of one design at ``rate``, for each diffusivity.

    Raises RangeError for a batch or without an alloy layer, RunError without the solver.
    """
    sheet = Datasheet(cell)
    if cell.shape or not sheet.alloy_layers:
        raise RangeError("A window at a rate is found for one design that has a layer with an alloying element.")
    own = float(np.asarray(cell.operation.discharge_voltage))
    found = []
    for level in LEVELS:
        result = first_discharge(sheet, f"Discharge at {rate} until {DEEPEST * own:.4g} V", level, options)
        if not result.outcome.finished:
            found.append(SimulatedWindow(rate, level, None, None, None, result.outcome.sentence))
            continue
        voltage, fraction = result.voltage, result.lithium_fraction()
        now = None if voltage[-1] > own else float(np.interp(-own, -voltage, fraction))
        lowest, highest = (_voltage_at(edge, fraction, voltage) for edge in (low, high))
        found.append(SimulatedWindow(rate, level, lowest, highest, now, ""))
    return tuple(found)


def _voltage_at(edge: float, fraction: FloatArray, voltage: FloatArray) -> float | None:
    """Voltage [V] at which the falling ``fraction`` (0 to 1) first reaches ``edge``; None where it does not."""
    below = np.flatnonzero(fraction <= edge)
    if below.size == 0:
        return None
    last = int(below[0])
    if last == 0:
        return float(voltage[0])
    share = (fraction[last - 1] - edge) / (fraction[last - 1] - fraction[last])
    return float(voltage[last - 1] + share * (voltage[last] - voltage[last - 1]))
