"""Flat arrays for the kernel: tables, radial bases, structures, and one call that runs a batch.

The reference of the kernel's interface; the tests and cross-checks use nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alloycell.simulate.arrays import SCALES
from alloycell.simulate.kernel import load_kernel

__all__ = [
    "Batch",
    "Layer",
    "Phase",
    "Record",
    "Result",
    "Step",
    "faced",
    "modes",
    "octave_grid",
    "sampled",
    "shells",
    "tabulated",
]

Array = NDArray[np.float64]
Record = Callable[[str, object], None]
"""What pytest's fixture record_property is."""

INF = 1e300
NEGATIVE, SEPARATOR, POSITIVE = 0, 1, 2
CURRENT, VOLTAGE, POWER, RESISTANCE = 0, 1, 2, 3
CAUSES = ("", "time", "low voltage", "high voltage", "current", "charge", "low content", "high content", "margin")
OUTCOMES = (
    "finished",
    "stalled",
    "no start",
    "too many steps",
    "output full",
    "salt depleted",
    "phase empty",
    "phase full",
)
ROWS = (
    "time",
    "step",
    "current",
    "voltage",
    "temperature",
    "charge",
    "energy",
    "margin",
    "margin_node",
    "negative_potential",
    "salt",
    "heat",
    "heat_lost",
)


def kernel(variant: str | None = None) -> Any:
    """The extension module built for this processor, or the ``variant`` (v2, v3, v4) asked for."""
    return load_kernel(variant)


def octave_grid() -> Array:
    """The points of theta (0 to 1) at which curves are tabulated."""
    x = np.zeros(kernel().octave_nodes())
    kernel().octave_grid(x)
    return x


def sampled(function: Callable[[Array], Array], step: float = 1e-6) -> Array:
    """Values and slopes of a smooth function of theta, shape (2, nodes)."""
    x = octave_grid()
    h = step * np.minimum(np.minimum(x, 1 - x) / x.min(), 1.0) + 0 * x
    slope = (8 * (function(x + h) - function(x - h)) - (function(x + 2 * h) - function(x - 2 * h))) / (12 * h)
    return np.stack([function(x), slope])


def tabulated(x: Array, value: Array) -> Array:
    """Values and slopes of a monotone table: shape-preserving cubic pieces, resampled; level beyond its ends."""
    from scipy.interpolate import PchipInterpolator

    grid = octave_grid()
    values = np.interp(grid, x, value) if len(x) < 4 else PchipInterpolator(x, value)(np.clip(grid, x[0], x[-1]))
    return np.stack([values, PchipInterpolator(grid, values).derivative()(grid)])


def modes(count: int, geometry: str = "sphere") -> tuple[int, Array]:
    """Decay numbers and surface weights of ``count`` modes: (count, flat table). Even polynomials, Galerkin."""
    from numpy.polynomial import Legendre
    from scipy.linalg import eigh

    s, w = np.polynomial.legendre.leggauss(4 * count + 8)
    s, w = 0.5 * (s + 1), 0.5 * w * (0.5 * (s + 1)) ** (2 if geometry == "sphere" else 0)
    phi = np.array([Legendre.basis(k)(2 * s * s - 1) for k in range(count)])
    dphi = np.array([Legendre.basis(k).deriv()(2 * s * s - 1) * 4 * s if k else 0 * s for k in range(count)])
    value, vector = eigh((dphi * w) @ dphi.T, (phi * w) @ phi.T)
    value[0] = 0.0
    surface = vector.sum(axis=0)
    weight = surface**2
    weight[0] = 3.0 if geometry == "sphere" else 1.0
    return count, np.concatenate([value, weight])


def faced(count: int) -> tuple[int, Array]:
    """Modes of a slab that exchanges at both faces: decay numbers, surface weights, values at the inner face."""
    from numpy.polynomial import Legendre
    from scipy.linalg import eigh

    s, w = np.polynomial.legendre.leggauss(2 * count + 4)
    phi = np.array([Legendre.basis(k)(s) for k in range(count)])
    dphi = np.array([Legendre.basis(k).deriv()(s) * 2 if k else 0 * s for k in range(count)])
    value, vector = eigh((dphi * w) @ dphi.T / 2, (phi * w) @ phi.T / 2)
    value[0] = 0.0
    surface, inner = vector.sum(axis=0), ((-1.0) ** np.arange(count)) @ vector
    return count, np.concatenate([value, surface**2, np.sign(surface * inner)])


