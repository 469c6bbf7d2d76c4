"""A layer resolved: its constituents with records, mass fractions, density of solids and all dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from alloycell.alloy import Particle, particle_faults, particle_sheet, recipe_faults, shares_of
from alloycell.declaration import beneath
from alloycell.electrode.capacity import reversible_capacity, theoretical_capacity_of
from alloycell.electrode.constituent import Constituent, Inert
from alloycell.electrode.layer import ActiveUse, Dimensions, Layer, dimensions, pair_faults
from alloycell.electrode.particle_parts import Part, particle_parts
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

    def losing(self) -> tuple[Constituent, ...]:
        """The inert parts of particles whose oxygen binds lithium in the first cycle, in recipe order."""
        return tuple(
            part
            for part in self.constituents
            if isinstance(part.record, Inert) and np.any(np.asarray(part.record.first_cycle_loss) > 0)
        )

    def alloying(self) -> tuple[Constituent, ...]:
        """The constituents that alloy with lithium, in recipe order."""
        return tuple(part for part in self.constituents if isinstance(part.record, Alloying))

    def carbons(self) -> tuple[Constituent, ...]:
        """The carbons that take lithium, in recipe order."""
        return tuple(part for part in self.constituents if isinstance(part.record, Carbon))


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a recipe: ``share`` in the recipe's own basis, and the particle it is inside of, if any."""

    part: Part
    share: Number
    inside: str | None = None


def _parts(layer: Layer, particles: Mapping[str, Particle], library: Library) -> list[_Share]:
    """Every material of the recipe, particles taken apart, with its share in the recipe's own basis."""
    found: list[_Share] = []
    for name, share in shares_of(layer.recipe, layer.rest).items():
        if name not in particles:
            found.append(_Share(_whole(name, library), share))
        elif particles[name].by_elements:
            inner = particle_parts(particle_sheet(particles[name], library, {}))
            found += [_Share(part, number(share * np.asarray(part.share)), name) for part in inner]
        else:
            shares = particles[name].shares()
            found += [_Share(_whole(element, library), share * part, name) for element, part in shares.items()]
    return found


def _whole(name: str, library: Library) -> Part:
    record = library.record(name)
    return Part(name, record, 1.0, record.density.value)  # type: ignore[arg-type]


def coating(layer: Layer, where: str, particles: Mapping[str, Particle], library: Library) -> Coating:
    """``layer`` at path ``where`` resolved with the ``particles`` and records it names.

    Solid density [kg/m3] is 1 / sum(w_i / rho_i) over mass fractions; no change of volume on mixing.
    """
    parts = _parts(layer, particles, library)
    shares = [entry.share for entry in parts]
    if layer.basis == "volume":
        mass = [entry.share * _in_recipe(entry, parts) for entry in parts]
        total = sum(mass, 0.0)
        shares = [share / total for share in mass]
    volume = (share / entry.part.density for share, entry in zip(shares, parts, strict=True))
    solid = number(1.0 / sum(volume, 0.0))
    constituents = tuple(
        _constituent(layer, entry, share, particles, library) for entry, share in zip(parts, shares, strict=True)
    )
    return Coating(where, layer, constituents, solid, dimensions(layer, solid))


def _constituent(
    layer: Layer, entry: _Share, share: Number, particles: Mapping[str, Particle], library: Library
) -> Constituent:
    part = entry.part
    own = part.density if part.phase else None
    whole = np.where(np.asarray(part.share) > 0, part.share, 1.0) if part.bound else 1.0
    bound = {symbol: number(np.asarray(share) * mass / whole) for symbol, mass in part.bound.items()}
    use = _use(layer, part, particles, entry.inside, library)
    return Constituent(part.name, part.record, share, use, entry.inside, part.phase, part.taking, own, bound)


def _in_recipe(entry: _Share, parts: Sequence[_Share]) -> Number:
    """Density [kg/m3] with which a volume share counts: the particle's own for what is inside a particle."""
    if entry.inside is None:
        return entry.part.density
    siblings = [other for other in parts if other.inside == entry.inside]
    share = sum((other.share for other in siblings), 0.0)
    return number(share / sum((other.share / other.part.density for other in siblings), 0.0))


