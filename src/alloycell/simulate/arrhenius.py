"""How diffusivities, exchange currents and electrolytes change with temperature; docs/theory/heat.md, (1) and (2).

Activation energies come from the records where a source states one; the others are assumed and listed as such wherever
a simulation leaves 25 degC.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell.provenance import Assumption
from alloycell.electrode import Constituent
from alloycell.materials import Host, Library
from alloycell.quantities import GAS_CONSTANT, KINDS, FloatArray, Number, frozen_array
from alloycell.simulate.curves import salt_table
from alloycell.sources import Sourced

__all__ = [
    "ASSUMED_DIFFUSION",
    "ASSUMED_EXCHANGE",
    "ASSUMED_SALT",
    "REFERENCE",
    "Activation",
    "activation_of",
    "growth",
    "salt_activation",
    "salt_at",
]

REFERENCE = 298.15
"""Temperature [K] for which records state diffusivities and exchange currents."""

ASSUMED_DIFFUSION, ASSUMED_EXCHANGE, ASSUMED_SALT = 30e3, 35e3, 17e3
"""Activation energies of diffusion in solids, of exchange currents, of transport in electrolytes [J/mol], assumed."""

_NOTES = {
    "diffusion": (ASSUMED_DIFFUSION, "no source for this material; near graphite's 30.3 kJ/mol (Ecker 2015)"),
    "exchange current": (ASSUMED_EXCHANGE, "no source for this material; that of graphite-SiOx (Chen 2020)"),
}


@dataclass(frozen=True, slots=True)
class Activation:
    """Activation energies [J/mol] of the diffusivity of a material and of its exchange current."""

    diffusion: float
    exchange: float


def growth(energy: float, temperature: float, reference: float = REFERENCE) -> float:
    """By how much a rate with the activation ``energy`` [J/mol] has grown from ``reference`` to ``temperature`` [K].

    docs/theory/heat.md, formula (1). Dimensionless; exactly 1 at the reference.
    """
    return float(np.exp(energy / GAS_CONSTANT * (1.0 / reference - 1.0 / temperature)))


def activation_of(part: Constituent, where: str) -> tuple[Activation, list[Assumption]]:
    """Activation energies [J/mol] of ``part``: those of its record, else assumed ones, which are listed."""
    assert isinstance(part.record, Host)
    place = f"{where}: {part.label}"
    slow, first = _stated("diffusion", part.record.diffusivity_activation, place)
    fast, second = _stated("exchange current", part.record.exchange_activation, place)
    return Activation(slow, fast), [*first, *second]


def _stated(what: str, given: Sourced[Number] | None, place: str) -> tuple[float, list[Assumption]]:
    otherwise, note = _NOTES[what]
    energy = otherwise if given is None else float(given.value)
    if given is not None and given.level != "assumed":
        return energy, []
    told = note if given is None else given.note
    return energy, [Assumption(f"{place}, activation energy of {what}", KINDS["molar energy"].text(energy), told)]


def salt_activation(library: Library, name: str, concentration: float) -> tuple[tuple[float, float], list[Assumption]]:
    """Activation energies [J/mol] of diffusivity and conductivity of the electrolyte ``name``; formula (2).

    They are read between the lowest and the highest temperature of its table at ``concentration`` [mol/m3]; assumed
    where the table has one temperature only.
    """
    table = library.transport(name)
    levels = np.unique(table[:, 0])
    if levels.size == 1:
        text = KINDS["molar energy"].text(ASSUMED_SALT)
        note = "its table has one temperature only; that of 1 M LiPF6 in EC:EMC (Ecker 2015)"
        return (ASSUMED_SALT, ASSUMED_SALT), [Assumption(f"{name}: activation energy of transport", text, note)]
    low, high = float(levels[0]), float(levels[-1])
    ends = [table[table[:, 0] == level] for level in (low, high)]
    found = []
    for column in (3, 2):
        cold, warm = (float(np.interp(concentration, rows[:, 1], rows[:, column])) for rows in ends)
        found.append(GAS_CONSTANT * float(np.log(warm / cold)) / (1.0 / low - 1.0 / high))
    return (found[0], found[1]), []


def salt_at(library: Library, name: str, temperature: float) -> tuple[FloatArray, float, list[Assumption], list[str]]:
    """The table of :func:`salt_table` at ``temperature`` [K], the concentration at its end [mol/m3], what is assumed.

    An electrolyte with one temperature only follows an assumed activation energy; beyond the temperatures of a table
    its properties stay, which the warning returned last says.
    """
    table, top = salt_table(library, name, temperature)
    levels = np.unique(library.transport(name)[:, 0])
    if levels.size == 1 and temperature != levels[0]:
        _, assumed = salt_activation(library, name, 0.0)
        factor = np.ones((8, 1))
        factor[[0, 1, 4, 5]] = growth(ASSUMED_SALT, temperature, float(levels[0]))
        return frozen_array(table * factor), top, assumed, []
    if levels[0] <= temperature <= levels[-1]:
        return table, top, [], []
    low, high, here = (KINDS["temperature"].text(float(value)) for value in (levels[0], levels[-1], temperature))
    return (
        table,
        top,
        [],
        [f"{name} is measured from {low} to {high}; at {here} it keeps what it has at the nearer end."],
    )
