"""A map of compositions: capacity and clauses of a particle while one or two shares of elements move.

The grid is one batch of particles, so every composition goes through the same functions as a single one;
docs/theory/particle.md. Where the elements do not add up, or the data do not tell the phases, there is no particle, and
that is neither inside nor outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alloycell.alloy.elements import ELEMENTS, of_family, symbol_of
from alloycell.alloy.particle import Particle
from alloycell.alloy.particle_sheet import ParticleSheet
from alloycell.alloy.phases import Interval
from alloycell.check import Specification, margins
from alloycell.declaration import tree
from alloycell.errors import DesignError, Fault, suggestion
from alloycell.quantities import FloatArray, Number, frozen_array

__all__ = ["CompositionSweep", "SweepAxis", "sweep_compositions"]

_NONMETALS: Final = of_family("non-metal")
_PRESENT: Final = 1e-9
"""Least mass fraction of a phase that counts as there, 0 to 1; a particle of one phase meets no clause on two."""
_LARGEST: Final = 1e6
"""Coefficient that stands for a phase A without any of an element, content of B over content of A, dimensionless."""
_CONTENTS: Final = ("phase_a", "phase_b")


@dataclass(frozen=True, eq=False, slots=True)
class SweepAxis:
    """One share that moves: the ``element`` and its ``values`` in the basis of the composition."""

    element: str
    values: FloatArray
    """Shares of the element, 0 to 1, rising, shape (n,)."""

    @classmethod
    def between(cls, element: str, low: float, high: float, points: int = 100) -> SweepAxis:
        """``points`` (a count) shares evenly from ``low`` to ``high`` (0 to 1)."""
        return cls(element, frozen_array(np.linspace(low, high, points)))


@dataclass(frozen=True, eq=False)
class CompositionSweep:
    """Figures of every composition of a grid whose axes are those of ``axes``: shape (n,) or (n of y, n of x).

    ``basis`` is "mass" or "atoms", ``possible`` says where on the grid there is a particle, ``notes`` what had to be
    assumed, a sentence each.
    """

    axes: tuple[SweepAxis, ...]
    basis: str
    possible: NDArray[np.bool_]
    reversible: Interval
    """Reversible capacity on the grid [C/kg of particle]; NaN where there is no such particle."""
    margins: Mapping[str, FloatArray]
    """Margin of each clause as a share of its window (dimensionless) on the grid; NaN: not known."""
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each axis of the grid, y first; counts."""
        return self.possible.shape

    def least(self, clauses: Sequence[str] | None = None) -> FloatArray:
        """The smallest margin of ``clauses`` as a share of its window, -1 to 1 (dimensionless); NaN: unknown."""
        rows = [self.margins[name] for name in self.margins if clauses is None or name in clauses]
        return np.asarray(np.clip(np.min(rows, axis=0), -1.0, 1.0))

    def holds(self, clauses: Sequence[str] | None = None) -> NDArray[np.bool_]:
        """Where all ``clauses`` (all of the specification where left out) hold strictly, on the grid; no units."""
        rows = [self.margins[name] >= 0 for name in self.margins if clauses is None or name in clauses]
        return np.asarray(np.all(rows, axis=0) & self.possible)

    def unknown(self, clauses: Sequence[str] | None = None) -> NDArray[np.bool_]:
        """Where no clause fails but one is not known, on the grid; no units."""
        chosen = [self.margins[name] for name in self.margins if clauses is None or name in clauses]
        failed = np.any([margin < 0 for margin in chosen], axis=0)
        return np.asarray(np.any([np.isnan(margin) for margin in chosen], axis=0) & ~failed & self.possible)

    def never(self) -> tuple[str, ...]:
        """Clauses that hold nowhere on the grid; no units."""
        return tuple(name for name, margin in self.margins.items() if not (self.possible & (margin >= 0)).any())

    def best(self, where: NDArray[np.bool_]) -> tuple[int, ...] | None:
        """Index on the grid of the largest reversible capacity (low end) among ``where``; None where none is."""
        if not where.any():
            return None
        held = np.where(where, np.asarray(self.reversible.low), -np.inf)
        return tuple(int(place) for place in np.unravel_index(int(np.argmax(held)), held.shape))

    def shares_at(self, index: tuple[int, ...]) -> dict[str, float]:
        """The swept shares (0 to 1) at ``index`` of the grid, by element."""
        return {axis.element: float(axis.values[place]) for axis, place in zip(self.axes, reversed(index), strict=True)}


