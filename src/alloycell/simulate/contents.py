"""The lithium left in every alloy layer at the end of the first discharge: designed, at equilibrium, and simulated.

docs/theory/simulation.md, section 8. One simulated value is never a verdict: the diffusivity of silicon spans decades
in the literature, so every rate is run at its low, middle and high sourced value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.errors import RangeError
from alloycell.simulate.options import LEVELS, Options
from alloycell.simulate.outcomes import Outcome
from alloycell.simulate.profiles import PhaseProfile
from alloycell.simulate.result import Result
from alloycell.simulate.run import simulate

__all__ = [
    "ASSUMED_WETTED",
    "RATES",
    "LayerContents",
    "SimulatedContent",
    "SimulatedContents",
    "first_discharge",
    "simulate_study",
]

RATES = ("C/10", "1C")
"""Rates of the first discharge; no units."""

ASSUMED_WETTED = 0.1
"""Share of a dense film's area that cracks leave to the electrolyte, dimensionless; assumed where nothing is stated."""


@dataclass(frozen=True, slots=True)
class SimulatedContent:
    """One run: ``rate``, ``level`` of the diffusivity, lithium ``fraction`` (0 to 1) left in the layer, None where the
    run did not finish; ``capacity`` [C/m2] passed, ``outcome``, and the profile of the alloy's phases at the end."""

    rate: str
    level: str
    fraction: float | None
    capacity: float | None
    outcome: Outcome
    profile: tuple[tuple[str, PhaseProfile], ...]


@dataclass(frozen=True, slots=True)
class LayerContents:
    """One alloy layer (``where`` in the design, ``title``): Li/(Li + absorbing atoms) when empty, 0 to 1.

    ``designed`` is formula (1) over all alloy layers, None where it gives less than nothing; ``equilibrium`` the state
    "formed"; ``simulated`` one entry for each rate and level.
    """

    where: str
    title: str
    designed: float | None
    equilibrium: float
    simulated: tuple[SimulatedContent, ...]

    def at(self, rate: str, level: str = "middle") -> SimulatedContent:
        """The run at ``rate`` and ``level``; no units. Raises RangeError for one that was not made."""
        for entry in self.simulated:
            if (entry.rate, entry.level) == (rate, level):
                return entry
        raise RangeError(f"There is no run at {rate} with the {level} diffusivity.")


@dataclass(frozen=True, slots=True)
class SimulatedContents:
    """All alloy layers of a cell, the runs behind them by (rate, level), and what they rest on (texts with units)."""

    layers: tuple[LayerContents, ...]
    results: dict[tuple[str, str], Result]
    assumptions: tuple[Any, ...]
    warnings: tuple[str, ...]
    film: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: contents as fractions 0 to 1, capacities in C/m2."""
        return {
            "layers": [
                {
                    "where": layer.where, "title": layer.title, "designed": layer.designed,
                    "equilibrium": layer.equilibrium,
                    "simulated": [
                        {"rate": run.rate, "diffusivity": run.level, "fraction": run.fraction,
                         "capacity": run.capacity, "outcome": run.outcome.name}
                        for run in layer.simulated
                    ],
                }
                for layer in self.layers
            ],
            "film": self.film, "warnings": list(self.warnings),
            "assumptions": [{"where": e.where, "value": e.value, "note": e.note} for e in self.assumptions],
        }  # fmt: skip


def simulate_study(cell: Cell, rates: tuple[str, ...] = RATES, options: Options | None = None) -> SimulatedContents:
    """The first discharge of ``cell`` (one design) at every rate and every level of the diffusivity; SI.

    It starts from the end of the first charge. Where a layer is a dense film and ``options`` name no model, the open
    film with the assumed wetted share is taken and listed among the assumptions. Raises RunError without the solver.
    """
    if cell.shape:
        raise RangeError(f"A study takes one design; this is a batch of shape {cell.shape}.")
    sheet = Datasheet(cell)
    given = options or _assumed_options(sheet)
    results = {
        (rate, level): first_discharge(cell, f"Discharge at {rate}", level, given)
        for rate in rates
        for level in (LEVELS if sheet.alloy_layers else ("middle",))
    }
    one = next(iter(results.values()))
    notes = tuple(dict.fromkeys(entry for result in results.values() for entry in result.assumptions))
    layers = tuple(_layer(sheet, index, results) for index in range(len(sheet.alloy_layers)))
    return SimulatedContents(layers, results, notes, one.warnings, given.film)


def _assumed_options(sheet: Datasheet) -> Options:
    """The open film with the assumed wetted share where a layer is dense, else nothing special; no units."""
    dense = any(float(np.max(made.size.porosity)) == 0.0 for made in (*sheet.negative, *sheet.positive))
    return Options(film="open" if dense else None, wetted=ASSUMED_WETTED if dense else None)


def first_discharge(cell: Cell, protocol: str, level: str, options: Options | None = None) -> Result:
    """``cell`` (one design) through ``protocol`` from the end of its first charge, at one diffusivity ``level``; SI.

    Raises RunError without the solver.
    """
    given = options or _assumed_options(Datasheet(cell))
    return simulate(cell, protocol, replace(given, diffusivity=level, start=given.start or "first charge"))


def _layer(sheet: Datasheet, index: int, results: dict[tuple[str, str], Result]) -> LayerContents:
    made = sheet.alloy_layers[index]
    figure = FIGURES["designed_lithium_fraction"]
    designed = None if figure.of is None else figure.of(sheet)
    designed = None if designed is None or np.isnan(designed) else float(designed)
    equilibrium = sheet.alloy_fraction("formed", [made])
    assert equilibrium is not None
    runs = tuple(_content(made.where, rate, level, result) for (rate, level), result in results.items())
    return LayerContents(made.where, made.title, designed, float(equilibrium), runs)


def _content(where: str, rate: str, level: str, result: Result) -> SimulatedContent:
    if not result.outcome.finished:
        return SimulatedContent(rate, level, None, None, result.outcome, ())
    labels = [place.label for place in result.places if place.alloying and place.where == where]
    phases = result.profiles[-1].phases
    profile = tuple((label, phases[where, label]) for label in labels)
    fraction = float(result.lithium_fraction(where)[-1])
    return SimulatedContent(rate, level, fraction, result.capacity, result.outcome, profile)
