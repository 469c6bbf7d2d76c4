"""What a design's numbers rest on: every value still assumed, every source, and what a person should be warned of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.cell.datasheet import Datasheet
from alloycell.electrode import ASSUMED_PORE_SHARE, Constituent
from alloycell.materials import AnyRecord, Carbon, Host, PotentialData, VolumePath
from alloycell.quantities import KINDS
from alloycell.sources import Source, Sourced

__all__ = ["THIN_PORES", "Assumption", "assumptions", "sources_used", "warnings_of"]

_NOT_USED = (
    "phases",
    "diffusivity",
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
    given = sheet.cell.lithium
    if given is not None and given.uptake is None:
        found.append(Assumption("lithium.uptake", "100 %", "all added lithium is taken up"))
    return tuple(found)


def sources_used(sheet: Datasheet) -> tuple[Source, ...]:
    """The sources of all values that this design's figures use, each once, by author and year."""
    found: dict[tuple[str, int, str], Source] = {}
    for _, record, overridden in _used(sheet):
        for _, value in _values(record, overridden):
            source = record.sources.get(value.source)
            if source is not None:
                found[source.author, source.year, source.title] = source
    return tuple(found[key] for key in sorted(found))


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
    plated = [row.label == "plated lithium" for row in sheet.balance.negative].index(True)
    if float(np.asarray(charged.negative.content[plated])) > 0:
        found.append("Lithium plates on the negative at the upper cut-off, even at rest: the negative is too small.")
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
                found.append(f"In the state {name} the {side} stands at the end of all its curves (a wall).")
    fit = sheet.fit("charged")
    if fit is not None and fit[1] is not None and float(np.asarray(fit[0])) > float(np.asarray(fit[1])):
        needed, left = (1e3 * float(np.asarray(size)) for size in fit if size is not None)
        found.append(f"Charged, the stack needs {needed:.4g} mm; the case leaves {left:.4g} mm.")
    found += [*_layer_warnings(sheet), *_change_warnings(sheet)]
    for name, record, _ in _used(sheet):
        if isinstance(record, Carbon) and record.potential.level == "assumed":
            found.append(f"The potential curve of {name} is a constructed shape, not a measurement.")
    return tuple(found)
