"""Shape-preserving cubic pieces through tables (Fritsch and Butland 1984, SIAM J. Sci. Stat. Comput. 5, 300).

The same rule as the PCHIP of the usual libraries, to rounding; here because importing one costs half a second.
"""

from __future__ import annotations

import numpy as np

from alloycell.quantities import FloatArray

__all__ = ["cubic", "slopes"]


def slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Slopes dy/dx [unit of y / unit of x] at rising ``x``, shape (k,), that add no extremum to the table ``y``."""
    width, steep = np.diff(x), np.diff(y) / np.diff(x)
    if x.size == 2:
        return np.repeat(steep, 2)
    before, after = steep[:-1], steep[1:]
    first, second = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    turning = np.sign(before) * np.sign(after) <= 0
    safe_before, safe_after = np.where(turning, 1.0, before), np.where(turning, 1.0, after)
    inner = np.where(turning, 0.0, (first + second) / (first / safe_before + second / safe_after))
    ends = [_at_end(width[i], width[j], steep[i], steep[j]) for i, j in ((0, 1), (-1, -2))]
    return np.concatenate([[ends[0]], inner, [ends[1]]])


def _at_end(near: float, far: float, steep: float, next_steep: float) -> float:
    slope = ((2 * near + far) * steep - near * next_steep) / (near + far)
    if np.sign(slope) != np.sign(steep):
        return 0.0
    return 3 * steep if np.sign(steep) != np.sign(next_steep) and abs(slope) > 3 * abs(steep) else slope


def cubic(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """The pieces through ``x`` and ``y``, shape (k,), at places ``at`` within them; unit unchanged, shape of ``at``."""
    slope = slopes(x, y)
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, x.size - 2)
    width = x[left + 1] - x[left]
    t = (at - x[left]) / width
    rise = y[left + 1] - y[left]
    bend = width * (slope[left] + slope[left + 1]) - 2 * rise
    second = 3 * rise - width * (2 * slope[left] + slope[left + 1])
    return np.asarray(y[left] + t * (width * slope[left] + t * (second + t * bend)))