def shells(count: int, grading: float = 4.5, geometry: str = "sphere") -> tuple[int, Array]:
    """Volumes of ``count`` shells, finer towards the surface, then area over distance of their faces: (count, table).

    Distances are those between the means of r2, which makes the steady parabola exact.
    """
    u = np.linspace(0, 1, count + 1)
    edge = 1 - (np.exp(grading * (1 - u)) - 1) / (np.exp(grading) - 1) if grading else u
    edge[0], edge[-1] = 0.0, 1.0
    power = 3 if geometry == "sphere" else 1
    volume = np.diff(edge**power) / power
    square = np.diff(edge ** (power + 2)) / (power + 2) / volume
    reach = 2 * edge[1:-1] ** power / np.diff(square)
    return count, np.concatenate([volume, reach, [(1 - square[-1]) / 2]])


@dataclass
class Phase:
    """One phase of one layer; numbers may be arrays over the batch. Curves are indices into the batch's list."""

    low: int
    area: Any
    radius: Any
    capacity: Any
    diffusivity: Any
    rate: Any
    theta: Any
    high: int | None = None
    film: Any = 0.0
    decay: Any = 0.0
    exponent: Any = 0.0
    slope: Any = 1.0
    h: Any = 0.0
    hysteresis: int = 0
    radial: tuple[int, Array] = field(default_factory=lambda: modes(8))
    diffusivity_curve: int = -1
    exchange_curve: int = -1
    diffusion_energy: Any = 0.0
    rate_energy: Any = 0.0
    inner_of: int = -1

    def numbers(self) -> list[Any]:
        return [
            self.area,
            self.radius,
            self.capacity,
            self.diffusivity,
            self.rate,
            self.film,
            self.decay,
            self.exponent,
            self.slope,
            self.theta,
            self.h,
            self.diffusion_energy,
            self.rate_energy,
        ]


@dataclass
class Layer:
    """One layer from the negative collector outwards."""

    side: int
    nodes: int
    thickness: Any
    porosity: Any
    transport: Any
    conductivity: Any = 1.0
    phases: Sequence[Phase] = ()
    widths: Array | None = None


@dataclass
class Step:
    """One protocol step; an end that is not wanted keeps its default."""

    kind: int
    value: Any
    duration: Any = INF
    low_voltage: Any = -INF
    high_voltage: Any = INF
    cut_current: Any = 0.0
    charge: Any = INF
    group: int = -1
    low_content: Any = -INF
    high_content: Any = INF
    margin: Any = -INF
    profile: tuple[int, int] | None = None  # first row and how many rows of the batch's profiles; value scales them

    def numbers(self) -> list[Any]:
        return [
            self.kind,
            self.value,
            self.duration,
            self.low_voltage,
            self.high_voltage,
            self.cut_current,
            self.charge,
            self.group,
            self.low_content,
            self.high_content,
            self.margin,
            *(self.profile or (-1, 0)),
        ]


@dataclass
class Result:
    """Rows of one design by name, ends of its steps, outcome."""

    rows: Array
    ends: Array
    causes: list[str]
    outcome: str
    place: tuple[int, int]
    state: Array
    snapshots: Array
    counts: dict[str, int]

    def __getattr__(self, name: str) -> Array:
        if name in ROWS:
            return self.rows[:, ROWS.index(name)]
        raise AttributeError(name)

    def content(self, phase: int) -> Array:
        return self.rows[:, len(ROWS) + phase]


