"""The top of the page: name, question, verdicts in one line each, and the figures everyone asks for first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.quantities import Number
from alloycell.report.wording import amount, joined, scalar, typeset
from alloycell.studies import Study

__all__ = ["Tile", "ends", "found", "tiles"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One field of the summary: what it is, the figure with its unit, and lines below; no units of its own."""

    title: str
    value: str
    below: tuple[str, ...] = ()


def found(study: Study, name: str) -> Any:
    """The value of the figure ``name`` of the studied cell [SI of its kind]; None where the design has none."""
    value = next((entry.value for entry in study.figures if entry.figure.name == name), None)
    return None if isinstance(value, float) and np.isnan(value) else value


def _with_spread(study: Study, name: str) -> str:
    return next(joined(typeset(entry.text)) for entry in study.figures if entry.figure.name == name)


def tiles(study: Study) -> tuple[Tile, ...]:
    """The summary strip: capacity, energy, per mass and volume, voltage, N/P, lithium content, ends; no units."""
    made = (_capacity, _energy, _per_mass, _per_volume, _voltage, _balance, _content, _margins)
    return tuple(tile for make in made for tile in make(study))


def _capacity(study: Study) -> Iterator[Tile]:
    areal = amount("charge per area", found(study, "areal_capacity"))
    first = found(study, "first_cycle_efficiency")
    below = () if first is None else (f"first cycle {100 * scalar(first):.4g} %",)
    whole = found(study, "cell_capacity")
    if whole is None:
        yield Tile("Capacity", areal, ("no case: per facing area only", *below))
    else:
        yield Tile("Capacity", amount("charge", whole), (areal, *below))


def _energy(study: Study) -> Iterator[Tile]:
    whole, areal = found(study, "cell_energy"), found(study, "areal_energy")
    per_area = "" if areal is None else f"{scalar(areal) / 36000:.4g} mWh/cm²"
    if whole is None:
        yield Tile("Energy", per_area, ("per facing area",))
        return
    wh = scalar(whole) / 3600
    yield Tile("Energy", f"{wh:.4g} Wh" if wh >= 0.1 else f"{1e3 * wh:.4g} mWh", (per_area,))


def _per_mass(study: Study) -> Iterator[Tile]:
    value = found(study, "specific_energy")
    if value is not None:
        yield Tile("Per mass", amount("specific energy", value), (f"cell {amount('mass', found(study, 'cell_mass'))}",))


def _per_volume(study: Study) -> Iterator[Tile]:
    charged, empty = found(study, "energy_density_charged"), found(study, "energy_density_discharged")
    if charged is not None:
        below = ("charged", f"{amount('volumetric energy', empty)} discharged", _room(study))
        yield Tile("Per volume", amount("volumetric energy", charged), tuple(line for line in below if line))


def _room(study: Study) -> str:
    room = found(study, "room_charged")
    if room is None:
        return ""
    text = amount("length", abs(scalar(room)), 3)
    return f"fits charged, {text} to spare" if scalar(room) >= 0 else f"charged {text} too thick for the case"


def _voltage(study: Study) -> Iterator[Tile]:
    operation = study.cell.operation
    window = f"{scalar(operation.discharge_voltage):.4g} to {scalar(operation.charge_voltage):.4g} V, at rest"
    yield Tile("Mean voltage", amount("potential", found(study, "mean_voltage")), (window, ends(study)))


def ends(study: Study) -> str:
    """Which electrode ends the charge and the discharge, in words; no units."""
    parts = [(step, found(study, f"{step}_ended_by")) for step in ("charge", "discharge")]
    known = [(step, ", ".join(sorted(who))) for step, who in parts if who]
    if len(known) == 2 and known[0][1] == known[1][1]:
        return f"{known[0][1]} ends both"
    return "; ".join(f"{who} ends the {step}" for step, who in known)


def _balance(study: Study) -> Iterator[Tile]:
    named = (("first charge", "np_first_charge"), ("reversible", "np_reversible"), ("after dose", "np_after_dose"))
    known = [(title, found(study, name)) for title, name in named]
    lines = [f"{scalar(value):.4g} {title}" for title, value in known if value is not None]
    if lines:
        yield Tile("N/P", lines[0].split()[0], (lines[0].split(maxsplit=1)[1] + ", facing area", *lines[1:]))


def _content(study: Study) -> Iterator[Tile]:
    value = found(study, "equilibrium_lithium_fraction")
    if value is None:
        return
    rows = (("by formula (1)", "designed_lithium_fraction"), ("charged", "charged_lithium_fraction"))
    known = [(title, found(study, name)) for title, name in rows]
    below = [f"{amount('atom fraction', held)} {title}" for title, held in known if held is not None]
    yield Tile("Lithium in alloy, empty", _with_spread(study, "equilibrium_lithium_fraction"), tuple(below))


def _margins(study: Study) -> Iterator[Tile]:
    margin: Number | None = found(study, "plating_margin")
    if margin is None:
        return
    plated = found(study, "plated_lithium")
    metal = plated is not None and scalar(plated) > 1e-6
    line = f"{amount('charge per area', plated)} plated at rest" if metal else "none plated at rest"
    yield Tile("Negative when charged", f"{1e3 * scalar(margin):.4g} mV", ("above lithium metal", line))
