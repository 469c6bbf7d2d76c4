"""A cell of polynomials: its curves are exact in the kernel's cubic pieces, so that runs are smooth in all numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import (
    CURRENT,
    FAR,
    NEGATIVE,
    POSITIVE,
    POWER,
    SEPARATOR,
    STEP_COLUMNS,
    VOLTAGE,
    Flat,
    FlatLayer,
    FlatPhase,
    Raw,
    Solver,
    numbers_of,
    solve,
)
from alloycell.simulate.curves import grid
from alloycell.simulate.radial import modes
from alloycell.simulate.slopes import Seeds

__all__ = [
    "CHARGE",
    "DISCHARGE",
    "ONE_C",
    "POWERED",
    "Place",
    "differences",
    "seeds_for",
    "smooth_cell",
    "step",
    "steps_of",
    "warm_cell",
]

SALT_TOP = 3000.0
ONE_C = 25.0


def _curve(*factors: float) -> FloatArray:
    polynomial = np.polynomial.Polynomial(factors)
    return np.stack([polynomial(grid()), polynomial.deriv()(grid())])


def _salt() -> FloatArray:
    c = np.linspace(0.0, SALT_TOP, 61)
    laws = [
        np.polynomial.Polynomial([4e-10, -8e-14, 5e-18]),
        np.polynomial.Polynomial([0.2, 9e-4, -2.4e-7]),
        np.polynomial.Polynomial([1.0, 3e-4]),
        np.polynomial.Polynomial([0.28, 2e-5]),
    ]
    return np.stack([*(law(c) for law in laws), *(law.deriv()(c) for law in laws)])


def smooth_cell() -> Flat:
    """Two layers against one: graphite-like below, a phase with one-state hysteresis above; SI, a single design."""
    ball = modes(5)
    curves = (_curve(0.45, -0.5, 0.1), _curve(0.5, -0.45), _curve(0.7, -0.55, 0.05), _curve(4.4, -1.1, 0.3, -0.2))
    one = np.array

    def phase(low: int, high: int, hysteresis: int, *numbers: float) -> FlatPhase:
        return FlatPhase(low, high, -1, hysteresis, ball, one([[*numbers, 0.0, 0.0]]))

    lower = phase(0, 0, 0, 1.8e5, 8e-6, 2.9e4, 4e-14, 1.2, 1e-4, 0.0, 0.0, 1.0, 0.75, 0.0)
    upper = phase(1, 2, 1, 9e5, 1e-6, 9e4, 3e-16, 0.3, 0.0, 12.0, 0.1, 0.6, 0.83, -0.937)
    positive = phase(3, 3, 0, 3.8e5, 5e-6, 4.9e4, 6e-15, 2.5, 0.0, 0.0, 0.0, 1.0, 0.3, 0.0)
    layers = (
        FlatLayer(NEGATIVE, 5, one([[5e-5, 0.33, 0.19, 90.0]]), (lower,)),
        FlatLayer(NEGATIVE, 4, one([[8e-6, 0.45, 0.30, 60.0]]), (upper,)),
        FlatLayer(SEPARATOR, 5, one([[1.5e-5, 0.45, 0.31, 1.0]])),
        FlatLayer(POSITIVE, 6, one([[6.5e-5, 0.30, 0.17, 4.0]]), (positive,)),
    )
    return Flat(layers, curves, _salt(), SALT_TOP, one([[298.15, 2e-4, 1000.0, *[0.0] * 7]]))


def warm_cell() -> Flat:
    """The same cell with heat: one temperature that moves, and everything that follows it (SI)."""
    flat = smooth_cell()
    layers = []
    for layer in flat.layers:
        phases = [replace(phase, numbers=phase.numbers.copy()) for phase in layer.phases]
        for phase in phases:
            phase.numbers[:, 11:] = [3500.0, 4200.0]
        layers.append(replace(layer, phases=tuple(phases)))
    cell = np.array([[298.15, 2e-4, 1000.0, 0.0, 500.0, 0.8, 296.0, 2000.0, 1800.0, 0.0]])
    return replace(flat, layers=tuple(layers), cell=cell)


def step(kind: int, value: float, **ends: float) -> FloatArray:
    """One step [SI of each column]; ends that are not named are not watched."""
    row = np.array([kind, value, FAR, -FAR, FAR, 0.0, FAR, -1.0, -FAR, FAR, -FAR, -1.0, 0.0])
    for name, end in ends.items():
        row[STEP_COLUMNS.index(name)] = end
    return row


def steps_of(*rows: FloatArray) -> FloatArray:
    """Steps of a single design, shape (1, steps, 13) [SI]."""
    return np.stack(rows)[None]


DISCHARGE = step(CURRENT, ONE_C, low_voltage=3.35)
CHARGE = (step(CURRENT, -0.6 * ONE_C, high_voltage=3.75), step(VOLTAGE, 3.75, cut_current=0.15 * ONE_C))
POWERED = step(POWER, 80.0, duration=400.0)


def moved(flat: Flat, kind: str, place: tuple[int, ...], by: float) -> Flat:
    """``flat`` (one design) with one number moved by ``by`` [SI]: ``kind`` "layers", "phases" or "cell", ``place``."""
    arrays = dict(zip(("layers", "phases", "cell"), (array.copy() for array in numbers_of(flat)), strict=True))
    arrays[kind][(0, *place)] += by
    phases = iter(np.moveaxis(arrays["phases"], 1, 0))
    layers = tuple(
        replace(layer, numbers=arrays["layers"][:, index],
                phases=tuple(replace(phase, numbers=next(phases)) for phase in layer.phases))
        for index, layer in enumerate(flat.layers)
    )  # fmt: skip
    return replace(flat, layers=layers, cell=arrays["cell"])


Place = tuple[str, tuple[int, ...]]


def differences(
    flat: Flat, steps: FloatArray, groups: FloatArray, place: Place, solver: Solver, share: float = 2e-3,
    figure: Callable[[Raw], FloatArray] = lambda raw: raw.ends,
) -> FloatArray:  # fmt: skip
    """Derivative of ``figure`` of a run by the number at ``place``, from four runs around it (fourth order)."""
    kind, index = place
    arrays = dict(zip(("layers", "phases", "cell"), numbers_of(flat), strict=True)) | {"steps": steps, "groups": groups}
    value = float(arrays[kind][(0, *index)])
    by = share * abs(value)

    def run(times: float) -> FloatArray:
        if kind in ("steps", "groups"):
            other = arrays[kind].copy()
            other[(0, *index)] += times * by
            given = (flat, other, groups) if kind == "steps" else (flat, steps, other)
        else:
            given = (moved(flat, kind, index, times * by), steps, groups)
        return figure(solve(*given, (), solver)[0])

    return (8 * (run(1) - run(-1)) - (run(2) - run(-2))) / (12 * by)


def seeds_for(flat: Flat, steps: FloatArray, groups: FloatArray, places: list[Place]) -> Seeds:
    """One direction for each of ``places``: that number alone, by 1 of its SI unit."""
    seeds = Seeds.none(flat, steps, groups, len(places))
    for direction, (kind, index) in enumerate(places):
        getattr(seeds, kind)[(0, *index, direction)] = 1.0
    return seeds
