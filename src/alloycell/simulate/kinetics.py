"""Numbers of a phase that no balance needs: radius, diffusivity, exchange current; assumed ones are labelled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from alloycell.cell.provenance import Assumption
from alloycell.electrode import Constituent
from alloycell.materials import Alloying, Carbon, Host
from alloycell.quantities import KINDS, Number, number
from alloycell.simulate.options import LEVELS

__all__ = ["ASSUMED_DECAY", "diffusivity_of", "radius_of", "rate_of"]

ASSUMED_DECAY = 60.0
"""How fast the hysteresis state turns, dimensionless: by a factor e in 1/30 of the capacity; assumed."""

_DIAMETERS: Mapping[type[Host], float] = MappingProxyType({Alloying: 1e-6, Carbon: 1e-5, Host: 1e-5})
_DIFFUSIVITY = 1e-14
_CONSTANTS: Mapping[type[Host], tuple[float, str]] = MappingProxyType(
    {
        Alloying: (6.69e-8, "that of silicon in a composite electrode (Bonkile 2024)"),
        Carbon: (6.48e-7, "that of the graphite-SiOx of an LG M50 (Chen 2020)"),
        Host: (3.42e-6, "that of the NMC811 of an LG M50 (Chen 2020)"),
    }
)
_LAW = re.compile(r"i0 = ([\d.eE+-]+) A/m2 \(m3/mol\)\^1\.5 times sqrt\(c_e c_s \(c_max - c_s\)\)")
_POINT = re.compile(r"([\d.eE+-]+) A/m2 at y = ([\d.]+)")


def radius_of(part: Constituent, where: str) -> tuple[Number, list[Assumption]]:
    """Radius [m] of the particles of ``part``: half the diameter that the design states, else assumed."""
    if part.use.diameter is not None:
        return number(part.use.diameter / 2), []
    assert isinstance(part.record, Host)
    diameter = next(value for kind, value in _DIAMETERS.items() if isinstance(part.record, kind))
    note = "the design states no diameter"
    return diameter / 2, [Assumption(f"{where}: {part.label}, diameter", KINDS["length"].text(diameter), note)]


def diffusivity_of(part: Constituent, where: str, level: str) -> tuple[float, list[Assumption]]:
    """Diffusivity [m2/s] of lithium in ``part``: of an alloy the sourced one at ``level``, else the middle."""
    assert isinstance(part.record, Host)
    place = f"{where}: {part.label}, diffusivity"
    values = sorted(part.record.diffusivity, key=lambda entry: float(entry.value))
    if not values:
        return _DIFFUSIVITY, [Assumption(place, KINDS["diffusivity"].text(_DIFFUSIVITY), "no value in the record")]
    asked = level if isinstance(part.record, Alloying) else "middle"
    last = len(values) - 1
    chosen = values[(0, last // 2, last)[LEVELS.index(asked)]]
    value = float(chosen.value)
    if chosen.level != "assumed":
        return value, []
    return value, [Assumption(place, KINDS["diffusivity"].text(value), chosen.note or "from memory")]


def rate_of(part: Constituent, where: str, sites: Number, salt: float) -> tuple[Number, list[Assumption]]:
    """Rate constant [A/m2] of i0 = rate sqrt(c / c_start) sqrt(y (1 - y)) of ``part``.

    ``sites`` is the lithium a full particle holds [mol/m3], ``salt`` the concentration at the start [mol/m3]. The law
    or point that the record notes is taken where it notes one.
    """
    assert isinstance(part.record, Host)
    law, point = _LAW.search(part.record.exchange_current), _POINT.search(part.record.exchange_current)
    if law is not None:
        return number(float(law[1]) * salt**0.5 * sites), []
    if point is not None:
        y = float(point[2])
        return float(point[1]) / (y * (1.0 - y)) ** 0.5, []
    constant, told = next(value for kind, value in _CONSTANTS.items() if isinstance(part.record, kind))
    value = f"i0 = {constant:g} A/m2 (m3/mol)^1.5 times sqrt(c_e c_s (c_max - c_s))"
    return number(constant * salt**0.5 * sites), [Assumption(f"{where}: {part.label}, exchange current", value, told)]
