"""What a design's numbers rest on: every value still assumed, every source, and what a person should be warned of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.alloy import ParticleSheet
from alloycell.alloy.elements import ELEMENTS
from alloycell.cell.datasheet import Datasheet
from alloycell.declaration import beneath
from alloycell.electrode import ASSUMED_PORE_SHARE, Constituent, x_max
from alloycell.materials import Alloying, AnyRecord, Carbon, Host, PotentialData, VolumePath
from alloycell.quantities import FARADAY, KINDS
from alloycell.sources import Source, Sourced

__all__ = ["THIN_PORES", "Assumption", "assumptions", "plating_warning", "sources_used", "warnings_of"]

_NOT_USED = (
    "phases",
    "diffusivity",
    "diffusivity_curve",
    "diffusivity_activation",
    "exchange_activation",
    "practical_capacity",
    "transport",
    "conductivity",
    "x_max_alternatives",
    "overlithiated",
)
_OVERRIDES = {
    "x_max": ("x_max",),
    "first_cycle_loss": ("first_cycle_loss",),
    "first_cycle_efficiency": ("first_cycle_efficiency",),
    "reversible_capacity": ("reversible_capacity", "first_charge_capacity"),
    "as_made": ("as_made",),
    "upper_potential": ("upper_potential",),
}
_SHOWN = {
    "density": "density", "host_molar_mass": "molar mass", "molar_mass": "molar mass", "x_max": "stoichiometry",
    "first_cycle_loss": "specific capacity", "first_cycle_efficiency": "fraction", "as_made": "stoichiometry",
    "reversible_capacity": "specific capacity", "upper_potential": "potential", "porosity": "fraction",
    "concentration": "concentration", "potential.full": "stoichiometry", "potential.gap": "potential",
    "volume.lithium": "molar volume", "crystalline.first_lithiation": "potential",
}  # fmt: skip

THIN_PORES = 0.10
"""Porosity under which a charged layer is named in a warning, dimensionless."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value nobody measured for this design: where it stands, what it is (text with unit), why."""

    where: str
    value: str
    note: str


def _used(sheet: Datasheet) -> Iterator[tuple[str, AnyRecord, frozenset[str]]]:
    """Every record of the design with the fields that the design itself overrides."""
    parts: dict[str, set[str]] = {}
    for made in (*sheet.negative, *sheet.positive):
        for part in made.constituents:
            given = _overridden(part)
            parts[part.name] = parts[part.name] & given if part.name in parts else given
    if sheet.cell.separator.porosity is not None:
        parts[sheet.cell.separator.material] = {"porosity"}
    for name in sheet.cell.material_names():
        yield name, sheet.library.record(name), frozenset(parts.get(name, ()))


def _overridden(part: Constituent) -> set[str]:
    return {
        field
        for field, settings in _OVERRIDES.items()
        if any(getattr(part.use, setting) is not None for setting in settings)
    }


