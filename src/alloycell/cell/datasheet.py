"""Everything that follows from one cell (or a batch of cells), computed when first asked for and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from alloycell.alloy import ParticleSheet, particle_sheet
from alloycell.cell.balance import STATES, BalanceInput, State, states
from alloycell.cell.case import Build, Turn, outer_volume, stack_thickness
from alloycell.cell.cell import Cell
from alloycell.cell.checks import turn_of
from alloycell.cell.dose import added_lithium
from alloycell.cell.inputs import balance_input
from alloycell.cell.inventory import Ledger, ledger
from alloycell.cell.opencircuit import energy_between
from alloycell.declaration import beneath
from alloycell.electrode import (
    Coating,
    Constituent,
    Dimensions,
    Inert,
    coating,
    first_charge_capacity,
    first_cycle_loss,
    hosts_per_mass,
    reversible_capacity,
    solid_growth,
    swollen,
    x_max,
)
from alloycell.materials import Alloying, Host, Library, LithiumMetal, Positive
from alloycell.quantities import FARADAY, FloatArray, Number, number

__all__ = ["Datasheet"]


class Datasheet:
    """What follows from ``cell``: layers, capacities, states, ledger, swelling, areas. SI; batches broadcast.

    Charges and amounts are per area of facing electrode; the alloy layers of a negative are taken together.
    """

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.library: Library = cell.library

    @cached_property
    def negative(self) -> tuple[Coating, ...]:
        """The negative's layers, resolved, from the collector outwards."""
        return self._coatings("negative")

    @cached_property
    def positive(self) -> tuple[Coating, ...]:
        """The positive's layers, resolved, from the collector outwards."""
        return self._coatings("positive")

    def _coatings(self, name: str) -> tuple[Coating, ...]:
        layers = getattr(self.cell, name).layers
        particles = self.cell.particles
        return tuple(coating(layer, f"{name}.layers[{i}]", particles, self.library) for i, layer in enumerate(layers))

    @cached_property
    def alloy_layers(self) -> tuple[Coating, ...]:
        """The negative's layers with an alloying element ("second layer" of the layered negative).

        A layer that the design gives the role of the carbon layer is left out, whatever it holds beside carbon.
        """
        return tuple(made for made in self.negative if made.alloying() and made.layer.role != "carbon")

    @cached_property
    def carbon_layers(self) -> tuple[Coating, ...]:
        """The negative's layers that take lithium with carbon only, or that are given that role ("first layer")."""
        return tuple(
            made for made in self.negative if made.layer.role == "carbon" or (made.carbons() and not made.alloying())
        )

    @cached_property
    def particles(self) -> Mapping[str, ParticleSheet]:
        """What follows from each particle of the design, by name, with its own uncertainties where it is single."""
        found = {}
        for name, particle in self.cell.particles.items():
            start = f"{beneath('particles', name)}."
            sizes = {path[len(start) :]: s for path, s in self.cell.uncertainty.items() if path.startswith(start)}
            found[name] = particle_sheet(particle, self.library, {} if self.cell.shape else sizes)
        return found

    @cached_property
    def particle(self) -> ParticleSheet | None:
        """The one particle of the alloy layers whose phases are known; None where there is none, or more than one."""
        inside = {part.particle for made in self.alloy_layers for part in made.alloying()}
        names = [name for name in inside if name is not None and self.cell.particles[name].by_elements]
        return self.particles[names[0]] if len(inside) == 1 and names else None

    def loading(self, made: Coating, part: Constituent) -> Number:
        """Mass of one constituent per area [kg/m2]."""
        return part.mass_fraction * made.size.loading

    def areal(self, coatings: Sequence[Coating], what: str, kind: type[Host] = Host) -> Number:
        """Charge per area [C/m2] of the hosts of ``kind``: what = "first charge", "reversible" or "lost"."""
        per_mass = {
            "first charge": first_charge_capacity,
            "reversible": reversible_capacity,
            "lost": first_cycle_loss,
        }[what]
        total: Number = 0.0
        for made in coatings:
            for part in (*self.rated(made).hosts(), *made.losing()):
                if isinstance(part.record, kind) or (kind is Host and isinstance(part.record, Inert)):
                    total = total + self.loading(made, part) * per_mass(part, self.library)
        return number(total)

    def rated(self, made: Coating) -> Coating:
        """``made`` with its positives rated to the cell's own upper cut-off, unless the design states a potential.

        That is the potential [V vs Li/Li+] the positive reaches at rest when the first charge ends.
        """
        if not made.where.startswith("positive"):
            return made
        upper = number(self.state("first charge").positive_potential)
        parts = tuple(
            replace(part, use=part.use.model_copy(update={"upper_potential": upper}))
            if isinstance(part.record, Positive) and part.use.upper_potential is None
            else part
            for part in made.constituents
        )
        return replace(made, constituents=parts)

    @cached_property
    def carbon_capacity(self) -> Number | None:
        """Cb: first-charge capacity of all that takes lithium in the carbon layers [C/m2]; None without one."""
        return self.areal(self.carbon_layers, "first charge") if self.carbon_layers else None

    @cached_property
    def carbon_efficiency(self) -> Number | None:
        """L_c: share of the first-charge capacity of the carbon layers that the first cycle does not lose (0 to 1)."""
        if self.carbon_capacity is None:
            return None
        return number(1.0 - self.areal(self.carbon_layers, "lost") / self.carbon_capacity)

    def _alloy_sum(self, weigh_x_max: bool) -> Number:
        total: Number = 0.0
        for made in self.alloy_layers:
            for part in made.alloying():
                atoms = self.loading(made, part) * hosts_per_mass(part, self.library)
                total = total + (atoms * x_max(part) if weigh_x_max else atoms)
        return number(total)

    @cached_property
    def alloy_atoms(self) -> Number | None:
        """M_atom: lithium-absorbing atoms of the alloy layers [mol/m2]; None without an alloy layer."""
        return self._alloy_sum(weigh_x_max=False) if self.alloy_layers else None

    @cached_property
    def x_max(self) -> Number | None:
        """Lithium per atom in the clause formulas, weighted by atoms (dimensionless); None without alloy layer."""
        return None if self.alloy_atoms is None else number(self._alloy_sum(weigh_x_max=True) / self.alloy_atoms)

    @cached_property
    def lithium_metal(self) -> LithiumMetal:
        """The record of lithium metal."""
        record = self.library.record("lithium")
        assert isinstance(record, LithiumMetal)
        return record

    @cached_property
    def lithium_added(self) -> Number:
        """Li: charge equivalent of the lithium added [C/m2], whichever way the design states it; 0 where none is."""
        given, metal = self.cell.lithium, self.lithium_metal
        if given is None:
            return 0.0
        if given.dose is not None:
            return given.dose
        if given.target is not None:
            assert self.alloy_atoms is not None
            capacity, share = self.carbon_capacity, self.carbon_efficiency
            return number(added_lithium(0.0 if capacity is None else capacity, 1.0 if share is None else share,
                                        self.alloy_atoms, given.target))  # fmt: skip
        mass = given.mass if given.mass is not None else given.film * metal.density.value  # type: ignore[operator]
        return number(mass / metal.molar_mass.value * FARADAY)

    @property
    def uptake(self) -> Number:
        """Share of the added lithium that is taken up (0 to 1); 1, assumed, where the design states none."""
        given = self.cell.lithium
        return 1.0 if given is None or given.uptake is None else given.uptake

    @cached_property
    def balance(self) -> BalanceInput:
        """What the states follow from."""
        return balance_input(self.cell, self.negative, self.positive, self.lithium_added / FARADAY, self.uptake)

    @cached_property
    def states(self) -> tuple[State, ...]:
        """The six states of the cell's first life, at rest."""
        return states(self.balance)

    def state(self, name: str) -> State:
        """The state called ``name``, one of ``alloycell.cell.STATES``."""
        return self.states[STATES.index(name)]

    @cached_property
    def ledger(self) -> Ledger:
        """Where every mole of lithium is in every state [mol/m2]."""
        return ledger(self.balance, self.states)

    def mean_contents(self, name: str, made: Coating) -> tuple[Number, ...]:
        """Mean content [Li per host] of each of ``made.hosts()`` in the state ``name``."""
        side = "negative" if made.where.startswith("negative") else "positive"
        rows = getattr(self.balance, side)
        held = getattr(self.state(name), side)
        found: list[Number] = []
        for part in made.hosts():
            mine = [i for i, row in enumerate(rows) if row.where == made.where and row.part is part]
            hosts = sum((held.hosts[i] for i in mine), np.zeros(()))
            lithium = sum((held.hosts[i] * held.content[i] for i in mine), np.zeros(()))
            found.append(number(np.divide(lithium, hosts, out=np.zeros_like(lithium), where=hosts > 0)))
        return tuple(found)

    def alloy_fraction(self, name: str, coatings: Sequence[Coating] | None = None) -> Number | None:
        """Li/(Li + absorbing atoms) of the alloying hosts of ``coatings`` (all alloy layers) in the state ``name``.

        Dimensionless, 0 to 1; None without an alloying host.
        """
        chosen = self.alloy_layers if coatings is None else coatings
        rows = self.balance.negative
        held = self.state(name).negative
        where = {made.where for made in chosen}
        mine = [
            i for i, row in enumerate(rows)
            if row.where in where and row.part is not None and isinstance(row.part.record, Alloying)
        ]  # fmt: skip
        if not mine:
            return None
        atoms = sum((held.hosts[i] for i in mine), np.zeros(()))
        lithium = sum((held.hosts[i] * held.content[i] for i in mine), np.zeros(()))
        return number(lithium / (lithium + atoms))

    def carbon_lithium(self, name: str) -> Number | None:
        """Lithium in the carbon layers in the state ``name`` [C/m2]; None without a carbon layer."""
        if not self.carbon_layers:
            return None
        where = {made.where for made in self.carbon_layers}
        held = self.state(name).negative
        mine = [i for i, row in enumerate(self.balance.negative) if row.where in where]
        return number(sum((held.hosts[i] * held.content[i] for i in mine), np.zeros(())) * FARADAY)

    def size(self, made: Coating, name: str = "assembled") -> Dimensions:
        """Dimensions [SI] of the layer ``made`` in the state ``name``, swollen by the lithium it holds there."""
        if name == "assembled":
            return made.size
        contents = self.mean_contents(name, made)
        growth = solid_growth(made, contents, self.library)
        if made.where.startswith("positive"):
            growth = growth - solid_growth(made, self.mean_contents("assembled", made), self.library)
        return swollen(made, number(growth))

    @cached_property
    def turn(self) -> Turn:
        """Thicknesses [m] of the parts of one repeat of the stack, as made."""
        return turn_of(self.cell, self.negative, self.positive)

    def turn_in(self, name: str) -> Turn:
        """Thicknesses [m] of the parts of one repeat of the stack in the state ``name``, layers swollen."""
        low = sum((self.size(made, name).thickness for made in self.negative), 0.0)
        high = sum((self.size(made, name).thickness for made in self.positive), 0.0)
        made = self.turn
        return Turn(low, high, made.negative_foil, made.positive_foil, made.separator, made.sides)

    @cached_property
    def build(self) -> Build | None:
        """Areas [m2] and masses of the case; None for a design without one."""
        return None if self.cell.case is None else self.cell.case.build(self.turn)

    def volume(self, name: str) -> Number | None:
        """Outer volume of the cell [m3] in the state ``name``; None without a case."""
        return (
            None if self.cell.case is None else number(outer_volume(self.cell.case, self._made_turn(name), self.turn))
        )

    def fit(self, name: str) -> tuple[Number, Number | None] | None:
        """Stack thickness and room for it [m] in the state ``name`` (a radius in a cylinder); None without a case."""
        return None if self.cell.case is None else stack_thickness(self.cell.case, self._made_turn(name), self.turn)

    def _made_turn(self, name: str) -> Turn:
        return self.turn if name == "assembled" else self.turn_in(name)

    @cached_property
    def discharge_capacity(self) -> Number:
        """Charge of a full discharge between the cut-offs at rest, "charged" to "discharged" [C/m2]."""
        return number(self._passed("charged", "discharged"))

    def _passed(self, start: str, end: str) -> FloatArray:
        return np.abs(self.state(end).positive.lithium() - self.state(start).positive.lithium()) * FARADAY

    @cached_property
    def first_charge_passed(self) -> Number:
        """Charge of the first charge, "lithium added" to "first charge" [C/m2]."""
        return number(self._passed("lithium added", "first charge"))

    @cached_property
    def first_discharge_passed(self) -> Number:
        """Charge of the first discharge, "first charge" to "formed" [C/m2]."""
        return number(self._passed("first charge", "formed"))

    @cached_property
    def discharge_energy(self) -> Number:
        """Energy of a full discharge between the cut-offs at rest [J/m2]."""
        return number(energy_between(self.balance, self.state("charged"), self.state("discharged")))

    @cached_property
    def positive_capacity(self) -> Number:
        """Cat: first-charge capacity of the positive to the upper cut-off [C/m2]; see :meth:`rated`."""
        charge = np.asarray(self.areal(self.positive, "first charge", Positive))
        brought = sum(
            (
                np.asarray(row.hosts * content)
                for row, content in zip(self.balance.positive, self.balance.as_made, strict=True)
            ),
            np.zeros(()),
        )
        # Where the cut-off lies below the potential as made, nothing is charged: rounding is not a capacity.
        return number(np.where(np.abs(charge) <= 1e-12 * brought * FARADAY, 0.0, charge))
