"""What a cell is made of, as names and yes or no: the figures that membership clauses ask for (no units)."""

from __future__ import annotations

import numpy as np

from alloycell.cell.datasheet import Datasheet
from alloycell.materials import Alloying, Binder, Carbon, Conductive, Positive

__all__ = [
    "alloy_elements",
    "binder_polymers",
    "carbon_classes",
    "has_binder",
    "has_conductive_additive",
    "has_lithium_manganate",
    "largest_element",
    "lithium_surface",
    "positive_families",
    "silicon_tin_particles",
]


def alloy_elements(sheet: Datasheet) -> frozenset[str]:
    """Symbols of the elements of the alloy layers that alloy with lithium; no units."""
    parts = (part for made in sheet.alloy_layers for part in made.alloying())
    return frozenset(part.record.element for part in parts if isinstance(part.record, Alloying))


def carbon_classes(sheet: Datasheet) -> frozenset[str]:
    """Classes of the carbons of the carbon layers; no units."""
    parts = (part for made in sheet.carbon_layers for part in made.carbons())
    return frozenset(part.record.carbon for part in parts if isinstance(part.record, Carbon))


def _positives(sheet: Datasheet) -> list[Positive]:
    records = (part.record for made in sheet.positive for part in made.hosts())
    return [record for record in records if isinstance(record, Positive)]


def positive_families(sheet: Datasheet) -> frozenset[str]:
    """Oxide families of the positive's active materials; no units."""
    return frozenset(family for record in _positives(sheet) for family in record.families)


def has_lithium_manganate(sheet: Datasheet) -> bool:
    """Whether the positive holds lithium manganate; no units."""
    return any(record.lithium_manganate for record in _positives(sheet))


def lithium_surface(sheet: Datasheet) -> frozenset[str]:
    """The electrode that added lithium is put on, as a set; empty where none is added. No units."""
    given = sheet.cell.lithium
    return frozenset() if given is None else frozenset({given.surface})


def _layer_records(sheet: Datasheet) -> list[object]:
    return [part.record for made in sheet.alloy_layers for part in made.constituents]


def binder_polymers(sheet: Datasheet) -> frozenset[str]:
    """Polymers that bind the alloy layers; no units."""
    return frozenset(record.polymer for record in _layer_records(sheet) if isinstance(record, Binder))


def has_binder(sheet: Datasheet) -> bool:
    """Whether every alloy layer holds a binder; no units."""
    layers = sheet.alloy_layers
    return bool(layers) and all(any(isinstance(p.record, Binder) for p in made.constituents) for made in layers)


def has_conductive_additive(sheet: Datasheet) -> bool:
    """Whether every alloy layer holds a conductive additive, a carbon beside the alloy included; no units."""
    layers = sheet.alloy_layers
    return bool(layers) and all(
        any(isinstance(part.record, Conductive | Carbon) for part in made.constituents) for made in layers
    )


def silicon_tin_particles(sheet: Datasheet) -> bool:
    """Whether the alloying material is particles that hold silicon and tin together; no units."""
    alloying = [part for made in sheet.alloy_layers for part in made.alloying()]
    inside = {part.particle for part in alloying}
    if not alloying or None in inside:
        return False
    particles = [sheet.cell.particles[name] for name in inside if name is not None]
    return all(
        {"Si", "Sn"} <= set(particle.symbols())
        if particle.by_elements
        else {"silicon", "tin"} <= set(particle.shares())
        for particle in particles
    )


def largest_element(sheet: Datasheet) -> frozenset[str] | None:
    """The alloying element with the largest mass in the alloy layers; None in a batch where it may change. No units."""
    if sheet.cell.shape or not sheet.alloy_layers:
        return None
    masses: dict[str, float] = {}
    for made in sheet.alloy_layers:
        for part in made.alloying():
            if isinstance(part.record, Alloying):
                mass = float(sheet.loading(made, part))
                masses[part.record.element] = masses.get(part.record.element, 0.0) + mass
        for part in made.constituents:
            for symbol, share in part.bound.items():
                masses[symbol] = masses.get(symbol, 0.0) + float(np.asarray(share * made.size.loading))
    return frozenset({max(masses, key=lambda element: masses[element])})
