"""From coatings to the populations, losses and lithium that the states follow from [mol/m2]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alloycell.cell.balance import BalanceInput, Loss, Population
from alloycell.cell.cell import Cell
from alloycell.electrode import Coating, Constituent, as_made_content, first_cycle_loss, hosts_per_mass
from alloycell.materials import Alloying, Carbon, Library
from alloycell.quantities import FARADAY, Number, number

__all__ = ["balance_input", "populations"]


_OXYGEN = "oxygen inside particles, the middle between Li4SiO4 and Li2O"
"""What a loss to oxygen rests on; no units."""


def _hosts(made: Coating, part: Constituent, library: Library) -> Number:
    return part.mass_fraction * made.size.loading * hosts_per_mass(part, library)


def populations(
    coatings: Sequence[Coating], library: Library, *, overlithiated: bool = False
) -> tuple[Population, ...]:
    """Every population of an electrode in the order of layers and recipes, hosts in mol/m2.

    Crystalline silicon gives two: the crystalline hosts, and the amorphous ones they turn into (0 at first).
    """
    found: list[Population] = []
    for made in coatings:
        for part in made.hosts():
            if made.where.startswith("positive") and isinstance(part.record, Carbon):
                continue  # a carbon takes no lithium at the potentials of a positive
            hosts = _hosts(made, part, library)
            curve = library.hysteresis(part.name, overlithiated=overlithiated)
            crystalline = part.record.crystalline if isinstance(part.record, Alloying) else None
            if part.use.structure == "crystalline" and crystalline is not None:
                label, plateau = f"{part.label}, crystalline", float(crystalline.first_lithiation.value)
                found.append(Population(made.where, label, curve, part, hosts, plateau, twin=len(found) + 1))
                found.append(Population(made.where, part.label, curve, part, 0.0))
            else:
                found.append(Population(made.where, part.label, curve, part, hosts))
    return tuple(found)


def _losses(coatings: Sequence[Coating], library: Library) -> tuple[Loss, ...]:
    found = []
    for made in coatings:
        for part in made.hosts():
            lost = part.mass_fraction * made.size.loading * first_cycle_loss(part, library) / FARADAY
            basis = (
                "first-charge capacity x (1 - first-cycle efficiency)"
                if isinstance(part.record, Carbon)
                else "surface film and oxide, per mass of element"
            )
            found.append(Loss(made.where, part.label, number(lost), basis))
        for part in made.losing():
            bound = part.mass_fraction * made.size.loading * first_cycle_loss(part, library) / FARADAY
            found.append(Loss(made.where, part.label, number(bound), _OXYGEN))
    return tuple(found)


def balance_input(
    cell: Cell, negative: Sequence[Coating], positive: Sequence[Coating], dose: Number, uptake: Number
) -> BalanceInput:
    """What the states of ``cell`` follow from, with ``dose`` [mol/m2] of added lithium and its ``uptake`` (0 to 1)."""
    library = cell.library
    surface = "negative" if cell.lithium is None else cell.lithium.surface
    low = populations(negative, library)
    high = populations(positive, library, overlithiated=surface == "positive")
    as_made = tuple(as_made_content(entry.part) for entry in high if entry.part is not None)
    brought = sum((entry.hosts * content for entry, content in zip(high, as_made, strict=True)), 0.0)
    plated = Population("negative", "plated lithium", None, None, np.asarray(brought) + dose)
    return BalanceInput(
        (*low, plated), high, as_made, _losses(negative, library), dose, uptake, surface,
        cell.operation.charge_voltage, cell.operation.discharge_voltage, cell.shape,
    )  # fmt: skip
