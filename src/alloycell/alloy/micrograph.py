"""From element maps to the phases of a particle: contents, areas, and how far phase B surrounds phase A.

Pixels nearer to an interface than the beam resolves carry the signal of both sides: they are left out of the contents
and counted. Every uncertainty is expanded (coverage factor 2). Source: docs/theory/micrograph.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alloycell.alloy.findings import Content, Findings, phase_keys
from alloycell.alloy.maps import ElementMaps, MapArray
from alloycell.alloy.segmentation import (
    CLASSES,
    Fields,
    LabelArray,
    boundary_counts,
    fields_of,
    labelled,
    phases,
    touching,
)
from alloycell.errors import DesignError, Fault, RangeError

__all__ = ["Micrograph", "segment"]

_FEWEST = 30
"""Fewest pixels away from interfaces that a content is taken from, dimensionless."""
_BLOCK = 8
"""Edge of the blocks by which noise that neighbours share is found [px]."""
_GRAIN = 1.0
"""How far an interface may lie from where pixels put it [px]; the beam resolution is widened by as much."""
_FACE = 0.5
"""Distance from the middle of a boundary pixel to the boundary [px]."""


@dataclass(frozen=True, eq=False)
class Micrograph:
    """What element maps say: the class of every pixel, contents of the phases, areas and the share of the boundary.

    ``labels`` and ``boundary`` are as in :mod:`alloycell.alloy.segmentation`, ``inner`` marks the pixels contents were
    taken from, all of shape (rows, columns). ``areas`` and ``excluded_areas`` [m2] are by class; ``boundary_lengths``
    [m] is the boundary of phase A by the class it touches. ``density_a`` and ``density_b`` [kg/m3] are those given.
    """

    maps: ElementMaps
    labels: LabelArray
    boundary: LabelArray
    inner: NDArray[np.bool_]
    phase_a: Mapping[str, Content]
    phase_b: Mapping[str, Content]
    areas: Mapping[str, float]
    excluded: Mapping[str, int]
    boundary_lengths: Mapping[str, float]
    boundary_share: Content
    area_share: Content
    mass_share: Content | None
    remarks: tuple[str, ...]

    def findings(self) -> Findings:
        """Contents (mass fractions, 0 to 1) and shares under the names that specifications use."""
        found = Findings(self.phase_a, self.phase_b, {}, self.mass_share, self.boundary_share, self.remarks)
        return found.without_hidden()

    def picture(self) -> dict[str, Any]:
        """What :mod:`alloycell.pictures.micrograph` draws: plain arrays, and the edge of a pixel [m]."""
        return {
            "values": np.asarray(self.maps.stack),
            "elements": self.maps.elements,
            "labels": self.labels,
            "boundary": self.boundary,
            "pixel_size": self.maps.pixel_size,
        }


def segment(
    maps: ElementMaps,
    active: Sequence[str] | None = None,
    former: Sequence[str] | None = None,
    densities: tuple[float, float] | None = None,
) -> Micrograph:
    """Phases A and B of a particle on ``maps``, their contents and the share of A's boundary that touches B.

    ``active`` are the elements that mark phase A, ``former`` those that mark phase B (found from the elements where
    left out); ``densities`` of A and B [kg/m3] turn areas into a mass fraction.
    Raises DesignError where the elements mark no two phases, RangeError where the map shows no two phases.
    """
    found = phase_keys(maps.elements)
    active, former = _keys(maps, tuple(active or found[0]), tuple(former or found[1]))
    fields = fields_of(maps, active, former)
    labels = labelled(fields)
    for name in ("phase A", "phase B"):
        if not (labels == CLASSES[name]).any():
            raise RangeError(f"No {name} is on the map: no region of it is larger than the beam resolves.")
    depth = _depth(labels)
    inner = depth > maps.beam_pixels + _GRAIN
    contents = {name: _contents(maps, labels, inner, depth, name) for name in ("phase A", "phase B")}
    pixels = {name: int(np.count_nonzero(labels == value)) for name, value in CLASSES.items()}
    excluded = {name: int(np.count_nonzero((labels == CLASSES[name]) & ~inner)) for name in ("phase A", "phase B")}
    lengths = boundary_counts(labels)
    area = _area_share(maps, fields, labels)
    return Micrograph(
        maps, _read_only(labels), _read_only(touching(labels)), _read_only(inner),
        MappingProxyType(contents["phase A"]), MappingProxyType(contents["phase B"]),
        MappingProxyType({name: count * maps.pixel_size**2 for name, count in pixels.items()}),
        MappingProxyType(excluded),
        MappingProxyType({name: lengths[value] * maps.pixel_size for name, value in CLASSES.items() if value != 1}),
        _boundary_share(fields, labels, maps), area, _mass_share(area, labels, densities),
        (*maps.remarks, *_remarks(pixels, excluded, contents)),
    )  # fmt: skip


def _keys(
    maps: ElementMaps, active: tuple[str, ...], former: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    faults = []
    for name, symbols, like in (("active", active, "Si or Sn"), ("former", former, "Ti or Zr")):
        missing = [symbol for symbol in symbols if symbol not in maps.elements]
        faults += [Fault(name, f"names {symbol}, which has no map", "a mapped element is needed") for symbol in missing]
        if not symbols:
            phase = "phase A" if name == "active" else "phase B"
            faults.append(Fault("the map", f"holds no element that marks {phase}", f"one is needed, such as {like}"))
    both = sorted(set(active) & set(former))
    faults += [Fault("former", f"names {symbol}, which marks phase A", "an element marks one phase") for symbol in both]
    if faults:
        raise DesignError(faults)
    return active, former


def _read_only(array: Any) -> Any:
    array.setflags(write=False)
    return array


def _depth(labels: LabelArray) -> MapArray:
    """Distance of every pixel to the nearest interface between classes [px]."""
    from scipy.ndimage import distance_transform_edt

    apart = np.ones(labels.shape, dtype=bool)
    for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        same = labels[one] == labels[other]
        apart[one] &= same
        apart[other] &= same
    if apart.all():
        return np.full(labels.shape, np.inf, dtype=np.float32)
    return np.asarray(distance_transform_edt(apart), dtype=np.float32) + np.float32(_FACE)


def _contents(maps: ElementMaps, labels: LabelArray, inner: Any, depth: MapArray, name: str) -> dict[str, Content]:
    """Contents of one phase (mass fractions, 0 to 1) by element."""
    mask = (labels == CLASSES[name]) & inner
    count = int(np.count_nonzero(mask))
    if count < _FEWEST:
        reason = f"{name} has {count} pixels further from an interface than the beam resolves; {_FEWEST} are needed"
        return {symbol: Content(None, 0.0, maps.methods[symbol], reason) for symbol in maps.elements}
    leak = _leak(depth[mask], maps.beam_pixels)
    nearby = [_well_inside(labels == value, inner) for value in CLASSES.values() if value != CLASSES[name]]
    nearby = [other for other in nearby if other.any()]
    closure = abs(float(np.mean(maps.total()[mask], dtype=np.float64)) - 1.0)
    found = {}
    for symbol in maps.elements:
        values = maps.of_element(symbol)
        mean = float(np.mean(values[mask], dtype=np.float64))
        excess = _floor_bias(values[mask], mean)
        steps = [abs(float(np.mean(values[other], dtype=np.float64)) - mean) for other in nearby]
        parts = {
            "noise": 2.0 * _standard_error(values, mask, mean, maps.noise[symbol]),
            "quantification": maps.systematic[symbol] * abs(mean),
            "sum of all elements": closure * abs(mean),
            "interfaces": 2.0 * leak * max(steps, default=abs(mean)),
            "cut off at 0": excess,
        }
        found[symbol] = Content.of_parts(mean - 0.5 * excess, parts, maps.methods[symbol])
    return found


def _well_inside(mask: Any, inner: Any) -> Any:
    """The pixels of a class away from interfaces, all of them where there are too few of those."""
    kept = mask & inner
    return kept if np.count_nonzero(kept) >= _FEWEST else mask


def _leak(depth: Any, beam: float) -> float:
    """Mean share of signal (0 to 1) from beyond a straight interface at ``depth`` [px] for a normal ``beam`` [px]."""
    from scipy.special import erfc

    width = math.hypot(beam / (2.0 * math.sqrt(2.0 * math.log(2.0))), 1.0 / math.sqrt(12.0))
    nearer = np.maximum(depth.astype(np.float64) - 0.5 * _GRAIN, 0.0)
    return float(np.mean(0.5 * erfc(nearer / (math.sqrt(2.0) * width))))


def _standard_error(values: MapArray, mask: Any, mean: float, noise: float) -> float:
    """Standard error of ``mean`` (mass fraction, 0 to 1) over ``mask``, noise that neighbours share allowed for.

    The means of blocks of pixels scatter as single pixels do over the root of their number, or more; the ratio is
    taken in. The stated ``noise`` of a pixel counts where the pixels scatter less.
    """
    rest = np.where(mask, values - np.float32(mean), np.float32(0.0))
    count = int(np.count_nonzero(mask))
    scatter = float(np.square(rest, dtype=np.float64).sum()) / max(count - 1, 1)
    rows, columns = (length // _BLOCK * _BLOCK for length in rest.shape)
    shape = (rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    sums = rest[:rows, :columns].reshape(shape).sum(axis=(1, 3), dtype=np.float64)
    counts = mask[:rows, :columns].reshape(shape).sum(axis=(1, 3))
    full = counts >= _BLOCK
    blocks = int(np.count_nonzero(full))
    shared = float(np.mean(sums[full] ** 2 / counts[full])) / scatter if blocks >= 3 and scatter > 0 else 1.0
    few = 1.0 + 2.0 / max(blocks, 1) if blocks < 30 else 1.0
    return math.sqrt(max(scatter, noise * noise) * max(shared, 1.0) * few / count)


def _floor_bias(values: Any, mean: float) -> float:
    """How much too high ``mean`` (mass fraction, 0 to 1) is if an export has set values below 0 to 0.

    Counts of nothing are 0 by right, so half of it is taken off and all of it is uncertain.
    Source: mean of a normal distribution cut off at 0, from the share of pixels that are exactly 0.
    """
    from scipy.stats import norm

    share = float(np.count_nonzero(values == 0)) / values.size
    if share < 0.02 or mean <= 0 or bool((values < 0).any()):
        return 0.0
    score = float(norm.ppf(min(share, 0.999)))
    unit = float(norm.pdf(score)) - score * (1.0 - min(share, 0.999))
    return min(mean * (1.0 + score / unit), mean) if unit > 0 else mean


def _boundary_share(fields: Fields, labels: LabelArray, maps: ElementMaps) -> Content:
    """Share of A's boundary that touches B (0 to 1); its uncertainty is how far it moves with the thresholds."""
    share = _touching_share(labels)
    moved = [
        [_touching_share(phases(fields, cut, edge)) for cut, edge in pair]
        for pair in (((0.25, 0.5), (0.75, 0.5)), ((0.5, 0.35), (0.5, 0.65)))
    ]
    told = [max(abs(other - share) for other in pair) for pair in moved]
    length = sum(boundary_counts(labels).values())
    ends = _ends(labels)
    parts = {
        "threshold between A and B": told[0],
        "threshold of the particle": told[1],
        "ends of covered parts": 2.0 * max(maps.beam_pixels, 1.0) * math.sqrt(max(ends, 1) / 3.0) / length,
    }
    return Content.of_parts(share, parts, f"element map, share of {length * maps.pixel_size * 1e6:.3g} um of boundary")


