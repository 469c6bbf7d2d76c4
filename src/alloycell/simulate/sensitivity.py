"""Exact derivatives of a run by fields of the design: what moves the curve, the capacity and the lithium left.

docs/theory/derivatives.md. SI throughout: a derivative has the unit of its figure per SI unit of its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from alloycell.cell import Cell
from alloycell.errors import RangeError, RunError
from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import ROWS, Solver
from alloycell.simulate.assemble import assemble
from alloycell.simulate.directions import Directions, Field, directions_of, field_of, fields_that_move
from alloycell.simulate.options import Options, options_of
from alloycell.simulate.outcomes import outcome_of
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.result import Result
from alloycell.simulate.run import start_for
from alloycell.simulate.slopes import Slopes, solve_with_slopes
from alloycell.simulate.steps import step_tables, texts_of

__all__ = ["LOOSEST", "Sensitivities", "sensitivities"]

LOOSEST = 1e-6
"""Loosest tolerance of a run with derivatives, dimensionless: they are then good to about 1e-4 of themselves."""

_MOST_STEPS, _MOST_ROWS = 200_000, 1_000_000


@dataclass(frozen=True, eq=False)
class Sensitivities:
    """A run of one design, ``result``, with derivatives by ``fields``; arrays have one row a field [SI per SI].

    Curves (``voltage``, ...) are derivatives at the same time since their step began; ``time`` says how that beginning
    moves. Figures at the end (``capacity``, ...) are total: they count that the end of a step moves, too.
    """

    result: Result
    fields: tuple[Field, ...]
    slopes: Slopes
    directions: Directions

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the fields; no units."""
        return tuple(field.path for field in self.fields)

    def _row(self, name: str) -> FloatArray:
        return self.slopes.rows[:, ROWS.index(name)].T

    @property
    def time(self) -> FloatArray:
        """Derivatives of the time at which the step of each row began, shape (fields, rows) [s per SI unit]."""
        return self._row("time")

    @property
    def voltage(self) -> FloatArray:
        """Derivatives of the voltage curve, shape (fields, rows) [V per SI unit]."""
        return self._row("voltage")

    @property
    def current_density(self) -> FloatArray:
        """Derivatives of the current per area, shape (fields, rows) [A/m2 per SI unit]."""
        return self._row("current")

    @property
    def charge(self) -> FloatArray:
        """Derivatives of the net charge passed, shape (fields, rows) [C/m2 per SI unit]."""
        return self._row("charge")

    @property
    def energy(self) -> FloatArray:
        """Derivatives of the net energy given, shape (fields, rows) [J/m2 per SI unit]."""
        return self._row("energy")

    @property
    def plating_margin(self) -> FloatArray:
        """Derivatives of the plating margin, shape (fields, rows) [V per SI unit]."""
        return self._row("margin")

    def _ends(self, column: int) -> FloatArray:
        """Derivatives of a column at the ends of the steps that were run, shape (fields, steps)."""
        return self.slopes.ends[: len(self.result.ends), column].T

    def _of_last(self, name: str) -> FloatArray | None:
        discharges = [number for number, end in enumerate(self.result.ends) if end.charge > 0]
        if not discharges:
            return None
        ends, last = self._ends(ROWS.index(name)), discharges[-1]
        return np.asarray(ends[:, last] - (ends[:, last - 1] if last else 0.0))

    @property
    def capacity(self) -> FloatArray | None:
        """Derivatives of the charge of the last discharge [C/m2 per SI unit], one a field; None without a discharge."""
        return self._of_last("charge")

    @property
    def discharge_energy(self) -> FloatArray | None:
        """Derivatives of the energy of the last discharge [J/m2 per SI unit], one a field; None without a discharge."""
        return self._of_last("energy")

    @property
    def end_time(self) -> FloatArray:
        """Derivatives of the time at which the last step that was run ended [s per SI unit], one a field."""
        return self._ends(ROWS.index("time"))[:, -1]

    def content(self, phase: int) -> FloatArray:
        """Derivatives of the mean content [Li per host per SI unit] of the phase number ``phase`` at the end."""
        return np.asarray(self.result.places[phase].span * self._ends(len(ROWS) + phase)[:, -1])

    def lithium_fraction(self, where: str | None = None) -> FloatArray:
        """Derivatives of Li/(Li + absorbing atoms) of the alloy in the layer ``where`` (all layers) at the end.

        Dimensionless per SI unit, one a field. Raises RangeError where there is no alloy.
        """
        self.result.lithium_fraction(where)
        hosts, lithium, hosts_slope, lithium_slope = 0.0, 0.0, np.zeros(len(self.fields)), np.zeros(len(self.fields))
        for number, place in enumerate(self.result.places):
            if place.alloying and where in (None, place.where, place.title):
                own, moved = float(place.hosts[0]), self.directions.hosts[:, number]
                held = float(place.content(self.result.raw.rows[-1, len(ROWS) + number]))
                hosts += own
                lithium += own * held
                hosts_slope += moved
                lithium_slope += moved * held + own * self.content(number)
        return np.asarray((lithium_slope * hosts - lithium * hosts_slope) / (lithium + hosts) ** 2)

    def per_percent(self, slopes: FloatArray) -> FloatArray:
        """What 1 % more of each field adds to a figure with the derivatives ``slopes`` [unit of the figure]."""
        return np.asarray(0.01 * np.array([field.value for field in self.fields]) * slopes)

    @property
    def figures(self) -> Mapping[str, tuple[float, FloatArray]]:
        """End figures and their derivatives: name with unit -> (value, one derivative a field) [SI]."""
        result, found = self.result, dict[str, tuple[float, FloatArray]]()
        if (capacity := self.capacity) is not None and (energy := self.discharge_energy) is not None:
            found["capacity [C/m2]"] = (float(result.capacity), capacity)
            found["discharge energy [J/m2]"] = (float(result.discharge_energy), energy)
        found["end time [s]"] = (float(sum(end.duration for end in result.ends)), self.end_time)
        for where in dict.fromkeys(place.where for place in result.places if place.alloying):
            held = float(result.lithium_fraction(where)[-1])
            found[f"lithium fraction of {where}"] = (held, self.lithium_fraction(where))
        return found

    @property
    def ranking(self) -> tuple[int, ...]:
        """Numbers of the fields; first the one of which 1 % more moves any figure but the end time most; no units.

        Shares of the figures themselves are compared; a lithium fraction counts as it is.
        """
        moves = np.zeros(len(self.fields))
        for name, (value, slopes) in self.figures.items():
            if name != "end time [s]":
                scale = 1.0 if name.startswith("lithium") else abs(value)
                moves = np.maximum(moves, np.abs(self.per_percent(slopes)) / scale)
        return tuple(int(number) for number in np.argsort(-moves, kind="stable"))

    def to_dict(self) -> dict[str, Any]:
        """The fields with their values, and every end figure with its derivatives, JSON-ready (SI)."""
        return {
            "protocol": str(self.result.protocol), "start": self.result.made.start,
            "outcome": self.result.outcome.name,
            "ranking": list(self.ranking),
            "fields": [{"path": f.path, "value": f.value, "unit": f.kind.si} for f in self.fields],
            "figures": {name: {"value": value, "derivatives": slopes.tolist()}
                        for name, (value, slopes) in self.figures.items()},
        }  # fmt: skip


