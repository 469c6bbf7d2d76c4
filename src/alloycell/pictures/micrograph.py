"""Pictures of a section: an element map, its phases, and the boundary of phase A coloured by what it touches.

Arrays are plain: contents are mass fractions (0 to 1), labels are whole numbers from 0 to 4 (background, phase A, phase
B, matrix, pore), all of shape (rows, columns). Colours differ in lightness, too, and every colour has its word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.pictures.palette import INK
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PHASES", "draw_boundary", "draw_map", "draw_segmentation", "micrograph_figure"]

PHASES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        0: ("background", "#f4f2ec"),
        1: ("phase A", "#D55E00"),
        2: ("phase B", "#0072B2"),
        3: ("other material", "#b9bfc5"),
        4: ("pore", "#ffffff"),
    }
)
"""Name and colour of every label; no units."""

_TOUCHED = MappingProxyType({2: "#0072B2", 0: "#D55E00", 3: "#111111", 4: "#CC79A7"})
_BARE = MappingProxyType({0: "bare", 2: "phase B", 3: "other material", 4: "pore"})
_NONE = 255
_WIDEST = 1024
"""Most pixels of a picture along an edge, a count."""


def draw_map(axes: Axes, values: FloatArray, title: str, pixel_size: float) -> None:
    """Draw contents ``values`` (mass fractions, 0 to 1), dark is rich, with a scale bar; ``pixel_size`` [m]."""
    step = _step(values)
    rows, columns = (length // step * step for length in values.shape)
    shown = values[:rows, :columns].reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    low, high = (float(edge) for edge in np.percentile(shown, (0.5, 99.5)))
    low = max(low, 0.0)
    high = max(high, low + 1e-6)
    axes.imshow(shown, cmap="Greys", vmin=low, vmax=high, interpolation="nearest", extent=_extent(values.shape))
    axes.set_title(f"{title}, {100 * low:.2g} to {100 * high:.2g} wt%")
    _framed(axes, values.shape, pixel_size)


def draw_segmentation(axes: Axes, labels: Any, pixel_size: float, title: str = "Phases") -> None:
    """Draw the class of every pixel (whole numbers 0 to 4) with a key that gives area shares; ``pixel_size`` [m]."""
    image = np.full((*labels.shape, 3), 255, dtype=np.uint8)
    entries = []
    for value, (name, colour) in PHASES.items():
        mask = labels == value
        if mask.any():
            image[mask] = _rgb(colour)
            entries.append((f"{name} {100 * float(mask.mean()):.3g} %", colour))
    axes.imshow(image[:: _step(labels), :: _step(labels)], interpolation="nearest", extent=_extent(labels.shape))
    axes.set_title(title)
    _framed(axes, labels.shape, pixel_size)
    _key(axes, entries)


def draw_boundary(axes: Axes, labels: Any, boundary: Any, lengths: Mapping[str, float], pixel_size: float) -> None:
    """Draw phase A with its boundary coloured by what it touches; the key gives shares of ``lengths`` [m] by class.

    ``boundary`` holds the class touched (whole numbers 0 to 4) and 255 off the boundary; ``pixel_size`` [m].
    """
    image = np.full((*labels.shape, 3), 255, dtype=np.uint8)
    for value, light in ((1, "#f3d3bf"), (2, "#d5e6f2"), (3, "#e6e9ec")):
        image[labels == value] = _rgb(light)
    entries = []
    whole = sum(lengths.values())
    for value, colour in _TOUCHED.items():
        image[_thick(boundary == value, labels.shape)] = _rgb(colour)
        length = lengths.get(_class_name(value), 0.0)
        if length > 0:
            entries.append((f"{_BARE[value]} {100 * length / whole:.3g} %", colour))
    axes.imshow(image[:: _step(labels), :: _step(labels)], interpolation="nearest", extent=_extent(labels.shape))
    axes.set_title("What phase A touches")
    _framed(axes, labels.shape, pixel_size)
    _key(axes, entries)


def micrograph_figure(
    values: FloatArray, element: str, labels: Any, boundary: Any, lengths: Mapping[str, float], pixel_size: float
) -> Any:
    """A figure of three panels: the map of ``element`` (``values``, mass fractions, 0 to 1), phases, boundary.

    ``labels`` and ``boundary`` as in :func:`draw_boundary`, ``lengths`` and ``pixel_size`` [m].
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.5, 4.7))
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.17, top=0.93, wspace=0.06)
    axes: Sequence[Axes] = figure.subplots(1, 3)
    draw_map(axes[0], values, element, pixel_size)
    draw_segmentation(axes[1], labels, pixel_size)
    draw_boundary(axes[2], labels, boundary, lengths, pixel_size)
    return figure


def _class_name(value: int) -> str:
    return "matrix" if value == 3 else PHASES[value][0]


def _step(array: Any) -> int:
    return max(1, -(-int(max(array.shape)) // _WIDEST))


def _extent(shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    return (0.0, float(shape[1]), float(shape[0]), 0.0)


def _thick(mask: Any, shape: tuple[int, ...]) -> Any:
    """The boundary about a hundredth of the picture wide, so that it can be seen."""
    wide = mask.copy()
    for _ in range(max(max(shape) // 250, 1)):
        grown = wide.copy()
        grown[1:] |= wide[:-1]
        grown[:-1] |= wide[1:]
        grown[:, 1:] |= wide[:, :-1]
        grown[:, :-1] |= wide[:, 1:]
        wide = grown
    return wide


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _framed(axes: Axes, shape: tuple[int, ...], pixel_size: float) -> None:
    """No ticks, and a scale bar of a round length [nm or µm] in the lower left corner."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    width = shape[1] * pixel_size
    power = 10.0 ** np.floor(np.log10(0.35 * width))
    length = float(max(step * power for step in (1, 2, 5) if step * power <= 0.35 * width))
    told = f"{1e6 * length:g} µm" if length >= 1e-6 else f"{1e9 * length:g} nm"
    left, low = 0.04 * shape[1], 0.94 * shape[0]
    right = left + length / pixel_size
    for colour, wide in (("#ffffff", 5.0), (INK, 2.4)):
        axes.plot([left, right], [low, low], color=colour, lw=wide, solid_capstyle="butt")
    axes.annotate(
        told, ((left + right) / 2, low), xytext=(0, 5), textcoords="offset points", ha="center", color=INK,
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.75, "pad": 1.5},
    )  # fmt: skip


def _key(axes: Axes, entries: Sequence[tuple[str, str]]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=colour, edgecolor=INK, lw=0.6, label=name) for name, colour in entries]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, frameon=False)
