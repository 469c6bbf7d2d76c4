"""Particle sizes from a laser-diffraction table: percentiles, mean diameters by name, specific surface.

Inside, a distribution is volume per class between diameters; within a class the volume is spread evenly over the
logarithm of the diameter. Names D[p,q] as in ISO 9276-2. A measured curve and the lognormal curve through its D10, D50
and D90 give their statistics under the same names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from alloycell.alloy.sizes import NORMAL_90, number_mean, number_median, sauter_mean, volume_mean
from alloycell.alloy.tables import Table, read_table
from alloycell.errors import DesignError, Fault, RangeError, shown, suggestion
from alloycell.quantities import FloatArray, frozen_array, kind_of

__all__ = ["STATISTICS", "Form", "Powder", "Weighting", "lognormal_statistics"]

Form = Literal["cumulative", "oversize", "share", "density"]
Weighting = Literal["volume", "number"]

STATISTICS: Mapping[str, str] = MappingProxyType(
    {
        "D10": "10 % of the volume lies in smaller particles",
        "D50": "volume median: half of the volume lies in smaller particles",
        "D90": "90 % of the volume lies in smaller particles",
        "D[4,3]": "volume-weighted mean",
        "D[3,2]": "Sauter mean, of the same surface per volume",
        "D[1,0]": "number mean",
        "number median": "half of the particles are smaller",
    }
)
"""Diameters by name and what each says; values are in [m]."""

_UNIT = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]")
_LENGTHS = kind_of("length").units
_ENDS = (0.05, 0.02)
"""How much of a cumulative curve may lie below its first and above its last diameter, dimensionless."""


@dataclass(frozen=True, eq=False)
class Powder:
    """A size distribution: ``edges`` of the classes [m], rising, shape (n + 1,), and the ``volume`` of each (0 to 1).

    The shares add up to 1, shape (n,). ``remarks`` say what was assumed.
    """

    edges: FloatArray
    volume: FloatArray
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, diameters: Any, values: Any, form: Form, weighting: Weighting = "volume") -> Powder:
        """A distribution from ``diameters`` [m] and ``values`` (0 to 1; density per m), shape (n,) each.

        ``form``: "cumulative" (undersize), "oversize", "share" (of the class around each diameter) or "density" (per
        diameter). Raises DesignError with every fault.
        """
        sizes, heights = (np.asarray(given, dtype=np.float64) for given in (diameters, values))
        faults = _faults(sizes, heights)
        if faults:
            raise DesignError(faults)
        if sizes[0] > sizes[-1]:
            sizes, heights = sizes[::-1], heights[::-1]
        remarks: list[str] = []
        edges, shares = (_from_curve if form in ("cumulative", "oversize") else _from_classes)(
            sizes, heights, form, remarks
        )
        if weighting == "number":
            shares = shares * _power(edges, 3)
            remarks.append("Volume shares follow from numbers: the coarse end decides and is known worst.")
        total = float(shares.sum())
        if not math.isfinite(total) or total <= 0:
            raise DesignError(Fault("the sizes", "hold nothing", "some class must have a share above 0"))
        return cls(frozen_array(edges), frozen_array(shares / total), tuple(remarks))

    @classmethod
    def load(cls, path: str | Path, form: Form | None = None, weighting: Weighting | None = None) -> Powder:
        """A distribution from CSV: a column ``diameter [um]`` and one such as ``cumulative volume [%]``.

        ``form`` and ``weighting`` are needed where the header does not say them. Raises FormatError, DesignError.
        """
        table = read_table(Path(path), "a table of sizes")
        size, value = _places(table)
        found, weighed = _said(table.header[value])
        form, weighting = form or found, weighting or weighed
        missing = [name for name, given in (("form", form), ("weighting", weighting)) if given is None]
        if form is None or weighting is None:
            needed = (
                'a header such as "cumulative volume [%]", "share of number [%]" or "density volume [1/um]" is needed'
            )
            where = f"{table.path}, column {value + 1}"
            raise DesignError(
                Fault(where, f"{shown(table.header[value])} does not say its {' and '.join(missing)}", needed)
            )
        rows = range(len(table.rows))
        diameters = np.array([table.number(row, size) for row in rows]) * _factor(table, size, "length")
        values = np.array([table.number(row, value) for row in rows]) * _factor(table, value, form)
        return cls.of(diameters, values, form, weighting)

    def percentile(self, share: float) -> float:
        """Diameter [m] below which ``share`` (0 to 1) of the volume lies. Raises RangeError outside."""
        if not 0 < share < 1:
            raise RangeError(f"A percentile is asked for {share:g}; it must lie between 0 and 1.")
        return _percentile(self.edges, self.volume, share)

    def mean(self, p: int, q: int) -> float:
        """Mean diameter D[p,q] [m] = (sum of d^p over sum of d^q)^(1/(p-q)), over particles, p above q from 0 to 4.

        Source: ISO 9276-2.
        """
        if not 0 <= q < p <= 4:
            raise RangeError(f"D[{p},{q}] is asked for; p must be above q, both from 0 to 4.")
        moments = [float((self.volume * _power(self.edges, order - 3)).sum()) for order in (p, q)]
        return float((moments[0] / moments[1]) ** (1.0 / (p - q)))

    def statistic(self, name: str) -> float:
        """The diameter [m] called ``name`` in :data:`STATISTICS`. Raises RangeError for another name."""
        if name not in STATISTICS:
            raise RangeError(f"{shown(name)} is no statistic of sizes. {suggestion(name, tuple(STATISTICS))}")
        if name == "number median":
            numbers = self.volume * _power(self.edges, -3)
            return _percentile(self.edges, numbers / numbers.sum(), 0.5)
        if name.startswith("D["):
            return self.mean(int(name[2]), int(name[4]))
        return self.percentile(int(name[1:]) / 100.0)

    def statistics(self) -> dict[str, float]:
        """Every diameter of :data:`STATISTICS` [m] by name."""
        return {name: self.statistic(name) for name in STATISTICS}

    def specific_surface(self, density: float) -> float:
        """Surface per mass [m2/kg] of smooth spheres of ``density`` [kg/m3]: 6 / (density D[3,2])."""
        if not (math.isfinite(density) and density > 0):
            raise RangeError(f"A density of {density:g} kg/m3 is asked for; it must be above 0.")
        return 6.0 / (density * self.mean(3, 2))

    @property
    def diameter_spread(self) -> float:
        """Geometric standard deviation of the lognormal curve with the same D90/D10, dimensionless (1 or more)."""
        return math.exp(math.log(self.percentile(0.9) / self.percentile(0.1)) / (2.0 * NORMAL_90))

    def lognormal(self) -> dict[str, float]:
        """The statistics [m] of the lognormal curve with the same D50 and D90/D10, by name."""
        return lognormal_statistics(self.percentile(0.5), self.diameter_spread)

    def figures(self, name: str = "D50", relative_uncertainty: float | None = None) -> dict[str, str]:
        """The figure that the window of a claim is held against, as text: the stated statistic ``name`` [um].

        ``relative_uncertainty`` is expanded (coverage factor 2), dimensionless; None leaves it out.
        """
        size = 1e6 * self.statistic(name)
        spread = "" if relative_uncertainty is None else f" +- {size * relative_uncertainty:.3g}"
        return {"particle_diameter": f"{size:.6g}{spread} um"}


def lognormal_statistics(diameter: float, spread: float) -> dict[str, float]:
    """Every diameter of :data:`STATISTICS` [m] for a lognormal curve of volume median ``diameter`` [m] and ``spread``.

    ``spread`` is the geometric standard deviation, dimensionless (1 or more). Source: Hatch and Choate 1929.
    """
    means = {"D[4,3]": volume_mean, "D[3,2]": sauter_mean, "D[1,0]": number_mean, "number median": number_median}
    scores = {"D10": -NORMAL_90, "D50": 0.0, "D90": NORMAL_90}
    found = {name: diameter * math.exp(score * math.log(spread)) for name, score in scores.items()}
    return found | {name: float(function(diameter, spread)) for name, function in means.items()}


def _power(edges: Any, order: int) -> Any:
    """Mean of d^order [m^order] over each class, even in ln d."""
    low, high = edges[:-1], edges[1:]
    return np.ones(len(low)) if order == 0 else (high**order - low**order) / (order * np.log(high / low))


def _percentile(edges: Any, shares: Any, share: float) -> float:
    curve = np.concatenate([[0.0], np.cumsum(shares)])
    place = min(int(np.searchsorted(curve, share, side="left")), len(curve) - 1)
    step = curve[place] - curve[place - 1]
    way = (share - curve[place - 1]) / step if step > 0 else 1.0
    return float(math.exp(math.log(edges[place - 1]) + way * math.log(edges[place] / edges[place - 1])))


def _faults(sizes: Any, values: Any) -> list[Fault]:
    if sizes.ndim != 1 or sizes.shape != values.shape:
        return [Fault("the sizes", "are no two columns of one length", "diameters and values are needed")]
    if len(sizes) < 4:
        return [Fault("the sizes", f"have {len(sizes)} rows", "at least 4 are needed")]
    faults = []
    if not np.isfinite(sizes).all() or not np.isfinite(values).all():
        faults.append(Fault("the sizes", "hold something that is not a number", "every row needs two numbers"))
        return faults
    steps = np.diff(sizes)
    if not ((steps > 0).all() or (steps < 0).all()):
        faults.append(Fault("the diameters", "do not rise from row to row", "each class is needed once, in order"))
    if (sizes < 1e-10).any() or (sizes > 1e-1).any():
        found = f"run from {1e6 * sizes.min():.4g} to {1e6 * sizes.max():.4g} um"
        faults.append(Fault("the diameters", found, "diameters lie between 0.1 nm and 10 cm", "Look at the unit"))
    if (values < 0).any():
        faults.append(Fault("the values", f"hold {int((values < 0).sum())} below 0", "shares are 0 or more"))
    return faults


def _from_curve(sizes: Any, curve: Any, form: Form, remarks: list[str]) -> tuple[Any, Any]:
    """Edges [m] and shares from a cumulative curve (0 to 1); what lies below its start gets a class of its own."""
    rising = 1.0 - curve if form == "oversize" else curve
    if curve.max() > 1.02:
        raise DesignError(Fault("the curve", f"reaches {100 * curve.max():.4g} %", "a cumulative curve ends at 100 %"))
    if (np.diff(rising) < -1e-6).any():
        raise DesignError(Fault("the curve", "falls somewhere", "a cumulative curve only rises", "Is it a density?"))
    if rising[0] > _ENDS[0] or rising[-1] < 1.0 - _ENDS[1]:
        found = f"runs from {100 * rising[0]:.3g} to {100 * rising[-1]:.3g} %"
        needed = f"it must start at {100 * _ENDS[0]:g} % or less and end at {100 - 100 * _ENDS[1]:g} % or more"
        raise DesignError(Fault("the curve", found, needed, "Nothing is known about the particles beyond its ends"))
    if rising[0] <= 1e-9:
        return sizes, np.maximum(np.diff(rising), 0.0)
    remarks.append(
        f"{100 * rising[0]:.2g} % lie below the first diameter; they are taken to lie in a class as wide as the next."
    )
    edges = np.concatenate([[sizes[0] ** 2 / sizes[1]], sizes])
    return edges, np.maximum(np.diff(np.concatenate([[0.0], rising])), 0.0)


def _from_classes(sizes: Any, values: Any, form: Form, remarks: list[str]) -> tuple[Any, Any]:
    """Edges [m] half-way (in ln d) between the diameters, and the share of each class."""
    middles = np.sqrt(sizes[1:] * sizes[:-1])
    edges = np.concatenate([[sizes[0] ** 2 / middles[0]], middles, [sizes[-1] ** 2 / middles[-1]]])
    if form == "density":
        return edges, values * np.diff(edges)
    total = float(values.sum())
    if not 0.95 <= total <= 1.05:
        found = f"add up to {100 * total:.4g} %"
        raise DesignError(
            Fault("the shares of the classes", found, "they must add up to 100 %", "Is it a cumulative curve?")
        )
    if abs(total - 1.0) > 0.001:
        remarks.append(f"The shares add up to {100 * total:.4g} % and were scaled to 100 %.")
    return edges, values


def _places(table: Table) -> tuple[int, int]:
    """Columns of diameter and value, counted from 0."""
    sizes = [
        place for place, name in enumerate(table.header) if re.search(r"diameter|\bsize\b|\bd\b", name, re.IGNORECASE)
    ]
    others = [place for place in range(len(table.header)) if place not in sizes]
    if len(sizes) != 1:
        needed = 'one column "diameter [um]" is needed'
        raise DesignError(Fault(str(table.path), f"has {len(sizes)} columns of diameters", needed))
    if len(others) != 1:
        needed = "one column of values is needed beside the diameter"
        raise DesignError(
            Fault(str(table.path), f"has {len(others)} columns of values", needed, "Keep the one to be used")
        )
    return sizes[0], others[0]


def _said(header: str) -> tuple[Form | None, Weighting | None]:
    """Form and weighting that the ``header`` of the values says, None where it does not; no units."""
    text = header.lower()
    forms: tuple[tuple[Form, str], ...] = (
        ("oversize", r"oversize|retained"),
        ("cumulative", r"cumulative|undersize|passing|\bcum\b|\bq[03]\b.*sum"),
        ("density", r"densit\w*.*[\[(]\s*(?:%|1)?\s*/|per (?:um|nm|mm|m)\b"),
        ("share", r"densit|frequency|share|differential|in class|channel"),
    )
    form = next((name for name, pattern in forms if re.search(pattern, text)), None)
    number, volume = bool(re.search(r"number|count", text)), bool(re.search(r"volume|mass|weight", text))
    weighting: Weighting | None = None if number == volume else "number" if number else "volume"
    return form, weighting


def _factor(table: Table, place: int, form: str) -> float:
    """Factor from the unit in a header to SI: [m] for lengths, 1 for shares, [1/m] for densities."""
    header = table.header[place].replace("µ", "u").replace("μ", "u")
    found = _UNIT.search(header)
    unit = found[1].replace(" ", "") if found else ""
    where = f"{table.path}, column {place + 1}"
    if form == "length":
        if unit not in _LENGTHS:
            raise DesignError(
                Fault(where, f"is {shown(table.header[place])}", 'a unit of length is needed, such as "diameter [um]"')
            )
        return float(_LENGTHS[unit])
    whole = Decimal("0.01") if unit.startswith("%") else Decimal(1)
    length = unit.rpartition("/")[2] if "/" in unit else ""
    if form == "density" and length not in _LENGTHS:
        raise DesignError(
            Fault(where, f"is {shown(table.header[place])}", 'a density needs a unit such as "[1/um]" or "[%/um]"')
        )
    if form != "density" and unit not in ("%", "1", "-"):
        raise DesignError(Fault(where, f"is {shown(table.header[place])}", 'a share needs its unit, "[%]" or "[1]"'))
    return float(whole / _LENGTHS[length]) if form == "density" else float(whole)
