"""The picture of a result: voltage above, lithium contents below, against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alloycell.pictures import Curve, canvas, colour_of, draw_curves, panel, style
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["drawn"]


def drawn(title: str, time: FloatArray, voltage: FloatArray, held: Sequence[tuple[str, FloatArray]]) -> Figure:
    """``voltage`` [V] and, of each phase by name, the share ``held`` (0 to 1) of its curve, against ``time`` [s]."""
    hours = time / 3600.0
    with style():
        figure = canvas(760.0, 470.0)
        above, below = panel(figure, 64, 40, 470, 170), panel(figure, 64, 230, 470, 180)
        above.set_title(title.replace("$", r"\$"))
        draw_curves(above, [Curve(hours, voltage, "cell", "charge")], "voltage [V]")
        curves = [
            Curve(hours, 100.0 * share, name, "charge", colour_of(number)) for number, (name, share) in enumerate(held)
        ]
        draw_curves(below, curves, "lithium, share of the curve [%]", "time [h]")
        for curve in curves:
            below.plot([], [], color=curve.colour, label=curve.name)
        below.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure
