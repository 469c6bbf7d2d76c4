"""Synthetic element maps whose truth is known: random core-shell or dispersed microstructures, blurred and counted.

The structure is drawn on a finer grid than the map; truth is taken there, before the beam blurs it and counting adds
noise. The same seed gives the same map. Nothing here is a measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from alloycell.alloy.maps import ElementMaps
from alloycell.alloy.segmentation import CLASSES, LabelArray, boundary_counts

__all__ = ["Structure", "SyntheticMap", "synthetic_map"]

Structure = Literal["core-shell", "dispersed"]

_FINER = 3
"""How many times finer the structure is drawn, dimensionless."""
_RESIN = MappingProxyType({"C": 0.78, "O": 0.22})


@dataclass(frozen=True, eq=False)
class SyntheticMap:
    """Maps with their truth: ``labels`` on the finer grid, contents of phases A and B (mass fractions, 0 to 1),
    the share of A's boundary that touches B, and the area of B over that of A and B (both 0 to 1).
    """

    maps: ElementMaps
    labels: LabelArray
    phase_a: Mapping[str, float]
    phase_b: Mapping[str, float]
    boundary_share: float
    area_share: float


def synthetic_map(
    seed: int,
    structure: Structure = "core-shell",
    size: int = 160,
    *,
    pixel_size: float = 2e-8,
    beam_pixels: float = 3.0,
    counts: float = 400.0,
    gain_error: bool = True,
    resin: bool = False,
) -> SyntheticMap:
    """A map of Si, Ti, O, N and F of ``size`` by ``size`` pixels with known truth, for a ``seed``.

    ``pixel_size`` [m]; ``beam_pixels`` is the full width at half maximum of the blur [px]; ``counts`` are those that
    100 wt% of an element gives in one pixel, dimensionless; ``gain_error`` draws an error of the quantification of each
    element from its stated uncertainty; ``resin`` puts carbon and oxygen around the particles instead of nothing.
    """
    dice = np.random.default_rng([seed, size])
    fine = _core_shell(dice, size * _FINER) if structure == "core-shell" else _dispersed(dice, size * _FINER)
    if resin:
        fine[fine == CLASSES["background"]] = CLASSES["matrix"]
    phases = _contents(dice)
    recipes = {"phase A": phases[0], "phase B": phases[1], "matrix": dict(_RESIN)}
    elements = tuple(dict.fromkeys([*phases[0], *phases[1], *(_RESIN if resin else ())]))
    systematic = {symbol: 0.10 if symbol in ("C", "O", "N", "F") else 0.02 for symbol in elements}
    signals = _blurred(fine, size, beam_pixels)
    counted = {}
    for symbol in elements:
        clean = sum((recipes[name].get(symbol, 0.0) * signals[name] for name in recipes), np.zeros((size, size)))
        gain = 1.0 + (dice.normal() * systematic[symbol] / 2.0 if gain_error else 0.0)
        ground = 0.01 * counts
        counted[symbol] = (dice.poisson(clean * counts + ground) - ground) / counts * gain
    maps = ElementMaps.of(
        counted, unit="1", pixel_size=pixel_size, beam_resolution=beam_pixels * pixel_size,
        method="wavelength-dispersive X-ray map (synthetic)", systematic=systematic,
    )  # fmt: skip
    fine.setflags(write=False)
    lengths = boundary_counts(fine)
    areas = [int(np.count_nonzero(fine == CLASSES[name])) for name in ("phase A", "phase B")]
    share = lengths[CLASSES["phase B"]] / sum(lengths.values())
    return SyntheticMap(maps, fine, phases[0], phases[1], share, areas[1] / sum(areas))


def _contents(dice: Any) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Contents of A (silicon) and B (titanium disilicide with dissolved light elements), mass fractions (0 to 1)."""
    a = {"O": dice.uniform(0.0005, 0.008), "N": dice.uniform(0.0, 0.003), "F": 0.0, "Ti": dice.uniform(0.0, 0.004)}
    a["Si"] = 1.0 - sum(a.values())
    b = {"O": dice.uniform(0.003, 0.05), "N": dice.uniform(0.0, 0.03), "F": dice.uniform(0.0, 0.004)}
    rest = 1.0 - sum(b.values())
    b |= {"Ti": 0.46 * rest, "Si": 0.54 * rest}
    return MappingProxyType({name: float(a[name]) for name in b}), MappingProxyType({k: float(v) for k, v in b.items()})


def _blurred(fine: LabelArray, size: int, beam: float) -> dict[str, Any]:
    """The share of the signal that comes from each class, 0 to 1, shape (size, size)."""
    from scipy.ndimage import gaussian_filter

    width = beam / 2.354820045030949
    signals = {}
    for name in ("phase A", "phase B", "matrix"):
        part = (fine == CLASSES[name]).reshape(size, _FINER, size, _FINER).mean(axis=(1, 3))
        signals[name] = gaussian_filter(part, width, mode="nearest", truncate=5.0) if width > 0 else part
    return signals


def _grid(edge: int) -> tuple[Any, Any]:
    rows, columns = np.mgrid[0:edge, 0:edge]
    return rows + 0.5, columns + 0.5


def _core_shell(dice: Any, edge: int) -> LabelArray:
    """Round cores of A with shells of B that leave a part of each core bare, drawn where they do not overlap."""
    labels = np.zeros((edge, edge), dtype=np.uint8)
    rows, columns = _grid(edge)
    placed: list[tuple[float, float, float]] = []
    covered = dice.uniform(0.35, 1.0)
    for _ in range(60):
        core = edge * dice.uniform(0.09, 0.16)
        shell = edge * dice.uniform(0.055, 0.08)
        y, x = dice.uniform(0, edge, 2)
        if any(np.hypot(y - row, x - column) < core + shell + other + 0.05 * edge for row, column, other in placed):
            continue
        placed.append((y, x, core + shell))
        away = np.hypot(rows - y, columns - x)
        turn = (np.arctan2(rows - y, columns - x) - dice.uniform(0, 2 * np.pi)) % (2 * np.pi)
        share = float(np.clip(covered + dice.normal() * 0.05, 0.2, 1.0))
        labels[(away < core + shell) & (turn < 2 * np.pi * (share if share < 0.95 else 1.0))] = CLASSES["phase B"]
        labels[away < core] = CLASSES["phase A"]
    return labels


def _dispersed(dice: Any, edge: int) -> LabelArray:
    """Grains of A in phase B, some at the rim: a smooth random field cut at a level, inside an irregular particle."""
    from scipy.ndimage import gaussian_filter

    rows, columns = _grid(edge)
    field = gaussian_filter(dice.normal(size=(edge, edge)), edge * dice.uniform(0.035, 0.05), mode="wrap")
    rim = gaussian_filter(dice.normal(size=(edge, edge)), edge * 0.1, mode="wrap")
    away = np.hypot(rows - edge / 2, columns - edge / 2) / edge + 0.04 * rim / rim.std()
    labels = np.where(away < 0.42, np.uint8(CLASSES["phase B"]), np.uint8(CLASSES["background"]))
    level = np.quantile(field[labels > 0], dice.uniform(0.4, 0.75))
    labels[(labels > 0) & (field > level)] = CLASSES["phase A"]
    return labels
