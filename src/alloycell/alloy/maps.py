"""Element maps: quantified mass fractions of several elements on one grid of pixels, checked before anything uses them.

Refused by name: elements that do not exist, maps of different shapes, too few pixels, values that are not numbers,
maps clipped at their maximum (saturated), maps that do not add up to 100 % (not quantified), maps shifted against each
other by more than a pixel (misaligned). How each is found stands in docs/theory/micrograph.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from alloycell.alloy.alignment import shifts
from alloycell.alloy.map_files import read_maps, write_maps
from alloycell.declaration import Declared, faults_of
from alloycell.errors import DesignError, Fault, shown, suggestion
from alloycell.quantities import Fraction, Length, MassFraction

__all__ = ["SYMBOLS", "ElementMaps", "MapArray", "MapDescription", "pixel_noise"]

MapArray: TypeAlias = NDArray[np.float32]

_TABLE = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb
Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu
Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu
"""

SYMBOLS = tuple(_TABLE.split())
"""Symbols of the elements up to plutonium, by atomic number; no units."""

_NAME = re.compile(r"\s*([A-Za-z]{1,2})(?:[ _-]*([KLM][a-z]{0,2}\d{0,2}))?\s*")
_FEWEST, _MOST = 256, 2**26
"""Fewest and most pixels of a map, dimensionless."""
_SUM = (0.9, 1.1)
"""Between what the contents of a pixel must add up to, in the median of all material, dimensionless."""
_PLATEAU = 0.002
"""Share of the pixels at exactly the maximum from which a map with noise counts as clipped, dimensionless."""
_FURTHEST = 1.0
"""Largest shift of one map against the others [px]."""
_LIGHT = SYMBOLS.index("Ne")
_ASSUMED = MappingProxyType({"energy": (0.20, 0.05), "wavelength": (0.10, 0.02), "": (0.20, 0.10)})
"""Relative expanded uncertainty of a quantification, light elements to F and all others, dimensionless; assumed."""


class MapDescription(Declared):
    """What a map needs beside its pixels: pixel size and beam resolution [m], method, noise, systematic uncertainty.

    ``noise`` is the standard deviation of one pixel by element; ``systematic`` is the relative expanded uncertainty
    (coverage factor 2) of the quantification by element. What is left out is estimated or assumed, and said so.
    """

    format: Literal[1] = 1
    pixel_size: Length = Field(description="edge of a pixel")
    beam_resolution: Length = Field(description="full width at half maximum of the blur of beam and signal volume")
    method: str | dict[str, str] = Field(description="how contents were measured, for all or by element")
    noise: dict[str, MassFraction] = Field(default_factory=dict, description="standard deviation of a pixel")
    systematic: dict[str, Fraction] = Field(default_factory=dict, description="relative uncertainty, coverage 2")
    elements: tuple[str, ...] = Field((), description="elements of the pages of a stack, in order")
    unit: Literal["wt%", "1"] = Field("wt%", description="unit of the pixels")


