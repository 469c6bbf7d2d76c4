"""How near a run comes to plating lithium: the least of phi_s - phi_e over the negative, when and where.

docs/theory/simulation.md, section 6. Below 0 V lithium metal would form; the run itself goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import ROWS, Raw
from alloycell.simulate.phases import Region

__all__ = ["PlatingMargin", "plating_of"]


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


def plating_of(raw: Raw, regions: tuple[Region, ...]) -> PlatingMargin:
    """The least plating margin [V] of one design's run ``raw`` through ``regions``, and when it falls below 0 V."""
    margin = _column(raw, "margin")
    least = int(np.argmin(margin))
    region, depth = _place(regions, int(_column(raw, "margin_node")[least]))
    below = np.flatnonzero(margin < 0.0)
    return PlatingMargin(
        float(margin[least]), float(_column(raw, "time")[least]), float(_column(raw, "voltage")[least]), region.where,
        region.title, depth, _crossing(raw, int(below[0])) if below.size else None,
    )  # fmt: skip


def _column(raw: Raw, name: str) -> FloatArray:
    return raw.rows[:, ROWS.index(name)]


def _place(regions: tuple[Region, ...], node: int) -> tuple[Region, float | None]:
    """The layer of a control volume (its number), and how far through it that lies, 0 to 1, None in a film."""
    for region in regions:
        if node < region.nodes:
            return region, None if region.film else (node + 0.5) / region.nodes
        node -= region.nodes
    return regions[-1], None


def _crossing(raw: Raw, first: int) -> tuple[float, float, float]:
    """Time [s], voltage [V] and charge [C/m2] at which the margin reaches 0 V, between two rows of output."""
    margin = _column(raw, "margin")
    share = 1.0 if first == 0 else float(margin[first - 1] / (margin[first - 1] - margin[first]))
    before = max(first - 1, 0)
    time, voltage, charge = (
        float(row[before] + share * (row[first] - row[before]))
        for row in (_column(raw, name) for name in ("time", "voltage", "charge"))
    )
    return time, voltage, charge
