"""The potential curve of a material: with letters on a terminal, and as a picture in a file."""

from __future__ import annotations

from pathlib import Path

from alloycell.app.plot import Line, text_plot
from alloycell.files import write_text
from alloycell.materials import Host, Hysteresis
from alloycell.pictures import Curve, canvas, draw_curves, inline_svg, key_above, panel, style

__all__ = ["curve_text", "save_curve"]


def curve_text(host: Host, curve: Hysteresis, width: int) -> str:
    """Both branches [Li per host against V vs Li/Li+] drawn with letters, ``width`` letters wide."""
    lines = [
        Line("o", "lithium leaves", curve.delithiation.content, curve.delithiation.potential),
        Line("*", "lithium enters", curve.lithiation.content, curve.lithiation.potential),
    ]
    return text_plot(lines, f"content [Li per {host.host}]", "potential [V vs Li/Li+]", width)


def save_curve(host: Host, curve: Hysteresis, path: Path) -> None:
    """Write both branches [Li per host against V vs Li/Li+] as an SVG picture to ``path``; raises StoreError."""
    with style():
        figure = canvas(560, 340)
        axes = panel(figure, 60, 30, 480, 250)
        enter, leave = curve.lithiation, curve.delithiation
        drawn = [
            Curve(enter.content, enter.potential, "lithium enters", "charge", "#0072B2"),
            Curve(leave.content, leave.potential, "lithium leaves", "discharge", "#D55E00"),
        ]
        draw_curves(axes, drawn, "potential [V vs Li/Li+]", f"content [Li per {host.host}]")
        key_above(axes, (), [(line.name, line.colour) for line in drawn])
        text = inline_svg(figure, host.name, f"Open-circuit potential of {host.title} against lithium content")
    write_text(path, text + "\n")