@dataclass(frozen=True, eq=False)
class ElementMaps:
    """Mass fractions (0 to 1) of ``elements`` on a grid, shape (elements, rows, columns), checked and read-only.

    ``pixel_size`` and ``beam_resolution`` [m]; ``methods`` by element; ``noise`` is the standard deviation of one pixel
    (mass fraction, 0 to 1) by element; ``systematic`` the relative expanded uncertainty by element, dimensionless.
    """

    elements: tuple[str, ...]
    stack: MapArray
    pixel_size: float
    beam_resolution: float
    methods: Mapping[str, str]
    noise: Mapping[str, float]
    systematic: Mapping[str, float]
    remarks: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, maps: Mapping[str, Any], **description: Any) -> ElementMaps:
        """Maps from arrays by element [wt%, or 0 to 1 with ``unit="1"``], shape (rows, columns) each.

        ``description`` are the fields of :class:`MapDescription`. Raises DesignError with every fault at once.
        """
        described = _described(description)
        names = _named(maps)
        _refuse(_shape_faults(maps) + _value_faults(maps))
        scale = np.float32(0.01 if described.unit == "wt%" else 1.0)
        stack = np.empty((len(maps), *np.shape(next(iter(maps.values())))), dtype=np.float32)
        for index, given in enumerate(maps.values()):
            np.multiply(given, scale, out=stack[index], casting="unsafe")
        stack.setflags(write=False)
        counted = all(np.asarray(given).dtype.kind in "iu" for given in maps.values())
        estimated = {name: pixel_noise(stack[index]) for index, name in enumerate(names)}
        _refuse(_content_faults(names, stack, estimated, described.unit, counted))
        return _made(names, stack, described, estimated)

    @classmethod
    def load(cls, path: str | Path, **description: Any) -> ElementMaps:
        """Maps from a folder of CSV matrices, a TIFF stack or an NPZ file [wt% unless described otherwise].

        ``description`` overrides what ``map.toml`` in the folder, a TOML file beside the TIFF or the entry
        ``description`` of the NPZ file says. Raises FormatError or DesignError.
        """
        maps, stated = read_maps(Path(path), description.get("elements"))
        return cls.of(maps, **{**stated, **description})

    def save(self, path: str | Path) -> None:
        """Write the maps [wt%, half precision] with their description as an NPZ file. Raises StoreError."""
        write_maps(
            Path(path),
            {name: (100.0 * self.stack[index]).astype(np.float16) for index, name in enumerate(self.elements)},
            {
                "format": 1,
                "pixel_size": self.pixel_size,
                "beam_resolution": self.beam_resolution,
                "method": dict(self.methods),
                "systematic": dict(self.systematic),
            },
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, counts."""
        return (int(self.stack.shape[1]), int(self.stack.shape[2]))

    @property
    def beam_pixels(self) -> float:
        """Beam resolution (full width at half maximum) over the size of a pixel, dimensionless."""
        return self.beam_resolution / self.pixel_size

    def of_element(self, symbol: str) -> MapArray:
        """The map of one element, mass fractions (0 to 1), shape (rows, columns)."""
        values: MapArray = self.stack[self.elements.index(symbol)]
        return values

    def total(self, symbols: Sequence[str] | None = None) -> MapArray:
        """The sum of the maps of ``symbols`` (all where left out), mass fractions (0 to 1), shape (rows, columns)."""
        rows = range(len(self.elements)) if symbols is None else [self.elements.index(symbol) for symbol in symbols]
        summed = np.zeros(self.shape, dtype=np.float32)
        for row in rows:
            summed += self.stack[row]
        return summed


def pixel_noise(values: MapArray) -> float:
    """Standard deviation of the noise of one pixel, unit unchanged, from differences of neighbours in 2 by 2 squares.

    Straight slopes drop out; the median of the size of the differences (over 0.6745) leaves interfaces out. Pixels
    that are exactly 0 (background) are left out. Source: median absolute deviation of a normal distribution.
    """
    step = max(1, min(values.shape[0] // 256, 8))
    upper, lower = values[:-1:step], values[1::step]
    lower = lower[: upper.shape[0]]
    difference = np.abs((upper[:, :-1] - upper[:, 1:]) - (lower[:, :-1] - lower[:, 1:]))
    filled = difference[(upper[:, :-1] != 0) | (lower[:, 1:] != 0)]
    return float(np.median(filled) / 0.6744897501960817 / 2.0) if filled.size else 0.0


def _described(description: Mapping[str, Any]) -> MapDescription:
    try:
        return MapDescription.model_validate(dict(description))
    except ValidationError as problem:
        raise DesignError(faults_of(problem, MapDescription)) from None


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DesignError(faults)


def _named(maps: Mapping[str, Any]) -> tuple[str, ...]:
    """Element symbols of the names of ``maps``, an X-ray line after the symbol left out; no units."""
    if not maps:
        raise DesignError(Fault("the map", "holds no element", "at least two elements are needed"))
    names, faults = [], []
    for given in maps:
        found = _NAME.fullmatch(str(given)[:20])
        symbol = found[1] if found else ""
        if symbol not in SYMBOLS:
            near = suggestion(symbol or str(given), SYMBOLS)
            near = near if near.startswith("Did") else "Name each map after its element, such as Si or O"
            faults.append(
                Fault(f"the map {shown(str(given))}", "is not of a known element", "a symbol is needed", near)
            )
        elif symbol in names:
            faults.append(Fault(f"the map {shown(str(given))}", f"is a second one of {symbol}", "one each is needed"))
        names.append(symbol)
    if len(maps) == 1:
        faults.append(Fault("the map", "holds one element", "at least two elements are needed to tell phases apart"))
    _refuse(faults)
    return tuple(names)


def _shape_faults(maps: Mapping[str, Any]) -> list[Fault]:
    faults, first, shape = [], "", (0, 0)
    for name, given in maps.items():
        array = np.asarray(given)
        if array.dtype.kind not in "fiu":
            faults.append(Fault(f"the map of {name}", "does not hold numbers", "contents in wt% are needed"))
        elif array.ndim != 2:
            faults.append(Fault(f"the map of {name}", f"has {array.ndim} axes", "rows and columns are needed"))
        elif not first:
            first, shape = name, array.shape
        elif array.shape != shape:
            sizes = f"{array.shape[0]} x {array.shape[1]} pixels, that of {first} {shape[0]} x {shape[1]}"
            remedy = "Export all maps from one scan; they may also be misaligned"
            faults.append(Fault(f"the map of {name}", f"has {sizes}", "all maps need one grid", remedy))
    pixels = int(shape[0]) * int(shape[1])
    if first and not (_FEWEST <= pixels <= _MOST and min(shape) >= 8):
        needed = f"{_FEWEST} to {_MOST} pixels, 8 or more along each edge, are needed"
        faults.append(Fault("the map", f"has too {'many' if pixels > _MOST else 'few'} pixels ({pixels})", needed))
    return faults


def _value_faults(maps: Mapping[str, Any]) -> list[Fault]:
    faults = []
    for name, given in maps.items():
        array = np.asarray(given)
        if array.dtype.kind not in "fiu":
            continue
        bad = ~np.isfinite(array) if array.dtype.kind == "f" else np.zeros(1, dtype=bool)
        if bad.any():
            row, column = (int(place) for place in np.argwhere(np.atleast_2d(bad))[0])
            place = f"the first in row {row + 1}, column {column + 1}"
            found = f"holds {int(bad.sum())} pixels that are NaN or infinite, {place}"
            faults.append(
                Fault(f"the map of {name}", found, "every pixel needs a number", "Crop the map or export it anew")
            )
        elif array.size and float(np.abs(array).max()) > 1e9:
            faults.append(Fault(f"the map of {name}", "holds numbers above 1e9", "contents in wt% are needed"))
    return faults


def _content_faults(
    names: tuple[str, ...], stack: MapArray, noise: Mapping[str, float], unit: str, counted: bool
) -> list[Fault]:
    """Faults of the contents themselves: saturated, negative, not quantified, misaligned; mass fractions (0 to 1)."""
    total = stack.sum(axis=0)
    bright = float(np.percentile(total[:: max(1, total.shape[0] // 256)], 99.5))
    material = total > 0.5 * bright
    faults = [fault for index, name in enumerate(names) for fault in _clipped(name, stack[index], noise, total)]
    low = [name for index, name in enumerate(names) if float(stack[index].mean()) < -0.01]
    faults += [Fault(f"the map of {name}", "is negative on average", "contents in wt% are needed") for name in low]
    filled = float(np.median(total[material])) if material.any() else 0.0
    if not _SUM[0] <= filled <= _SUM[1]:
        shift = 100 * filled if unit == "wt%" else filled
        limits = "90 to 110 wt%" if unit == "wt%" else "0.9 to 1.1"
        told = f"is unquantified: its elements add up to {shift:.4g}{' wt%' if unit == 'wt%' else ''} in the median"
        remedy = "These look like counts; export quantified wt% maps of all elements" if counted or filled > 1.1 else ""
        if unit == "wt%" and 0.009 <= filled <= 0.011:
            remedy = 'These look like fractions of 1; write unit = "1"'
        remedy = remedy or "Export quantified wt% maps of all elements, carbon and oxygen too"
        faults.append(Fault("the map", told, f"{limits} are needed", remedy))
    if faults:
        return faults
    return _shift_faults(names, stack)


def _clipped(name: str, values: MapArray, noise: Mapping[str, float], total: MapArray) -> list[Fault]:
    """A fault where a noisy map is cut off at its largest value (mass fraction, 0 to 1).

    A plateau at 100 wt% of maps that are normalised pixel by pixel is no saturation, nor is the highest of few levels
    of a map of few counts, which holds fewer pixels than the level below.
    """
    top = float(values.max())
    count = int(np.count_nonzero(values >= top))
    noisy = max(noise.values()) > 1e-7
    if not noisy or top <= 0 or count < max(8, _PLATEAU * values.size) or count == values.size:
        return []
    if abs(top - 1.0) < 1e-4 and float(np.abs(total[values >= top] - 1.0).max()) < 1e-3:
        return []
    below = values[values < top]
    if count <= 2 * int(np.count_nonzero(below == below.max())):
        return []
    share = 100 * count / values.size
    found = f"is saturated: {share:.2g} % of its pixels are exactly at the maximum, {100 * top:.4g} wt%"
    remedy = "Measure with a lower count rate or export without clipping"
    return [Fault(f"the map of {name}", found, "a map that is not cut off is needed", remedy)]


def _shift_faults(names: tuple[str, ...], stack: MapArray) -> list[Fault]:
    faults = []
    for name, shift in zip(names, shifts(stack), strict=True):
        if shift is not None and max(abs(shift[0]), abs(shift[1])) > _FURTHEST:
            found = f"is misaligned by {shift[0]:.1f} rows and {shift[1]:.1f} columns against the other elements"
            remedy = "Correct the drift or export the maps of one scan"
            faults.append(Fault(f"the map of {name}", found, f"at most {_FURTHEST:g} pixel is needed", remedy))
    return faults


def _made(
    names: tuple[str, ...], stack: MapArray, described: MapDescription, estimated: Mapping[str, float]
) -> ElementMaps:
    methods, remarks = _methods(names, described.method), []
    systematic = {}
    for name in names:
        if name in described.systematic:
            systematic[name] = float(described.systematic[name])
            continue
        key = next((word for word in ("energy", "wavelength") if word in _written_out(methods[name])), "")
        systematic[name] = _ASSUMED[key][0 if SYMBOLS.index(name) < _LIGHT else 1]
        remarks.append(f"Quantification of {name}: {100 * systematic[name]:g} % of the content, assumed.")
    noise = {name: float(described.noise.get(name, estimated[name])) for name in names}
    pixel, beam = float(described.pixel_size), float(described.beam_resolution)
    if beam > pixel * min(stack.shape[1:]) / 4:
        raise DesignError(
            Fault("beam_resolution", "is over a quarter of the map", "a larger map or a finer beam is needed")
        )
    return ElementMaps(
        names, stack, pixel, beam,
        MappingProxyType(methods), MappingProxyType(noise), MappingProxyType(systematic), tuple(remarks),
    )  # fmt: skip


def _written_out(method: str) -> str:
    method = method.lower()
    short = {"energy": r"\b(eds|edx|edxs|edax)\b", "wavelength": r"\b(wds|wdx|epma)\b"}
    return method + "".join(f" {word}" for word, pattern in short.items() if re.search(pattern, method))


def _methods(names: tuple[str, ...], method: str | Mapping[str, str]) -> dict[str, str]:
    if isinstance(method, str):
        if not method.strip():
            raise DesignError(Fault("method", "is empty", 'a text is needed, such as "energy-dispersive X-ray map"'))
        return dict.fromkeys(names, method.strip()[:120])
    missing = [name for name in names if not str(method.get(name, "")).strip()]
    _refuse([Fault(f"method.{name}", "is missing", "each element needs its method") for name in missing])
    return {name: method[name].strip()[:120] for name in names}
