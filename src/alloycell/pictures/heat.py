"""Lithium through the layers of an electrode against time: a strip for each layer, the edges of a window as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.pictures.canvas import panel, shortened
from alloycell.pictures.palette import INK
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["HeatStrip", "draw_heat", "heat_height"]

_TOP, _BOTTOM, _GAP, _LEFT, _RIGHT, _BAR = 22.0, 44.0, 24.0, 48.0, 62.0, 10.0
_TALL, _LOW = 104.0, 64.0
_COLUMNS = 160
_EDGES: tuple[Any, Any] = ((0, (4, 2)), "solid")


@dataclass(frozen=True, slots=True)
class HeatStrip:
    """One layer: ``name``, places ``depth`` [um] of its middle points, its span ``low`` to ``high`` [um].

    ``values`` [``unit``], shape (times, places), are drawn from 0 to ``top``; ``window`` are two values whose
    lines are drawn, None for none. ``colours`` is a map of matplotlib.
    """

    name: str
    depth: FloatArray
    low: float
    high: float
    values: FloatArray
    unit: str
    top: float
    colours: str
    window: tuple[float, float] | None = None


def _tall(strip: HeatStrip) -> float:
    return _LOW if strip.window is None else _TALL


def heat_height(strips: Sequence[HeatStrip]) -> float:
    """The height of a figure with ``strips`` [px]."""
    return _TOP + _BOTTOM + sum(_tall(strip) for strip in strips) + _GAP * (len(strips) - 1)


def draw_heat(figure: Figure, width: float, time: FloatArray, strips: Sequence[HeatStrip]) -> None:
    """Draw ``strips`` on ``figure`` of ``width`` [px] against ``time`` [h], the first one (the collector's) lowest."""
    top = _TOP
    for strip in reversed(strips):
        lowest = strip is strips[0]
        axes = panel(figure, _LEFT, top, width - _LEFT - _RIGHT, _tall(strip))
        _draw_strip(axes, time, strip)
        _draw_key(panel(figure, width - _RIGHT + 10.0, top, _BAR, _tall(strip)), strip)
        axes.set_title(shortened(strip.name, 52), fontsize=10.5, fontweight="normal", pad=4)
        axes.set_ylabel("depth [µm]" if _tall(strip) == _TALL or len(strips) == 1 else "[µm]")
        axes.yaxis.set_label_coords(-34.0 / (width - _LEFT - _RIGHT), 0.5)
        if lowest:
            axes.set_xlabel("time [h]")
        else:
            axes.tick_params(labelbottom=False)
        top += _tall(strip) + _GAP


def _draw_strip(axes: Axes, time: FloatArray, strip: HeatStrip) -> None:
    even = (np.arange(_COLUMNS) + 0.5) / _COLUMNS * time[-1]
    image = np.array([np.interp(even, time, column) for column in strip.values.T])
    extent = (0.0, float(time[-1]), strip.low, strip.high)
    axes.imshow(
        image, origin="lower", aspect="auto", extent=extent, cmap=strip.colours, vmin=0.0, vmax=strip.top,
        interpolation="none",
    )  # fmt: skip
    if strip.window is not None:
        _draw_edges(axes, time, strip, strip.window)
    axes.set_xlim(0.0, float(time[-1]))
    axes.set_ylim(strip.low, strip.high)
    axes.set_yticks([strip.low, strip.high], [f"{value:.3g}" for value in (strip.low, strip.high)])
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)


def _draw_edges(axes: Axes, time: FloatArray, strip: HeatStrip, window: tuple[float, float]) -> None:
    depth = np.concatenate([[strip.low], strip.depth, [strip.high]])
    values = np.concatenate([strip.values[:, :1], strip.values, strip.values[:, -1:]], axis=1)
    for edge, dashes in zip(window, _EDGES, strict=True):
        if float(values.min()) < edge < float(values.max()):
            axes.contour(time, depth, values.T, levels=[edge], colors="#ffffff", linewidths=3.2, linestyles="solid")
            axes.contour(time, depth, values.T, levels=[edge], colors=INK, linewidths=1.4, linestyles=[dashes])


def _draw_key(axes: Axes, strip: HeatStrip) -> None:
    column = np.linspace(0.0, strip.top, 64)[:, None]
    axes.imshow(
        column, origin="lower", aspect="auto", extent=(0.0, 1.0, 0.0, strip.top), cmap=strip.colours, vmin=0.0,
        vmax=strip.top, interpolation="none",
    )  # fmt: skip
    axes.set_xticks([])
    axes.yaxis.tick_right()
    marks = [0.0, strip.top] if strip.window is None else [0.0, *strip.window, strip.top]
    axes.set_yticks(marks, [f"{mark:.3g}" for mark in marks[:-1]] + [f"{marks[-1]:.3g} {strip.unit}"])
    for edge, dashes in zip(strip.window or (), _EDGES, strict=False):
        axes.axhline(edge, color="#ffffff", lw=3.2)
        axes.axhline(edge, color=INK, lw=1.4, ls=dashes)
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