@dataclass
class Batch:
    """What the kernel needs; run() returns one Result a design."""

    layers: Sequence[Layer]
    curves: Sequence[Array]
    salt: Array
    salt_top: float
    steps: Sequence[Step]
    temperature: Any = 298.15
    contact: Any = 0.0
    salt_start: Any = 1000.0
    metal_rate: Any = 0.0
    metal: bool = False
    heat_capacity: Any = 0.0
    heat_transfer: Any = 0.0
    ambient: Any = 298.15
    salt_energies: tuple[Any, Any] = (0.0, 0.0)
    metal_energy: Any = 0.0
    profiles: Any = ()
    groups: Sequence[Sequence[float]] = ()
    tolerance: float = 1e-4
    scales: tuple[float, float, float, float] = SCALES
    first_step: float = 0.0
    longest_step: float = 1e30
    most_steps: int = 200000
    capacity: int = 4000
    snapshot_times: Sequence[float] = ()
    state_in: Array | None = None
    threads: int = 1
    pack: int = 1
    variant: str | None = None

    def structure(self) -> tuple[Any, ...]:
        phases, tables, offset = [], [np.zeros(0)], 0
        known: dict[bytes, int] = {}
        for layer in self.layers:
            for p in layer.phases:
                if p.inner_of >= 0:  # the inner face of a slab: everything is with the outer one
                    phases.append(
                        [2, 0, p.low, p.low if p.high is None else p.high, -1, p.exchange_curve, 0, p.inner_of]
                    )
                    continue
                points, table = p.radial
                at = known.get(table.tobytes())
                if at is None:
                    at = known[table.tobytes()] = offset
                    tables.append(table)
                    offset += len(table)
                kind = 0 if p.diffusivity_curve < 0 else 1
                high = p.low if p.high is None else p.high
                phases.append([kind, points, p.low, high, p.diffusivity_curve, p.exchange_curve, p.hysteresis, at])
        layers = np.array([[x.side, x.nodes, len(x.phases)] for x in self.layers], dtype=np.int32)
        share = np.concatenate([np.full(x.nodes, 1 / x.nodes) if x.widths is None else x.widths for x in self.layers])
        return (
            layers,
            np.array(phases, dtype=np.int32).reshape(-1, 8),
            share,
            np.stack(self.curves),
            self.salt,
            float(self.salt_top),
            np.concatenate(tables),
            self.metal,
            float(np.interp(np.mean(self.salt_start), np.linspace(0, self.salt_top, self.salt.shape[1]), self.salt[3])),
        )

    def state_size(self) -> int:
        n = sum(x.nodes for x in self.layers)
        size = 1 + 2 * n
        for x in self.layers:
            for p in x.phases:
                size += x.nodes * (2 + (p.hysteresis == 1) + (p.radial[0] if p.inner_of < 0 else 0))
        return size + bool(np.any(np.asarray(self.heat_capacity) > 0))

    def flat(self) -> tuple[Any, ...]:
        rows = [[x.thickness, x.porosity, x.transport, x.conductivity] for x in self.layers]
        numbers = [p.numbers() for x in self.layers for p in x.phases]
        cell = [self.temperature, self.contact, self.salt_start, self.metal_rate]
        cell += [self.heat_capacity, self.heat_transfer, self.ambient, *self.salt_energies, self.metal_energy]
        steps = [s.numbers() for s in self.steps]
        n = max(np.size(v) for block in (*rows, *numbers, cell, *steps) for v in block)

        def table(block: list[list[Any]]) -> Array:
            return np.ascontiguousarray(
                np.stack(
                    [np.stack([np.broadcast_to(np.asarray(v, float), n) for v in row], axis=-1) for row in block],
                    axis=1,
                )
            )

        phase_table = table(numbers) if numbers else np.zeros((n, 0, 13))
        groups = np.array(self.groups, float).reshape(1, len(self.groups), len(numbers))
        groups = np.ascontiguousarray(np.broadcast_to(groups, (n, *groups.shape[1:])))
        profiles = np.array(self.profiles, float).reshape(-1, 2)
        return table(rows), phase_table, table([cell])[:, 0].copy(), table(steps), profiles, groups

    def run(self) -> list[Result]:
        call, read = self.prepared()
        call()
        return read()

    def prepared(self) -> tuple[Callable[[], None], Callable[[], list[Result]]]:
        """The kernel's call with all arrays made, to be repeated at will, and what reads its results."""
        structure, flat = self.structure(), self.flat()
        n, count, width = len(flat[2]), flat[3].shape[1], len(ROWS) + flat[1].shape[1]
        size = self.state_size()
        rows, ends = np.zeros((n, self.capacity, width)), np.zeros((n, count, width))
        causes, times = np.zeros((n, count), dtype=np.int32), np.asarray(self.snapshot_times, float)
        snapshots, state = np.zeros((n, len(times), size)), np.zeros((n, size))
        report = np.zeros((n, 9))
        state_in = np.zeros((0, size)) if self.state_in is None else np.ascontiguousarray(self.state_in)
        settings = np.array(
            [self.tolerance, *self.scales, self.first_step, self.longest_step, self.most_steps, 15, 100], float
        )
        arguments = (
            *structure,
            *flat,
            state_in,
            times,
            settings,
            rows,
            ends,
            causes,
            snapshots,
            state,
            report,
            self.threads,
            self.pack,
        )
        run = kernel(self.variant).run

        def call() -> None:
            run(*arguments)

        def read() -> list[Result]:
            return [
                Result(
                    rows[i, : int(report[i, 4])],
                    ends[i],
                    [CAUSES[c] for c in causes[i]],
                    OUTCOMES[int(report[i, 0])],
                    (int(report[i, 1]), int(report[i, 2])),
                    state[i],
                    snapshots[i],
                    dict(zip(("written", "accepted", "refused", "failed"), report[i, 4:8].astype(int), strict=True)),
                )
                for i in range(n)
            ]

        return call, read
