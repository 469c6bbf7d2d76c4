"""Whether element maps lie on one another: the shift of each map against all others.

Where contents add up to 100 %, a step of one element is a step of some of the others at the same place. The edges (size
of the slope) of the one and of the others are correlated; the largest correlation lies at the shift.
Source: docs/theory/micrograph.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["shifts"]

_CROP, _REACH = 1024, 48
"""Largest edge of the part that is looked at, and largest shift looked for, in pixels."""
_SURE = 4.0
"""Gain over no shift times the root of the number of pixels from which noise cannot be the reason, dimensionless."""
_CLEAR, _SIMILAR, _PLAIN, _BETTER = 8.0, 0.12, 0.3, 1.1
"""Height of the peak over the spread of the correlation, least correlation, the correlation that needs no such height,
and the gain over no shift, dimensionless."""


def shifts(stack: Any) -> list[tuple[float, float] | None]:
    """Shift of each map of ``stack`` in rows and columns [px] against the others, None where there is no structure.

    ``stack`` holds contents (any unit), shape (elements, rows, columns).
    """
    slopes = [_slope(part) for part in _cropped(stack)]
    whole = sum((slope * slope for slope in slopes), np.zeros_like(slopes[0]))
    return [_shift(_windowed(own), _windowed(np.sqrt(np.maximum(whole - own * own, 0.0)))) for own in slopes]


def _cropped(stack: Any) -> Any:
    """The part of the maps around the middle of the material, at most ``_CROP`` pixels wide and high."""
    places = []
    total = np.abs(stack).sum(axis=0) if min(stack.shape[1:]) > _CROP else None
    for axis, size in enumerate(stack.shape[1:]):
        if size <= _CROP or total is None:
            places.append(slice(0, min(size, _CROP)))
            continue
        weights = total.sum(axis=1 - axis)
        middle = int((weights * np.arange(size)).sum() / max(float(weights.sum()), 1e-12))
        start = min(max(middle - _CROP // 2, 0), size - _CROP)
        places.append(slice(start, start + _CROP))
    return np.asarray(stack[:, places[0], places[1]], dtype=np.float32)


def _slope(values: Any) -> Any:
    """Size of the slope of smoothed ``values``, unit unchanged per px."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(values, 1.2, mode="nearest", truncate=3.0)
    return np.hypot(smooth[2:, 1:-1] - smooth[:-2, 1:-1], smooth[1:-1, 2:] - smooth[1:-1, :-2])


def _windowed(edges: Any) -> Any:
    """``edges`` less their mean, faded out towards the border of the map; unit unchanged."""
    faded = edges - edges.mean()
    for axis, length in enumerate(faded.shape):
        ramp = np.clip(np.minimum(np.arange(length), np.arange(length)[::-1]) / max(length / 16, 1.0), 0.0, 1.0)
        faded *= np.sin(0.5 * np.pi * ramp).astype(np.float32).reshape((-1, 1) if axis == 0 else (1, -1)) ** 2
    return faded


def _shift(one: Any, other: Any) -> tuple[float, float] | None:
    from scipy import fft

    norm = float(np.sqrt((one * one).sum() * (other * other).sum()))
    if norm <= 1e-9:
        return None
    shape = [fft.next_fast_len(length, real=True) for length in one.shape]
    correlation = fft.irfft2(np.conj(fft.rfft2(other, shape)) * fft.rfft2(one, shape), shape) / norm
    reach = min(_REACH, min(one.shape) // 4)
    near = np.roll(correlation, (reach, reach), axis=(0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    row, column = (int(place) for place in np.unravel_index(int(near.argmax()), near.shape))
    peak, middle = float(near[row, column]), float(np.median(correlation))
    spread = 1.4826 * float(np.median(np.abs(correlation - middle)))
    if peak < _SIMILAR or peak - middle < (_CLEAR * spread if peak < _PLAIN else 0.0):
        return None
    still = float(near[reach, reach])
    if peak < _BETTER * still or peak - still < _SURE / math.sqrt(one.size):
        return 0.0, 0.0
    down = _vertex(near[:, column], row)
    right = _vertex(near[row], column)
    return down - reach, right - reach


def _vertex(line: Any, place: int) -> float:
    """Where the parabola through the three points around ``place`` has its peak [px]."""
    if not 0 < place < len(line) - 1:
        return float(place)
    left, here, right = (float(line[place + step]) for step in (-1, 0, 1))
    bend = left - 2 * here + right
    return place + (0.5 * (left - right) / bend if bend < 0 else 0.0)
