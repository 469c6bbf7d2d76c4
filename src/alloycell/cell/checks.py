"""Whether the parts of a design fit together: physical rules across fields, each refused by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from alloycell.alloy import Particle, particle_faults, particle_sheet, recipe_faults
from alloycell.cell.case import Turn, case_faults
from alloycell.cell.design import AddedLithium, Design
from alloycell.cell.dose import stoichiometry
from alloycell.declaration import beneath
from alloycell.electrode import (
    Coating,
    Electrode,
    as_made_content,
    charged_content,
    coating,
    coating_faults,
    first_cycle_loss,
    hosts_per_mass,
    x_max,
)
from alloycell.errors import Fault, shown
from alloycell.materials import Collector, Library, LithiumMetal, Positive
from alloycell.quantities import FARADAY, Number

__all__ = ["design_faults", "turn_of"]

_AMOUNTS = ("dose", "mass", "film", "target")
_RECIPE = re.compile(r"(negative|positive)(\.layers(\[\d+\](\.(recipe|rest)(\W.*)?)?)?)?|particles\W?.*")
_PARTICLE_NAME = re.compile(r"[A-Za-z0-9][\w +.()-]{0,39}")


def design_faults(design: Design, library: Library, unread: Collection[str] = ()) -> list[Fault]:
    """Everything that keeps ``design`` from being a cell, by dotted path; units in the sentences.

    ``unread`` are paths of fields that hold a stand-in because they could not be read; nothing is said about them.
    """
    faults = _particle_faults(design, library)
    coatings: dict[str, list[Coating | None]] = {"negative": [], "positive": []}
    for name, made in coatings.items():
        electrode: Electrode = getattr(design, name)
        for index, layer in enumerate(electrode.layers):
            where = f"{name}.layers[{index}]"
            found = coating_faults(layer, where, name, design.particles, library)
            made.append(None if found else coating(layer, where, design.particles, library))
            faults += found
        faults += _collector_faults(electrode, name, library)
    faults += _kind_faults(design, library) + _operation_faults(design)
    if design.negative.sides != design.positive.sides:
        found_sides = f"is {design.positive.sides} and negative.sides is {design.negative.sides}"
        needed = "every coated side must face one of the other electrode"
        faults.append(Fault("positive.sides", found_sides, needed, "Coat both on one or both sides"))
    faults += _lithium_faults(design, coatings, library) + _positive_faults(coatings["positive"], library)
    if design.case is not None:
        faults += case_faults(design.case, _turn_known(design, coatings))
    if not faults:
        faults += _window_faults(design, coatings, library)
    return _untold(faults, unread)


def _untold(faults: Sequence[Fault], unread: Collection[str]) -> list[Fault]:
    """``faults`` each once, without those of fields that could not be read and those that follow from them."""
    sides = [path for path in unread if path in ("negative", "positive", "negative.sides", "positive.sides")]
    hidden = {*unread, *(("positive.sides", "case.type") if sides else ())}
    guesses = ["is in no recipe", "is not in the recipe"] if any(_RECIPE.fullmatch(path) for path in unread) else []
    guesses += ["is not a material"] if "particles" in unread else []
    return [
        fault
        for fault in dict.fromkeys(faults)
        if not any(fault.where == path or fault.where.startswith((f"{path}.", f"{path}[")) for path in hidden)
        and fault.found not in guesses
    ]


def _turn_known(design: Design, coatings: Mapping[str, Sequence[Coating | None]]) -> Turn:
    """Thicknesses [m] of a repeat of the stack where some layers may be unsound: NaN for what nobody knows."""
    total = {
        name: sum((np.nan if made is None else made.size.thickness for made in rows), 0.0)
        for name, rows in coatings.items()
    }
    foils = design.negative.collector.thickness, design.positive.collector.thickness
    sides = design.positive.sides if design.positive.sides == design.negative.sides else 0
    return Turn(total["negative"], total["positive"], *foils, design.separator.thickness, sides)


def turn_of(design: Design, negative: Sequence[Coating], positive: Sequence[Coating]) -> Turn:
    """Thicknesses [m] of the parts of one repeat of the stack, layers dry as made."""
    return Turn(
        sum((made.size.thickness for made in negative), 0.0),
        sum((made.size.thickness for made in positive), 0.0),
        design.negative.collector.thickness,
        design.positive.collector.thickness,
        design.separator.thickness,
        design.positive.sides,
    )


def _particle_faults(design: Design, library: Library) -> list[Fault]:
    faults: list[Fault] = []
    named = {
        part
        for layer in (*design.negative.layers, *design.positive.layers)
        for part in (*layer.recipe, layer.rest or "")
    }
    for name, particle in design.particles.items():
        where = beneath("particles", name)
        if not particle.by_elements:
            faults += recipe_faults(particle.composition, particle.rest, f"{where}.composition")
        unsound = particle_faults(particle, where, library)
        faults += unsound or _bound_faults(particle, where, library)
        if not _PARTICLE_NAME.fullmatch(name):
            needed = "a particle's name has at most 40 letters, digits, spaces and signs among _ - + . ( )"
            faults.append(Fault(where, "is not a name", needed, "Write it as in particles.Si80Sn20"))
        if name in library.names():
            faults.append(Fault(where, "is the name of a material", "a particle needs a name of its own"))
        if name not in named:
            remedy = "Name it in a recipe or delete it"
            faults.append(Fault(where, "is in no recipe", "a particle belongs to a layer", remedy))
    return faults


def _bound_faults(particle: Particle, where: str, library: Library) -> list[Fault]:
    """Whether a sound ``particle`` by elements leaves something that takes lithium."""
    if not particle.by_elements:
        return []
    phases = particle_sheet(particle, library, {}).phases
    moles = sum((np.asarray(n) for n in phases.active_moles().values()), np.zeros(()))
    if np.all(moles > 0):
        return []
    listed = ", ".join(phase.formula for phase in phases.phases if np.any(np.asarray(phase.mass) > 0))
    needed = f"all of it is bound: {listed}"
    return [
        Fault(f"{where}.composition", "has no phase that takes lithium", needed, "Lower the share of what binds it")
    ]


def _record_fault(name: str, where: str, kind: str, library: Library) -> list[Fault]:
    article = "an" if kind == "electrolyte" else "a"
    if name not in library.names():
        near = library.nearest(name)
        fix = near if near.startswith("Did") else f"Known: {', '.join(library.names(kind))}"
        return [Fault(where, f"is {shown(name)}", f"the record of {article} {kind} is needed", fix)]
    record = library.record(name)
    if record.kind == kind:
        return []
    known = ", ".join(library.names(kind))
    return [Fault(where, f"is {name}, kind {record.kind}", f"{article} {kind} is needed", f"Known: {known}")]


def _collector_faults(electrode: Electrode, name: str, library: Library) -> list[Fault]:
    where = f"{name}.collector.material"
    faults = _record_fault(electrode.collector.material, where, "collector", library)
    if not faults:
        record = library.record(electrode.collector.material)
        if isinstance(record, Collector) and name not in record.electrodes:
            needed = f"it cannot carry a {name}: {record.limit}"
            fits = [other for other in library.names("collector") if name in _carried(other, library)]
            faults.append(Fault(where, f"is {record.name}", needed, f"Possible: {', '.join(fits)}"))
    return faults


def _carried(name: str, library: Library) -> tuple[str, ...]:
    record = library.record(name)
    return record.electrodes if isinstance(record, Collector) else ()


def _kind_faults(design: Design, library: Library) -> list[Fault]:
    return _record_fault(design.separator.material, "separator.material", "separator", library) + _record_fault(
        design.electrolyte.material, "electrolyte.material", "electrolyte", library
    )


def _operation_faults(design: Design) -> list[Fault]:
    use = design.operation
    if np.any(np.asarray(use.discharge_voltage) >= use.charge_voltage):
        found = f"is {float(np.max(use.discharge_voltage)):g} V"
        needed = f"it must lie below operation.charge_voltage, {float(np.min(use.charge_voltage)):g} V"
        return [Fault("operation.discharge_voltage", found, needed, "Lower one or raise the other")]
    return []


def _lithium_faults(design: Design, coatings: Mapping[str, Sequence[Coating | None]], library: Library) -> list[Fault]:
    added = design.lithium
    if added is None:
        return []
    given = [name for name in _AMOUNTS if getattr(added, name) is not None]
    faults: list[Fault] = []
    if len(given) != 1:
        found = f"gives {' and '.join(given)}" if given else "gives no amount"
        needed = "exactly one of dose, mass, film or target is needed"
        faults.append(Fault("lithium", found, needed, 'Write dose = "0.6 mAh/cm2" or target = "45 at%"'))
    if added.target is not None:
        faults += _target_faults(added.target, coatings["negative"])
    if added.surface == "positive":
        refused = _positive_surface_faults(design, library)
        faults += refused or ([] if faults else _positive_room_faults(added, coatings, library))
    return faults


def _target_faults(target: Number, negative: Sequence[Coating | None]) -> list[Fault]:
    """Whether the alloy can hold the ``target`` (0 to 1), as far as the layers are known."""
    alloys = [part for made in negative if made is not None for part in made.alloying()]
    if not alloys:
        needed = "a target needs a layer with an alloying element"
        return [] if None in negative else [Fault("lithium.target", "is given", needed, "Give a dose instead")]
    most = float(min(np.min(np.asarray(x_max(part))) for part in alloys))
    if not np.any(np.asarray(target) >= most / (1 + most)):
        return []
    needed = f"the alloy holds at most {100 * most / (1 + most):.4g} at% (x_max {most:g})"
    return [Fault("lithium.target", f"is {100 * float(np.max(target)):.4g} at%", needed, "Aim below it")]


def _positive_surface_faults(design: Design, library: Library) -> list[Fault]:
    known = library.names()
    names = [name for layer in design.positive.layers for name in (*layer.recipe, layer.rest or "") if name in known]
    records = [record for record in (library.record(name) for name in names) if isinstance(record, Positive)]
    refusing = [record.name for record in records if not record.accepts_lithium]
    if not refusing:
        return []
    needed = f"{', '.join(refusing)} cannot take lithium beyond its content as made"
    return [Fault("lithium.surface", "is positive", needed, 'Write surface = "negative"')]


def _charge_added(added: AddedLithium, negative: Sequence[Coating | None], library: Library) -> Number | None:
    """Lithium added [C/m2], however it is stated, a target by formula (1); None where a layer is not known."""
    metal = library.record("lithium")
    if added.target is not None:
        known = [made for made in negative if made is not None]
        if len(known) < len(negative):
            return None
        lost = [
            part.mass_fraction * made.size.loading * first_cycle_loss(part, library)
            for made in known
            for part in (() if made.alloying() else made.carbons())
        ]
        atoms = [
            part.mass_fraction * made.size.loading * hosts_per_mass(part, library)
            for made in known
            for part in made.alloying()
        ]
        return sum(lost, 0.0) + sum(atoms, 0.0) * stoichiometry(added.target) * FARADAY
    if added.dose is not None or not isinstance(metal, LithiumMetal):
        return added.dose
    mass = added.mass if added.film is None else added.film * metal.density.value
    return None if mass is None else mass / metal.molar_mass.value * FARADAY


def _positive_room_faults(
    added: AddedLithium, coatings: Mapping[str, Sequence[Coating | None]], library: Library
) -> list[Fault]:
    """Whether the lithium put on the positive is more than its materials can take beyond what they hold as made."""
    positive, charge = coatings["positive"], _charge_added(added, coatings["negative"], library)
    if None in positive or charge is None:
        return []
    room: Number = 0.0
    for made in positive:
        for part in () if made is None else made.hosts():
            if made is not None and isinstance(part.record, Positive):
                full = library.hysteresis(part.name, overlithiated=True).full
                hosts = part.mass_fraction * made.size.loading * hosts_per_mass(part, library)
                room = room + hosts * (full - as_made_content(part)) * FARADAY
    if not np.any(np.asarray(charge) > room):
        return []
    name = next(name for name in _AMOUNTS if getattr(added, name) is not None)
    found = f"amounts to {float(np.max(charge)) / 36e3:.4g} mAh/cm2"
    needed = f"the positive can take {float(np.min(room)) / 36e3:.4g} mAh/cm2 beyond what it holds as made"
    return [Fault(f"lithium.{name}", found, needed, "Lower it")]


def _positive_faults(positive: Sequence[Coating | None], library: Library) -> list[Fault]:
    faults = []
    parts = [(made, part) for made in positive if made is not None for part in made.hosts()]
    for made, part in parts:
        if not isinstance(part.record, Positive):
            continue
        where = beneath(f"{made.where}.active", part.name)
        held, left = as_made_content(part), charged_content(part, library)
        curve = library.hysteresis(part.name, overlithiated=part.record.overlithiated is not None)
        most = max(curve.full, 1.5 * float(np.max(part.record.as_made.value)))
        own = library.hysteresis(part.name)
        if np.any(np.asarray(left) >= own.full):
            lowest = float(own.delithiation.potential[-1])
            needed = f"the potential of {part.name} starts at {lowest:.3g} V"
            faults.append(Fault(f"{where}.upper_potential", "lies below the whole curve", needed, "Raise it"))
        elif np.any(np.asarray(held) <= left):
            needed = f"at its upper potential it still holds {float(np.max(left)):.4g}"
            found = f"is {float(np.min(held)):.4g}"
            faults.append(Fault(f"{where}.as_made", found, needed, "Raise as_made or upper_potential"))
        if np.any(np.asarray(held) > most):
            needed = f"{part.name} cannot hold more than {most:.4g} lithium per formula unit"
            faults.append(Fault(f"{where}.as_made", f"is {float(np.max(held)):.4g}", needed, "Lower it"))
    return faults


def _window_faults(design: Design, coatings: Mapping[str, Sequence[Coating | None]], library: Library) -> list[Fault]:
    """Cut-offs between which no charge can ever pass, judged by the ends of all curves [V]."""
    taken = design.lithium is not None and design.lithium.surface == "positive"
    high, low = (
        [
            library.hysteresis(part.name, overlithiated=taken and name == "positive")
            for made in coatings[name]
            for part in (() if made is None else made.hosts())
            if isinstance(part.record, Positive) == (name == "positive")
        ]
        for name in ("positive", "negative")
    )
    top = max(float(max(curve.delithiation.potential[0], curve.lithiation.potential[0])) for curve in high)
    bottom = min(float(curve.delithiation.potential[-1]) for curve in high)
    start = bottom - max(float(curve.lithiation.potential[0]) for curve in low)
    end = top - min(0.0, *(float(curve.lithiation.potential[-1]) for curve in low))
    faults = []
    for name, wrong, needed, fix in (
        ("charge_voltage", np.asarray(design.operation.charge_voltage) <= start,
         f"these electrodes give at least {start:.3g} V before the first charge", "Raise it"),
        ("discharge_voltage", np.asarray(design.operation.discharge_voltage) >= end,
         f"these electrodes never give more than {end:.3g} V", "Lower it"),
    ):  # fmt: skip
        if np.any(wrong):
            found = f"is {float(np.min(getattr(design.operation, name))):.4g} V"
            faults.append(Fault(f"operation.{name}", found, needed, fix))
    return faults