def _ends(labels: LabelArray) -> int:
    """How often along the boundary of A the class it touches changes from or to B, a count.

    Each place lies anywhere within the beam resolution (a rectangular distribution of that half-width).
    """
    from scipy.ndimage import label

    corners = [labels[:-1, :-1], labels[:-1, 1:], labels[1:, :-1], labels[1:, 1:]]
    seen = [np.logical_or.reduce([corner == CLASSES[name] for corner in corners]) for name in ("phase A", "phase B")]
    third = np.logical_or.reduce(
        [(corner != CLASSES["phase A"]) & (corner != CLASSES["phase B"]) for corner in corners]
    )
    return int(label(seen[0] & seen[1] & third, structure=np.ones((3, 3)))[1])


def _touching_share(labels: LabelArray) -> float:
    lengths = boundary_counts(labels)
    whole = sum(lengths.values())
    return lengths[CLASSES["phase B"]] / whole if whole else 0.0


def _area_share(maps: ElementMaps, fields: Fields, labels: LabelArray) -> Content:
    """Area of phase B over that of A and B (0 to 1); its uncertainty is where the interfaces may lie."""
    areas = [int(np.count_nonzero(labels == CLASSES[name])) for name in ("phase A", "phase B")]
    shift = 0.25 * max(1.0, 0.25 * maps.beam_pixels)
    inside = boundary_counts(labels)
    outside = boundary_counts(labels, CLASSES["phase B"])
    common, bare = inside[CLASSES["phase B"]], sum(outside.values()) - outside[CLASSES["phase A"]]
    whole = sum(areas)
    parts = {
        "interface of A and B": 2.0 * shift * common / whole,
        "rim of phase B": 2.0 * shift * bare * areas[0] / whole**2,
    }
    return Content.of_parts(areas[1] / whole, parts, "element map, area share")


