"""How near a run comes to plating lithium: the least of phi_s - phi_e over the negative, when and where.

docs/theory/simulation.md, section 6. Below 0 V lithium metal would form; the run itself goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.simulate.arrays import ROWS
from alloycell.simulate.phases import Region
from alloycell.simulate.result import Result

__all__ = ["PlatingMargin", "plating_margin"]


@dataclass(frozen=True, slots=True)
class PlatingMargin:
    """The least margin of one run: ``margin`` [V] at ``time`` [s] and ``voltage`` [V] of the cell.

    It is in the layer ``where`` (``title``), ``depth`` of the way (0 to 1) from its collector side to the separator,
    None in a film. ``begins`` is when it first falls below 0 V, as (time [s], voltage [V], charge passed [C/m2]); None
    where it stays above.
    """

    margin: float
    time: float
    voltage: float
    where: str
    title: str
    depth: float | None
    begins: tuple[float, float, float] | None

    @property
    def place(self) -> str:
        """The layer and the depth in it, in words; no units."""
        name = self.title or self.where
        if self.depth is None:
            return name
        if self.depth > 0.9:
            return f"{name}, at its side towards the separator"
        if self.depth < 0.1:
            return f"{name}, at its side towards the collector"
        return f"{name}, {100 * self.depth:.0f} % of the way to the separator"


def plating_margin(result: Result) -> PlatingMargin:
    """The least plating margin [V] of one design's run, with its place and with when it first falls below 0 V."""
    margin, rows = result.plating_margin, result.raw.rows
    least = int(np.argmin(margin))
    region, depth = _place(result.made.regions, int(rows[least, ROWS.index("margin_node")]))
    below = np.flatnonzero(margin < 0.0)
    begins = None
    if below.size:
        begins = _crossing(result, int(below[0]))
    return PlatingMargin(
        float(margin[least]), float(result.time[least]), float(result.voltage[least]), region.where, region.title,
        depth, begins,
    )  # fmt: skip


def _place(regions: tuple[Region, ...], node: int) -> tuple[Region, float | None]:
    """The layer of a control volume (its number), and how far through it that lies, 0 to 1, None in a film."""
    for region in regions:
        if node < region.nodes:
            return region, None if region.film else (node + 0.5) / region.nodes
        node -= region.nodes
    return regions[-1], None


def _crossing(result: Result, first: int) -> tuple[float, float, float]:
    """Time [s], voltage [V] and charge [C/m2] at which the margin reaches 0 V, between two rows of output."""
    margin = result.plating_margin
    if first == 0:
        return float(result.time[0]), float(result.voltage[0]), 0.0
    share = margin[first - 1] / (margin[first - 1] - margin[first])
    between = (float(row[first - 1] + share * (row[first] - row[first - 1]))
               for row in (result.time, result.voltage, result.charge))  # fmt: skip
    time, voltage, charge = between
    return time, voltage, charge
