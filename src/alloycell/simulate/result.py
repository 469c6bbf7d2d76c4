"""What a simulation gives: curves in time, contents of every phase, ledger, profiles, and how it ended.

SI throughout; per area of facing electrode unless a name says otherwise. Discharge current is positive.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.cell.provenance import Assumption
from alloycell.errors import Fault, RangeError, RunError, suggestion
from alloycell.files import write_text
from alloycell.quantities import FARADAY, FloatArray
from alloycell.simulate.arrays import ROWS, Raw
from alloycell.simulate.assemble import Assembly
from alloycell.simulate.drawing import drawn
from alloycell.simulate.estimate import ErrorEstimate, estimates
from alloycell.simulate.options import Options
from alloycell.simulate.outcomes import Outcome
from alloycell.simulate.phases import Place, lithium_fraction
from alloycell.simulate.plating import PlatingMargin, plating_of
from alloycell.simulate.profiles import History, Profile, history_of, profile_of
from alloycell.simulate.protocol import Protocol

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["LithiumLedger", "Result", "StepEnd"]


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How one step ended: its text, the cause, and what it passed.

    ``duration`` [s], ``charge`` [C/m2] and ``energy`` [J/m2] (discharge positive), ``voltage`` [V] at the end.
    """

    step: str
    cause: str
    duration: float
    charge: float
    energy: float
    voltage: float


@dataclass(frozen=True, slots=True)
class LithiumLedger:
    """Lithium [mol/m2] of every phase against time, shape (phases, times), labelled; and that of the salt apart.

    ``closure`` is the largest relative change of the sum over the run, dimensionless.
    """

    labels: tuple[str, ...]
    lithium: FloatArray
    salt: FloatArray

    @property
    def total(self) -> FloatArray:
        """Sum of all phases and sinks [mol/m2] against time."""
        return np.asarray(self.lithium.sum(axis=0))

    @property
    def closure(self) -> float:
        """Largest relative distance of the sum from its start, dimensionless."""
        return float(np.max(np.abs(self.total - self.total[0])) / self.total[0])


