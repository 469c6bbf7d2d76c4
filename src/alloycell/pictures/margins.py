"""The margin chart: how far each clause is from its edge, in percent of its window, worst on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alloycell.pictures.canvas import shortened
from alloycell.pictures.palette import FAINT, INK, MARKS, lighter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ROW_HEIGHT", "MarginRow", "draw_margins"]

ROW_HEIGHT = 19.0
"""Height of one row of the chart [px]."""

_LIMIT = 100.0
_LONG = 60.0
_READINGS = ("strict", "rounded", "guarded")


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One clause: its name and title, result, margin [%] of window or edge (None for yes or no), a remark beside the
    margin, and the answers of the three readings."""

    name: str
    title: str
    result: str
    percent: float | None
    text: str
    readings: tuple[str, str, str]


def draw_margins(chart: Axes, readings: Axes, rows: Sequence[MarginRow]) -> None:
    """Draw ``rows`` downwards: bars of margin [%] on ``chart``, marks of the three readings on ``readings``."""
    places = np.arange(len(rows), dtype=np.float64)
    for place, row in zip(places, rows, strict=True):
        _bar(chart, float(place), row)
        for column, answer in enumerate(row.readings):
            _mark(readings, float(column), float(place), answer, 6.0)
    chart.axvline(0.0, color=INK, lw=1.1)
    chart.set_yticks(places, [shortened(f"{row.name} · {row.title}" if row.title else row.name, 60) for row in rows])
    chart.tick_params(axis="y", length=0, pad=8)
    chart.set_xlim(-1.3 * _LIMIT, 1.3 * _LIMIT)
    chart.set_xticks(np.arange(-100, 101, 50), ["≤ −100", "−50", "0", "+50", "≥ +100"])
    chart.set_xlabel("margin to the nearest edge [% of window, of the edge where there is one]")
    chart.grid(axis="x")
    chart.spines["left"].set_visible(False)
    readings.set_xlim(-0.7, 2.7)
    readings.set_xticks([0, 1, 2], _READINGS)
    readings.set_yticks([])
    readings.xaxis.tick_top()
    readings.tick_params(axis="x", length=0)
    for side in ("left", "bottom", "top"):
        readings.spines[side].set_visible(False)
    for axes in (chart, readings):
        axes.set_ylim(len(rows) - 0.5, -0.5)
        for place in places[:-1]:
            axes.axhline(place + 0.5, color="#eef0f2", lw=0.7, zorder=0.0)


def _bar(chart: Axes, place: float, row: MarginRow) -> None:
    mark = MARKS.get(row.result, MARKS["unknown"])
    if row.percent is None or not np.isfinite(row.percent):
        word = {"inside": "met", "outside": "not met"}.get(row.result, row.result)
        _mark(chart, 0.0, place, row.result, 7.5)
        left = row.result == "outside"
        word += f", {row.text}" if row.text else ""
        at, side = (-7.0, "right") if left else (7.0, "left")
        chart.text(at, place, word, ha=side, va="center", fontsize=10, color=FAINT)
        return
    end = float(np.clip(row.percent, -_LIMIT, _LIMIT))
    chart.barh(place, end, height=0.56, color=lighter(mark.colour, 0.45), edgecolor=mark.colour, lw=0.8)
    if abs(row.percent) > _LIMIT:
        chart.plot([end * 0.93], [place], marker=">" if end > 0 else "<", ms=5, color=mark.colour, ls="none")
    _mark(chart, 0.0, place, row.result, 7.5)
    right = (row.percent >= 0) == (abs(end) < _LONG)
    start = max(abs(end), 4.0) if abs(end) < _LONG else 4.0
    at = (start + 3.0) * (1 if right else -1)
    chart.text(at, place, _said(row), ha="left" if right else "right", va="center", fontsize=10)


def _said(row: MarginRow) -> str:
    percent = row.percent or 0.0
    number = f"{percent:+.1f}" if abs(percent) < 100 else f"{percent:+.0f}"
    return number.replace("-", "−") + " %" + (f", {row.text}" if row.text else "")


def _mark(axes: Axes, x: float, y: float, result: str, size: float) -> None:
    mark = MARKS.get(result, MARKS["unknown"])
    inside = mark.colour if mark.filled else "#ffffff"
    edge = "#ffffff" if mark.filled and mark.marker != "_" else mark.colour
    axes.plot(
        [x], [y], marker=mark.marker, ms=size, color=mark.colour, markerfacecolor=inside, ls="none",
        markeredgecolor=edge, markeredgewidth=0.7, zorder=4.0, clip_on=False,
    )  # fmt: skip
