"""Amounts in the text of a protocol: currents, rates, powers, times and voltages as a person writes them.

``C/3`` and ``1C`` are rates: currents that pass the areal capacity of the cell in 3 h and in 1 h.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alloycell.cell.rates import rate_of

__all__ = ["POSSIBLE", "UNITS", "Amount", "amount"]

UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "V": ("voltage", 1.0), "mV": ("voltage", 1e-3),
        "A": ("current", 1.0), "mA": ("current", 1e-3), "uA": ("current", 1e-6),
        "A/m2": ("current per area", 1.0), "mA/cm2": ("current per area", 10.0),
        "W": ("power", 1.0), "mW": ("power", 1e-3), "kW": ("power", 1e3),
        "W/m2": ("power per area", 1.0), "mW/cm2": ("power per area", 10.0),
        "ohm": ("resistance", 1.0), "mohm": ("resistance", 1e-3),
        "s": ("time", 1.0), "min": ("time", 60.0), "h": ("time", 3600.0), "d": ("time", 86400.0),
        "Ah": ("charge", 3600.0), "mAh": ("charge", 3.6), "C/m2": ("charge per area", 1.0),
        "mAh/cm2": ("charge per area", 36000.0),
        "at%": ("lithium fraction", 0.01), "%": ("share of the capacity", 0.01),
    }
)  # fmt: skip
"""Unit text -> (kind, factor to SI): V, A, A/m2, W, W/m2, ohm, s, C, C/m2, dimensionless."""

POSSIBLE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "voltage": (1e-3, 20.0), "current": (1e-12, 1e6), "current per area": (1e-9, 1e6), "rate": (1e-6, 1e4),
        "power": (1e-12, 1e9), "power per area": (1e-9, 1e7), "resistance": (1e-9, 1e12), "time": (1e-6, 1e10),
        "charge": (1e-9, 1e12), "charge per area": (1e-9, 1e12),
    }
)  # fmt: skip
"""Between what a test of a cell can ask for, by kind [SI of the kind; for a rate, multiples of 1C]."""

_NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})\s*([A-Za-z%][A-Za-z0-9/%]*)")


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount: ``value`` [SI of its ``kind``; for a rate, multiples of 1C], and its ``text`` in one spelling."""

    kind: str
    value: float
    text: str


def amount(text: str) -> Amount | None:
    """The amount that ``text`` is, SI, or None where it is none."""
    text = text.strip()
    if (rate := rate_of(text)) is not None:
        return Amount("rate", *rate)
    found = _PLAIN.fullmatch(text)
    if found is None or found[2] not in UNITS:
        return None
    kind, factor = UNITS[found[2]]
    return Amount(kind, float(found[1]) * factor, f"{found[1]} {found[2]}")
