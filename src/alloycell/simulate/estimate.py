"""How far a simulated figure is from the exact solution of its equations, from three companion runs.

docs/theory/error.md. The parts are added without regard to sign. What the model leaves out is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from alloycell.quantities import FloatArray, frozen_array
from alloycell.simulate.arrays import ROWS, Flat, FlatLayer, FlatPhase, Raw
from alloycell.simulate.assemble import Assembly
from alloycell.simulate.chunks import NOT_RUN, chunks, solved
from alloycell.simulate.options import Options
from alloycell.simulate.phases import lithium_fraction
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.radial import Modes
from alloycell.simulate.steps import step_tables
from alloycell.simulate.tracks import apart, carried, track_of

__all__ = ["ErrorEstimate", "Parts", "coarser", "estimates", "other_inside"]

_SPACE, _FINER, _COARSER, _TIGHTER, _LOOSER = 1 / 2, 4 / 3, 1 / 3, 5 / 4, 1 / 3
_TIGHTEST, _MOST_MODES = 1e-9, 32


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """An estimated error by where it comes from, in the unit of its figure, each a number or an array, not negative.

    ``space``: control volumes across the cell; ``radial``: modes or shells inside the particles; ``time``: steps in
    time.
    """

    space: Any
    radial: Any
    time: Any

    @property
    def total(self) -> Any:
        """The sum of all parts, unit unchanged."""
        return self.space + self.radial + self.time

    def to_dict(self) -> dict[str, float]:
        """The parts and their sum as numbers, unit unchanged."""
        return {name: float(getattr(self, name)) for name in ("space", "radial", "time", "total")}


@dataclass(frozen=True, slots=True, eq=False)
class ErrorEstimate:
    """Estimated errors of one run: half-widths, so that the exact figure lies within the figure plus or minus them.

    ``voltage`` [V] has one entry a row of the result, at equal time since the start of each step (equal charge where
    the current is constant); ``parts`` [V] are its parts. ``largest`` [V] is the largest of each part outside steep
    stretches, where time, charge and content say more than voltage. ``capacity`` [C/m2], ``relative_capacity``
    (dimensionless) and ``energy`` [J/m2] are those of the last discharge, None without one; ``end_time`` [s] is when
    the protocol ends, ``lithium_fraction`` (0 to 1) that of each alloy layer at the end.
    """

    voltage: FloatArray
    parts: Parts
    largest: Parts
    capacity: Parts | None
    relative_capacity: float | None
    energy: Parts | None
    end_time: Parts
    lithium_fraction: Mapping[str, Parts]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, SI: parts of every figure, and the voltage's error against time."""
        return {
            "voltage": self.voltage.tolist(), "largest": self.largest.to_dict(),
            "capacity": None if self.capacity is None else self.capacity.to_dict(),
            "relative_capacity": self.relative_capacity,
            "energy": None if self.energy is None else self.energy.to_dict(), "end_time": self.end_time.to_dict(),
            "lithium_fraction": {where: parts.to_dict() for where, parts in self.lithium_fraction.items()},
        }  # fmt: skip


