"""Which phase each pixel of element maps belongs to, and what the boundary of phase A touches.

First the particle is told from pores and from other material by the content of its own elements (half of its level);
then phase B from phase A by the share of the elements that mark B among those that mark A or B, which does not
depend on how much of the beam falls beside the particle. Source: docs/theory/micrograph.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from alloycell.alloy.maps import ElementMaps, MapArray, pixel_noise
from alloycell.errors import RangeError

__all__ = [
    "CLASSES",
    "Fields",
    "LabelArray",
    "boundary_counts",
    "fields_of",
    "labelled",
    "microscopy_missing",
    "phases",
    "touching",
]

LabelArray: TypeAlias = NDArray[np.uint8]

CLASSES: Mapping[str, int] = MappingProxyType({"background": 0, "phase A": 1, "phase B": 2, "matrix": 3, "pore": 4})
"""The label of each class of pixels; no units."""

_APART, _CLEAR = 0.06, 5.0
"""Least difference of the marking share of A and B, dimensionless, and over the noise of the smoothed share."""
_INSTALL = 'Telling phases apart needs scikit-image. Install it: pip install "alloycell[microscopy]".'


@dataclass(frozen=True, eq=False)
class Fields:
    """What phases are told by, each of shape (rows, columns): ``particle`` is the content of the marking elements
    (mass fraction, 0 to 1), ``share`` that of phase B among them (0 to 1), ``total`` the content of all elements.

    ``level_a`` and ``level_b`` are the shares of the phases (0 to 1), ``level`` is the content of the particle
    (0 to 1), ``speck`` the area under which a region is taken for noise [px].
    """

    particle: MapArray
    share: MapArray
    total: MapArray
    level: float
    level_a: float
    level_b: float
    speck: int


def microscopy_missing() -> str:
    """The sentence that says how to install what is missing, empty where nothing is; no units."""
    try:
        import skimage.filters  # noqa: F401
    except ModuleNotFoundError:
        return _INSTALL
    return ""


def fields_of(maps: ElementMaps, active: Sequence[str], former: Sequence[str]) -> Fields:
    """The smoothed fields of ``maps`` for the elements that mark A (``active``) and B (``former``), shares (0 to 1).

    Raises RangeError where there is no particle or only one phase, or where scikit-image is missing.
    """
    from scipy.ndimage import gaussian_filter

    missing = microscopy_missing()
    if missing:
        raise RangeError(missing)
    marked_b, particle, total = maps.total(former), maps.total([*active, *former]), maps.total()
    width = float(np.clip(maps.beam_pixels / 3.0, 0.7, 2.0))
    noise = pixel_noise(marked_b) / max(2.0 * np.sqrt(np.pi) * width, 1.0)
    marked_b, particle, total = (
        gaussian_filter(field, width, mode="nearest", truncate=3.0) for field in (marked_b, particle, total)
    )
    inside = particle > 0.3
    if np.count_nonzero(inside) < 64:
        raise RangeError(
            f"No particle is on the map: {', '.join([*active, *former])} stay below 30 wt% nearly everywhere."
        )
    level = float(np.median(particle[inside & (particle > 0.5 * np.percentile(particle[inside], 90))]))
    share = np.divide(marked_b, particle, out=np.zeros_like(particle), where=particle > 0.15)
    low, high = _levels(share[particle > 0.7 * level], noise / level)
    speck = max(4, round(0.4 * maps.beam_pixels**2))
    return Fields(particle, share, total, level, low, high, speck)


def _levels(share: Any, noise: float) -> tuple[float, float]:
    """The two levels around which ``share`` (0 to 1) gathers, refused where they are not apart."""
    import skimage.filters

    if not share.size:
        raise RangeError("No particle is on the map: nowhere do its elements make up a whole pixel.")
    threshold: Any = skimage.filters.threshold_otsu
    tails = np.percentile(share, (0.5, 99.5))
    for cut in (float(threshold(share)), float(tails.mean())):
        low, high = share[share <= cut], share[share > cut]
        if low.size >= 32 and high.size >= 32:
            levels = _gathered(low), _gathered(high)
            if levels[1] - levels[0] >= max(_APART, _CLEAR * noise):
                return levels
    held, wide = 100 * float(np.median(share)), 100 * float(tails[1] - tails[0])
    raise RangeError(
        f"Only one phase is on the map: the elements that mark phase B make up {held:.3g} % of the particle all over, "
        f"within {wide:.2g} %. Name other elements that mark it, or measure finer."
    )


def _gathered(values: Any) -> float:
    """The value around which ``values`` (0 to 1) lie closest: the middle of their shortest half."""
    ordered = np.sort(values if values.size <= 100_000 else values[:: values.size // 50_000])
    half = max(ordered.size // 2, 1)
    widths = ordered[half:] - ordered[:-half]
    start = int(np.argmin(widths)) if widths.size else 0
    return float(np.median(ordered[start : start + half]))


def phases(fields: Fields, cut: float = 0.5, edge: float = 0.5) -> LabelArray:
    """Phase A, phase B and what is neither (background) as in :data:`CLASSES`, shape (rows, columns).

    ``cut`` is where between the levels of A (0) and B (1) phase B begins, ``edge`` the share of the particle's
    content from which a pixel belongs to the particle, both dimensionless (0 to 1).
    """
    particle = _cleaned(fields.particle > edge * fields.level, fields.speck)
    marked = fields.share > fields.level_a + cut * (fields.level_b - fields.level_a)
    phase_b = _cleaned(marked & particle, fields.speck, particle)
    labels: LabelArray = particle.astype(np.uint8)
    labels[phase_b] = CLASSES["phase B"]
    return labels


def labelled(fields: Fields) -> LabelArray:
    """The class of every pixel as in :data:`CLASSES`, whole numbers without unit, shape (rows, columns)."""
    labels = phases(fields)
    outside = labels == CLASSES["background"]
    other = (fields.total > 0.5) & (fields.particle < 0.5 * fields.total) & outside
    labels[_cleaned(other, 4 * fields.speck, outside)] = CLASSES["matrix"]
    return _pores(labels)


def _cleaned(mask: Any, speck: int, within: Any = None) -> Any:
    """``mask`` without regions and holes (inside ``within``) of fewer than ``speck`` pixels."""
    kept = mask & ~_small(mask, speck)
    holes = ~kept if within is None else within & ~kept
    return kept | _small(holes, speck)


def _small(mask: Any, speck: int) -> Any:
    from scipy.ndimage import label

    regions, count = label(mask)
    small = np.bincount(regions.ravel(), minlength=count + 1) < speck
    small[0] = False
    return small[regions] if small.any() else np.zeros(mask.shape, dtype=bool)


def _pores(labels: LabelArray) -> LabelArray:
    """Empty regions that the border of the map does not touch are pores."""
    from scipy.ndimage import label

    regions, count = label(labels == CLASSES["background"])
    outside = np.zeros(count + 1, dtype=bool)
    for line in (regions[0], regions[-1], regions[:, 0], regions[:, -1]):
        outside[line] = True
    outside[0] = True
    labels[~outside[regions]] = CLASSES["pore"]
    return labels


def boundary_counts(labels: LabelArray, phase: int = 1) -> dict[int, float]:
    """Length [px] of the boundary of ``phase`` by the class it touches, from crossings along four directions.

    Source: Cauchy-Crofton formula with lines at 0, 45, 90 and 135 degrees; parts at the border of the map do not count.
    """
    lengths = dict.fromkeys((value for value in CLASSES.values() if value != phase), 0.0)
    for one, other, weight in _neighbours(labels):
        crossing = (one == phase) ^ (other == phase)
        met = np.where(one[crossing] == phase, other[crossing], one[crossing])
        for value, count in enumerate(np.bincount(met, minlength=len(CLASSES))):
            if value != phase:
                lengths[value] += weight * float(count)
    return lengths


def _neighbours(labels: LabelArray) -> list[tuple[Any, Any, float]]:
    axis, diagonal = np.pi / 8.0, np.pi / 8.0 / np.sqrt(2.0)
    return [
        (labels[:, :-1], labels[:, 1:], axis),
        (labels[:-1], labels[1:], axis),
        (labels[:-1, :-1], labels[1:, 1:], diagonal),
        (labels[:-1, 1:], labels[1:, :-1], diagonal),
    ]


def touching(labels: LabelArray, phase: int = 1) -> LabelArray:
    """For every pixel of ``phase`` at its boundary the class it touches, 255 elsewhere, shape (rows, columns).

    Phase B wins over the others where a pixel touches several.
    """
    met = np.full(labels.shape, 255, dtype=np.uint8)
    inside = labels == phase
    order = [value for value in CLASSES.values() if value not in (phase, CLASSES["phase B"])]
    for value in [*order, CLASSES["phase B"]]:
        wanted = labels == value
        near = np.zeros(labels.shape, dtype=bool)
        near[1:] |= wanted[:-1]
        near[:-1] |= wanted[1:]
        near[:, 1:] |= wanted[:, :-1]
        near[:, :-1] |= wanted[:, 1:]
        met[near & inside] = value
    return met
