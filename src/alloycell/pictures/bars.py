"""Stacked bars: how much lithium is where, one bar a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alloycell.pictures.canvas import shortened
from alloycell.pictures.palette import EDGE, FAINT, INK, Ink
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Segment", "draw_ledger", "legend_below"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of every bar: its name, ink, and ``amounts`` [unit of the axis, SI or as shown], one a state."""

    name: str
    ink: Ink
    amounts: FloatArray


def draw_ledger(axes: Axes, states: Sequence[str], segments: Sequence[Segment], width: float, unit: str) -> None:
    """Draw one stacked bar a state on ``axes`` of ``width`` [px]; amounts in ``unit``, worded on the axis."""
    totals = np.sum([segment.amounts for segment in segments], axis=0)
    reach = 1.12 * float(np.max(totals))
    rows = np.arange(len(states), dtype=np.float64)
    start = np.zeros(len(states))
    for segment in segments:
        ink = segment.ink
        axes.barh(
            rows, segment.amounts, left=start, height=0.66, facecolor=ink.fill, edgecolor=ink.line,
            hatch=ink.hatch or None, linewidth=0.6, label=shortened(segment.name, 32),
        )  # fmt: skip
        for row, (begin, amount) in enumerate(zip(start, segment.amounts, strict=True)):
            if amount / reach * width > 34:
                _written(axes, begin + amount / 2, row, amount, ink)
        start = start + segment.amounts
    for row, total in enumerate(totals):
        axes.text(total + 0.01 * reach, row, f"{total:.3f}", va="center", fontsize=10, color=FAINT)
    axes.set_yticks(rows, states)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_xlim(0.0, reach)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"lithium [{unit}]")


def _written(axes: Axes, x: float, row: int, amount: float, ink: Ink) -> None:
    dark = sum(int(ink.fill[i : i + 2], 16) for i in (1, 3, 5)) < 420
    plate = {"boxstyle": "square,pad=0.12", "facecolor": ink.fill, "edgecolor": "none"} if ink.hatch else None
    axes.text(
        x, row, f"{amount:.3f}", ha="center", va="center", fontsize=10, color="#ffffff" if dark else INK, bbox=plate
    )


def legend_below(axes: Axes, columns: int, drop: float) -> None:
    """Put the legend in ``columns`` (a count) below ``axes``, ``drop`` of its height lower (dimensionless)."""
    legend = axes.legend(
        loc="upper left", bbox_to_anchor=(-0.2, -drop), ncols=columns, handlelength=1.6, handleheight=0.9,
        columnspacing=1.4, borderaxespad=0.0, borderpad=0.0, labelspacing=0.45,
    )  # fmt: skip
    for patch in legend.get_patches():
        patch.set_edgecolor(patch.get_edgecolor() if patch.get_hatch() else EDGE)
