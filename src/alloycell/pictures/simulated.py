"""Curves of simulations at three diffusivities: the middle one as a line, low to high as a band. Arrays are plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.pictures.canvas import shortened
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Band", "draw_bands", "key_of_bands"]

_EDGES: tuple[Any, Any] = ((0, (1, 1.6)), (0, (5, 2)))


@dataclass(frozen=True, slots=True)
class Band:
    """One curve with its neighbours, each as (x, y) [unit of the axes, SI or as shown], None for one not there.

    ``low`` and ``high`` are the runs with the lowest and the highest diffusivity; ``name`` and ``colour`` say whose.
    ``error`` is the half-width of the error band of ``middle``, one entry a point [unit of the y axis], None without.
    """

    name: str
    colour: str
    low: tuple[FloatArray, FloatArray] | None
    middle: tuple[FloatArray, FloatArray] | None
    high: tuple[FloatArray, FloatArray] | None
    error: FloatArray | None = field(default=None, kw_only=True)


def draw_bands(
    axes: Axes, bands: Sequence[Band], y_label: str, x_label: str, filled: bool = True, dots: bool = True
) -> None:
    """Draw ``bands`` on ``axes``, ends as ``dots``; the labels name quantity and unit of each axis [SI or as shown].

    The ground from low to high is ``filled`` where all curves end on one line, such as a cut-off.
    """
    for band in bands:
        if filled and band.low is not None and band.high is not None:
            x, y = (np.concatenate([low, high[::-1]]) for low, high in zip(band.low, band.high, strict=True))
            axes.fill(x, y, facecolor=band.colour, alpha=0.16, linewidth=0.0)
        for curve, dashes in zip((band.low, band.high), _EDGES, strict=True):
            if curve is not None:
                axes.plot(*curve, color=band.colour, ls=dashes, lw=1.1)
        if band.middle is not None:
            _draw_middle(axes, band, *band.middle)
        for curve in (band.low, band.middle, band.high):
            if curve is not None and dots:
                axes.plot(curve[0][-1:], curve[1][-1:], "o", color=band.colour, markersize=3.4)
    axes.grid(visible=True)
    axes.set_ylabel(y_label)
    axes.set_xlabel(x_label)
    axes.margins(x=0.015, y=0.06)


def _draw_middle(axes: Axes, band: Band, x: FloatArray, y: FloatArray) -> None:
    """The middle curve, inside its error band where it has one; both may be thinner than the other."""
    if band.error is None:
        axes.plot(x, y, color=band.colour, lw=2.0)
        return
    axes.fill_between(x, y - band.error, y + band.error, facecolor=band.colour, alpha=0.45, linewidth=0.0)
    axes.plot(x, y, color=band.colour, lw=1.4)


def key_of_bands(
    axes: Axes, names: Sequence[tuple[str, str]], filled: bool = True, levels: Sequence[str] = ("low", "middle", "high")
) -> None:
    """A legend above ``axes``: ``names`` with their colours, then what lines of the ``levels`` and ground stand for."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    grey = "#6b737b"
    shown: list[Any] = [Line2D([], [], color=colour, lw=2.6, label=shortened(name, 30)) for name, colour in names]
    if len(levels) > 1:
        shown.append(Line2D([], [], color=grey, lw=2.0, label="middle"))
        shown += [
            Line2D([], [], color=grey, ls=dashes, lw=1.1, label=level)
            for level, dashes in zip(("low", "high"), _EDGES, strict=True)
        ]
    if filled and len(levels) > 1:
        shown.append(Patch(facecolor=grey, alpha=0.25, label="low to high"))
    axes.legend(
        handles=shown, loc="lower left", bbox_to_anchor=(0.0, 1.01), ncols=min(len(shown), 6), borderaxespad=0.0,
        borderpad=0.0, handlelength=1.7, columnspacing=1.0, handletextpad=0.5,
    )  # fmt: skip
