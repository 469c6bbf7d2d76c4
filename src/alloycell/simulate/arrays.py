"""Flat arrays for the kernel, and the one call that runs a batch of designs through them.

The order of columns here is the kernel's; nothing else in the package knows it. Units are SI, currents per area of
facing electrode [A/m2], positive for discharge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alloycell.quantities import FloatArray, frozen_array
from alloycell.simulate.kernel import load_kernel
from alloycell.simulate.radial import InnerFace, Radial

__all__ = [
    "CAUSES",
    "CURRENT",
    "FAR",
    "NEGATIVE",
    "NO_PROFILE",
    "OUTCOMES",
    "POSITIVE",
    "POWER",
    "RESISTANCE",
    "ROWS",
    "SCALES",
    "SEPARATOR",
    "STEP_COLUMNS",
    "VOLTAGE",
    "Call",
    "Flat",
    "FlatLayer",
    "FlatPhase",
    "FlatSteps",
    "Raw",
    "Solver",
    "numbers_of",
    "prepared",
    "solve",
]

NEGATIVE, SEPARATOR, POSITIVE = 0, 1, 2
CURRENT, VOLTAGE, POWER, RESISTANCE = 0, 1, 2, 3
FAR = 1e300
"""Stands for an end of a step that is not watched [SI of the end]."""

CAUSES = ("", "time", "low voltage", "high voltage", "current", "charge", "low content", "high content", "margin")
"""Why a step ended, by the kernel's number; no units."""

OUTCOMES = (
    "finished", "stalled", "no start", "too many steps", "output full", "salt depleted", "phase empty", "phase full",
)  # fmt: skip
"""How a run ended, by the kernel's number; no units."""

ROWS = (
    "time", "step", "current", "voltage", "temperature", "charge", "energy", "margin", "margin_node",
    "negative_potential", "salt", "heat", "heat_lost",
)  # fmt: skip
"""Columns of a row of output [s, A/m2, V, K, C/m2, J/m2, V, mol/m2, J/m2]; mean theta of every phase follows."""

STEP_COLUMNS = (
    "kind", "value", "duration", "low_voltage", "high_voltage", "cut_current", "charge", "group", "low_content",
    "high_content", "margin", "profile", "profile_rows",
)  # fmt: skip
"""Columns of a step [SI of each]; a step that follows a profile holds ``value`` times what each of its rows says."""

SCALES = (5000.0, 0.5, 0.5, 15.0)
"""Scales of salt [mol/m3], potential [V], surface content (dimensionless) and current [A/m2] in the error of a step.

Each error is divided by its scale and held against the tolerance. Salt matters least: 1 mol/m3 is worth 0.05 mV."""

NO_PROFILE: FloatArray = frozen_array(np.zeros((0, 2)))
"""Profiles of steps that follow none; no units."""

_REPORT = 9
_NEWTON, _START = 15, 100


@dataclass(frozen=True, slots=True)
class FlatPhase:
    """One phase of one layer for the kernel; curves by their place in :attr:`Flat.curves`.

    ``numbers``, shape (designs, 13): surface per volume [1/m], radius [m], lithium between the walls [mol/m3],
    diffusivity [m2/s], rate [A/m2], film resistance [ohm m2], hysteresis decay, exponent (both dimensionless), slope
    [V], theta and hysteresis state at the start (dimensionless), activation energies of diffusivity and rate over the
    gas constant [K] (read only where the temperature moves). ``hysteresis``: 0 none, 1 one state, 2 sign of current.
    ``diffusivity`` is the curve that multiplies the diffusivity, -1 where it is constant.
    The inner face of a slab says with ``outer`` how many phases further on its outer face is.
    """

    low: int
    high: int
    exchange: int
    hysteresis: int
    radial: Radial
    numbers: FloatArray
    diffusivity: int = -1
    outer: int = 0


@dataclass(frozen=True, slots=True)
class FlatLayer:
    """One layer: side, control volumes and, in ``numbers`` of shape (designs, 4), SI figures.

    Thickness [m], porosity (0 to 1), transport efficiency (0 to 1), conductivity of the solids [S/m].
    """

    side: int
    nodes: int
    numbers: FloatArray
    phases: tuple[FlatPhase, ...] = ()