def _use(
    layer: Layer, part: Part, particles: Mapping[str, Particle], inside: str | None, library: Library
) -> ActiveUse:
    use = layer.active.get(part.name, ActiveUse()) if not isinstance(part.record, Inert) else ActiveUse()
    if inside is None or isinstance(part.record, Inert):
        return use
    particle = particles[inside]
    if particle.powder is not None:
        particle = particle_sheet(particle, library, {}).inputs.particle
    taken = {"diameter": particle.diameter, "diameter_spread": particle.diameter_spread}
    if isinstance(part.record, Alloying):
        taken["x_max"] = (particle.x_max or {}).get(part.record.element)
    return use.model_copy(update={key: value for key, value in taken.items() if getattr(use, key) is None})


def coating_faults(
    layer: Layer, where: str, electrode: str, particles: Mapping[str, Particle], library: Library
) -> list[Fault]:
    """Everything that keeps ``layer`` of ``electrode`` from being made; faults carry dotted paths under ``where``."""
    faults = recipe_faults(layer.recipe, layer.rest, f"{where}.recipe") + pair_faults(layer, where)
    inner = {name: particles[name] for name in shares_of(layer.recipe, layer.rest) if name in particles}
    phased = {name: particle for name, particle in inner.items() if particle.by_elements}
    unsound = [f for name, p in phased.items() for f in particle_faults(p, beneath("particles", name), library)]
    active = [] if unsound else [e for name in phased for e in _active_names(particles[name], library)]
    parts: list[tuple[str, str | None]] = [
        (name, None) for name in shares_of(layer.recipe, layer.rest) if name not in particles
    ]
    parts += [(name, inside) for inside, p in inner.items() if inside not in phased for name in p.shares()]
    known: set[str] = set(active) if electrode != "positive" else set()
    for name, inside in parts:
        recipe = f"{where}.recipe" if inside is None else f"{beneath('particles', inside)}.composition"
        found = _material_faults(name, beneath(recipe, name), None if inside else electrode, library, particles)
        known |= set() if found or (inside is not None and electrode == "positive") else {name}
        faults += found
    if electrode == "positive":
        faults += [
            Fault(beneath(f"{where}.recipe", inside), "is a particle of alloying elements", "no positive can hold it")
            for inside in inner
        ]
    names = {*active, *(name for name, _ in parts)}
    faults += unsound or _setting_faults(layer, where, names, known, library)
    return faults or _made_faults(coating(layer, where, particles, library), electrode, library)


def _active_names(particle: Particle, library: Library) -> tuple[str, ...]:
    """The records that the active elements of a sound particle by elements have."""
    parts = particle_parts(particle_sheet(particle, library, {}))
    return tuple(part.name for part in parts if isinstance(part.record, Alloying))


def _made_faults(made: Coating, electrode: str, library: Library) -> list[Fault]:
    """What is wrong with a layer whose parts are sound; densities in g/cm3, capacities in mAh/g."""
    faults = []
    if np.any(np.asarray(made.size.porosity) < 0):
        density, solid = float(np.max(made.size.density)) / 1e3, float(np.min(made.solid_density)) / 1e3
        found, needed = f"would have a density of {density:.4g} g/cm3", f"its solids have only {solid:.4g} g/cm3"
        faults.append(Fault(made.where, found, needed, "Make it thicker or its loading smaller"))
    faults += _role_faults(made, electrode)
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


def _role_faults(made: Coating, electrode: str) -> list[Fault]:
    """Whether the role a layer is given (of a layered negative) fits what it holds."""
    role, where = made.layer.role, f"{made.where}.role"
    if role is None:
        return []
    if electrode == "positive":
        return [Fault(where, f'is "{role}"', "only layers of the negative have a role", "Leave it out")]
    carbon = sum((np.asarray(part.mass_fraction) for part in made.carbons()), np.zeros(()))
    alloy = sum((np.asarray(part.mass_fraction) for part in made.alloying()), np.zeros(()))
    if role == "alloy" and not made.alloying():
        return [Fault(where, 'is "alloy"', "nothing in this layer alloys with lithium", 'Write role = "carbon"')]
    if role == "carbon" and np.any(carbon <= alloy):
        found, most = 100 * float(np.min(carbon)), 100 * float(np.max(alloy))
        told = f"a carbon layer is mainly carbon; this one holds {found:.3g} wt% carbon and {most:.3g} wt% that alloys"
        return [Fault(where, 'is "carbon"', told)]
    return []
