"""Capacities of one material: theoretical, first charge, reversible, lost in the first cycle [C per kg].

Faraday's law, capacity = F x / M; docs/theory/capacity.md. Functions take a
:class:`~alloycell.electrode.coating.Constituent` and the library; results broadcast over batches of settings.
"""

from __future__ import annotations

import numpy as np

from alloycell.electrode.constituent import Constituent, Inert
from alloycell.materials import Alloying, Carbon, Host, Library, Positive
from alloycell.quantities import FARADAY, Number, number

__all__ = [
    "as_made_content",
    "charged_content",
    "efficiency",
    "first_charge_capacity",
    "first_cycle_loss",
    "hosts_per_mass",
    "reversible_capacity",
    "theoretical_capacity_of",
    "x_max",
]


def _molar_mass(record: Host) -> Number:
    return record.host_molar_mass.value


def x_max(part: Constituent) -> Number:
    """Lithium per atom in the clause formulas (dimensionless): the design's, else the record's."""
    assert isinstance(part.record, Alloying)
    return part.record.x_max.value if part.use.x_max is None else part.use.x_max


def efficiency(part: Constituent) -> Number:
    """First-cycle efficiency of a carbon, first discharge over first charge (0 to 1)."""
    assert isinstance(part.record, Carbon)
    own = part.use.first_cycle_efficiency
    return part.record.first_cycle_efficiency.value if own is None else own


def as_made_content(part: Constituent) -> Number:
    """Lithium per formula unit of a positive when the cell is assembled (dimensionless)."""
    assert isinstance(part.record, Positive)
    return part.record.as_made.value if part.use.as_made is None else part.use.as_made


def charged_content(part: Constituent, library: Library) -> Number:
    """Lithium per formula unit of a positive at its rated upper potential (dimensionless), on the charge branch."""
    assert isinstance(part.record, Positive)
    own = part.use.upper_potential
    potential = part.record.upper_potential.value if own is None else own
    return number(library.hysteresis(part.name).delithiation.content_at(potential, below=False))


def theoretical_capacity_of(part: Constituent, library: Library) -> Number:
    """Capacity [C/kg] at full lithiation: F x_max / M (alloy), whole curve (carbon), F y_as_made / M (positive)."""
    record = part.record
    if isinstance(record, Alloying):
        return number(FARADAY * x_max(part) / _molar_mass(record))
    if isinstance(record, Carbon):
        curve = library.hysteresis(part.name)
        return number(FARADAY * (curve.full - curve.empty) / _molar_mass(record))
    if isinstance(record, Positive):
        return number(FARADAY * as_made_content(part) / _molar_mass(record))
    return 0.0


def reversible_capacity(part: Constituent, library: Library) -> Number:
    """Capacity [C/kg] that comes back.

    Alloy: between the walls of its curves. Carbon: as stated. Positive: from its rated upper potential to the
    lithiated wall of its curve, or to the content as made where that is less.
    """
    record, use = part.record, part.use
    if isinstance(record, Carbon):
        if use.first_charge_capacity is not None:
            return number(use.first_charge_capacity * efficiency(part))
        return record.reversible_capacity.value if use.reversible_capacity is None else use.reversible_capacity
    if isinstance(record, Host):
        curve = library.hysteresis(part.name)
        if isinstance(record, Positive):
            top = np.minimum(curve.full, as_made_content(part))
            return number(FARADAY * (top - charged_content(part, library)) / _molar_mass(record))
        return number(FARADAY * (curve.full - curve.empty) / _molar_mass(record) * part.taking)
    return 0.0


def first_charge_capacity(part: Constituent, library: Library) -> Number:
    """Capacity [C/kg] of the first charge, losses in.

    Carbon: reversible / efficiency. Alloy: lithiated wall of its curve plus surface loss. Positive: content as
    made down to the content at its rated upper potential.
    """
    record = part.record
    if isinstance(record, Carbon):
        own = part.use.first_charge_capacity
        return number(reversible_capacity(part, library) / efficiency(part)) if own is None else own
    if isinstance(record, Alloying):
        full = library.hysteresis(part.name).full
        return number(FARADAY * full / _molar_mass(record) * part.taking + first_cycle_loss(part, library))
    if isinstance(record, Positive):
        return number(FARADAY * (as_made_content(part) - charged_content(part, library)) / _molar_mass(record))
    return first_cycle_loss(part, library)


def first_cycle_loss(part: Constituent, library: Library) -> Number:
    """Lithium lost for good in the first cycle, as charge [C/kg].

    Carbon: first charge capacity (1 - efficiency). Alloy: surface film and oxide only; lithium trapped in the
    alloy is content, not loss. Positive: none (what does not return to it stays in the negative's balance). Inert
    part of a particle: what its oxygen binds.
    """
    record = part.record
    if isinstance(record, Carbon):
        return number(first_charge_capacity(part, library) * (1.0 - efficiency(part)))
    if isinstance(record, Alloying):
        own = part.use.first_cycle_loss
        return record.first_cycle_loss.value if own is None else own
    return record.first_cycle_loss if isinstance(record, Inert) else 0.0


def hosts_per_mass(part: Constituent, library: Library) -> Number:
    """Hosts that take lithium [mol/kg]: all of an alloy or positive; of a carbon the share its capacity states.

    In a particle whose oxygen locks or frees some of an element, those left to take lithium.
    """
    record = part.record
    if isinstance(record, Carbon):
        curve = library.hysteresis(part.name)
        return number(reversible_capacity(part, library) / (FARADAY * (curve.full - curve.empty)))
    return number(1.0 / _molar_mass(record) * part.taking) if isinstance(record, Host) else 0.0
