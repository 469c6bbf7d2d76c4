"""A layer resolved: its constituents with records, mass fractions, density of solids and all dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from alloycell.alloy import Particle, recipe_faults, shares_of
from alloycell.declaration import beneath
from alloycell.electrode.capacity import reversible_capacity, theoretical_capacity_of
from alloycell.electrode.constituent import Constituent
from alloycell.electrode.layer import ActiveUse, Dimensions, Layer, dimensions, pair_faults
from alloycell.errors import Fault, suggestion
from alloycell.materials import Alloying, AnyRecord, Binder, Carbon, Conductive, Host, Library, Positive
from alloycell.quantities import Number, number

__all__ = ["Coating", "coating", "coating_faults"]

_SETTINGS: Mapping[type[Host], tuple[str, ...]] = {
    Alloying: ("structure", "diameter", "diameter_spread", "first_cycle_loss", "x_max"),
    Carbon: (
        "diameter",
        "diameter_spread",
        "first_charge_capacity",
        "reversible_capacity",
        "first_cycle_efficiency",
    ),
    Positive: ("diameter", "diameter_spread", "as_made", "upper_potential"),
}


_TOLD: Mapping[Any, str] = MappingProxyType(
    {
        Alloying: "an alloying element",
        Carbon: "a carbon",
        Positive: "a positive material",
        Binder: "a binder",
        Conductive: "a conductive additive",
    }
)


@dataclass(frozen=True, slots=True)
class Coating:
    """A layer with everything resolved: ``solid_density`` [kg/m3] and ``size`` (thickness, loading, ...) in SI."""

    where: str
    layer: Layer
    constituents: tuple[Constituent, ...]
    solid_density: Number
    size: Dimensions

    @property
    def title(self) -> str:
        """The layer's own name, or its place in the stack; no units."""
        return self.layer.name or self.where

    def hosts(self) -> tuple[Constituent, ...]:
        """The constituents that take lithium, in recipe order."""
        return tuple(part for part in self.constituents if isinstance(part.record, Host))

    def alloying(self) -> tuple[Constituent, ...]:
        """The constituents that alloy with lithium, in recipe order."""
        return tuple(part for part in self.constituents if isinstance(part.record, Alloying))

    def carbons(self) -> tuple[Constituent, ...]:
        """The carbons that take lithium, in recipe order."""
        return tuple(part for part in self.constituents if isinstance(part.record, Carbon))


def _parts(layer: Layer, particles: Mapping[str, Particle]) -> dict[tuple[str, str | None], Number]:
    """Share of each (material, particle) in the recipe, in the recipe's own basis."""
    found: dict[tuple[str, str | None], Number] = {}
    for name, share in shares_of(layer.recipe, layer.rest).items():
        if name in particles:
            inner = particles[name].shares()
            found.update({(element, name): share * part for element, part in inner.items()})
        else:
            found[name, None] = share
    return found


def coating(layer: Layer, where: str, particles: Mapping[str, Particle], library: Library) -> Coating:
    """``layer`` at path ``where`` resolved with the ``particles`` and records it names.

    Solid density [kg/m3] is 1 / sum(w_i / rho_i) over mass fractions; no change of volume on mixing.
    """
    parts = _parts(layer, particles)
    density = {key: library.record(key[0]).density.value for key in parts}
    if layer.basis == "volume":
        mass = {key: share * _in_recipe(key, density, parts) for key, share in parts.items()}
        total = sum(mass.values(), 0.0)
        parts = {key: share / total for key, share in mass.items()}
    solid = number(1.0 / sum((share / density[key] for key, share in parts.items()), 0.0))
    constituents = tuple(
        Constituent(name, library.record(name), share, _use(layer, name, particles, inside), inside)  # type: ignore[arg-type]
        for (name, inside), share in parts.items()
    )
    return Coating(where, layer, constituents, solid, dimensions(layer, solid))


def _in_recipe(
    key: tuple[str, str | None],
    density: Mapping[tuple[str, str | None], Number],
    parts: Mapping[tuple[str, str | None], Number],
) -> Number:
    """Density [kg/m3] with which a volume share counts: the particle's own for what is inside a particle."""
    if key[1] is None:
        return density[key]
    siblings = [entry for entry in parts if entry[1] == key[1]]
    share = sum((parts[entry] for entry in siblings), 0.0)
    return number(share / sum((parts[entry] / density[entry] for entry in siblings), 0.0))


def _use(layer: Layer, name: str, particles: Mapping[str, Particle], inside: str | None) -> ActiveUse:
    use = layer.active.get(name, ActiveUse())
    if inside is None:
        return use
    particle = particles[inside]
    taken = {"diameter": particle.diameter, "diameter_spread": particle.diameter_spread}
    return use.model_copy(update={key: value for key, value in taken.items() if getattr(use, key) is None})


def coating_faults(
    layer: Layer, where: str, electrode: str, particles: Mapping[str, Particle], library: Library
) -> list[Fault]:
    """Everything that keeps ``layer`` of ``electrode`` from being made; faults carry dotted paths under ``where``."""
    faults = recipe_faults(layer.recipe, layer.rest, f"{where}.recipe") + pair_faults(layer, where)
    parts = _parts(layer, particles)
    known: set[str] = set()
    for name, inside in parts:
        recipe = f"{where}.recipe" if inside is None else f"{beneath('particles', inside)}.composition"
        found = _material_faults(name, beneath(recipe, name), None if inside else electrode, library, particles)
        known |= set() if found or (inside is not None and electrode == "positive") else {name}
        faults += found
    if electrode == "positive":
        faults += [
            Fault(beneath(f"{where}.recipe", inside), "is a particle of alloying elements", "no positive can hold it")
            for inside in dict.fromkeys(inside for _, inside in parts if inside is not None)
        ]
    faults += _setting_faults(layer, where, {name for name, _ in parts}, known, library)
    return faults or _made_faults(coating(layer, where, particles, library), electrode, library)


