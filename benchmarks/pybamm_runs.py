"""PyBaMM's side: models built once, then solved again and again by IDAKLU, the quickest public way to the outputs.

The outputs are time, voltage, current and the mean content of each electrode's phases. Asked for as output variables
they come with the solution, which costs less than evaluating them afterwards. PyBaMM's option ``compile`` stays off, as
it is by default: in a trial it took the re-solve of Chen2020 to 0.77 of its time after a first build of 10 s, and that
of the composite to 1.0 after 39 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from peer import simulation
from sets import other_code

from benchmarks import ROOT

__all__ = ["Solve", "cycles", "discharge", "drive", "reference"]

Solve = Callable[[], tuple[Any, Any]]
"""Solves and gives time [s] and voltage [V], the other outputs read as well."""

PHASES = {"chen": ("negative", "positive")}
CYCLE = ("Discharge at 1C until 2.5 V", "Charge at 1C until 4.2 V", "Hold at 4.2 V until C/20")


def outputs(case: str) -> list[str]:
    """Names of the outputs; their units are in them."""
    phases = PHASES.get(case, ("negative primary", "negative secondary", "positive"))
    contents = [f"Average {phase} particle concentration [mol.m-3]" for phase in phases]
    return ["Terminal voltage [V]", "Current [A]", *contents]


def read(solution: Any, names: Sequence[str]) -> tuple[Any, Any]:
    """All outputs, of which time [s] and voltage [V] are handed on."""
    found = [solution[name].data for name in names]
    return solution.t, found[0]


def discharge(case: str, nodes: int = 20, shells: int = 20, tolerance: float = 1e-4, stretch: float = 0.0) -> Solve:
    """1C to 2.5 V, built and solved once; ``tolerance`` relative, ``stretch`` of the radial mesh (dimensionless)."""
    names = outputs(case)
    made, parameters = simulation(case, nodes, shells, tolerance, stretch, names)
    parameters["Current function [A]"] = parameters["Nominal cell capacity [A.h]"]
    times = [0.0, 5760.0]
    made.solve(times)
    return lambda: read(made.solver.solve(made.built_model, times), names)


def cycles(count: int, tolerance: float = 1e-4) -> Solve:
    """``count`` cycles at constant current and constant voltage; ``tolerance`` relative (dimensionless)."""
    names = outputs("chen")
    experiment = other_code().Experiment([CYCLE] * count)
    made, _ = simulation("chen", 20, 20, tolerance, 0.0, names, experiment=experiment)
    return lambda: read(made.solve(calc_esoh=False), names)


def drive(profile: Sequence[float], tolerance: float = 1e-4) -> Solve:
    """A current [A] through the given values, one a second, straight between them, output every second.

    The solver may step over the bends: stopping at each takes it a third longer.
    """
    names = outputs("chen")
    made, parameters = simulation("chen", 20, 20, tolerance, 0.0, names)
    seconds = np.arange(len(profile), dtype=float)
    pybamm = other_code()
    parameters["Current function [A]"] = pybamm.Interpolant(seconds, np.asarray(profile), pybamm.t)
    parameters.update({"Upper voltage cut-off [V]": 4.6, "Lower voltage cut-off [V]": 2.0})
    ends = [0.0, seconds[-1]]
    made.solve(ends, t_interp=seconds)
    return lambda: read(made.solver.solve(made.built_model, ends, t_interp=seconds), names)


def reference(case: str) -> tuple[Any, Any]:
    """Time [s] and voltage [V] of a converged 1C discharge: x 80, r 120 graded, 1e-7; kept in build/bench."""
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    mesh = ("80", "120", "1e-7")
    kept = folder / "-".join((case, *mesh, f"{version('pybamm')}.npz"))
    if not kept.exists():
        part = kept.with_suffix(".part.npz")
        script = str(ROOT / "tests" / "crosscheck" / "peer.py")
        words = [sys.executable, script, str(part), case, "1", *mesh, "graded"]
        subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        os.replace(part, kept)
    with np.load(kept) as found:
        return found["time"], found["voltage"]