def _values(record: AnyRecord, overridden: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Every sourced value or table of ``record`` that enters a number of the spine, by its path."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name in _NOT_USED or name in overridden or value is None:
            continue
        if isinstance(value, Sourced):
            yield name, value
        elif isinstance(value, PotentialData | VolumePath):
            yield name, value
            for inner in type(value).model_fields:
                nested = getattr(value, inner)
                if isinstance(nested, Sourced):
                    yield f"{name}.{inner}", nested
        elif name == "crystalline":
            yield "crystalline.first_lithiation", value.first_lithiation


def _told(path: str, value: Any) -> str:
    if isinstance(value, PotentialData):
        return "the whole curve"
    if isinstance(value, VolumePath):
        return "the whole path"
    kind = KINDS.get(_SHOWN.get(path, ""))
    return str(value.value) if kind is None else kind.text(value.value)


def assumptions(sheet: Datasheet) -> tuple[Assumption, ...]:
    """Every value of level "assumed" that this design's figures use, and what its file leaves to the model."""
    found = [
        Assumption(f"{name}: {path}", _told(path, value), value.note)
        for name, record, overridden in _used(sheet)
        for path, value in _values(record, overridden)
        if value.level == "assumed"
    ]
    for made in (*sheet.negative, *sheet.positive):
        if made.layer.pore_share is None and np.any(np.asarray(made.size.porosity) > 0):
            found.append(Assumption(f"{made.where}.pore_share", f"{100 * ASSUMED_PORE_SHARE:g} %",
                                    "the design does not state how much of the swelling goes into pores"))  # fmt: skip
    for name, entry in sheet.particles.items():
        if entry.particle.by_elements:
            found += [Assumption(beneath("particles", name), "assumed", text) for text in _particle_assumptions(entry)]
    given = sheet.cell.lithium
    if given is not None and given.uptake is None:
        found.append(Assumption("lithium.uptake", "100 %", "all added lithium is taken up"))
    return tuple(found)


def _particle_assumptions(entry: ParticleSheet) -> tuple[str, ...]:
    """What a particle by elements rests on, and the range of what its oxygen takes [mAh/g of particle]."""
    lost = [float(np.max(np.asarray(end))) / 3600 for end in (entry.lost_to_oxygen.low, entry.lost_to_oxygen.high)]
    told = list(entry.assumptions)
    if lost[1] > 0:
        told.append(
            f"oxygen in the particle takes {lost[0]:.3g} to {lost[1]:.3g} mAh/g of particle in the first cycle; the "
            "ledger has the middle, and oxide on the surface in the loss of the records"
        )
    return tuple(told)


def sources_used(sheet: Datasheet) -> tuple[Source, ...]:
    """The sources of all values that this design's figures use, each once, by author and year."""
    found: dict[tuple[str, int, str], Source] = {}
    for _, record, overridden in _used(sheet):
        for _, value in _values(record, overridden):
            source = record.sources.get(value.source)
            if source is not None:
                found[source.author, source.year, source.title] = source
    for entry in sheet.particles.values():
        for source in entry.sources if entry.particle.by_elements else ():
            found[source.author, source.year, source.title] = source
    return tuple(found[key] for key in sorted(found))


def plating_warning(sheet: Datasheet) -> str | None:
    """What is to be said when lithium plates at rest in the state charged, with the amount [mAh/cm2]; None if not."""
    index = [row.label == "plated lithium" for row in sheet.balance.negative].index(True)
    held = sheet.state("charged").negative
    plated = float(np.max(held.hosts[index] * held.content[index])) * FARADAY
    if plated <= 0:
        return None
    ends = [
        f"the curve of {part.name} ends at {sheet.library.hysteresis(part.name).full:.4g} Li per atom and x_max is "
        f"{float(np.max(x_max(part))):.4g}"
        for made in (sheet.alloy_layers if sheet.carbon_layers else ())
        for part in made.alloying()
        if sheet.library.hysteresis(part.name).full < float(np.max(x_max(part)))
    ]
    note = f" Formula (2), (D), does not see it where {'; '.join(dict.fromkeys(ends))}." if ends else ""
    return (
        f"Lithium plates on the negative at the upper cut-off, even at rest: {plated / 36000:.3g} mAh/cm2. The "
        f"negative is too small; capacity and energy count the plated lithium.{note}"
    )


def _role_warnings(sheet: Datasheet) -> Iterator[str]:
    for made in sheet.negative:
        carbon, alloy = (
            sum((float(np.min(part.mass_fraction)) for part in parts), 0.0)
            for parts in (made.carbons(), made.alloying())
        )
        if made.layer.role is None and carbon > alloy > 0:
            yield (
                f"{made.title} ({made.where}) is mainly carbon and holds an element that alloys; it counts as an alloy "
                'layer. If it is the carbon layer of a layered negative, write role = "carbon".'
            )


def _layer_warnings(sheet: Datasheet) -> Iterator[str]:
    for made in (*sheet.negative, *sheet.positive):
        before, after = made.size.porosity, sheet.size(made, "charged").porosity
        if np.all(np.asarray(before) > 0) and np.any(np.asarray(after) < THIN_PORES):
            yield (
                f"{made.title} ({made.where}): the charged layer keeps {100 * float(np.min(after)):.3g} % pores; "
                f"under {100 * THIN_PORES:g} % it no longer conducts ions as porous layers do."
            )


def _change_warnings(sheet: Datasheet) -> Iterator[str]:
    for name, record, _ in _used(sheet):
        if isinstance(record, Host) and (change := sheet.library.largest_change(name)) > 0.005:
            yield f"The published curve of {name} was made monotone; the largest change is {1e3 * change:.3g} mV."


def warnings_of(sheet: Datasheet) -> tuple[str, ...]:
    """What a person should know before trusting the figures, one sentence each, with units; single designs only."""
    found: list[str] = []
    charged, discharged = sheet.state("charged"), sheet.state("discharged")
    plating = plating_warning(sheet)
    found += [] if plating is None else [plating]
    owed = sum((np.asarray(loss.lithium) for loss in sheet.balance.losses), np.zeros(()))
    paid = np.asarray(charged.losses).sum(axis=0)
    if float(owed - paid) > 1e-9 * float(owed):
        found.append("The first-cycle losses take more lithium than the cell has; they are paid as far as it goes.")
    share, carbon = sheet.carbon_lithium("discharged"), sheet.carbon_capacity
    if share is not None and carbon is not None and float(np.asarray(share / carbon)) > 0.05:
        found.append(
            f"The carbon still holds {100 * float(np.asarray(share / carbon)):.3g} % of Cb at full discharge; "
            "formula (1) takes it to be empty, so designed and equilibrium contents part."
        )
    if float(np.asarray(sheet.discharge_capacity)) <= 0:
        found.append("Between these cut-offs the cell gives no charge at rest.")
    for state, name in ((charged, "charged"), (discharged, "discharged")):
        for side, beyond in zip(("negative", "positive"), state.beyond, strict=True):
            if bool(np.asarray(beyond)):
                found.append(
                    f"In the state {name} the {side} is at the end of every curve its records have; a real electrode "
                    "may go further, and the capacity shown stops there."
                )
    fit = sheet.fit("charged")
    if fit is not None and fit[1] is not None and float(np.asarray(fit[0])) > float(np.asarray(fit[1])):
        wound = (
            "the winding (radius)"
            if sheet.cell.case is not None and sheet.cell.case.type == "cylinder"
            else "the stack"
        )
        needed, left = (1e3 * float(np.asarray(size)) for size in fit if size is not None)
        found.append(f"Charged, {wound} needs {needed:.4g} mm; the case leaves {left:.4g} mm.")
    found += [*_role_warnings(sheet), *_layer_warnings(sheet), *_change_warnings(sheet)]
    for name, record, _ in _used(sheet):
        if isinstance(record, Carbon) and record.potential.level == "assumed":
            found.append(f"The potential curve of {name} is a constructed shape, not a measurement.")
    for name, entry in sheet.particles.items():
        if entry.particle.by_elements:
            found += [f"{beneath('particles', name)}: {text}" for text in (*entry.warnings, *_surface_warnings(entry))]
    return tuple(found)


def _surface_warnings(entry: ParticleSheet) -> Iterator[str]:
    """Oxide on the surface that takes more than the first-cycle losses of the records [mAh/g] count."""
    phases = entry.phases
    taken = float(np.max(np.asarray(phases.oxygen_loss("surface").low)))
    counted = 0.0
    for symbol, moles in phases.active_moles().items():
        record = entry.library.record(ELEMENTS[symbol].name)
        if isinstance(record, Alloying):
            mass = float(np.max(np.asarray(moles))) * float(record.host_molar_mass.value)
            counted += mass * float(record.first_cycle_loss.value)
    if taken > counted:
        yield (
            f"the oxide on the surface takes at least {taken / 3600:.3g} mAh/g of particle, more than the first-cycle "
            f"losses of the records count, {counted / 3600:.3g} mAh/g. State first_cycle_loss."
        )
