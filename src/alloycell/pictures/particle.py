"""Pictures of a particle: what it consists of, where oxygen and nitrogen sit, and a map of compositions.

Arrays are plain. Contents are given in wt%, shares in %, capacities in mAh/g, as the axes say. Colours differ in
lightness, too; sides of the particle differ by hatch, and every number that decides something is written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alloycell.pictures.bars import Segment
from alloycell.pictures.canvas import shortened
from alloycell.pictures.palette import EDGE, FAINT, INK, WINDOW, Ink
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "ELEMENT_COLOURS",
    "SIDE_HATCHES",
    "CompositionMap",
    "ContentColumn",
    "ContentPart",
    "draw_composition_line",
    "draw_composition_map",
    "draw_contents",
    "draw_phase_bar",
    "phase_ink",
]

ELEMENT_COLOURS: Mapping[str, str] = MappingProxyType(
    {"O": "#56B4E9", "N": "#009E73", "F": "#E69F00", "S": "#F0E442", "P": "#CC79A7"}
)
"""Colour of each element that a phase may hold dissolved; no units."""

SIDE_HATCHES: Mapping[str, str] = MappingProxyType({"A": "", "B": "////", "surface": "....", "": "xx"})
"""Hatch of each side of the particle; the empty one is for what no phase holds; no units."""

_SIDE_NAMES = MappingProxyType({"A": "in phase A", "B": "in phase B", "surface": "surface oxide", "": "without phase"})
_ELEMENT_NAMES = MappingProxyType({"O": "oxygen", "N": "nitrogen", "F": "fluorine", "S": "sulfur", "P": "phosphorus"})
_PHASE_INKS = MappingProxyType(
    {
        "A": ("#D55E00", "#f0a878", "#a34700"),
        "B": ("#0072B2", "#7fb8d8", "#004c78"),
        "surface": ("#b9bfc5", "#e3e6e9", "#8a9198"),
    }
)
_WIDE = 0.62


def phase_ink(side: str, turn: int = 0, certain: bool = True) -> Ink:
    """The ink of the ``turn``-th phase (a count from 0) of a side; hatched where its role is not certain; no units."""
    fills = _PHASE_INKS.get(side, _PHASE_INKS["surface"])
    fill = fills[turn % len(fills)]
    return Ink(fill, "" if certain else "xx", "#ffffff" if _dark(fill) else INK)


def _dark(fill: str) -> bool:
    return sum(int(fill[i : i + 2], 16) for i in (1, 3, 5)) < 400


def draw_phase_bar(axes: Axes, rows: Sequence[str], segments: Sequence[Segment], width: float) -> None:
    """Draw one bar of 100 % a row (by mass, by volume ...) on ``axes`` of ``width`` [px]; amounts in %."""
    places = np.arange(len(rows), dtype=np.float64)
    start = np.zeros(len(rows))
    for segment in segments:
        ink = segment.ink
        axes.barh(
            places, segment.amounts, left=start, height=0.62, facecolor=ink.fill, edgecolor="#ffffff",
            hatch=ink.hatch or None, linewidth=0.8, label=shortened(segment.name, 40),
        )  # fmt: skip
        for place, (begin, amount) in enumerate(zip(start, segment.amounts, strict=True)):
            _share_written(axes, float(begin + amount / 2), place, float(amount), width, segment)
        start = start + segment.amounts
    axes.set_yticks(places, list(rows))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0.0, 100.0)
    axes.set_xlabel("share of the particle [%]")
    axes.spines["left"].set_visible(False)
    _key(axes, None, columns=min(len(segments), 3), drop=40.0)


def _share_written(axes: Axes, x: float, row: int, amount: float, width: float, segment: Segment) -> None:
    room = amount / 100.0 * width
    short = segment.name.split(",")[0]
    told = f"{short} {amount:.3g} %"
    told = told if room > 6.4 * len(told) else f"{amount:.3g}"
    if room > 6.4 * len(told):
        ink = segment.ink
        plate = {"boxstyle": "square,pad=0.12", "facecolor": ink.fill, "edgecolor": "none"} if ink.hatch else None
        colour = "#ffffff" if _dark(ink.fill) else INK
        axes.text(x, row, told, ha="center", va="center", fontsize=10, color=colour, bbox=plate)


@dataclass(frozen=True, slots=True)
class ContentPart:
    """One piece of a column: the ``element``, the ``side`` of the particle that holds it, its ``amount`` [wt%]."""

    element: str
    side: str
    amount: float
    """Content [wt%] of what the column stands for."""


@dataclass(frozen=True, slots=True)
class ContentColumn:
    """One column of the balance: title, a line below it, its parts [wt%], and the window it is held against [wt%].

    ``uncertainty`` is that of the sum, expanded [wt%]; ``demand`` says the window in words; ``told`` stands in the
    place of a column whose contents are not known.
    """

    title: str
    below: str
    parts: tuple[ContentPart, ...]
    low: float | None = None
    """Lower edge of the window [wt%]."""
    high: float | None = None
    """Upper edge of the window [wt%]."""
    demand: str = ""
    uncertainty: float | None = None
    """Expanded uncertainty of the sum [wt%]."""
    told: str = ""
    whole: float | None = None
    """What the parts add up to [wt%], where it is known apart from them."""

    @property
    def total(self) -> float:
        """What the column stands for [wt%]: ``whole``, else the sum of the parts."""
        return float(sum(part.amount for part in self.parts)) if self.whole is None else self.whole


def draw_contents(axes: Axes, columns: Sequence[ContentColumn]) -> None:
    """Draw contents [wt%] as stacked ``columns``, each inside the ground of its window, with a key below."""
    top = _top(columns)
    for place, column in enumerate(columns):
        _window(axes, place, column, top)
        _column(axes, place, column, top)
    labels = [f"{column.title}\n{column.below}" if column.below else column.title for column in columns]
    axes.set_xticks(np.arange(len(columns)), labels)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.55, len(columns) - 0.45)
    axes.set_ylim(0.0, top)
    axes.set_ylabel("content [wt% of that column]")
    axes.grid(axis="y")
    _content_key(axes, columns)


def _top(columns: Sequence[ContentColumn]) -> float:
    """Upper end of the axis [wt%]: everything drawn, and every edge that is near it."""
    reach = max([column.total + (column.uncertainty or 0.0) for column in columns], default=0.0)
    edges = [edge for column in columns for edge in (column.low, column.high) if edge is not None]
    near = [edge for edge in edges if edge <= max(1.6 * reach, 1.5)]
    return 1.22 * max([reach, *near, 0.5])


def _window(axes: Axes, place: int, column: ContentColumn, top: float) -> None:
    if column.low is None and column.high is None:
        return
    low, high = column.low or 0.0, top if column.high is None else min(column.high, top)
    left, right = place - 0.47, place + 0.47
    axes.fill_between([left, right], low, high, color=WINDOW, lw=0.0, zorder=0.4)
    for edge in (column.low, column.high):
        if edge is not None and 0.0 < edge <= top:
            axes.plot([left, right], [edge, edge], color=INK, lw=1.1, ls=(0, (4, 2)), zorder=3.0)
    axes.annotate(
        column.demand, (place, top), xytext=(0, -3), textcoords="offset points", ha="center", va="top", fontsize=10,
        color=INK, linespacing=1.1,
    )  # fmt: skip


def _column(axes: Axes, place: int, column: ContentColumn, top: float) -> None:
    if column.told:
        plate = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 2.0}
        axes.text(
            place, 0.4 * top, column.told, ha="center", va="center", fontsize=10, color=FAINT, linespacing=1.2,
            bbox=plate, zorder=5.0,
        )  # fmt: skip
        return
    start = 0.0
    for part in column.parts:
        if part.amount <= 0:
            continue
        axes.bar(
            [place], [part.amount], bottom=start, width=_WIDE, facecolor=ELEMENT_COLOURS.get(part.element, EDGE),
            edgecolor="#ffffff", hatch=SIDE_HATCHES.get(part.side) or None, lw=0.8, zorder=2.0,
        )  # fmt: skip
        start += part.amount
    start, spread = column.total, column.uncertainty or 0.0
    if spread:
        low, high = max(start - spread, 0.0), start + spread
        axes.errorbar([place], [start], [[start - low], [high - start]], color=INK, capsize=5, lw=1.4, zorder=4.0)
    said = f"{start:.2f} ± {spread:.2f} wt%" if spread else f"{start:.2f} wt%"
    axes.annotate(
        said, (place, start + spread), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=10.5,
        fontweight="bold", zorder=5.0,
        bbox={"facecolor": "#ffffff", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _content_key(axes: Axes, columns: Sequence[ContentColumn]) -> None:
    from matplotlib.patches import Patch

    parts = [part for column in columns for part in column.parts if part.amount > 0]
    elements = [symbol for symbol in ELEMENT_COLOURS if any(part.element == symbol for part in parts)]
    sides = [side for side in SIDE_HATCHES if any(part.side == side for part in parts)]
    handles = [Patch(facecolor=ELEMENT_COLOURS[s], edgecolor=EDGE, label=_ELEMENT_NAMES[s]) for s in elements]
    grey = "#8f979e"
    handles += [Patch(facecolor=grey, edgecolor="#ffffff", hatch=SIDE_HATCHES[s], label=_SIDE_NAMES[s]) for s in sides]
    handles.append(Patch(facecolor=WINDOW, edgecolor=INK, ls="--", lw=0.8, label="demanded"))
    _key(axes, handles, columns=3, drop=40.0)


def _key(axes: Axes, handles: list[Any] | None, columns: int, drop: float) -> None:
    """A legend in ``columns`` (a count), ``drop`` [px] below the axes."""
    tall = float(axes.bbox.height) * 72.0 / float(axes.figure.dpi)
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, -drop / tall), ncols=columns, borderaxespad=0.0,
        borderpad=0.0, handlelength=1.6, handleheight=0.9, columnspacing=1.4, labelspacing=0.45,
    )  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class CompositionMap:
    """What a map of compositions shows: shares ``x`` and ``y`` [%], and on the grid (y, x) a capacity [mAh/g].

    ``margin`` is the least of all margins (share of the window, -1 to 1): 0 or more where everything demanded holds.
    ``open_`` marks compositions where that is not known, ``possible`` those that can be at all. ``best`` and ``own``
    are points (x, y) [%]. Names are those of the axes.
    """

    x: FloatArray
    """Share along the x axis [%], shape (n,)."""
    y: FloatArray
    """Share along the y axis [%], shape (m,)."""
    capacity: FloatArray
    """Capacity [mAh/g], shape (m, n)."""
    margin: FloatArray
    """Least margin as a share of its window, -1 to 1, shape (m, n); NaN where not known."""
    open_: NDArray[np.bool_]
    possible: NDArray[np.bool_]
    x_name: str
    y_name: str
    best: tuple[float, float] | None = None
    """The point [%] of the largest capacity inside."""
    own: tuple[float, float] | None = None
    """The point [%] of the particle itself."""

    @property
    def inside(self) -> bool:
        """Whether everything demanded holds anywhere; no units."""
        return bool(((self.margin >= 0) & self.possible).any())


def draw_composition_map(axes: Axes, shown: CompositionMap, levels: int = 9) -> None:
    """Draw contours of capacity [mAh/g] over two shares [%], the region inside in green with its rim."""
    x, y = shown.x, shown.y
    _ground(axes, x, y, ~shown.possible, "#ffffff", "xxx", "#c9ced3")
    _ground(axes, x, y, shown.open_ & shown.possible, "#f1f2f4", "...", "#9aa1a8")
    if shown.inside:
        margin = np.where(shown.possible & np.isfinite(shown.margin), shown.margin, -1.0)
        axes.contourf(x, y, margin, levels=[0.0, 2.0], colors=["#bfe6d8"])
        axes.contour(x, y, margin, levels=[0.0], colors="#00694c", linewidths=2.0)
    values = np.where(shown.possible, shown.capacity, np.nan)
    if np.nanmax(values, initial=0.0) > np.nanmin(values, initial=np.inf):
        lines = axes.contour(x, y, np.ma.masked_invalid(values), levels=levels, colors=INK, linewidths=0.9)
        axes.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=9.5)
    for point, marker, colour in ((shown.own, "o", "#ffffff"), (shown.best, "*", "#E69F00")):
        if point is not None:
            size = 13 if marker == "*" else 8
            axes.plot(
                [point[0]], [point[1]], marker=marker, ms=size, color=colour, markeredgecolor=INK, ls="none",
                clip_on=False, zorder=6.0,
            )  # fmt: skip
    axes.set_xlim(float(x[0]), float(x[-1]))
    axes.set_ylim(float(y[0]), float(y[-1]))
    axes.set_xlabel(shown.x_name)
    axes.set_ylabel(shown.y_name)
    axes.spines[:].set_visible(True)
    _map_key(axes, shown)


def draw_composition_line(
    axes: Axes, share: FloatArray, low: FloatArray, high: FloatArray, inside: NDArray[np.bool_], x_name: str
) -> None:
    """Draw capacity from ``low`` to ``high`` [mAh/g] over one ``share`` [%]; where ``inside``, the ground is green."""
    from matplotlib.patches import Patch

    axes.fill_between(share, low, high, color="#f0a878", lw=0.0, alpha=0.7)
    axes.plot(share, high, color=INK, lw=1.2)
    axes.plot(share, low, color=INK, lw=1.2)
    top = 1.06 * float(np.nanmax(high, initial=1.0))
    if inside.any():
        axes.fill_between(share, 0.0, top, where=inside.tolist(), color="#bfe6d8", lw=0.0, zorder=0.5)
    axes.set_ylim(0.0, top)
    axes.set_xlim(float(share[0]), float(share[-1]))
    axes.set_xlabel(x_name)
    axes.set_ylabel("reversible capacity [mAh/g]")
    axes.grid(visible=True)
    handles: list[Any] = [Patch(facecolor="#f0a878", edgecolor=INK, label="range that oxygen leaves open")]
    if inside.any():
        handles.append(Patch(facecolor="#bfe6d8", edgecolor="#00694c", label="every clause holds"))
    _key(axes, handles, columns=2, drop=44.0)


def _ground(axes: Axes, x: FloatArray, y: FloatArray, where: Any, fill: str, hatch: str, line: str) -> None:
    if not where.any():
        return
    shape = axes.contourf(x, y, where.astype(np.float64), levels=[0.5, 1.5], colors=[fill], hatches=[hatch or ""])
    shape.set_edgecolor(line)
    shape.set_linewidth(0.0)


def _map_key(axes: Axes, shown: CompositionMap) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], color=INK, lw=0.9, label="capacity [mAh/g]")]
    if shown.inside:
        handles.append(Patch(facecolor="#bfe6d8", edgecolor="#00694c", lw=1.6, label="every clause holds"))
    if (shown.open_ & shown.possible).any():
        handles.append(Patch(facecolor="#f1f2f4", edgecolor="#9aa1a8", hatch="...", label="not known"))
    if (~shown.possible).any():
        handles.append(Patch(facecolor="#ffffff", edgecolor="#c9ced3", hatch="xxx", label="no such particle"))
    for point, marker, colour, name in (
        (shown.best, "*", "#E69F00", "largest capacity inside"),
        (shown.own, "o", "#ffffff", "this particle"),
    ):
        if point is not None:
            dot = Line2D([], [], marker=marker, ms=9, color=colour, markeredgecolor=INK, ls="none", label=name)
            handles.append(dot)
    _key(axes, handles, columns=3, drop=44.0)
