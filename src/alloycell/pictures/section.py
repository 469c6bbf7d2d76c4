"""The cross-section of a cell to scale: one side of each electrode with its layers, in several states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alloycell.pictures.canvas import apart, shortened
from alloycell.pictures.palette import FAINT, INK, ink_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Band", "Stack", "draw_section"]

_NAMES, _BAR = 117.0, 46.0
_ROW = 13.5


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a stack: its name, thickness [m], role of the palette, and porosity (0 to 1, None for a foil)."""

    name: str
    thickness: float
    role: str
    porosity: float | None = None

    @property
    def dense(self) -> bool:
        """Whether it is a coated film without pores; no units."""
        return self.porosity is not None and self.porosity < 1e-9

    @property
    def text(self) -> str:
        """Thickness [um] as written beside the band."""
        return f"{1e6 * self.thickness:.3g} µm"

    @property
    def pores(self) -> str:
        """Porosity [%] as written into the band; empty for a foil or a dense film."""
        return "" if self.porosity is None or self.dense else f"{100 * self.porosity:.3g} %"


@dataclass(frozen=True, slots=True)
class Stack:
    """The bands of a cell in one state, from the negative collector to the positive one; no units of its own."""

    title: str
    bands: tuple[Band, ...]

    @property
    def thickness(self) -> float:
        """Thickness of all bands together [m]."""
        return sum(band.thickness for band in self.bands)


def draw_section(axes: Axes, stacks: Sequence[Stack], width: float, height: float) -> None:
    """Draw ``stacks`` side by side on ``axes`` of ``width`` by ``height`` [px], thicknesses [m] to one scale."""
    tallest = max(stack.thickness for stack in stacks)
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, height)
    scale = (height - 52.0) / tallest
    step = (width - _NAMES) / len(stacks)
    _names(axes, stacks[0], scale, height)
    for index, stack in enumerate(stacks):
        _stack(axes, stack, _NAMES + step * index, scale, height)
    _scale_bar(axes, tallest, scale)


def _floors(stack: Stack, scale: float) -> list[tuple[Band, float, float]]:
    placed, floor = [], 18.0
    for band in stack.bands:
        placed.append((band, floor, floor + band.thickness * scale))
        floor = placed[-1][2]
    return placed


def _names(axes: Axes, stack: Stack, scale: float, height: float) -> None:
    placed = _floors(stack, scale)
    levels = apart([(low + high) / 2 for _, low, high in placed], _ROW, 22.0, height - 24.0)
    for (band, low, high), level in zip(placed, levels, strict=True):
        name = shortened(band.name, 15, lines=2 if high - low > 2.2 * _ROW else 1)
        lines = name.split("\n")
        for index, line in enumerate(lines):
            lift = 6.2 * (len(lines) - 1 - 2 * index)
            axes.text(_NAMES - 22, level + lift, line, ha="right", va="center")
        axes.plot([_NAMES - 18, _NAMES - 3], [level, (low + high) / 2], color=FAINT, lw=0.6)


def _stack(axes: Axes, stack: Stack, left: float, scale: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    placed = _floors(stack, scale)
    levels = apart([(low + high) / 2 for _, low, high in placed], _ROW, 22.0, height - 24.0)
    right = left + _BAR
    for (band, low, high), level in zip(placed, levels, strict=True):
        ink = ink_of(band.role, dense=band.dense)
        shape = Rectangle((left, low), _BAR, high - low, facecolor=ink.fill, edgecolor=ink.line, lw=0.0)
        shape.set_hatch(ink.hatch)
        axes.add_patch(shape)
        axes.plot([right + 3, right + 12], [(low + high) / 2, level], color=FAINT, lw=0.6)
        axes.text(right + 15, level, _beside(band, high - low), va="center", fontsize=10)
        if band.pores and high - low >= _ROW:
            _written(axes, left + _BAR / 2, (low + high) / 2, band)
    for _, low, _ in placed[1:]:
        axes.plot([left, right], [low, low], color="#ffffff", lw=0.8)
    axes.add_patch(Rectangle((left, 18.0), _BAR, placed[-1][2] - 18.0, facecolor="none", edgecolor=INK, lw=0.8))
    axes.text(left, placed[-1][2] + 7, f"{1e6 * stack.thickness:.4g} µm", va="bottom", fontsize=10)
    axes.text(left, placed[-1][2] + 20, stack.title, va="bottom", fontweight="bold")


def _written(axes: Axes, x: float, y: float, band: Band) -> None:
    colour = "#ffffff" if band.role in ("positive", "carbon", "alloy") else INK
    axes.text(x, y, band.pores, ha="center", va="center", fontsize=10, color=colour)


def _beside(band: Band, tall: float) -> str:
    return f"{band.text}, {band.pores}" if band.pores and tall < _ROW else band.text


def _scale_bar(axes: Axes, tallest: float, scale: float) -> None:
    length = next(step for step in (200e-6, 100e-6, 50e-6, 20e-6, 10e-6, 5e-6, 1e-6, 1e-7, 0.0) if step < 0.4 * tallest)
    axes.plot([2, 2], [18.0, 18.0 + length * scale], color=INK, lw=2.0, solid_capstyle="butt")
    axes.text(0, 6, f"{1e6 * length:g} µm, to scale", va="center", fontsize=10)
