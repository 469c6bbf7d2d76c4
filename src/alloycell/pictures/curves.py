"""Curves against charge: cell voltage, electrode potentials, lithium contents with their window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.pictures.canvas import shortened
from alloycell.pictures.palette import FAINT, INK, WINDOW
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Curve", "colour_of", "draw_curves", "draw_cutoffs", "draw_window", "key_above"]

_COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: dict[str, Any] = {"first charge": (0, (1, 1.6)), "charge": "-", "discharge": (0, (5, 2))}


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: ``x`` and ``y`` [unit of the axes, SI or as shown], what it is, its step and its colour.

    ``step`` is "first charge", "charge" or "discharge" and decides the dashes.
    """

    x: FloatArray
    y: FloatArray
    name: str
    step: str
    colour: str = INK


def draw_curves(axes: Axes, curves: Sequence[Curve], y_label: str, x_label: str = "") -> None:
    """Draw ``curves`` on ``axes``; the labels name quantity and unit of each axis [SI or as shown]."""
    for curve in curves:
        wide = 1.2 if curve.step == "first charge" else 1.8
        axes.plot(curve.x, curve.y, color=curve.colour, ls=_DASHES.get(curve.step, "-"), lw=wide)
    axes.grid(visible=True)
    axes.set_ylabel(y_label)
    axes.margins(x=0.015, y=0.06)
    if x_label:
        axes.set_xlabel(x_label)
    else:
        axes.tick_params(labelbottom=False)


def draw_window(axes: Axes, low: float, high: float, unit: str = "at%") -> None:
    """Shade the window from ``low`` to ``high`` [unit of the y axis, SI or as shown] and write its edges in."""
    axes.axhspan(low, high, color=WINDOW, lw=0.0, zorder=0.0)
    for edge in (low, high):
        axes.axhline(edge, color=FAINT, lw=0.9, ls=(0, (4, 2)), zorder=1.0)
        axes.annotate(
            f"{edge:g} {unit}", (1.0, edge), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=10, color=INK, annotation_clip=False,
        )  # fmt: skip


def key_above(axes: Axes, steps: Sequence[str], names: Sequence[tuple[str, str]], columns: int | None = None) -> None:
    """A legend above ``axes`` in ``columns`` (a count): dashes of the ``steps``, then the curves; no units."""
    from matplotlib.lines import Line2D

    shown = [Line2D([], [], color=FAINT, ls=_DASHES[step], lw=1.6, label=step) for step in steps]
    shown += [Line2D([], [], color=colour, lw=2.6, label=shortened(name, 30)) for name, colour in names]
    columns = columns or (len(shown) if len(shown) <= 4 else 3)
    axes.legend(
        handles=shown, loc="lower left", bbox_to_anchor=(0.0, 1.01), ncols=columns, borderaxespad=0.0, borderpad=0.0,
        handlelength=2.0, columnspacing=1.3, handletextpad=0.5,
    )  # fmt: skip


def colour_of(index: int) -> str:
    """Colour of the ``index``-th curve (a count from 0); no units."""
    return _COLOURS[index % len(_COLOURS)]


def draw_cutoffs(
    axes: Axes, voltages: FloatArray, values: FloatArray, marks: Sequence[tuple[float, str]], y_label: str, colour: str
) -> None:
    """Draw ``values`` [SI or as ``y_label`` says] against cut-off ``voltages`` [V], ``marks`` [V] as uprights."""
    axes.plot(voltages, values, color=colour, lw=1.9)
    axes.set_ylabel(y_label)
    axes.grid(visible=True)
    axes.margins(x=0.02, y=0.08)
    for voltage, text in marks:
        if np.nanmin(voltages) <= voltage <= np.nanmax(voltages):
            axes.axvline(voltage, color=INK, lw=1.0, ls="-" if text == "now" else (0, (2, 2)))