@dataclass(frozen=True, slots=True)
class Flat:
    """A batch of designs of one structure, from the negative's collector to the positive's.

    ``curves``: tables of shape (2, points) [V, or dimensionless]; ``salt``: the electrolyte's table up to ``salt_top``
    [mol/m3]; ``cell``, shape (designs, 10): temperature [K], contact resistance [ohm m2], salt concentration [mol/m3],
    exchange current of lithium metal [A/m2]; then heat capacity [J/m2/K] (0: one temperature), heat transfer [W/m2/K],
    ambient temperature [K], activation energies of the salt's diffusivity and conductivity and of lithium metal over
    the gas constant [K]. ``metal``: lithium metal stands in place of the negative.
    """

    layers: tuple[FlatLayer, ...]
    curves: tuple[FloatArray, ...]
    salt: FloatArray
    salt_top: float
    cell: FloatArray
    metal: bool = False

    @property
    def phases(self) -> tuple[FlatPhase, ...]:
        """All phases, layer by layer; no units."""
        return tuple(phase for layer in self.layers for phase in layer.phases)

    @property
    def warms(self) -> bool:
        """Whether the temperature moves with the heat; no units."""
        return bool(np.any(self.cell[:, 4] > 0.0))

    @property
    def nodes(self) -> int:
        """Control volumes across the cell, a count."""
        return sum(layer.nodes for layer in self.layers)

    def structure(self) -> tuple[Any, ...]:
        """What all designs of the batch share, in the kernel's order; no units."""
        tables: list[FloatArray] = [np.zeros(0)]
        known: dict[bytes, int] = {}
        phases: list[list[int]] = []
        for phase in self.phases:
            radial = phase.radial
            if radial.kind == InnerFace.kind:
                at = len(phases) + phase.outer
            else:
                key = radial.table.tobytes()
                if key not in known:
                    known[key] = sum(table.size for table in tables)
                    tables.append(radial.table)
                at = known[key]
            row = [
                radial.kind,
                radial.count,
                phase.low,
                phase.high,
                phase.diffusivity,
                phase.exchange,
                phase.hysteresis,
            ]
            phases.append([*row, at])
        layers = np.array([[layer.side, layer.nodes, len(layer.phases)] for layer in self.layers], dtype=np.int32)
        share = np.concatenate([np.full(layer.nodes, 1.0 / layer.nodes) for layer in self.layers])
        carried = self.salt[3]
        c = np.linspace(0.0, self.salt_top, carried.size)
        reference = float(np.interp(np.mean(self.cell[:, 2]), c, carried))
        table = np.array(phases, dtype=np.int32).reshape(-1, 8)
        return (layers, table, share, np.stack(self.curves), np.array(self.salt), self.salt_top, np.concatenate(tables),
                self.metal, reference)  # fmt: skip

    def state_size(self) -> int:
        """How many numbers the state of one design has, a count."""
        count = 1 + 2 * self.nodes
        for layer in self.layers:
            for phase in layer.phases:
                count += layer.nodes * (2 + (phase.hysteresis == 1) + phase.radial.count)
        return count + self.warms

    def chosen(self, rows: slice | NDArray[np.intp]) -> Flat:
        """The designs ``rows`` of this batch (a slice, or numbers of designs), unit unchanged."""
        layers = tuple(
            FlatLayer(
                layer.side,
                layer.nodes,
                layer.numbers[rows],
                tuple(replace(phase, numbers=phase.numbers[rows]) for phase in layer.phases),
            )
            for layer in self.layers
        )
        return Flat(layers, self.curves, self.salt, self.salt_top, self.cell[rows], self.metal)


@dataclass(frozen=True, slots=True)
class FlatSteps:
    """What every design of a batch is asked to do: ``table``, shape (designs, steps, 13) [SI of :data:`STEP_COLUMNS`].

    ``profile``, shape (rows, 2), holds the rows of all profiles that are followed: when each ends in its step [s] and
    the value it holds (in units of the step's); ``groups``, shape (designs, groups, phases), weighs the mean theta of
    phases for ends on a content (dimensionless).
    """

    table: FloatArray
    profile: FloatArray
    groups: FloatArray

    @property
    def count(self) -> int:
        """How many steps there are, a count."""
        return int(self.table.shape[1])

    @property
    def followed(self) -> int:
        """How many rows of profiles are run, a count."""
        return int(self.table[0, :, STEP_COLUMNS.index("profile_rows")].sum())

    def chosen(self, rows: slice) -> FlatSteps:
        """The designs ``rows`` of this batch, unit unchanged."""
        return FlatSteps(self.table[rows], self.profile, self.groups[rows])


