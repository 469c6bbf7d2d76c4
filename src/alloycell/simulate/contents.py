"""What `study` simulates: the first discharge at rates, the charge after it, and the lithium left in every alloy layer.

docs/theory/simulation.md. One simulated value is never a verdict: the diffusivity of silicon spans decades in the
literature, so a cell with an alloy is run at its low, middle and high sourced value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.cell.rates import RATES, rate_of
from alloycell.errors import Fault, RangeError, listed
from alloycell.quantities import FloatArray
from alloycell.simulate.estimate import ErrorEstimate
from alloycell.simulate.options import LEVELS, Options, options_of
from alloycell.simulate.outcomes import Outcome
from alloycell.simulate.plating import PlatingMargin
from alloycell.simulate.result import Result
from alloycell.simulate.run import simulate

__all__ = [
    "ASSUMED_WETTED",
    "LayerContents",
    "SimulatedContent",
    "SimulatedContents",
    "first_discharge",
    "simulate_study",
]

ASSUMED_WETTED = 0.1
"""Share of a dense film's area that cracks leave to the electrolyte, dimensionless; assumed where nothing is stated."""

_MOMENTS = 60
_LONGEST = 1.1
"""How long a discharge from the end of the first charge takes at most, in multiples of 1 h over the rate."""


@dataclass(frozen=True, slots=True)
class SimulatedContent:
    """One run: ``rate``, ``level`` of the diffusivity, lithium ``fraction`` (0 to 1) left in the layer, None where the
    run did not finish; ``capacity`` [C/m2] passed, ``outcome``, and the profile at the end: the fraction (0 to 1) at
    ``depth`` [m] from the collector side of the layer, both of shape (n,)."""

    rate: str
    level: str
    fraction: float | None
    capacity: float | None
    outcome: Outcome
    depth: FloatArray
    profile: FloatArray


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
    """All alloy layers of a cell, the runs behind them by (rate, level), and what they rest on (texts with units).

    ``results`` are the first discharges, ``charges`` the charges after them, from the state "formed".
    """

    layers: tuple[LayerContents, ...]
    results: Mapping[tuple[str, str], Result]
    charges: Mapping[tuple[str, str], Result]
    options: Options
    assumptions: tuple[Any, ...]
    warnings: tuple[str, ...]

    @property
    def film(self) -> str | None:
        """The model of a dense film, None without one; no units."""
        return self.options.film

    @property
    def rates(self) -> tuple[str, ...]:
        """The rates that were run, in order; no units."""
        return tuple(dict.fromkeys(rate for rate, _ in self.results))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of the diffusivity that were run, in order; no units."""
        return tuple(dict.fromkeys(level for _, level in self.results))

    def errors(self) -> dict[tuple[str, str], ErrorEstimate]:
        """The numerical errors [SI] of the discharges that have an estimate, by rate and level."""
        found = {name: run.error for name, run in self.results.items()}
        return {name: error for name, error in found.items() if error is not None}

    def error_text(self) -> str:
        """The largest numerical errors [mV, at%, %] of the discharges, over all levels, a clause a rate; "" without."""
        found = self.errors()
        parts = []
        for rate in self.rates:
            mine = [error for (name, _), error in found.items() if name == rate]
            if not mine:
                continue
            told = [f"{_short(1000 * max(float(error.largest.total) for error in mine))} mV"]
            contents = [float(part.total) for error in mine for part in error.lithium_fraction.values()]
            told += [f"{_short(100 * max(contents))} at%"] if contents else []
            charges = [error.relative_capacity for error in mine if error.relative_capacity is not None]
            told += [f"{_short(100 * max(charges))} % of the charge"] if charges else []
            parts.append(f"{', '.join(told)} at {rate}")
        return "; ".join(parts)

    def plating(self) -> dict[tuple[str, str], PlatingMargin]:
        """The least plating margin [V] of every charge that has a curve, by rate and level."""
        found = {name: run.plating for name, run in self.charges.items() if _has_curve(run)}
        return {name: entry for name, entry in found.items() if entry is not None}

    def plating_warnings(self) -> tuple[str, ...]:
        """A sentence for every rate at which lithium would plate, with when and where; units in the texts."""
        found = []
        margins = self.plating()
        for rate in self.rates:
            mine = {level: margins[rate, level] for level in self.levels if (rate, level) in margins}
            bad = {level: entry for level, entry in mine.items() if entry.begins is not None}
            if not bad:
                continue
            entry = min(bad.values(), key=lambda entry: entry.margin)
            assert entry.begins is not None
            time, voltage, _ = entry.begins
            some = " at every diffusivity" if len(bad) == len(mine) else f" with the {listed(tuple(bad))} diffusivity"
            known = "" if len(mine) == 1 else some
            found.append(
                f"In a charge at {rate}{known} lithium would plate: the plating margin falls below 0 V after"
                f" {time / 3600:.3g} h, at {voltage:.4g} V, and to {1000 * entry.margin:.3g} mV in {entry.place}."
            )
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: contents as fractions 0 to 1, capacities in C/m2, depths in m, margins in V, times in s."""
        options = self.options
        return {
            "layers": [
                {
                    "where": layer.where, "title": layer.title, "designed": layer.designed,
                    "equilibrium": layer.equilibrium, "simulated": [_told(run) for run in layer.simulated],
                }
                for layer in self.layers
            ],
            "rates": self.rates, "porosity": options.porosity, "temperature": options.temperature,
            "film": self.film, "wetted": options.wetted,
            "errors": [_error_told(rate, level, error) for (rate, level), error in self.errors().items()],
            "charges": [
                {"rate": rate, "diffusivity": level, "outcome": run.outcome.name,
                 "capacity": None if not _has_curve(run) else -float(run.charge[-1])}
                for (rate, level), run in self.charges.items()
            ],
            "plating": [_plating_told(rate, level, entry) for (rate, level), entry in self.plating().items()],
            "warnings": [*self.warnings, *self.plating_warnings()],
            "assumptions": [{"where": e.where, "value": e.value, "note": e.note} for e in self.assumptions],
        }  # fmt: skip


