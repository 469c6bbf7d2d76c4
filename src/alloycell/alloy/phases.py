"""What one particle consists of, and what follows: fractions, density, capacity, volume change, contents.

Source: docs/theory/particle.md. Objects come from :mod:`alloycell.alloy.assembly`. Every number is a float or an array
of one batch. Shares are of the particle as made, surface oxide included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from alloycell.alloy.activity import Activity
from alloycell.alloy.elements import ELEMENTS, atomic_mass, formula_atoms
from alloycell.alloy.partition import Exchange, Side
from alloycell.errors import MaterialError
from alloycell.materials import Alloying, Library, volume_ratio
from alloycell.quantities import FARADAY, FloatArray, Number, number

__all__ = ["AlloyPhases", "Interval", "PhaseAmount"]

_NONMETALS: Final = ("O", "N", "F", "S", "P")


@dataclass(frozen=True)
class Interval:
    """The two ends of a figure that is known as a range only; both in the unit of the figure (SI)."""

    low: Number
    """Lower end [SI unit of the figure]."""
    high: Number
    """Upper end [SI unit of the figure]."""


@dataclass(frozen=True)
class PhaseAmount:
    """One phase of a particle: how much of it, what it holds, whether it takes lithium.

    ``side`` is A (takes lithium, or an oxide or nitride of an alloying element), B, or the surface.
    """

    formula: str
    side: Side | Literal["surface"]
    activity: Activity
    mass: Number
    """Mass fraction of the particle, with all it holds, 0 to 1."""
    held: Mapping[str, Number]
    """Mass of O, N, F, S and P in the phase [kg/kg of particle]."""
    density: Number
    """Density [kg/m3]."""
    atoms: Number
    """Moles of atoms in the phase [mol/kg of particle]."""
    moles: Mapping[str, Number]
    """Moles of each metal in the phase [mol/kg of particle]."""
    note: str = ""

    @property
    def volume(self) -> Number:
        """Volume [m3 per kg of particle]."""
        return number(np.asarray(self.mass) / self.density)

    @property
    def ceramic(self) -> bool:
        """Whether it is an oxide or nitride of its own; no units."""
        return bool({"O", "N"} & set(_split(self.formula)))

    def content(self, element: str) -> Number:
        """Mass fraction of ``element`` in this phase (0 to 1); 0 where the phase is absent."""
        mass = np.asarray(self.mass)
        return number(np.asarray(self.held.get(element, 0.0)) / np.where(mass > 0, mass, 1.0))


def _split(formula: str) -> tuple[str, ...]:
    return tuple(formula_atoms(formula))


def _total(rows: list[Number]) -> FloatArray:
    return np.asarray(sum((np.asarray(row) for row in rows), np.zeros(())))


@dataclass(frozen=True)
class AlloyPhases:
    """The phases of a particle with their contents, and the figures that follow.

    ``totals`` are the contents of the whole particle, ``partition`` says how O, N, F, S and P were shared out,
    ``exchanges`` what equilibrium says, ``unassigned`` what measured contents leave without a phase, ``assumptions``
    everything assumed on the way. ``stoichiometries`` are Li per atom at full lithiation by element.
    """

    phases: tuple[PhaseAmount, ...]
    totals: Mapping[str, Number]
    """Mass fraction of O, N, F, S and P in the particle, 0 to 1."""
    partition: str
    exchanges: Mapping[str, Exchange]
    unassigned: Mapping[str, Number]
    """Mass of an element that fits in no measured phase [kg/kg of particle]."""
    assumptions: tuple[str, ...]
    stoichiometries: Mapping[str, Number]
    """Lithium per atom of each active element at full lithiation, dimensionless."""
    library: Library
    equilibrium: bool = False

    def phase(self, formula: str) -> PhaseAmount | None:
        """The phase ``formula`` inside the particle [kg/kg], None where there is none."""
        return next((p for p in self.phases if p.formula == formula and p.side != "surface"), None)

    def on(self, *sides: str) -> tuple[PhaseAmount, ...]:
        """The phases on ``sides`` (``"A"``, ``"B"``, ``"surface"``) [kg/kg]."""
        return tuple(phase for phase in self.phases if phase.side in sides)

    def mass_fraction(self, *sides: str) -> Number:
        """Mass fraction of the particle on ``sides`` (0 to 1)."""
        return number(_total([phase.mass for phase in self.on(*sides)]))

    def volume_fractions(self) -> dict[str, Number]:
        """Volume fraction of each phase (0 to 1), by formula; the surface oxide as ``surface``."""
        return self._fractions({self._key(p): p.volume for p in self.phases})

    def atom_fractions(self) -> dict[str, Number]:
        """Share of all atoms in each phase (0 to 1), by formula; the surface oxide as ``surface``."""
        return self._fractions({self._key(p): p.atoms for p in self.phases})

    def mass_fractions(self) -> dict[str, Number]:
        """Mass fraction of each phase (0 to 1), by formula; the surface oxide as ``surface``."""
        return {self._key(p): p.mass for p in self.phases}

    @staticmethod
    def _key(phase: PhaseAmount) -> str:
        return "surface" if phase.side == "surface" else phase.formula

    @staticmethod
    def _fractions(amounts: Mapping[str, Number]) -> dict[str, Number]:
        whole = _total(list(amounts.values()))
        return {name: number(np.asarray(amount) / whole) for name, amount in amounts.items()}

    def density(self) -> Number:
        """Density of the particle [kg/m3]: mass over the sum of the phases' volumes, no pores."""
        return number(_total([p.mass for p in self.phases]) / _total([p.volume for p in self.phases]))

    def balance(self, element: str) -> Number:
        """Total of ``element`` minus the sum of f_k W_k over phases, surface oxide and what is unassigned [kg/kg]; 0.

        Source: W = sum of f_k W_k, docs/theory/particle.md; its two-phase case is W = (1 - f_B) W_A + f_B W_B.
        """
        inside = _total([np.asarray(p.mass) * np.asarray(p.content(element)) for p in self.phases])
        return number(
            np.asarray(self.totals.get(element, 0.0)) - inside - np.asarray(self.unassigned.get(element, 0.0))
        )

    def content(self, side: Side, *elements: str, enclosed: bool = True) -> Number:
        """Mean content of ``elements`` together on ``side`` (mass fraction of that side, 0 to 1).

        ``enclosed`` counts oxides and nitrides of their own with the side that encloses them. Not a number (shown as
        "not defined") where the side is absent.
        """
        phases = [p for p in self.on(side) if enclosed or not p.ceramic]
        mass = _total([p.mass for p in phases])
        held = _total([p.held.get(x, 0.0) for p in phases for x in elements])
        return number(np.where(mass > 0, held / np.where(mass > 0, mass, 1.0), np.nan))

    def worst_content(self, *elements: str) -> Number:
        """Content of ``elements`` together in the worst phase of side A, at least the mean of the side (0 to 1)."""
        own = [_total([p.content(x) for x in elements]) for p in self.on("A") if not p.ceramic]
        mean = np.asarray(self.content("A", *elements))
        return number(np.max(np.stack(np.broadcast_arrays(mean, *own)), axis=0))

    def active_moles(self) -> dict[str, Number]:
        """Moles of each alloying element in active phases [mol/kg of particle]."""
        found: dict[str, Number] = {}
        for phase in self.phases:
            if phase.activity.role == "active" and phase.side == "A":
                for symbol, moles in phase.moles.items():
                    if symbol in self.stoichiometries:
                        found[symbol] = number(np.asarray(found.get(symbol, 0.0)) + np.asarray(moles))
        return found

    def _bound_moles(self) -> dict[str, FloatArray]:
        """Moles of each active element bound in oxides of its own [mol/kg], which lithium frees."""
        found: dict[str, FloatArray] = {}
        for phase in self.on("A", "surface"):
            symbols = _split(phase.formula)
            if "O" in symbols and len(symbols) == 2 and symbols[0] in self.stoichiometries:
                found[symbols[0]] = found.get(symbols[0], np.zeros(())) + np.asarray(phase.moles[symbols[0]])
        return found

    def working_moles(self) -> dict[str, Number]:
        """Moles of each active element [mol/kg of particle] that take lithium after the first charge, as the middle.

        Source: docs/theory/particle.md. Freed from oxides of its own on side A and the surface; of silicon, half of
        what Li4SiO4 would lock up (one atom for four of O) is taken off.
        """
        freed, locked = self._bound_moles(), np.asarray(self.oxygen_that_costs()["Si"]) / 8.0
        return {
            symbol: number(
                np.maximum(np.asarray(moles) + freed.get(symbol, 0.0) - (locked if symbol == "Si" else 0.0), 0.0)
            )
            for symbol, moles in self.active_moles().items()
        }

    def theoretical_capacity(self) -> Number:
        """Capacity of the active phases as they are [C/kg of particle]: F times the sum of n x; no oxygen counted."""
        moles = self.active_moles()
        return number(FARADAY * _total([np.asarray(n) * self.stoichiometries[s] for s, n in moles.items()]))

    def capacity_with(self, stoichiometries: Mapping[str, Number]) -> Number:
        """Capacity of the active phases [C/kg of particle] at other ``stoichiometries`` (Li per atom)."""
        used = {**self.stoichiometries, **stoichiometries}
        return number(FARADAY * _total([np.asarray(n) * used[s] for s, n in self.active_moles().items()]))

    def oxygen_that_costs(self, *sides: str) -> dict[str, Number]:
        """Oxygen on ``sides`` [mol/kg of particle], by whether silicon or something else holds it.

        Side A and the surface where no side is named.
        """
        silicon, other = np.zeros(()), np.zeros(())
        for phase in self.on(*(sides or ("A", "surface"))):
            oxygen = np.asarray(phase.held.get("O", 0.0)) / atomic_mass("O")
            if "Si" in _split(phase.formula):
                silicon = silicon + oxygen
            else:
                other = other + oxygen
        return {"Si": number(silicon), "other": number(other)}

    def oxygen_loss(self, *sides: str) -> Interval:
        """Charge lost to oxygen on ``sides`` (A and the surface if none is named) [C/kg of particle].

        Source: 1 Li per O as Li4SiO4 (silicon phases only) or 2 Li per O as Li2O; docs/theory/particle.md.
        """
        oxygen = self.oxygen_that_costs(*sides)
        silicon, other = np.asarray(oxygen["Si"]), np.asarray(oxygen["other"])
        return Interval(number(FARADAY * (silicon + 2.0 * other)), number(FARADAY * 2.0 * (silicon + other)))

    def locked_capacity(self) -> Number:
        """Capacity [C/kg of particle] of the silicon that Li4SiO4 locks up: one atom of Si for four of O."""
        silicon = np.asarray(self.oxygen_that_costs()["Si"])
        return number(FARADAY * np.asarray(self.stoichiometries.get("Si", 0.0)) * silicon / 4.0)

    def reversible_capacity(self) -> Interval:
        """Capacity after the first charge [C/kg of particle]: oxygen as Li4SiO4 (low) or as Li2O (high).

        Source: docs/theory/particle.md. Oxides of active elements give their element free on the first charge.
        """
        freed = _total([moles * self.stoichiometries[s] for s, moles in self._bound_moles().items()])
        full = np.asarray(self.theoretical_capacity()) + FARADAY * freed
        return Interval(number(np.maximum(full - np.asarray(self.locked_capacity()), 0.0)), number(full))

    def first_charge_capacity(self) -> Interval:
        """Capacity of the first charge [C/kg of particle]: reversible plus what oxygen takes, low and high end.

        Source: docs/theory/particle.md; surface film is not in it.
        """
        reversible, loss = self.reversible_capacity(), self.oxygen_loss()
        ends = [np.asarray(reversible.low) + np.asarray(loss.low), np.asarray(reversible.high) + np.asarray(loss.high)]
        return Interval(number(np.minimum(*ends)), number(np.maximum(*ends)))

    def per_volume(self, capacity: Number) -> Number:
        """``capacity`` [C/kg of particle] per volume of particle as made [C/m3]."""
        return number(np.asarray(capacity) * np.asarray(self.density()))

    def volume_ratio(self) -> Number:
        """Volume of the particle at full lithiation over its volume as made (dimensionless); the rest stays."""
        shares, ratio = self.volume_fractions(), np.zeros(())
        for phase in self.phases:
            share = np.asarray(shares[self._key(phase)])
            symbols = _split(phase.formula)
            grows = phase.activity.role == "active" and phase.side == "A" and symbols[0] in self.stoichiometries
            factor = self._growth(symbols[0]) if grows else 1.0
            ratio = ratio + share * factor
        return number(ratio)

    def _growth(self, symbol: str) -> FloatArray:
        record = self.library.record(ELEMENTS[symbol].name)
        if not isinstance(record, Alloying):
            raise MaterialError(f"{ELEMENTS[symbol].name} has no record of an alloying element.")
        return np.asarray(volume_ratio(record, self.stoichiometries[symbol]))

    def shell_thickness(self, core: Number) -> Number:
        """Thickness [m] of a closed shell of phase B around a core of diameter ``core`` [m] made of phase A.

        Source: t = d/2 ((1 + V_B/V_A)^(1/3) - 1), docs/theory/particle.md. Not a number where there is no phase A.
        """
        core_volume = _total([p.volume for p in self.on("A")])
        shell_volume = _total([p.volume for p in self.on("B")])
        ratio = np.where(core_volume > 0, shell_volume / np.where(core_volume > 0, core_volume, 1.0), np.nan)
        return number(0.5 * np.asarray(core) * (np.cbrt(1.0 + ratio) - 1.0))

    def lithium_fractions(self, content: Number) -> tuple[Number, Number]:
        """Lithium fraction (0 to 1) at ``content`` [Li per active atom]: of Li and active atoms, and of all."""
        hosts = _total(list(self.active_moles().values()))
        lithium = np.asarray(content) * hosts
        atoms = _total([p.atoms for p in self.phases])
        both = np.where(lithium + hosts > 0, lithium + hosts, 1.0)
        return number(lithium / both), number(lithium / (lithium + atoms))

    def decided(self, element: str) -> bool:
        """Whether the contents of the phases in ``element`` are decided; no units.

        Equilibrium leaves them open where an exchange enthalpy is too small in any composition of the batch.
        """
        if not self.equilibrium or not np.any(np.asarray(self.totals.get(element, 0.0)) > 0):
            return True
        found = self.exchanges.get(element)
        return found is not None and bool(np.all(found.decision != 0))

    def claim_figures(self) -> dict[str, Number | bool | frozenset[str] | None]:
        """Figures of the two-phase requirement by name: mass fractions (0 to 1), names, yes or no; None: unknown."""
        figures: dict[str, Number | bool | frozenset[str] | None] = {}
        for x in ("O", "N"):
            decided, name = self.decided(x), ELEMENTS[x].name
            figures[f"phase_a_{name}"] = self._side_figure(self._worst_own(x)) if decided else None
            figures[f"phase_b_{name}"] = self._side_figure(self.content("B", x)) if decided else None
        for x in _NONMETALS:
            figures[f"particle_{ELEMENTS[x].name}"] = self.totals.get(x, 0.0)
        figures["phase_b_mass_fraction"] = self.mass_fraction("B")
        for side in ("A", "B"):
            phases = [p for p in self.on(side) if not p.ceramic and np.any(np.asarray(p.mass) > 0)]
            figures[f"phase_{side.lower()}_elements"] = frozenset(s for p in phases for s in p.moles)
            figures[f"phase_{side.lower()}_absorbs_lithium"] = _absorbs(phases)
        return figures

    @staticmethod
    def _side_figure(value: Number) -> Number | None:
        return None if np.all(np.isnan(value)) else value

    def _worst_own(self, element: str) -> Number:
        """Content of ``element`` (0 to 1) in the phase of side A with most O + N, or of the side with oxides."""
        own = [p for p in self.on("A") if not p.ceramic]
        if not own:
            return self.content("A", element)
        rows = [(p.content(element), np.asarray(p.content("O")) + np.asarray(p.content("N")), p.mass) for p in own]
        side = [self.content("A", x) for x in (element, "O", "N")]
        rows.append((side[0], np.asarray(side[1]) + np.asarray(side[2]), self.mass_fraction("A")))
        contents, sums, masses = (np.stack(np.broadcast_arrays(*column)) for column in zip(*rows, strict=True))
        worst = np.argmax(np.where(masses > 0, sums, -1.0), axis=0)[None]
        found = np.take_along_axis(contents, worst, axis=0)[0]
        return number(np.where(np.any(masses > 0, axis=0), found, np.nan))


def _absorbs(phases: list[PhaseAmount]) -> bool | None:
    """Whether phases take lithium: None where one is undetermined, they differ or there is none."""
    roles = {phase.activity.role for phase in phases}
    if not roles or "undetermined" in roles or len(roles) > 1:
        return None
    return roles == {"active"}