def sensitivities(
    cell: Cell,
    protocol: str | Protocol,
    paths: Sequence[str] | None = None,
    options: Options | None = None,
    *,
    folder: Path | None = None,
) -> Sensitivities:
    """Run ``cell`` (one design) through ``protocol`` with derivatives by the fields at ``paths``; SI.

    Without ``paths`` every number of the design is taken that moves the run. ``options`` and ``folder`` are those of
    :func:`~alloycell.simulate.run.simulate`; the tolerance is at most :data:`LOOSEST`, and the values are those of that
    run to the bit. Raises RangeError for a batch and for a field that holds no number or changes more than numbers,
    DesignError for a path that is not there, RunError where the run cannot start or the solver is missing.
    """
    if cell.shape:
        raise RangeError(f"Derivatives are taken of one design; this is a batch of shape {cell.shape}.")
    options = options_of(cell) if options is None else options
    options = replace(options, tolerance=min(options.tolerance, LOOSEST), profile_times=())
    steps = Protocol.of(protocol, folder)
    start = start_for(options, steps)
    made = assemble(cell, options, start)
    if paths is None:
        fields = fields_that_move(cell, options, start)
    else:
        fields = tuple(field_of(cell, path) for path in dict.fromkeys(paths))
    if not fields:
        raise RangeError("No field to take derivatives by; name one, such as negative.layers[0].thickness.")
    for reason, (which, place) in made.blocked.items():
        if which[0]:
            raise RunError(f"This design cannot be run: {place}: {reason}.")
    found = directions_of(cell, fields, made, options, start, steps)
    asked = step_tables(made, steps)
    solver = Solver(options.tolerance, max(options.rows, 8000), _MOST_STEPS, threads=options.threads,
                    variant=options.variant)  # fmt: skip
    while True:
        (slopes,) = solve_with_slopes(made.flat, asked.table, asked.groups, found.seeds, solver, asked.profile)
        if slopes.raw.outcome != "output full" or solver.rows * len(fields) > _MOST_ROWS:
            break
        solver = replace(solver, rows=solver.rows * 4)
    texts = texts_of(steps)
    outcome = outcome_of(made, 0, slopes.raw, texts)
    result = Result(made, steps, texts, options, (slopes.raw,), (outcome,), (), (0,))
    return Sensitivities(result, fields, slopes, found)
