"""Which phases are in equilibrium, and how much of each: the lowest energy that a composition can reach.

Source: linear programming on the convex hull of formation enthalpies; docs/theory/particle.md. With line compounds the
lowest energy of an assemblage of phases is a linear programme: amounts >= 0 that add up to the composition, least
enthalpy. Its optimal basis is one facet of the convex hull, and every other composition inside that facet has the same
phases. So a batch is solved facet by facet: one small programme, then a matrix product for all that lie inside.

``amounts`` are moles of each element of the system, shape (..., elements), any common scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alloycell.alloy.thermochemistry import Pair, System
from alloycell.errors import Fault, MaterialError, RangeError
from alloycell.quantities import FloatArray, frozen_array

__all__ = ["Assemblage", "equilibrium", "facet", "release_cost", "unresolved_pairs"]

_INSIDE: Final = 1e-13
"""How far below 0 an amount may come out by rounding (dimensionless)."""

_PRESENT: Final = 1e-12
"""Least atom fraction that counts as present (dimensionless)."""

_DESCENT: Final = 1e-9
"""Least relative slope by which a phase is worth taking in (dimensionless)."""

_PATIENCE: Final = 40
"""Steps after which the rule that cannot cycle is used; a count."""


@dataclass(frozen=True)
class Assemblage:
    """The phases of lowest energy of a batch of compositions.

    ``fractions`` (..., phases) are shares of all atoms that each phase holds (0 to 1), ``energy`` (...) [J/mol of
    atoms], ``potentials`` (..., elements) [J/mol] the chemical potentials against the stable elements; ``unresolved``
    (...) says where the phases cannot be told from the data.
    """

    system: System
    fractions: FloatArray
    """Share of all atoms in each phase, shape (..., phases), 0 to 1."""
    energy: FloatArray
    """Formation enthalpy [J/mol of atoms], shape (...)."""
    potentials: FloatArray
    """Chemical potential of each element [J/mol], shape (..., elements)."""
    unresolved: NDArray[np.bool_]

    def named(self) -> dict[str, FloatArray]:
        """Share of all atoms (0 to 1) in each phase that appears anywhere in the batch, by formula."""
        amounts = self.fractions.reshape(-1, len(self.system.phases))
        columns = zip(self.system.phases, np.asarray(np.any(amounts > _PRESENT, axis=0)), strict=True)
        return {phase.formula: self.fractions[..., i] for i, (phase, seen) in enumerate(columns) if seen}

    def masses(self) -> FloatArray:
        """Mass fraction of each phase (0 to 1), shape (..., phases)."""
        mass = self.fractions * np.array([phase.mass_per_atom for phase in self.system.phases])
        return np.asarray(mass / mass.sum(axis=-1, keepdims=True))


def equilibrium(system: System, amounts: FloatArray, *, strict: bool = True) -> Assemblage:
    """The assemblage of lowest formation enthalpy [J/mol of atoms] for ``amounts`` [mol] of each element.

    Source: module docstring; docs/theory/particle.md. With ``strict`` a composition whose phases the data do not tell
    (a solid solution, a side without records, unbound oxygen) raises MaterialError with the names; else it is marked.
    """
    given = np.asarray(amounts, dtype=np.float64)
    if given.shape[-1:] != (len(system.elements),):
        raise RangeError(f"amounts have shape {given.shape}; the last axis must have {len(system.elements)} elements.")
    total = given.sum(axis=-1, keepdims=True)
    if not np.all(np.isfinite(given)) or np.any(given < 0) or np.any(total <= 0):
        raise RangeError("amounts of elements must be finite, at least 0, and not all 0.")
    shares = (given / total).reshape(-1, len(system.elements))
    fractions, potentials = _by_facets(system, shares)
    unresolved = np.zeros(len(shares), dtype=bool)
    faults = []
    for fault, where in unresolved_pairs(system, fractions, shares):
        unresolved |= where
        faults.append(fault)
    if strict and faults:
        raise MaterialError(faults)
    batch = given.shape[:-1]
    return Assemblage(
        system,
        frozen_array(fractions.reshape(*batch, -1)),
        frozen_array((fractions @ system.enthalpy).reshape(batch)),
        frozen_array(potentials.reshape(*batch, -1)),
        unresolved.reshape(batch),
    )


def _by_facets(system: System, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Amounts of all phases (n, phases) and potentials [J/mol] (n, elements) for atom fractions (n, elements)."""
    fractions = np.zeros((len(shares), len(system.phases)))
    potentials = np.zeros(shares.shape)
    pending = np.arange(len(shares))
    basis = np.array([system.free(symbol) for symbol in system.elements])
    while len(pending):
        basis = facet(system, shares[pending[0]])
        inverse = np.linalg.inv(system.composition[:, basis])
        inside = shares[pending] @ inverse.T
        taken = np.asarray((inside >= -_INSIDE).all(axis=1))
        taken[0] = True
        rows = pending[taken]
        fractions[np.ix_(rows, basis)] = np.maximum(inside[taken], 0.0)
        potentials[rows] = system.enthalpy[basis] @ inverse
        pending = pending[~taken]
    return fractions, potentials


