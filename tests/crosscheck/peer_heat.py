"""The other code's LG M50 that warms by its own heat, in a process of its own.

``python peer_heat.py OUT.npz NODES SHELLS TOLERANCE``

Writes time [s], voltage [V], temperature [K], and what makes it warm per area of electrode: heat capacity [J/m2/K] and
heat transfer [W/m2/K]. Heat of mixing inside particles is switched on; without it the other code's energy does not
close, and its cell warms by 13.6 K in place of 21.2 K.
"""

from __future__ import annotations

import sys

import numpy as np
from sets import area_of, other_code

PARTS = ("Negative current collector", "Negative electrode", "Separator", "Positive electrode",
         "Positive current collector")  # fmt: skip
END = 3500.0

__all__ = ["main"]


def main(out: str, nodes: int, shells: int, tolerance: float) -> None:
    """Discharges at 1C for ``END`` seconds."""
    pybamm = other_code()
    p = pybamm.ParameterValues("Chen2020")
    model = pybamm.lithium_ion.DFN({"thermal": "lumped", "heat of mixing": "true"})
    points = dict.fromkeys(("x_n", "x_s", "x_p"), nodes) | dict.fromkeys(("r_n", "r_p"), shells)
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance)
    run = pybamm.Simulation(model, parameter_values=p, var_pts=points, solver=solver)
    found = run.solve([0, END], t_interp=np.linspace(0, END, 141))

    def of(key: str) -> float:
        return float(p.evaluate(p[key]))

    stack = [of(f"{x} density [kg.m-3]") * of(f"{x} specific heat capacity [J.kg-1.K-1]") for x in PARTS]
    thick = np.array([of(f"{x} thickness [m]") for x in PARTS])
    area = area_of(p)
    np.savez(
        out,
        time=found["Time [s]"].entries,
        voltage=found["Voltage [V]"].entries,
        temperature=found["Volume-averaged cell temperature [K]"].entries,
        capacity=np.dot(stack, thick) / thick.sum() * of("Cell volume [m3]") / area,
        transfer=of("Total heat transfer coefficient [W.m-2.K-1]") * of("Cell cooling surface area [m2]") / area,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
