"""Drawing: functions that put plain arrays on matplotlib axes, and figures as inline SVG. No room is imported."""

from __future__ import annotations

from alloycell.pictures.bars import Segment, draw_ledger, legend_below
from alloycell.pictures.canvas import apart, canvas, inline_svg, panel, shortened, style
from alloycell.pictures.curves import Curve, colour_of, draw_curves, draw_cutoffs, draw_window, key_above
from alloycell.pictures.margins import ROW_HEIGHT, MarginRow, draw_margins
from alloycell.pictures.palette import INK, MARKS, ROLES, Ink, Mark, ink_of, lighter
from alloycell.pictures.section import Band, Stack, draw_section

__all__ = [
    "INK",
    "MARKS",
    "ROLES",
    "ROW_HEIGHT",
    "Band",
    "Curve",
    "Ink",
    "MarginRow",
    "Mark",
    "Segment",
    "Stack",
    "apart",
    "canvas",
    "colour_of",
    "draw_curves",
    "draw_cutoffs",
    "draw_ledger",
    "draw_margins",
    "draw_section",
    "draw_window",
    "ink_of",
    "inline_svg",
    "key_above",
    "legend_below",
    "lighter",
    "panel",
    "shortened",
    "style",
]