def coarser(flat: Flat) -> Flat:
    """``flat`` with half the control volumes in every layer, rounded down; a film keeps its one. Unit unchanged."""
    return replace(flat, layers=tuple(replace(layer, nodes=max(1, layer.nodes // 2)) for layer in flat.layers))


def other_inside(flat: Flat) -> tuple[Flat, float]:
    """``flat`` with twice the modes or shells in every particle, and the factor that makes the difference an error.

    Half of them, and its factor, where twice as many modes would be too many to tell apart. Dimensionless.
    """
    most = max((phase.radial.count for phase in flat.phases if isinstance(phase.radial, Modes)), default=0)
    finer = 2 * most <= _MOST_MODES

    def changed(phase: FlatPhase) -> FlatPhase:
        count = 2 * phase.radial.count if finer else max(2, phase.radial.count // 2)
        return replace(phase, radial=phase.radial.resolved(count))

    def layer_of(layer: FlatLayer) -> FlatLayer:
        return replace(layer, phases=tuple(changed(phase) for phase in layer.phases))

    return replace(flat, layers=tuple(layer_of(layer) for layer in flat.layers)), _FINER if finer else _COARSER


def estimates(
    made: Assembly, protocol: Protocol, options: Options, designs: Sequence[int], raws: Sequence[Raw | None]
) -> Iterator[ErrorEstimate | None]:
    """The error estimate [SI] of each of ``designs`` (numbers in a row), whose runs gave ``raws``.

    The three companions run as batches, too. None for a design that did not finish its protocol, or one of whose
    companions did not.
    """
    tighter = options.tolerance / 10 >= _TIGHTEST
    finished = [number for number, raw in zip(designs, raws, strict=True) if _whole(raw)]
    coarse = coarser(made.flat)
    inside, radial_factor = other_inside(coarse)
    factors = (_SPACE, radial_factor, _TIGHTER if tighter else _LOOSER)
    companions = [
        _companion(replace(made, flat=flat), protocol, replace(options, tolerance=tolerance), designs, finished)
        for flat, tolerance in (
            (coarse, options.tolerance),
            (inside, options.tolerance),
            (coarse, options.tolerance / 10 if tighter else options.tolerance * 10),
        )
    ]
    for number, *runs in zip(designs, raws, *companions, strict=True):
        whole = [raw for raw in runs if raw is not None and _whole(raw)]
        yield _estimate(made, number, whole, factors) if len(whole) == len(runs) else None


def _whole(raw: Raw | None) -> bool:
    return raw is not None and raw.outcome == "finished" and len(raw.rows) > 0


def _companion(
    made: Assembly, protocol: Protocol, options: Options, designs: Sequence[int], wanted: Sequence[int]
) -> list[Raw]:
    """Each of ``designs`` run on the mesh of ``made`` [SI]; those that are not ``wanted`` are left without rows."""
    steps = step_tables(made, protocol)
    steps.table[np.setdiff1d(np.arange(made.designs), wanted), :, 0] = NOT_RUN
    found: list[Raw] = []
    for chunk in chunks(designs, steps.count, made, options):
        found += solved(made, steps, chunk, replace(options, profile_times=()))
    return found


def _estimate(made: Assembly, design: int, runs: Sequence[Raw], factors: tuple[float, float, float]) -> ErrorEstimate:
    """The estimate [SI] for the first of ``runs`` from the others: coarse; and that finer inside; and in time."""
    main, coarse, inside, steps = (track_of(raw) for raw in runs)
    across, within, in_time = factors
    space, radial, time = across * apart(main, coarse), within * apart(coarse, inside), in_time * apart(coarse, steps)
    parts = Parts(space, carried(radial, coarse, main), carried(time, coarse, main))
    largest = Parts(*(
        float(np.max(values[~track.steep], initial=0.0))
        for values, track in ((space, main), (radial, coarse), (time, coarse))
    ))  # fmt: skip

    def of(figure: Callable[[Raw], float]) -> Parts:
        a, b, c, d = (figure(raw) for raw in runs)
        return Parts(across * abs(a - b), within * abs(b - c), in_time * abs(b - d))

    charge = np.diff(runs[0].ends[:, ROWS.index("charge")], prepend=0.0)
    discharges = np.flatnonzero(charge > 0)
    last = int(discharges[-1]) if discharges.size else None
    capacity = None if last is None else of(partial(_passed, name="charge", step=last))
    alloys = dict.fromkeys(place.where for place in made.places if place.alloying)
    return ErrorEstimate(
        frozen_array(parts.total), parts, largest, capacity,
        None if capacity is None or last is None else float(capacity.total / charge[last]),
        None if last is None else of(partial(_passed, name="energy", step=last)), of(lambda raw: raw.time),
        {where: of(partial(_lithium, made=made, design=design, where=where)) for where in alloys},
    )  # fmt: skip


def _passed(raw: Raw, name: str, step: int) -> float:
    """Charge [C/m2] or energy [J/m2] of the step number ``step``."""
    column = raw.ends[:, ROWS.index(name)]
    return float(column[step] - (column[step - 1] if step else 0.0))


def _lithium(raw: Raw, made: Assembly, design: int, where: str) -> float:
    """Li/(Li + absorbing atoms), 0 to 1, of the alloy in the layer ``where`` at the end."""
    mine = [(p, raw.rows[-1:, len(ROWS) + n]) for n, p in enumerate(made.places) if p.alloying and p.where == where]
    return float(lithium_fraction(mine, design)[0])
