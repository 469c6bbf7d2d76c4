"""Where oxygen, nitrogen, fluorine, sulfur and phosphorus sit: in phase A, in phase B, or on the surface.

Source: docs/theory/particle.md. Three ways, each labelled: *equilibrium* (from exchange enthalpies: all or nothing, and
undecidable where the enthalpy is smaller than its error), *process* (a partition coefficient per element, which is an
assumption about how the powder was made), *measured* (contents of phases). Contents are mass of the element per mass of
that phase with everything in it (0 to 1). The mass balance W = sum of f_k W_k closes by construction: elements are
handed out as masses, and contents follow from masses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from alloycell.alloy.elements import of_family
from alloycell.alloy.sizes import sauter_mean
from alloycell.alloy.thermochemistry import System, Thermochemistry
from alloycell.errors import Fault, MaterialError, RangeError, suggestion
from alloycell.files import read_toml
from alloycell.quantities import FloatArray, Number, number
from alloycell.sources import Level

__all__ = [
    "UNDECIDABLE",
    "Coefficient",
    "Contents",
    "Exchange",
    "Process",
    "Side",
    "all_to",
    "exchange",
    "exchange_of",
    "measured_masses",
    "process_masses",
    "process_named",
    "processes",
    "surface_share",
    "total_at_limit",
]

Side = Literal["A", "B"]

UNDECIDABLE: Final = 15_000.0
"""Exchange enthalpy below which equilibrium decides nothing [J/mol of O or N]."""

_STEPS: Final = 300
_STILL: Final = 1e-15
_DATA: Final = Path(__file__).parent / "data" / "processes.toml"


@dataclass(frozen=True)
class Coefficient:
    """Content of phase B over content of phase A (dimensionless), with the range to look at and its level."""

    value: Number
    """Content of phase B over that of phase A, dimensionless."""
    low: Number
    """Low end of the range, dimensionless."""
    high: Number
    """High end of the range, dimensionless."""
    level: Level = "assumed"


@dataclass(frozen=True)
class Process:
    """How a powder was made, as partition coefficients (dimensionless) of O, N, F, S and P; all of them assumed."""

    name: str
    coefficients: Mapping[str, Coefficient]
    note: str = ""

    @property
    def label(self) -> str:
        """What every figure that rests on this process says about it; no units."""
        told = ", ".join(f"{x} {k.value:g}" for x, k in self.coefficients.items() if np.ndim(k.value) == 0)
        return f"process partition, {self.name} (assumed coefficients B over A: {told})"

    def factors(self, element: str, sides: tuple[Side, ...]) -> tuple[Number, ...]:
        """Relative content of ``element`` in each of the ``sides``, dimensionless: 1 in A, the coefficient in B."""
        if element not in self.coefficients:
            needed = "a partition coefficient (content of phase B over that of phase A) is needed"
            raise MaterialError(Fault(f"{self.name}.{element}", "is missing", needed))
        value = self.coefficients[element].value
        return tuple(1.0 if side == "A" else value for side in sides)

    @classmethod
    def of(cls, name: str, ratios: Mapping[str, Number], note: str = "stated by the user") -> Process:
        """A process of your own from ``ratios``: content of phase B over that of phase A, dimensionless, at least 0."""
        bad = [
            x for x, ratio in ratios.items() if x not in of_family("non-metal") or not np.all(np.asarray(ratio) >= 0)
        ]
        if bad:
            needed = "a ratio of at least 0 of O, N, F, S or P is needed"
            raise MaterialError([Fault(f"{name}.{x}", f"is {ratios[x]}", needed) for x in bad])
        return cls(name, MappingProxyType({x: Coefficient(r, r, r) for x, r in ratios.items()}), note)


@dataclass(frozen=True)
class Contents:
    """Measured contents (mass fraction of that phase, 0 to 1) of phase A and of phase B, by element.

    Where one of the two is missing it follows from the balance; where both are there, what does not fit stays visible.
    """

    phase_a: Mapping[str, Number] = field(default_factory=dict)
    """Contents of phase A, 0 to 1."""
    phase_b: Mapping[str, Number] = field(default_factory=dict)
    """Contents of phase B, 0 to 1."""


@dataclass(frozen=True)
class Exchange:
    """Which side binds an element more firmly, and by how much.

    ``enthalpy`` [J per mol of the element] is positive where phase B's side does; ``decision`` is 1 (B), -1 (A) or 0
    (undecidable); ``host_phase`` and ``other_phase`` are the formulas compared.
    """

    element: str
    enthalpy: Number
    """Exchange enthalpy [J/mol of the element]."""
    decision: NDArray[np.int64]
    host_phase: str
    other_phase: str


@lru_cache(maxsize=1)
def processes() -> Mapping[str, Process]:
    """The presets by name; every coefficient is assumed and dimensionless.

    Source: ``data/processes.toml``, docs/theory/particle.md.
    """
    found = {}
    for name, table in read_toml(_DATA).items():
        coefficients = {x: Coefficient(**entry) for x, entry in table.items() if x != "note"}
        found[name] = Process(name, MappingProxyType(coefficients), table["note"])
    return MappingProxyType(found)


def process_named(name: str) -> Process:
    """The preset called ``name``; raises MaterialError with the nearest name; no units."""
    known = processes()
    if name not in known:
        needed = suggestion(name, tuple(known))
        raise MaterialError(Fault(f'process "{name}"', "is not known", "the name of a process is needed", needed))
    return known[name]


def process_masses(
    metals: FloatArray,
    totals: Mapping[str, Number],
    factors: Mapping[str, tuple[Number, ...]],
    *,
    strict: bool = True,
) -> dict[str, FloatArray]:
    """Mass of each element in each phase [kg per kg of the same whole], shape (..., phases), by element.

    Source: content_k = a * factor_k with a from the balance, docs/theory/particle.md. ``metals`` (..., phases) are
    masses without these elements, ``totals`` masses of each element, ``factors`` relative contents of the phases
    (dimensionless). Contents count the mass of all these elements, so the shares are found by repetition. Without
    ``strict`` what has no phase to go to is not a number, instead of being refused.
    """
    weights = {x: np.stack(np.broadcast_arrays(*map(np.asarray, factors[x])), axis=-1) for x in totals}
    masses = np.array(metals, dtype=np.float64)
    held: dict[str, FloatArray] = {}
    for _ in range(_STEPS):
        held = {x: _handed_out(masses * weights[x], totals[x], x, strict=strict) for x in totals}
        fresh = sum(held.values(), np.asarray(metals, dtype=np.float64))
        change = _largest(fresh - masses) if fresh.shape == masses.shape else 1.0
        masses = fresh
        if change < _STILL:
            break
    return held


def _largest(change: FloatArray) -> float:
    """The largest size of ``change``, any unit, not-a-number left out."""
    return float(np.max(np.abs(change), initial=0.0, where=np.isfinite(change)))


def _handed_out(portions: FloatArray, total: Number, element: str, *, strict: bool = True) -> FloatArray:
    """``total`` mass of ``element`` shared in proportion to ``portions`` (..., phases); same unit as ``total``."""
    whole = portions.sum(axis=-1, keepdims=True)
    given = np.asarray(total, dtype=np.float64)[..., None]
    homeless = (whole <= 0) & (given > 0)
    if strict and np.any(homeless):
        raise RangeError(f"no phase of the side that takes {element} is there; choose another partition.")
    return np.asarray(given * portions / np.where(homeless, np.nan, np.where(whole > 0, whole, 1.0)))


def measured_masses(
    metals: FloatArray,
    totals: Mapping[str, Number],
    sides: tuple[Side, ...],
    contents: Contents,
    *,
    strict: bool = True,
) -> tuple[dict[str, FloatArray], dict[str, Number]]:
    """Masses of each element in each phase (..., phases) from measured ``contents``, and what fits in no phase [kg/kg].

    Source: W = sum of f_k W_k, docs/theory/particle.md. ``metals`` and ``totals`` are masses in one unit. Where both
    phases are measured, the remainder of the total (it may be negative) is returned and not averaged away. Raises
    RangeError where the contents of one phase alone exceed the total; without ``strict`` they are not a number.
    """
    silent = [x for x in totals if x not in contents.phase_a and x not in contents.phase_b]
    if silent:
        needed = "its content in one of the phases is needed"
        raise MaterialError([Fault(f"contents.{x}", "is missing", needed) for x in silent])
    on_a = np.array([side == "A" for side in sides])
    masses = np.asarray(metals, dtype=np.float64)
    held, unassigned = dict[str, FloatArray](), dict[str, Number]()
    for _ in range(_STEPS):
        for x, total in totals.items():
            held[x], left = _measured(masses, total, x, on_a, contents, strict=strict)
            if x in contents.phase_a and x in contents.phase_b:
                unassigned[x] = number(left)
        fresh = sum(held.values(), np.asarray(metals, dtype=np.float64))
        if fresh.shape == masses.shape and _largest(fresh - masses) < _STILL:
            break
        masses = fresh
        if strict and np.any(masses >= 10.0):
            raise RangeError(
                "measured contents of a phase add up to 1 or more; contents are mass per mass of that phase."
            )
    return held, unassigned


def _measured(
    masses: FloatArray, total: Number, element: str, on_a: NDArray[np.bool_], contents: Contents, *, strict: bool
) -> tuple[FloatArray, FloatArray]:
    """Mass of ``element`` in each phase at ``masses`` of the phases, and what is left of the ``total`` (same unit)."""
    phase_a, phase_b = contents.phase_a.get(element), contents.phase_b.get(element)
    zero = np.zeros(())
    in_a = np.asarray(zero if phase_a is None else phase_a)[..., None]
    in_b = np.asarray(zero if phase_b is None else phase_b)[..., None]
    stated = masses * np.where(on_a, in_a, in_b)
    rest = np.asarray(total - stated.sum(axis=-1))
    if phase_a is not None and phase_b is not None:
        return stated, rest
    if strict and np.any(rest < -1e-12):
        side = "B" if phase_a is None else "A"
        raise RangeError(f"the measured content of {element} in phase {side} alone exceeds the total of {element}.")
    other = masses * (on_a if phase_a is None else ~on_a)
    left = np.where(rest < -1e-12, np.nan, np.maximum(rest, 0.0))
    return stated + _handed_out(other, left, element, strict=strict), rest


def surface_share(diameter: Number, spread: Number, thickness: Number) -> Number:
    """Volume fraction (0 to 1) of a surface layer of ``thickness`` [m] on particles of median ``diameter`` [m].

    Source: 1 - (1 - 2 t / d)^3 for a sphere of the Sauter diameter d of a lognormal of geometric standard deviation
    ``spread`` (dimensionless), which has the specific surface of the powder; docs/theory/particle.md. Broadcasts.
    Raises RangeError where the layer is thicker than the radius.
    """
    sauter = np.asarray(sauter_mean(diameter, spread))
    ratio = 2.0 * np.asarray(thickness) / sauter
    if np.any(ratio >= 1.0) or np.any(ratio < 0.0):
        raise RangeError("the surface oxide is thicker than the radius of the particle; check both lengths.")
    return number(1.0 - (1.0 - ratio) ** 3)


def _binding(
    system: System, potentials: FloatArray, formula: str, element: str, thermochemistry: Thermochemistry
) -> FloatArray:
    """Enthalpy [J per mol of ``element``] that ``formula`` gives at ``potentials`` [J/mol] (..., elements)."""
    compound = thermochemistry.compound(formula)
    taken = np.zeros(potentials.shape[:-1])
    for symbol, count in compound.atoms.items():
        if symbol != element:
            taken = taken + count * potentials[..., system.elements.index(symbol)]
    return np.asarray((compound.formula_enthalpy - taken) / compound.atoms[element])


def exchange_of(
    system: System,
    potentials: FloatArray,
    element: str,
    host_phase: str,
    other_phase: str,
    thermochemistry: Thermochemistry,
) -> Number:
    """Exchange enthalpy [J/mol of ``element``] between two named phases where metals have ``potentials`` [J/mol].

    Source: other phase + metals -> host phase + metals, docs/theory/particle.md; positive where ``other_phase`` binds
    the element more firmly. An empty ``host_phase`` is the gas. ``potentials`` has shape (..., elements of ``system``).
    """
    other = _binding(system, potentials, other_phase, element, thermochemistry)
    host = _binding(system, potentials, host_phase, element, thermochemistry) if host_phase else np.zeros(other.shape)
    return number(host - other)


def exchange(
    system: System, potentials: FloatArray, shares: FloatArray, element: str, thermochemistry: Thermochemistry
) -> Exchange | None:
    """Which side binds ``element`` (O or N) in contact with the metals of ``system``, from the firmest phase of each.

    Source: docs/theory/particle.md. ``potentials`` [J/mol] and ``shares`` (atom fractions) have shape (..., elements);
    a phase counts where all its metals are present, and the gas where a side has none. None where a metal of the
    system has no data with the element.
    """
    candidates = [c for c in thermochemistry.compounds if element in c.atoms and len(c.atoms) > 1]
    candidates = [c for c in candidates if c.elements - {element} <= set(system.elements) and not c.assessment]
    alloying = set(of_family("alloying"))
    hosts = [c.formula for c in candidates if c.elements - {element} <= alloying]
    others = [c.formula for c in candidates if not c.elements - {element} <= alloying]
    unknown = [s for s in system.elements if frozenset((s, element)) not in thermochemistry.pairs]
    if unknown:
        return None
    bound_a, name_a = _firmest(system, potentials, shares, hosts, element, thermochemistry)
    bound_b, name_b = _firmest(system, potentials, shares, others, element, thermochemistry)
    enthalpy = np.asarray(bound_a - bound_b)
    decision = np.where(np.abs(enthalpy) < UNDECIDABLE, 0, np.sign(enthalpy)).astype(np.int64)
    return Exchange(element, number(enthalpy), decision, name_a, name_b)


def _firmest(
    system: System,
    potentials: FloatArray,
    shares: FloatArray,
    formulas: list[str],
    element: str,
    thermochemistry: Thermochemistry,
) -> tuple[FloatArray, str]:
    """Lowest binding enthalpy [J/mol] of ``formulas`` where their metals are present, 0 (the gas) where none is."""
    rows, names = [np.zeros(potentials.shape[:-1])], ["gas"]
    for formula in formulas:
        metals = thermochemistry.compound(formula).elements - {element}
        present = np.all([shares[..., system.elements.index(symbol)] > 0 for symbol in metals], axis=0)
        binding = _binding(system, potentials, formula, element, thermochemistry)
        rows.append(np.where(present, binding, 0.0))
        names.append(formula)
    stacked = np.stack(rows)
    best = stacked.argmin(axis=0)
    return stacked.min(axis=0), " or ".join(names[i] for i in sorted(set(best.ravel().tolist())))


def all_to(side: Side, sides: tuple[Side, ...]) -> tuple[float, ...]:
    """Relative contents (dimensionless) that put everything into phases of ``side``: 1 there, 0 elsewhere."""
    return tuple(1.0 if entry == side else 0.0 for entry in sides)


def total_at_limit(
    metals: FloatArray,
    mix: Mapping[str, Number],
    factors: Mapping[str, tuple[Number, ...]],
    on_a: NDArray[np.bool_],
    limit: float,
) -> Number:
    """Total of the elements of ``mix`` (mass fraction, 0 to 1) that brings phase A to ``limit`` (0 to 1).

    Source: the balance of docs/theory/particle.md solved for the total at a fixed mix. ``metals`` (..., phases) are
    masses of the phases without them, ``mix`` relative masses of the elements, ``factors`` relative contents of the
    phases, ``on_a`` says which phases are A. Infinite where nothing goes to phase A.
    """
    whole = sum((np.asarray(share) for share in mix.values()), np.zeros(()))
    metal = np.asarray(metals) / np.asarray(metals).sum(axis=-1, keepdims=True)

    def content(total: FloatArray) -> FloatArray:
        totals = {x: total * np.asarray(share) / whole for x, share in mix.items()}
        held = process_masses(metal * (1.0 - total)[..., None], totals, factors)
        in_a = sum((masses[..., on_a].sum(axis=-1) for masses in held.values()), np.zeros(()))
        mass_a = (metal[..., on_a].sum(axis=-1)) * (1.0 - total) + in_a
        return np.asarray(in_a / np.where(mass_a > 0, mass_a, 1.0))

    low, high = np.zeros(metal.shape[:-1]), np.full(metal.shape[:-1], 0.95)
    reached = content(high) > limit
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = content(middle) > limit
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return number(np.where(reached, 0.5 * (low + high), np.inf))
