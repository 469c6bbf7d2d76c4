"""A particle with phases as parts of a layer: active elements with their records, everything else inert.

Source: docs/theory/particle.md. Masses and volumes are those of the phases as made. Oxygen in phase A binds lithium
for good in the first cycle, between Li4SiO4 (1 Li per O, silicon phases only) and Li2O (2 Li per O); the middle of that
range counts here. Oxide on the surface binds nothing here, because the records' first-cycle losses count native oxide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from alloycell.alloy import ParticleSheet
from alloycell.alloy.elements import ELEMENTS, atomic_mass, formula_atoms, of_family
from alloycell.alloy.phases import PhaseAmount
from alloycell.electrode.constituent import Inert
from alloycell.materials import Alloying, Binder, Carbon, Conductive, Positive
from alloycell.quantities import FARADAY, FloatArray, Number, number
from alloycell.sources import Sourced

__all__ = ["Part", "particle_parts"]

_DISSOLVED: Final = ("N", "F", "S", "P")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a particle: ``share`` of its mass (0 to 1), ``density`` [kg/m3] and what :class:`Constituent` holds."""

    name: str
    record: Alloying | Carbon | Positive | Binder | Conductive | Inert
    share: Number
    density: Number
    phase: str = ""
    taking: Number = 1.0
    bound: Mapping[str, Number] = field(default_factory=dict)


def particle_parts(sheet: ParticleSheet) -> tuple[Part, ...]:
    """Every part of the particle of ``sheet``; the shares add up to 1 (0 to 1, mass). Active elements come first.

    Source: module docstring.
    """
    phases = sheet.phases
    active = [p for p in phases.phases if p.side == "A" and p.activity.role == "active" and _present(p.mass)]
    taking = _taking(sheet)
    found = [part for phase in active for part in _active_parts(phase, sheet, taking)]
    found += [part for phase in active for part in _beside(phase, sheet)]
    rest = [p for p in phases.phases if not any(p is entry for entry in active) and _present(p.mass)]
    return (*found, *(part for phase in rest for part in _inert_parts(phase, sheet)))


def _present(mass: Number) -> bool:
    return bool(np.any(~(np.asarray(mass) <= 0)))


def _taking(sheet: ParticleSheet) -> dict[str, Number]:
    """Atoms of each active element that take lithium after the first charge, over those in active phases."""
    active, working = sheet.phases.active_moles(), sheet.phases.working_moles()
    return {symbol: _quotient(np.asarray(working[symbol]), np.asarray(moles)) for symbol, moles in active.items()}


def _quotient(upper: FloatArray, lower: FloatArray) -> Number:
    """``upper`` over ``lower`` (dimensionless), 1 where there is nothing."""
    return number(np.where(lower > 0, upper / np.where(lower > 0, lower, 1.0), 1.0))


def _active_parts(phase: PhaseAmount, sheet: ParticleSheet, taking: Mapping[str, Number]) -> Iterator[Part]:
    """The alloying elements of an active phase, each with its record."""
    free = len(phase.moles) == 1
    for symbol, moles in phase.moles.items():
        if symbol in taking:
            record = sheet.library.record(ELEMENTS[symbol].name)
            assert isinstance(record, Alloying)
            density = record.density.value if free else phase.density
            share = number(np.asarray(moles) * record.host_molar_mass.value)
            yield Part(record.name, record, share, density, "" if free else phase.formula, taking[symbol])


def _beside(phase: PhaseAmount, sheet: ParticleSheet) -> Iterator[Part]:
    """What an active phase holds beside its active elements: other metals, dissolved oxygen, other dissolved ones."""
    taken = sheet.phases.active_moles()
    metal = _sum(np.asarray(n) * atomic_mass(s) for s, n in phase.moles.items() if s not in taken)
    told = " and ".join(s for s in phase.moles if s not in taken)
    if _present(number(metal)):
        yield _inert(f"{told} of {phase.formula}", metal, phase.density)
    oxygen = np.asarray(phase.held.get("O", 0.0))
    if _present(number(oxygen)):
        yield _inert(f"oxygen in {phase.formula}", oxygen, phase.density, _loss(phase, sheet) / atomic_mass("O"))
    others = {x: np.asarray(phase.held.get(x, 0.0)) for x in _DISSOLVED}
    held = [x for x, mass in others.items() if _present(number(mass))]
    if held:
        yield _inert(f"{', '.join(held)} in {phase.formula}", _sum(others.values()), phase.density)


def _inert_parts(phase: PhaseAmount, sheet: ParticleSheet) -> Iterator[Part]:
    """A phase that takes no lithium: one part, or two where its oxygen is taken to bind lithium."""
    told = f"{phase.formula} on the surface" if phase.side == "surface" else phase.formula
    oxygen, mass = np.asarray(phase.held.get("O", 0.0)), np.asarray(phase.mass)
    hosts = {s: number(np.asarray(n) * atomic_mass(s)) for s, n in phase.moles.items() if s in of_family("alloying")}
    loss = 0.0 if phase.side == "surface" else _loss(phase, sheet)
    if loss and _present(number(oxygen)):
        yield _inert(f"oxygen in {told}", oxygen, phase.density, loss / atomic_mass("O"))
        mass = mass - oxygen
    yield _inert(told, mass, phase.density, 0.0, hosts)


def _loss(phase: PhaseAmount, sheet: ParticleSheet) -> float:
    """Charge [C/mol of O] that oxygen in ``phase`` takes: the middle of the range for its side.

    Where nothing says in which phase oxygen sits, the range goes from none of it (all in phase B) to Li2O of all.
    """
    if not sheet.oxygen_placed:
        return FARADAY
    if phase.side != "A":
        return 0.0
    return FARADAY * (1.5 if "Si" in formula_atoms(phase.formula) else 2.0)


def _inert(
    name: str, share: FloatArray, density: Number, loss: Number = 0.0, bound: Mapping[str, Number] | None = None
) -> Part:
    told: Sourced[Number] = Sourced(value=density, source="phases", level="computed")
    return Part(name, Inert(name, told, loss), number(share), density, bound=bound or {})


def _sum(rows: Iterable[FloatArray]) -> FloatArray:
    return np.asarray(sum(rows, np.zeros(())))