def _mass_share(area: Content, labels: LabelArray, densities: tuple[float, float] | None) -> Content | None:
    """Mass fraction of phase B (0 to 1) from its area share and the densities of A and B [kg/m3].

    Source: in a random section area shares are volume shares (Delesse 1847). The grains of A on the map are a sample:
    the scatter of their areas over the root of their number is part of the uncertainty.
    """
    from scipy.ndimage import label

    if densities is None or area.value is None:
        return None
    if not all(math.isfinite(density) and density > 0 for density in densities):
        raise DesignError(
            Fault("densities", f"are {densities}", "two densities above 0 kg/m3 are needed, of A and of B")
        )
    regions, count = label(labels == CLASSES["phase A"])
    sizes = np.bincount(regions.ravel())[1:]
    sample = math.sqrt((1.0 + float(np.var(sizes)) / float(np.mean(sizes)) ** 2) / count)
    light, heavy = (1.0 - area.value) * densities[0], area.value * densities[1]
    value = heavy / (light + heavy)
    slope = densities[0] * densities[1] / (light + heavy) ** 2
    parts = {name: slope * part for name, part in area.parts.items()}
    parts["sample of grains"] = 2.0 * value * (1.0 - value) * sample
    return Content.of_parts(value, parts, f"element map, areas and densities, {count} grains of phase A")


def _remarks(
    pixels: Mapping[str, int], excluded: Mapping[str, int], contents: Mapping[str, Mapping[str, Content]]
) -> list[str]:
    told = [
        f"{excluded[name]} of {pixels[name]} pixels of {name} lie within the beam resolution of an interface and are "
        "left out of its contents."
        for name in excluded
    ]
    unknown = [
        next(iter(found.values())) for found in contents.values() if all(c.value is None for c in found.values())
    ]
    told += [f"Contents are unknown: {content.reason}." for content in unknown]
    for name, found in contents.items():
        cut = [symbol for symbol, content in found.items() if content.parts.get("cut off at 0", 0.0) > 0]
        if cut:
            told.append(
                f"{', '.join(cut)} in {name}: values below 0 seem to be cut off, which makes the content too high."
            )
    told.append("The share of the boundary is that of a section; the surface in space may be covered otherwise.")
    return told