def _made_faults(made: Coating, electrode: str, library: Library) -> list[Fault]:
    """What is wrong with a layer whose parts are sound; densities in g/cm3, capacities in mAh/g."""
    faults = []
    if np.any(np.asarray(made.size.porosity) < 0):
        density, solid = float(np.max(made.size.density)) / 1e3, float(np.min(made.solid_density)) / 1e3
        found, needed = f"would have a density of {density:.4g} g/cm3", f"its solids have only {solid:.4g} g/cm3"
        faults.append(Fault(made.where, found, needed, "Make it thicker or its loading smaller"))
    if not any(isinstance(part.record, Positive) == (electrode == "positive") for part in made.hosts()):
        found, needed = "holds nothing that takes lithium there", f"a layer of the {electrode} needs an active material"
        remedy = "The command alloycell materials lists them"
        faults.append(Fault(f"{made.where}.recipe", found, needed, remedy))
    return faults + _capacity_faults(made, library)


def _material_faults(
    name: str, place: str, electrode: str | None, library: Library, particles: Mapping[str, Particle]
) -> list[Fault]:
    """Whether the part ``name`` of a recipe may stand at ``place`` in an ``electrode``, or in a particle (None)."""
    allowed: tuple[type, ...] = (Alloying,)
    if electrode is not None:
        hosts = (Alloying, Carbon) if electrode == "negative" else (Positive, Carbon)
        allowed = (*hosts, Binder, Conductive)
    holder = "a particle" if electrode is None else f"a layer of the {electrode}"
    if name in particles and electrode is None:
        return [Fault(place, "is a particle itself", "a particle is made of alloying elements")]
    if name not in library.names():
        near = suggestion(name, tuple(particles)) if electrode is not None else ""
        fix = near if near.startswith("Did") else library.nearest(name)
        remedy = fix if fix.startswith("Did") else "The command alloycell materials lists the names"
        return [Fault(place, "is not a material", "a record or a particle of this design is needed", remedy)]
    record = library.record(name)
    if isinstance(record, allowed):
        return []
    fits = ", ".join(_TOLD[kind] for kind in allowed)
    found = f"is {_TOLD.get(type(record), f'a {record.kind}')}"
    return [Fault(place, found, f"{holder} cannot hold it", f"It takes {fits}")]


def _setting_faults(layer: Layer, where: str, names: set[str], known: set[str], library: Library) -> list[Fault]:
    """Settings of materials that are not in the recipe (``names``), and what is wrong with those of ``known`` ones."""
    faults = []
    for name in layer.active:
        if name not in names and names == known:
            needed, fix = "settings belong to a material of the recipe", suggestion(name, sorted(names))
            faults.append(Fault(beneath(f"{where}.active", name), "is not in the recipe", needed, fix))
    for name in sorted(known):
        use = layer.active.get(name, ActiveUse())
        faults += _use_faults(use, library.record(name), beneath(f"{where}.active", name))
    return faults


def _use_faults(use: ActiveUse, record: AnyRecord, place: str) -> list[Fault]:
    """Settings at ``place`` that a material does not take, that contradict each other or are missing; no units."""
    fields = next((entry for kind, entry in _SETTINGS.items() if isinstance(record, kind)), ())
    given = [key for key in type(use).model_fields if getattr(use, key) is not None]
    takes = f"{record.name} takes {', '.join(fields) or 'no settings'}"
    faults = [Fault(f"{place}.{key}", "does not apply", takes, "Delete it") for key in given if key not in fields]
    if {"first_charge_capacity", "reversible_capacity"} <= set(given):
        needed = "with the efficiency, one follows from the other"
        found = "and first_charge_capacity are both given"
        faults.append(Fault(f"{place}.reversible_capacity", found, needed, "Give one of them"))
    needs = isinstance(record, Alloying) and record.crystalline is not None
    if needs and use.structure is None:
        fix = 'Write structure = "amorphous" (evaporated, sputtered) or "crystalline" (powders)'
        faults.append(Fault(f"{place}.structure", "is missing", "the initial structure must be stated", fix))
    if isinstance(record, Alloying) and not needs and use.structure is not None:
        needed = f"{record.name} has one structure only"
        faults.append(Fault(f"{place}.structure", "does not apply", needed, "Delete it"))
    return faults


def _capacity_faults(made: Coating, library: Library) -> list[Fault]:
    faults = []
    for part in made.carbons():
        most, asked = theoretical_capacity_of(part, library), reversible_capacity(part, library)
        if np.any(np.asarray(asked) > np.asarray(most) * (1 + 1e-6)):
            found = f"asks for {float(np.max(asked)) / 3600:.4g} mAh/g reversible"
            needed = f"the curve of {part.name} ends at {float(np.min(most)) / 3600:.4g} mAh/g"
            remedy = "Lower the capacity or use a record of your own with a curve that reaches it"
            faults.append(Fault(beneath(f"{made.where}.active", part.name), found, needed, remedy))
    return faults
