"""Does a phase take lithium: active, inactive or undetermined, by what, and at which level of evidence.

Source: ``data/activity.toml`` for what is known of single compounds, else a threshold on the enthalpy that drawing the
alloying element out of the compound costs; docs/theory/particle.md. Every such compound would lithiate above 0 V if it
could: "inactive" is kinetic, not thermodynamic, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from alloycell.alloy.elements import ELEMENTS
from alloycell.alloy.equilibrium import release_cost
from alloycell.alloy.thermochemistry import Compound, Thermochemistry
from alloycell.errors import Fault, MaterialError
from alloycell.files import read_toml
from alloycell.quantities import FARADAY
from alloycell.sources import Level

__all__ = ["COST_THRESHOLD", "Activity", "Role", "activity_of", "potential_if_lithiated"]

Role = Literal["active", "inactive", "undetermined"]

COST_THRESHOLD: Final = 15_000.0
"""Cost from which a compound counts as inactive [J/mol of alloying element drawn out].

A decision of alloycell: below it the errors of formation enthalpies decide."""

_MEAN_POTENTIALS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"Si": (0.291, 3.75), "Sn": (0.517, 4.25)}
)
_STABLE_OXIDE_FORMERS: Final = frozenset(("Zr", "Y", "La", "Ce", "Pr", "Nd", "Al", "Mg"))
_DATA: Final = Path(__file__).parent / "data" / "activity.toml"


@dataclass(frozen=True)
class Activity:
    """Whether a phase takes lithium, with reason, source and level.

    ``host`` is the alloying element that would take lithium; ``cost`` and ``potential`` are None where not computed.
    """

    role: Role
    reason: str
    source: str
    level: Level
    host: str | None = None
    cost: float | None = None
    """Enthalpy of drawing the host out [J/mol of host]."""
    potential: float | None = None
    """Mean potential at which lithium would be taken if it were [V vs Li/Li+]."""


def potential_if_lithiated(host: str, cost: float) -> float | None:
    """Mean potential [V vs Li/Li+] at which a compound would lithiate if drawing ``host`` out costs ``cost`` [J/mol].

    Source: E = E_host - cost / (y F) with the mean equilibrium potential of the host over y lithium per atom, known for
    Si (0.291 V, y 3.75) and Sn (0.517 V, y 4.25); docs/theory/particle.md. None for other hosts.
    """
    if host not in _MEAN_POTENTIALS:
        return None
    mean, content = _MEAN_POTENTIALS[host]
    return mean - cost / (content * FARADAY)


def activity_of(
    compound: Compound,
    thermochemistry: Thermochemistry,
    threshold: float = COST_THRESHOLD,
    overrides: Mapping[str, Role] | None = None,
) -> Activity:
    """The role of ``compound``; ``threshold`` [J/mol] decides where nothing measured is known of it.

    Source: module docstring. ``overrides`` are roles that the user states, by formula.
    """
    stated = (overrides or {}).get(compound.formula)
    if stated is not None:
        return Activity(stated, "stated by the user", "user", "measured", _host(compound))
    if compound.is_element:
        return _element_activity(next(iter(compound.elements)))
    host = _host(compound)
    if compound.elements & {"O", "N"}:
        return _ceramic_activity(compound, host)
    if host is None:
        reason = "no alloying element in it; kinetic and thermodynamic"
        return Activity("inactive", reason, "memory", "assumed")
    return _compound_activity(compound, host, thermochemistry, threshold)


def _compound_activity(compound: Compound, host: str, thermochemistry: Thermochemistry, threshold: float) -> Activity:
    """The role of an intermetallic compound; ``threshold`` [J/mol]."""
    known = _known().get(compound.formula)
    cost = _cost(compound, host, thermochemistry)
    potential = None if cost is None else potential_if_lithiated(host, cost)
    if known is not None and (known.level != "assumed" or known.role != "inactive"):
        return Activity(known.role, known.reason, known.source, known.level, host, cost, potential)
    beside = f"; {known.reason}" if known is not None else ""
    if cost is None:
        reason = "the cost of drawing the alloying element out is not known" + beside
        return Activity("undetermined", reason, "", "assumed", host)
    role: Role = "inactive" if cost >= threshold else "undetermined"
    told = "at or above" if role == "inactive" else "below"
    label = "kinetic: " if role == "inactive" else ""
    reason = (
        f"{label}drawing {host} out costs {cost / 1e3:.3g} kJ/mol, {told} the threshold of {threshold / 1e3:.3g} kJ/mol"
    )
    level: Level = "assumed" if compound.level == "assumed" else "computed"
    return Activity(role, reason + beside, compound.source, level, host, cost, potential)


def _cost(compound: Compound, host: str, thermochemistry: Thermochemistry) -> float | None:
    elements = tuple(compound.elements)
    if thermochemistry.missing_pairs(elements):
        return None
    system = thermochemistry.system(elements, compound.assessment)
    known = [phase.formula for phase in system.phases]
    return release_cost(system, compound.formula, host) if compound.formula in known else None


def _host(compound: Compound) -> str | None:
    """The alloying element of ``compound``: the first in the table of elements."""
    held = [
        symbol for symbol, element in ELEMENTS.items() if element.family == "alloying" and symbol in compound.elements
    ]
    return held[0] if held else None


def _element_activity(symbol: str) -> Activity:
    if symbol in ("O", "N"):
        return Activity("inactive", "a gas", "definition", "measured")
    if ELEMENTS[symbol].family == "alloying":
        return Activity(
            "active", f"takes lithium as the record of {ELEMENTS[symbol].name} says", "record", "measured", symbol
        )
    if symbol == "Mg":
        return Activity("undetermined", "magnesium takes lithium, but has no material record", "memory", "assumed")
    return Activity("inactive", "no alloy with lithium is known", "memory", "assumed")


def _ceramic_activity(compound: Compound, host: str | None) -> Activity:
    metals = compound.elements - {"O", "N"}
    if metals <= _STABLE_OXIDE_FORMERS or compound.formula in ("TiN", "Ti2N"):
        return Activity("inactive", "bound more firmly than lithium binds oxygen or nitrogen", "memory", "assumed")
    reason = "may react with lithium; its oxygen is in the range of the first-cycle loss"
    return Activity("undetermined", reason, "memory", "assumed", host)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Activity]:
    found = {}
    for formula, entry in read_toml(_DATA).items():
        if set(entry) != {"role", "source", "level", "note"}:
            raise MaterialError(
                Fault(f"{_DATA.name}.{formula}", "is incomplete", "role, source, level, note are needed")
            )
        role, level = cast(Role, entry["role"]), cast(Level, entry["level"])
        note = entry["note"] + ("; kinetic" if role == "inactive" and "kinetic" not in entry["note"] else "")
        found[formula] = Activity(role, note, entry["source"], level)
    return MappingProxyType(found)
