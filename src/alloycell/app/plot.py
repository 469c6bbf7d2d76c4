"""Curves drawn with letters, for a look at a curve without leaving the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alloycell.quantities import FloatArray

__all__ = ["Line", "text_plot"]

_MARGIN = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: the ``letter`` it is drawn with, its name, ``x`` and ``y`` [SI or as the axes say], same length."""

    letter: str
    name: str
    x: FloatArray
    y: FloatArray


def text_plot(lines: Sequence[Line], x_label: str, y_label: str, width: int = 72, height: int = 14) -> str:
    """``lines`` in a frame of ``width`` by ``height`` letters; the labels name quantity and unit [SI or as shown]."""
    columns = max(min(width, 90) - _MARGIN - 2, 16)
    x_low, x_high = _range([line.x for line in lines])
    y_low, y_high = _range([line.y for line in lines])
    field = [[" "] * columns for _ in range(height)]
    for line in lines:
        across = (line.x - x_low) / (x_high - x_low) * (columns - 1)
        up = (line.y - y_low) / (y_high - y_low) * (height - 1)
        for column, row in _steps(across, up):
            taken = field[height - 1 - row][column]
            field[height - 1 - row][column] = line.letter if taken in (" ", line.letter) else "#"
    marks = {0: y_high, height // 2: y_high + (y_low - y_high) * (height // 2) / (height - 1), height - 1: y_low}
    body = [
        f"{f'{marks[i]:.3g}' if i in marks else '':>{_MARGIN - 1}} |{''.join(row).rstrip()}"
        for i, row in enumerate(field)
    ]
    left, right = f"{x_low:.3g}", f"{x_high:.3g}"
    foot = " " * _MARGIN + "+" + "-" * columns
    ticks = " " * (_MARGIN + 1) + left + right.rjust(columns - len(left))
    legend = "  ".join([*(f"{line.letter} {line.name}" for line in lines), *(["# both"] if len(lines) > 1 else [])])
    return "\n".join([y_label, *body, foot, ticks, f"{x_label:>{_MARGIN + 1 + columns}}", legend])


def _range(arrays: Sequence[FloatArray]) -> tuple[float, float]:
    low, high = min(float(np.min(a)) for a in arrays), max(float(np.max(a)) for a in arrays)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _steps(across: FloatArray, up: FloatArray) -> list[tuple[int, int]]:
    """Every letter place that the polyline crosses (counts, no units)."""
    places: dict[tuple[int, int], None] = {}
    for index in range(max(len(across) - 1, 1)):
        end = min(index + 1, len(across) - 1)
        count = int(max(abs(across[end] - across[index]), abs(up[end] - up[index]))) + 2
        xs, ys = np.linspace(across[index], across[end], count), np.linspace(up[index], up[end], count)
        places.update(
            dict.fromkeys(zip(np.rint(xs).astype(int).tolist(), np.rint(ys).astype(int).tolist(), strict=True))
        )
    return list(places)