def facet(system: System, shares: FloatArray) -> NDArray[np.intp]:
    """The columns of the phases whose mixture has the lowest energy at atom fractions ``shares`` (elements,), 0 to 1.

    Source: revised simplex method (Dantzig 1951), started from the free elements, Bland's rule where it might cycle.
    There are as many columns as elements; some of their amounts may be 0.
    """
    basis = np.array([system.free(symbol) for symbol in system.elements])
    scale = max(float(np.abs(system.enthalpy).max(initial=0.0)), 1.0)
    for step in range(100 * len(system.phases)):
        columns = system.composition[:, basis]
        amounts = np.linalg.solve(columns, shares)
        slopes = system.enthalpy - np.linalg.solve(columns.T, system.enthalpy[basis]) @ system.composition
        slopes[basis] = 0.0
        better = np.flatnonzero(slopes < -_DESCENT * scale)
        if not len(better):
            return basis
        enters = better[0] if step > _PATIENCE else better[np.argmin(slopes[better])]
        direction = np.linalg.solve(columns, system.composition[:, enters])
        able = np.flatnonzero(direction > _INSIDE)
        ratios = np.maximum(amounts[able], 0.0) / direction[able]
        ties = able[ratios <= ratios.min() + 1e-15]
        basis[ties[np.argmin(basis[ties])]] = enters
    raise RangeError("the phases of lowest energy were not found; give the measured phases of the particle.")


def unresolved_pairs(
    system: System, fractions: FloatArray, shares: FloatArray
) -> list[tuple[Fault, NDArray[np.bool_]]]:
    """Where the data do not tell the phases: a fault with the names, and the rows (n,) it holds for.

    ``fractions`` (n, phases) and ``shares`` (n, elements) are atom fractions (0 to 1).
    """
    found = []
    free = {symbol: fractions[:, system.free(symbol)] > _PRESENT for symbol in system.elements}
    present = {symbol: shares[:, i] > _PRESENT for i, symbol in enumerate(system.elements)}
    for pair in system.pairs:
        first, second = pair.elements
        where = np.zeros(len(shares), dtype=bool)
        if pair.status in ("solution", "undecided"):
            where = free[first] & free[second]
        elif pair.not_free:
            where = free[pair.not_free] & present[second if pair.not_free == first else first]
        if where.any():
            found.append((_pair_fault(pair, int(where.sum()), len(shares)), where))
    for gas in ("O", "N"):
        where = free.get(gas, np.zeros(len(shares), dtype=bool))
        if where.any():
            found.append((_gas_fault(gas, int(where.sum()), len(shares)), where))
    return found


def _pair_fault(pair: Pair, count: int, size: int) -> Fault:
    told = {
        "solution": "would stand side by side as free elements, but they mix",
        "undecided": "would stand side by side as free elements, which the data do not decide",
    }
    found = told.get(pair.status, f"would leave free {pair.not_free}, a side of the pair without records")
    rows = f" in {count} of {size} compositions" if size > 1 else ""
    needed = pair.note or "phases with formation enthalpies are needed"
    return Fault(f"the pair {pair.name}", found + rows, needed, "Give the measured phases of the particle")


def _gas_fault(gas: str, count: int, size: int) -> Fault:
    name = {"O": "oxygen", "N": "nitrogen"}[gas]
    rows = f" in {count} of {size} compositions" if size > 1 else ""
    needed = f"no recorded phase of this composition takes more {name}"
    return Fault(name, f"is left over as gas{rows}", needed, "Use a process partition or measured contents")


def release_cost(system: System, formula: str, host: str) -> float:
    """Enthalpy [J per mol of ``host`` freed] of drawing a little ``host`` out of the phase ``formula``.

    Source: slope of the convex hull on the side poorer in ``host``; docs/theory/particle.md. It is 0 for the free
    element and never negative for a stable phase. Raises RangeError where ``formula`` holds no ``host``.
    """
    phase = system.phases[system.index(formula)]
    if host not in phase.atoms:
        raise RangeError(f"{formula} holds no {host}; name one of its elements.")
    if phase.is_element:
        return 0.0
    shares = np.array([phase.atoms.get(symbol, 0) / phase.size for symbol in system.elements])
    step = 1e-6 * shares[system.elements.index(host)]
    poorer = shares.copy()
    poorer[system.elements.index(host)] -= step
    basis = facet(system, poorer / poorer.sum())
    potentials = np.linalg.solve(system.composition[:, basis].T, system.enthalpy[basis])
    left = float(poorer @ potentials)
    return max(0.0, float((left - phase.enthalpy) / step))