@dataclass(frozen=True, slots=True)
class Solver:
    """Settings of the solver: relative ``tolerance`` (dimensionless) on concentration, potential and surface content.

    ``rows`` is how many rows of output a design may write, ``most_steps`` how many steps in time it may take;
    ``variant`` names a kernel; ``threads`` share the packs of designs among them (results do not depend on it).
    """

    tolerance: float = 1e-4
    rows: int = 4000
    most_steps: int = 200_000
    first_step: float = 0.0
    """Length of the first step in time [s]; the kernel chooses where 0."""
    longest_step: float = 1e30
    """Longest step in time [s]."""
    threads: int = 1
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """What the kernel wrote for one design: ``rows`` [SI of :data:`ROWS`, then theta of every phase], one per step.

    ``ends`` has the last row of every protocol step, ``causes`` why it ended, ``place`` the control volume and phase
    that an outcome names (-1 none), ``snapshots`` the states at the times asked for that were reached, ``state`` the
    last state; ``counts`` are accepted, refused and failed steps.
    """

    rows: FloatArray
    ends: FloatArray
    causes: tuple[str, ...]
    outcome: str
    place: tuple[int, int]
    time: float
    snapshots: FloatArray
    state: FloatArray
    counts: tuple[int, int, int]


def solve(
    flat: Flat,
    steps: FloatArray,
    groups: FloatArray,
    times: Sequence[float],
    solver: Solver,
    profile: FloatArray = NO_PROFILE,
) -> tuple[Raw, ...]:
    """Run every design of ``flat`` through ``steps``, shape (designs, steps, 13) [SI of :data:`STEP_COLUMNS`].

    ``groups``, shape (designs, groups, phases), weighs the mean theta of phases for ends on a content (dimensionless);
    ``times`` [s] are when states are kept; ``profile``, as in :class:`FlatSteps`, is what steps may follow.
    """
    call = prepared(flat, steps, groups, times, solver, profile)
    load_kernel(solver.variant).run(*call.given, 8 if len(flat.cell) >= 4 else 1)
    return call.raws()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the kernel: its arguments in order [SI], the arrays it writes among them."""

    given: tuple[Any, ...]
    rows: FloatArray
    ends: FloatArray
    causes: NDArray[np.int32]
    kept: FloatArray
    state: FloatArray
    report: FloatArray

    def raws(self) -> tuple[Raw, ...]:
        """What was written, design by design [SI]."""
        return tuple(
            Raw(self.rows[i, : int(told[4])].copy(), self.ends[i], tuple(CAUSES[cause] for cause in self.causes[i]),
                OUTCOMES[int(told[0])], (int(told[1]), int(told[2])), float(told[3]), self.kept[i, : int(told[8])],
                self.state[i], (int(told[5]), int(told[6]), int(told[7])))
            for i, told in enumerate(self.report)
        )  # fmt: skip


def numbers_of(flat: Flat) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Numbers [SI] of layers, shape (designs, layers, 4), of phases, (designs, phases, 11), and of cells."""
    layers = np.ascontiguousarray(np.stack([layer.numbers for layer in flat.layers], axis=1))
    phases = np.ascontiguousarray(np.stack([phase.numbers for phase in flat.phases], axis=1))
    return layers, phases, np.ascontiguousarray(flat.cell)


def prepared(
    flat: Flat,
    steps: FloatArray,
    groups: FloatArray,
    times: Sequence[float],
    solver: Solver,
    profile: FloatArray = NO_PROFILE,
) -> Call:
    """A call of the kernel as :func:`solve` makes it, before it is made [SI]."""
    designs, count, width = len(flat.cell), steps.shape[1], len(ROWS) + len(flat.phases)
    size = flat.state_size()
    rows, ends = np.zeros((designs, solver.rows, width)), np.zeros((designs, count, width))
    causes: NDArray[np.int32] = np.zeros((designs, count), dtype=np.int32)
    kept, state, report = np.zeros((designs, len(times), size)), np.zeros((designs, size)), np.zeros((designs, _REPORT))
    settings = np.array(
        [solver.tolerance, *SCALES, solver.first_step, solver.longest_step, solver.most_steps, _NEWTON,
         _START], dtype=np.float64)  # fmt: skip
    given = (
        *flat.structure(), *numbers_of(flat), np.ascontiguousarray(steps),
        np.ascontiguousarray(profile), np.ascontiguousarray(groups),
        np.zeros((0, size)), np.asarray(times, dtype=np.float64), settings,
        rows, ends, causes, kept, state, report, solver.threads,
    )  # fmt: skip
    return Call(given, rows, ends, causes, kept, state, report)