@dataclass(frozen=True, eq=False)
class Result:
    """Results of one design or of a batch; ``result[i]`` is that of one design of a batch.

    ``shape`` is the batch shape, () for one design. Curves (``time``, ``voltage``, ...) are asked of one design.
    """

    made: Assembly
    protocol: Protocol
    texts: tuple[str, ...]
    options: Options
    raws: tuple[Raw | None, ...]
    outcomes: tuple[Outcome, ...]
    shape: tuple[int, ...]
    designs: tuple[int, ...]

    def __getitem__(self, index: int | tuple[int, ...]) -> Result:
        flat = int(np.arange(len(self.raws)).reshape(self.shape or (1,))[index])
        one = slice(flat, flat + 1)
        return Result(self.made, self.protocol, self.texts, self.options, self.raws[one], self.outcomes[one], (),
                      self.designs[one])  # fmt: skip

    def __len__(self) -> int:
        return len(self.raws)

    @property
    def raw(self) -> Raw:
        """What the kernel gave for this one design [SI]. Raises RangeError for a batch, RunError where nothing ran."""
        if self.shape:
            raise RangeError(f"This result holds a batch of shape {self.shape}; ask one design of it: result[0].")
        if self.raws[0] is None or not len(self.raws[0].rows):
            raise RunError(str(self.outcomes[0]))
        return self.raws[0]

    @property
    def outcome(self) -> Outcome:
        """How the run of this one design ended; no units."""
        if self.shape:
            raise RangeError(f"This result holds a batch of shape {self.shape}; ask one design of it: result[0].")
        return self.outcomes[0]

    def _row(self, name: str) -> FloatArray:
        return self.raw.rows[:, ROWS.index(name)]

    @property
    def time(self) -> FloatArray:
        """Time since the start [s]."""
        return self._row("time")

    @property
    def step(self) -> FloatArray:
        """Number of the step, from 0, dimensionless; with repeats written out."""
        return self._row("step")

    @property
    def voltage(self) -> FloatArray:
        """Cell voltage [V]."""
        return self._row("voltage")

    @property
    def current_density(self) -> FloatArray:
        """Current per facing area [A/m2], discharge positive."""
        return self._row("current")

    @property
    def area(self) -> float | None:
        """Facing area of this one design [m2]; None for a design without a case."""
        return None if self.made.area is None else float(self.made.area[self.designs[0]])

    @property
    def current(self) -> FloatArray | None:
        """Current of the cell [A], discharge positive; None for a design without a case."""
        return None if self.area is None else self.current_density * self.area

    @property
    def power_density(self) -> FloatArray:
        """Power per facing area [W/m2], discharge positive."""
        return np.asarray(self.current_density * self.voltage)

    @property
    def power(self) -> FloatArray | None:
        """Power of the cell [W], discharge positive; None for a design without a case."""
        return None if self.area is None else self.power_density * self.area

    @property
    def temperature(self) -> FloatArray:
        """Temperature of the cell [K]."""
        return self._row("temperature")

    @property
    def charge(self) -> FloatArray:
        """Net charge passed since the start [C/m2], discharge positive."""
        return self._row("charge")

    @property
    def energy(self) -> FloatArray:
        """Net energy given since the start [J/m2], discharge positive."""
        return self._row("energy")

    @property
    def heat(self) -> FloatArray | None:
        """Heat given off since the start [J/m2]; None where the cell keeps one temperature."""
        return self._row("heat") if self.options.thermal == "lumped" else None

    @property
    def heat_lost(self) -> FloatArray | None:
        """Heat given to the surroundings since the start [J/m2]; None where the cell keeps one temperature."""
        return self._row("heat_lost") if self.options.thermal == "lumped" else None

    @property
    def _ambient(self) -> float:
        """Temperature of the surroundings [K]."""
        return self.options.temperature if self.options.ambient is None else self.options.ambient

    def _of_whole_cell(self, name: str) -> FloatArray:
        if self.made.alone is not None:
            found, needed = "is asked of a half cell", "its voltage is the potential of the electrode against lithium"
            raise RangeError(Fault(f"the {name.replace('_', ' ')}", found, needed, "Take voltage"))
        return self._row(name)

    @property
    def negative_potential(self) -> FloatArray:
        """Negative's collector against a lithium reference in the middle of the separator [V].

        Raises RangeError for a half cell, as do the other two.
        """
        return self._of_whole_cell("negative_potential")

    @property
    def positive_potential(self) -> FloatArray:
        """Positive's collector against the same reference [V]."""
        return np.asarray(self.voltage + self.negative_potential)

    @property
    def plating_margin(self) -> FloatArray:
        """Least potential difference between solid and electrolyte over the negative [V]; lithium plates below 0."""
        return self._of_whole_cell("margin")

    @property
    def plating(self) -> PlatingMargin | None:
        """The least plating margin [V] over the run, when [s] and where, and when it first falls below 0 V.

        None for an electrode alone against lithium.
        """
        return plating_of(self.raw, self.made.regions) if self.options.against_lithium is None else None

    @property
    def places(self) -> tuple[Place, ...]:
        """The phases that contents are kept of; no units."""
        return self.made.places

    def theta(self, phase: int) -> FloatArray:
        """Mean theta (0 to 1) of the phase number ``phase`` against time."""
        return self.raw.rows[:, len(ROWS) + phase]

    @property
    def contents(self) -> Mapping[tuple[str, str], FloatArray]:
        """Mean content [Li per host] against time of every phase, by (layer, label)."""
        return {
            (place.where, place.label): place.content(self.theta(number))
            for number, place in enumerate(self.places)
            if not place.sink
        }

    def lithium_fraction(self, where: str | None = None) -> FloatArray:
        """Li/(Li + absorbing atoms) of the alloy in the layer ``where`` (all layers) against time, 0 to 1.

        Raises RangeError where there is no alloy.
        """
        mine = [(n, p) for n, p in enumerate(self.places) if p.alloying and where in (None, p.where, p.title)]
        if not mine:
            known = sorted({place.where for place in self.places if place.alloying})
            place = f"the layer {where or 'of an alloy'}"
            raise RangeError(
                Fault(place, "is not in this cell", "an alloy layer is needed", suggestion(where or "", known))
            )
        return lithium_fraction([(place, self.theta(n)) for n, place in mine], self.designs[0])

    @property
    def ledger(self) -> LithiumLedger:
        """Where the lithium is at every moment [mol/m2]."""
        one = self.designs[0]
        kept = [(n, place) for n, place in enumerate(self.places) if np.any(place.hosts > 0)]
        rows = [place.hosts[one] * place.content(self.theta(n)) for n, place in kept]
        labels = [f"{place.where}: {place.label}" for _, place in kept]
        if self.made.alone is not None:
            labels.append("lithium metal, change since the start")
            rows.append(-self.charge / FARADAY)
        return LithiumLedger(tuple(labels), np.array(rows), self._row("salt"))

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """Profiles at the times asked for that were reached, and at the end [SI]."""
        raw = self.raw
        states = [*zip(self.options.profile_times, raw.snapshots, strict=False), (raw.time, raw.state)]
        return tuple(profile_of(self.made, self.designs[0], float(time), state) for time, state in states)

    @property
    def history(self) -> History:
        """Lithium through the negative at the times asked for that were reached, and at the end [s, m, 0 to 1]."""
        raw = self.raw
        times = [*self.options.profile_times[: len(raw.snapshots)], raw.time]
        states = np.concatenate([raw.snapshots, raw.state[None]])
        return history_of(self.made, self.designs[0], np.array(times), states)

    @property
    def ends(self) -> tuple[StepEnd, ...]:
        """How every step that was run ended [s, C/m2, J/m2, V]."""
        return tuple(_ends(self.raw, self.texts))

    @property
    def capacity(self) -> Any:
        """Charge [C/m2] that the last discharge passed, batch shape; NaN in a batch where none was finished."""
        return self._of_last("charge")

    @property
    def discharge_energy(self) -> Any:
        """Energy [J/m2] that the last discharge gave, batch shape; NaN in a batch where none was finished."""
        return self._of_last("energy")

    def _of_last(self, name: str) -> Any:
        values = []
        for raw in self.raws:
            ends = [] if raw is None else [end for end in _ends(raw, self.texts) if end.charge > 0]
            values.append(getattr(ends[-1], name) if ends else np.nan)
        if self.shape:
            return np.array(values).reshape(self.shape)
        return None if np.isnan(values[0]) else values[0]

    @cached_property
    def errors(self) -> tuple[ErrorEstimate | None, ...]:
        """The error estimate of every design [SI], found when first asked for by three companion runs, then kept.

        docs/theory/error.md. None where the design, or a companion, did not finish its protocol.
        """
        return tuple(estimates(self.made, self.protocol, self.options, self.designs, self.raws))

    @property
    def error(self) -> ErrorEstimate | None:
        """The error estimate of this one design [SI]; see :attr:`errors`. Raises RangeError for a batch."""
        return self.errors[0] if self.outcome.finished else None

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What had to be assumed for this simulation, with units in the texts."""
        return self.made.assumptions

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before using these numbers; units in the texts."""
        return self.made.warnings

    def table(self) -> Mapping[str, FloatArray]:
        """Columns named and signed as in the Battery Data Format (charge positive), then potentials and contents.

        The column "Voltage Error / V" holds the estimate of :attr:`error`, and is left out where there is none.

        Names hold the unit of their values [s, V, A, W, Ah, Wh, degC; per m2 for a design without a case].
        """
        per, unit = (1.0, "/m2") if self.area is None else (self.area, "")
        found = {
            "Test Time / s": self.time,
            "Voltage / V": self.voltage,
            f"Current / A{unit}": 0.0 - self.current_density * per,
            f"Power / W{unit}": 0.0 - self.power_density * per,
            "Step Count / 1": self.step + 1,
            f"Net Capacity / Ah{unit}": 0.0 - self.charge * per / 3600.0,
            f"Net Energy / Wh{unit}": 0.0 - self.energy * per / 3600.0,
            "Ambient Temperature / degC": np.full_like(self.time, self._ambient - 273.15),
            "Temperature T1 / degC": self.temperature - 273.15,
        }
        if self.made.alone is None:
            found |= {
                "Negative Potential / V": self.negative_potential,
                "Positive Potential / V": self.positive_potential,
                "Plating Margin / V": self.plating_margin,
            }
        if self.heat is not None:
            found[f"Heat / Wh{unit}"] = self.heat * per / 3600.0
        if self.error is not None:
            found["Voltage Error / V"] = self.error.voltage
        for (where, label), content in self.contents.items():
            found[f"{where} {label} / Li per host"] = content
        for where in dict.fromkeys(place.where for place in self.places if place.alloying):
            found[f"{where} alloy / at%"] = 100.0 * self.lithium_fraction(where)
        return found

    def to_csv(self, path: str | Path | None = None) -> str:
        """The columns of :meth:`table` (units in their names) as CSV text, written to ``path`` where given."""
        columns = self.table()
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([f"{value:.12g}" for value in row] for row in zip(*columns.values(), strict=True))
        if path is not None:
            write_text(Path(path), stream.getvalue())
        return stream.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """Everything a program needs, JSON-ready (SI): outcome, steps, curves, contents, ledger, assumptions."""
        told: dict[str, Any] = {
            "protocol": str(self.protocol), "start": self.made.start, "porosity": self.made.porosity,
            "diffusivity": self.options.diffusivity, "against_lithium": self.made.alone,
            "outcome": asdict(self.outcome), "warnings": list(self.warnings),
            "assumptions": [asdict(entry) for entry in self.assumptions],
        }  # fmt: skip
        if self.raws[0] is None or not len(self.raws[0].rows):
            return told
        names = ["time", "voltage", "current_density", "temperature", "charge", "energy"]
        names += ["negative_potential", "positive_potential", "plating_margin"] if self.made.alone is None else []
        names += ["heat", "heat_lost"] if self.heat is not None else []
        ledger = self.ledger
        alloys = dict.fromkeys(place.where for place in self.places if place.alloying)
        return told | {
            "capacity": self.capacity, "discharge_energy": self.discharge_energy,
            "steps": [asdict(end) for end in self.ends],
            "plating": None if self.plating is None else asdict(self.plating),
            "curves": {name: getattr(self, name).tolist() for name in names},
            "contents": {f"{where}: {label}": held.tolist() for (where, label), held in self.contents.items()},
            "lithium_fraction": {where: self.lithium_fraction(where).tolist() for where in alloys},
            "ledger": {"closure": ledger.closure, "labels": ledger.labels, "lithium": ledger.lithium.tolist()},
            "error": None if self.error is None else self.error.to_dict(),
        }  # fmt: skip

    def plot(self) -> Figure:
        """A matplotlib figure: voltage [V] and lithium contents (at%, % of each phase) against time [h]."""
        held = [(f"{p.title}: {p.label}", self.theta(n)) for n, p in enumerate(self.places) if not p.sink]
        title = f"{self.made.cell.name}: from {self.made.start}"
        return drawn(title, self.time, self.voltage, held)


def _ends(raw: Raw, texts: tuple[str, ...]) -> list[StepEnd]:
    column = {name: index for index, name in enumerate(ROWS)}
    before = np.zeros(raw.ends.shape[1])
    found = []
    for row, cause, text in zip(raw.ends, raw.causes, texts, strict=True):
        if not cause:
            break
        passed = row - before
        time, charge, energy = (float(passed[column[name]]) for name in ("time", "charge", "energy"))
        found.append(StepEnd(text, cause, time, charge, energy, float(row[column["voltage"]])))
        before = row
    return found