def _short(value: float) -> str:
    """``value`` in few digits and without a power of ten where it is large, unit unchanged."""
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _has_curve(run: Result) -> bool:
    return run.raws[0] is not None and len(run.raws[0].rows) > 0


def _told(run: SimulatedContent) -> dict[str, Any]:
    return {
        "rate": run.rate, "diffusivity": run.level, "fraction": run.fraction, "capacity": run.capacity,
        "outcome": run.outcome.name,
        "profile": {"depth": run.depth.tolist(), "fraction": run.profile.tolist()},
    }  # fmt: skip


def _error_told(rate: str, level: str, error: ErrorEstimate) -> dict[str, Any]:
    return {
        "rate": rate, "diffusivity": level, "voltage": error.largest.total,
        "capacity": None if error.capacity is None else error.capacity.total,
        "fraction": {where: parts.total for where, parts in error.lithium_fraction.items()},
    }  # fmt: skip


def _plating_told(rate: str, level: str, entry: PlatingMargin) -> dict[str, Any]:
    begins = None
    if entry.begins is not None:
        begins = dict(zip(("time", "voltage", "charge"), entry.begins, strict=True))
    return {
        "rate": rate, "diffusivity": level, "margin": entry.margin, "time": entry.time, "voltage": entry.voltage,
        "where": entry.where, "title": entry.title, "depth": entry.depth, "begins": begins,
    }  # fmt: skip


def simulate_study(
    cell: Cell, rates: Sequence[str] | None = None, options: Options | None = None, sheet: Datasheet | None = None
) -> SimulatedContents:
    """First discharge and next charge of ``cell`` (one design) at every rate and every level of the diffusivity; SI.

    ``rates`` and ``options`` are those of the design's table ``[simulation]`` if left out, else C/10 and 1C. The
    discharge starts from the end of the first charge, the charge from the state "formed". Where a layer is a dense film
    and nothing states a model, the open film with the assumed wetted share is taken and listed among the assumptions.
    Without an alloy only the middle level is run. ``sheet`` is that of ``cell`` where it is at hand. Raises RunError
    without the solver.
    """
    if cell.shape:
        raise RangeError(f"A study takes one design; this is a batch of shape {cell.shape}.")
    sheet = Datasheet(cell) if sheet is None else sheet
    given = options or _assumed_options(sheet)
    chosen = rates or (RATES if cell.simulation is None else cell.simulation.rates)
    results, charges = {}, {}
    for rate in chosen:
        for level in LEVELS if sheet.alloy_layers else ("middle",):
            kept = replace(given, profile_times=_moments(rate)) if level == "middle" else given
            results[rate, level] = first_discharge(sheet, f"Discharge at {rate}", level, kept)
            after = replace(given, diffusivity=level, start="formed")
            charges[rate, level] = simulate(cell, f"Charge at {rate}", after, sheet=sheet)
    one = next(iter(results.values()))
    notes = tuple(dict.fromkeys(entry for result in results.values() for entry in result.assumptions))
    layers = tuple(_layer(sheet, index, results) for index in range(len(sheet.alloy_layers)))
    return SimulatedContents(layers, results, charges, given, notes, one.warnings)


def _moments(rate: str) -> tuple[float, ...]:
    """When profiles are kept in a discharge at ``rate`` [s]; those after its end are not reached."""
    multiple = rate_of(rate)
    if multiple is None:
        raise RangeError(Fault("a rate", f'is "{rate}"', "a rate such as C/10 or 1C is needed"))
    return tuple(float(time) for time in np.linspace(0.0, _LONGEST * 3600.0 / multiple[0], _MOMENTS))


def _assumed_options(sheet: Datasheet) -> Options:
    """The options of the design; for a dense layer without more, the open film with the assumed share; no units."""
    stated = options_of(sheet.cell)
    dense = any(float(np.max(made.size.porosity)) == 0.0 for made in (*sheet.negative, *sheet.positive))
    return replace(stated, film="open", wetted=ASSUMED_WETTED) if dense and stated.film is None else stated


def first_discharge(sheet: Datasheet, protocol: str, level: str, options: Options | None = None) -> Result:
    """The cell of ``sheet`` (one design) through ``protocol`` from the end of its first charge, at one ``level``; SI.

    ``level`` is that of the diffusivity. Raises RunError without the solver.
    """
    given = options or _assumed_options(sheet)
    chosen = replace(given, diffusivity=level, start=given.start or "first charge")
    return simulate(sheet.cell, protocol, chosen, sheet=sheet)


def _layer(sheet: Datasheet, index: int, results: Mapping[tuple[str, str], Result]) -> LayerContents:
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
        return SimulatedContent(rate, level, None, None, result.outcome, np.zeros(0), np.zeros(0))
    fraction = float(result.lithium_fraction(where)[-1])
    strip = next(strip for strip in result.history.strips if strip.alloy and strip.where == where)
    return SimulatedContent(rate, level, fraction, result.capacity, result.outcome, strip.depth, strip.held[-1])
