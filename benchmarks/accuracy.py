"""Errors against a code's own converged reference, and the cheapest settings of each code under one error.

The error is the largest difference of voltage at a code's own output times, from 1 s on to the earlier of both ends.
Before 1 s the boundary layer in a particle is thinner than any mesh here; PyBaMM's start is off by most there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from benchmarks import kernel_runs, pybamm_runs
from benchmarks.kernel_runs import Run
from benchmarks.pairs import seconds

__all__ = ["FIRST", "LIMIT", "Found", "agreement", "cheapest_kernel", "cheapest_pybamm", "curve", "worst"]

FIRST = 1.0
"""Where the comparison of voltages begins [s]."""

LIMIT = 1e-3
"""The total error at which both codes are compared [V]."""

Curve = tuple[Any, Any]


@dataclass(frozen=True)
class Found:
    """A setting in words, what runs it, its duration [s] and its error [V]."""

    setting: str
    run: Callable[[], object]
    duration: float
    error: float


def worst(found: Curve, reference: Curve) -> float:
    """Largest difference of voltage [V] between two curves of time [s] and voltage [V]."""
    time, voltage = reference
    once = np.r_[True, np.diff(time) > 0]
    exact = CubicSpline(time[once], voltage[once])
    t, v = found
    kept = (t >= FIRST) & (t <= time[-1])
    return float(np.abs(v - exact(t))[kept].max())


def curve(run: Run) -> Curve:
    """Time [s] and voltage [V] of the first design of our run."""
    call, read = run
    call()
    result = read()[0]
    assert result.outcome == "finished", result.outcome
    return result.time, result.voltage


def agreement(ours: Curve, theirs: Curve) -> float:
    """How far the two references are apart [V], 0.2 mV at most if errors are to mean something."""
    return worst(theirs, ours)


def cheapest(candidates: Iterable[Found]) -> Found:
    """The quickest of those within the limit; the most exact one where none is."""
    every = list(candidates)
    within = [one for one in every if one.error <= LIMIT]
    return min(within, key=lambda one: one.duration) if within else min(every, key=lambda one: one.error)


def cheapest_kernel(case: str, reference: Curve) -> Found:
    """Our quickest setting: control volumes, modes and tolerance are tried in every combination."""
    made = kernel_runs.batch_of(case, 20, steps=[])

    def tried() -> Iterable[Found]:
        for tolerance, count, nodes in product((1e-3, 3e-4, 1e-4), (6, 7, 8, 10, 12), (6, 8, 10, 12, 14, 16, 20)):
            run = kernel_runs.discharge(case, nodes, count, tolerance, made)
            found = curve(run)
            name = f"x {nodes}, {count} modes, {tolerance:g}"
            yield Found(name, run[0], min(seconds(run[0]) for _ in range(5)), worst(found, reference))

    return cheapest(tried())


def cheapest_pybamm(case: str, reference: Curve) -> Found:
    """PyBaMM's quickest setting with a graded radial mesh: the fewest control volumes for each shells and tolerance."""

    def tried() -> Iterable[Found]:
        for tolerance, stretch, shells in product((1e-3, 1e-4), (3.0, 4.0), (20, 25, 30, 40)):
            for nodes in (8, 10, 12, 14, 18, 24):
                solve = pybamm_runs.discharge(case, nodes, shells, tolerance, stretch)
                error = worst(solve(), reference)
                name = f"x {nodes}, r {shells} graded by {stretch:g}, {tolerance:g}"
                yield Found(name, solve, min(seconds(solve) for _ in range(3)), error)
                if error <= LIMIT:
                    break

    return cheapest(tried())