def sweep_compositions(
    sheet: ParticleSheet, axes: Sequence[SweepAxis], specification: Specification
) -> CompositionSweep:
    """Capacity [C/kg] and clauses of the particle of ``sheet`` while one or two shares of elements move (0 to 1).

    The rest makes room; where the composition names none, all elements that stay keep their proportion. Contents
    measured in the phases enter by their ratio. Raises DesignError for axes that cannot be.
    """
    given, plain = tuple(axes), sheet.inputs.particle
    _refuse(_axis_faults(plain, given))
    tables, notes = _without_contents(sheet, tree(plain))
    batch = ParticleSheet(Particle.model_validate(_moved(plain, tables, given)), sheet.library, {}, strict=False)
    shape = tuple(len(axis.values) for axis in reversed(given))
    phases = batch.phases
    both = np.minimum(phases.mass_fraction("A"), phases.mass_fraction("B")) > _PRESENT
    low, high = phases.reversible_capacity().low, phases.reversible_capacity().high
    possible = np.broadcast_to(np.isfinite(np.asarray(high)), shape)
    judged = margins(specification, batch.figures())
    held = {name: np.where(both, margin, -1.0) for name, (_, margin) in judged.items()}
    return CompositionSweep(
        given,
        "atoms" if plain.basis == "atoms" else "mass",
        possible,
        Interval(_on_grid(low, possible), _on_grid(high, possible)),
        MappingProxyType({name: _on_grid(margin, possible) for name, margin in held.items()}),
        (*notes, *_kept(batch)),
    )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DesignError(faults)


def _axis_faults(particle: Particle, axes: tuple[SweepAxis, ...]) -> list[Fault]:
    faults = []
    if not particle.by_elements or particle.phases is not None or particle.phases_rest is not None:
        needed = "a composition by elements, from which phases follow, is needed"
        faults.append(Fault("--sweep", "asks about a particle whose phases are given", needed))
    if not 1 <= len(axes) <= 2:
        faults.append(Fault("--sweep", f"is given {len(axes)} times", "one or two elements can be swept"))
    if len({axis.element for axis in axes}) < len(axes):
        faults.append(Fault("--sweep", f"names {axes[0].element} twice", "two different elements are needed"))
    rest = symbol_of(particle.rest or "")
    known = [symbol for symbol in particle.symbols() if symbol != rest]
    for axis in axes:
        where, low, high = f"--sweep {axis.element}", float(axis.values[0]), float(axis.values[-1])
        if axis.element == rest:
            faults.append(Fault(where, "is the rest of the composition", "another element is needed"))
        elif axis.element not in (*known, *_NONMETALS):
            near = suggestion(axis.element, known)
            faults.append(Fault(where, "is not in the composition", "an element of it is needed", near))
        if not 0 <= low < high <= 1:
            found = f"runs from {100 * low:g} to {100 * high:g} %"
            faults.append(Fault(where, found, "it must rise, from 0 % or more to 100 % or less"))
    return faults


def _without_contents(sheet: ParticleSheet, tables: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """``tables`` with measured contents of the phases as coefficients: content of B over that of A, dimensionless."""
    held = tables.get("contents", {})
    if not any(held.get(part) for part in _CONTENTS):
        return tables, []
    figures = sheet.figures()
    ratios = {}
    for x in _NONMETALS:
        a, b = (figures.get(f"{part}_{ELEMENTS[x].name}") for part in _CONTENTS)
        if a is not None and b is not None and float(b) > 0:
            ratios[x] = float(min(np.divide(float(b), float(a)), _LARGEST)) if float(a) > 0 else _LARGEST
    stated = {**tables.get("coefficients", {}), **ratios}
    for x in set(sheet.stated) - set(stated):
        stated[x] = 1.0
    kept = {name: value for name, value in held.items() if name not in _CONTENTS and value}
    told = ", ".join(f"{x} {ratio:.3g}" for x, ratio in stated.items())
    note = f"Contents of phase B over those of phase A stay as measured in every composition (assumed): {told}."
    return {**tables, "contents": kept, "coefficients": stated}, [note]


def _moved(particle: Particle, tables: dict[str, Any], axes: tuple[SweepAxis, ...]) -> dict[str, Any]:
    """``tables`` with the shares of ``axes`` (0 to 1) on a grid, at the place where each is stated."""
    arrays = np.meshgrid(*(axis.values for axis in axes))
    measured = dict(tables.get("contents", {}).get("particle", {}))
    names = {symbol_of(name) or name: name for name in particle.shares()}
    shares = dict(tables["composition"])
    moved = {}
    for axis, array in zip(axes, arrays, strict=True):
        if axis.element in measured:
            measured[axis.element] = array
        else:
            moved[names.get(axis.element, axis.element)] = array
    if particle.rest is None and moved:
        kept = {name: share for name, share in shares.items() if name not in moved}
        room = (1.0 - sum(moved.values(), np.zeros(arrays[0].shape))) / sum(kept.values())
        shares = {name: np.maximum(room, 0.0) * share for name, share in kept.items()}
    contents = {**tables.get("contents", {}), **({"particle": measured} if measured else {})}
    whole = {**tables, "composition": {**shares, **moved}}
    return {**whole, "contents": contents} if contents else {key: whole[key] for key in whole if key != "contents"}


def _kept(batch: ParticleSheet) -> list[str]:
    """What no composition gives and stays as it is over the whole grid; no units."""
    share = batch.inputs.particle.phase_b_boundary_share
    if share is None:
        return []
    return [f"The boundary share stays {100 * float(np.max(share)):.3g} % in every composition (assumed)."]


def _on_grid(values: Number, possible: NDArray[np.bool_]) -> FloatArray:
    """``values`` (unit unchanged) on the grid, NaN where there is no particle."""
    return frozen_array(np.where(possible, values, np.nan))
