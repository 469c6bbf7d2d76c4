"""The other code's runs, in a process of their own.

``python peer.py OUT.npz CASE RATE NODES SHELLS TOLERANCE [graded]``

Writes time [s], voltage [V] and the mean stoichiometries at the end. Cases: chen, composite, sigmoid, one-state,
bilayer.

The other code rounds powers near zero off (by default over 1e-3 of their scale, that is 1 mol/m3 in the square root of
the salt concentration). Where salt runs out at 3C this alone takes 0.03 % off the end time of chen and 0.06 % off that
of bilayer. Here it is set to 1e-5, so that both codes solve the same equation.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sets import other_code

FLOOR = 1e-9
ROUNDED_OFF = 1e-5
PHASES = {"particle phases": ("2", "1"), "surface form": "algebraic"}


def bilayer_fractions(p: Any) -> tuple[Any, Any]:
    """Graphite in the half at the collector, silicon in the half at the separator."""
    edge = 0.5 * p["Negative electrode thickness [m]"]

    def step(low: float, high: float) -> Any:
        return lambda x, y, z: low * (x < edge) + high * (x >= edge)

    return step(0.6, FLOOR), step(FLOOR, 0.12)


def model_of(case: str) -> tuple[Any, Any]:
    """Model and parameter values of one case."""
    pybamm = other_code()
    if case == "chen":
        return pybamm.lithium_ion.DFN(), pybamm.ParameterValues("Chen2020")
    p = pybamm.ParameterValues("Chen2020_composite")
    form = {"sigmoid": "current sigmoid", "one-state": "one-state hysteresis"}.get(case, "single")
    options = {**PHASES, "open-circuit potential": (("single", form), "single")}
    if case == "one-state":
        p.update(
            {
                "Secondary: Negative particle lithiation hysteresis decay rate": 20.0,
                "Secondary: Negative particle delithiation hysteresis decay rate": 20.0,
                "Secondary: Initial hysteresis state in negative electrode": 0.0,
            },
            check_already_exists=False,
        )
    if case == "bilayer":
        graphite, silicon = bilayer_fractions(p)
        p.update(
            {
                "Primary: Negative electrode active material volume fraction": graphite,
                "Secondary: Negative electrode active material volume fraction": silicon,
            }
        )
    return pybamm.lithium_ion.DFN(options), p


def simulation(
    case: str, nodes: int, shells: int, tolerance: float, stretch: float, outputs: Sequence[str] = (), **more: Any
) -> tuple[Any, Any]:
    """A simulation on the mesh asked for, and its parameter values.

    Shells are graded towards the surface where ``stretch`` is not 0; ``outputs`` are all it computes where given.
    """
    pybamm = other_code()
    pybamm.settings.tolerances["reg_power"] = ROUNDED_OFF
    model, p = model_of(case)
    points = dict.fromkeys(("x_n", "x_s", "x_p"), nodes)
    points.update({v: shells for v in model.default_var_pts if str(v).startswith("r_")})
    mesh = dict(model.default_submesh_types)
    if stretch:
        generator = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right", "stretch": stretch})
        mesh.update({k: generator for k in mesh if "particle" in k and "size" not in k})
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance * 1e-2, output_variables=list(outputs) or None)
    made = pybamm.Simulation(model, parameter_values=p, var_pts=points, submesh_types=mesh, solver=solver, **more)
    return made, p


def discharge(case: str, rate: float, nodes: int, shells: int, tolerance: float, graded: bool) -> dict[str, Any]:
    """One constant-current discharge to the lower cut-off."""
    sim, p = simulation(case, nodes, shells, tolerance, 4.0 if graded else 0.0)
    p["Current function [A]"] = rate * p["Nominal cell capacity [A.h]"]
    end = 3600 / rate * 1.6
    started = time.perf_counter()
    solution = sim.solve([0, end])
    found = {
        "time": solution.t,
        "voltage": solution["Terminal voltage [V]"].entries,
        "seconds": time.perf_counter() - started,
    }
    names = {"chen": ("Negative", "Positive")}.get(case, ("Negative primary", "Negative secondary", "Positive"))
    for name in names:
        side, *phase = name.split()
        prefix = f"{phase[0].capitalize()}: " if phase else ""
        capacity = p[f"{prefix}Maximum concentration in {side.lower()} electrode [mol.m-3]"]
        mean = solution[f"R-averaged {name.lower()} particle concentration [mol.m-3]"].entries[:, -1] / capacity
        if case == "bilayer" and phase:
            half = len(mean) // 2
            mean = mean[:half] if phase == ["primary"] else mean[half:]
        found[name] = mean.mean()
    return found


if __name__ == "__main__":
    out, case, rate, nodes, shells, tolerance, *more = sys.argv[1:]
    np.savez(out, **discharge(case, float(rate), int(nodes), int(shells), float(tolerance), "graded" in more))
