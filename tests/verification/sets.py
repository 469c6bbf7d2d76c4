"""Published parameter sets as kernel batches, with the details of the other code copied (asymptotes, floors)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "kernel"))
from flat import NEGATIVE, POSITIVE, SEPARATOR, Array, Batch, Layer, Phase, sampled

FARADAY = 96485.33212


def other_code() -> Any:
    """The other code, quiet and with telemetry off."""
    import os

    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    import pybamm

    pybamm.set_logging_level("ERROR")
    return pybamm


def evaluated(function: Any, symbol_count: int = 1) -> Any:
    """A function of the other code's parameter sets as one of numpy arrays."""
    pybamm = other_code()

    def values(x: Array) -> Array:
        x = np.atleast_1d(np.asarray(x, float))
        argument = pybamm.StateVector(slice(0, x.size))
        rest = [pybamm.Scalar(298.15)] * (symbol_count - 1)
        out = function(argument, *rest)
        if isinstance(out, pybamm.Symbol):
            out = out.evaluate(y=x.reshape(-1, 1))
        return np.broadcast_to(np.asarray(out, float).ravel(), x.shape).copy()

    return values


def with_ends(function: Any) -> Any:
    """The open-circuit potential with the other code's asymptotes and clipping."""

    def soft(z: Array) -> Array:
        return np.logaddexp(0.0, z)

    def potential(x: Array) -> Array:
        inside = np.clip(x, 1e-10, 1 - 1e-10)
        step, scale, shift = 205.057, 6910.19, 7.7e-4
        return function(inside) + step * (soft(-scale * (x + shift)) - soft(-scale * (1 - x + shift)))

    return potential


def salt_table(
    diffusivity: Any, conductivity: Any, transference: float, top: float = 4000.0, points: int = 401
) -> Array:
    """Values and slopes of the four properties on a uniform grid; concentration floored at 10 mol/m3."""
    c = np.linspace(0, top, points)

    def row(f: Any) -> tuple[Array, Array]:
        x, h = np.maximum(c, 10.0), 1e-2
        slope = (f(x + h) - f(x - h)) / (2 * h)
        return f(x), np.where(c < 10.0, 0.0, slope)

    (d, dd), (k, dk) = row(diffusivity), row(conductivity)
    one = np.ones_like(c)
    return np.stack([d, k, one, transference * one, dd, dk, 0 * one, 0 * one])


def rate_constant(parameters: Any, prefix: str, capacity: float) -> float:
    """k of j0 = k sqrt(c/c_ref theta (1 - theta)) [A/m2], read off the set's function at theta = 1/2."""
    pybamm = other_code()
    function = parameters[f"{prefix} exchange-current density [A.m-2]"]
    half = pybamm.Scalar(0.5 * capacity)
    value = function(pybamm.Scalar(1000.0), half, pybamm.Scalar(capacity), pybamm.Scalar(298.15))
    return float(parameters.evaluate(value)) / 0.5


def _value(p: Any, key: str) -> float:
    return float(p.evaluate(p[key]))


def _phase(p: Any, side: str, prefix: str, curves: tuple[int, int], share: float, **more: Any) -> Phase:
    """One phase of a set; ``prefix`` is "", "Primary: " or "Secondary: "."""
    name = side.lower()
    capacity = _value(p, f"{prefix}Maximum concentration in {name} electrode [mol.m-3]")
    radius = _value(p, f"{prefix}{side} particle radius [m]")
    start = _value(p, f"{prefix}Initial concentration in {name} electrode [mol.m-3]") / capacity
    return Phase(
        curves[0],
        3 * share / radius,
        radius,
        capacity,
        _value(p, f"{prefix}{side} particle diffusivity [m2.s-1]"),
        rate_constant(p, f"{prefix}{side} electrode", capacity),
        start,
        high=curves[1],
        **more,
    )


def _layer(p: Any, side: int, nodes: int, phases: list[Phase], thickness: float = 1.0) -> Layer:
    part = ("Negative electrode", "Separator", "Positive electrode")[side]
    eps, power = _value(p, f"{part} porosity"), _value(p, f"{part} Bruggeman coefficient (electrolyte)")
    solid = 1.0 if side == SEPARATOR else _value(p, f"{part} conductivity [S.m-1]")
    return Layer(side, nodes, _value(p, f"{part} thickness [m]") * thickness, eps, eps**power, solid, phases)


def _batch(p: Any, layers: list[Layer], curves: list[Array], **more: Any) -> Batch:
    table = salt_table(
        evaluated(p["Electrolyte diffusivity [m2.s-1]"], 2),
        evaluated(p["Electrolyte conductivity [S.m-1]"], 2),
        p["Cation transference number"],
    )
    return Batch(
        layers, curves, table, 4000.0, salt_start=_value(p, "Initial concentration in electrolyte [mol.m-3]"), **more
    )


def _ocp(p: Any, key: str) -> Array:
    return sampled(with_ends(evaluated(p[key])))


def graphite(x: Array) -> Array:
    """Open-circuit potential of the negative of an LG M50 [V], the fit of Chen 2020."""
    steps = 0.0909 * np.tanh(29.8538 * (x - 0.1234)) + 0.04478 * np.tanh(14.9159 * (x - 0.2769))
    return 1.9793 * np.exp(-39.3631 * x) + 0.2482 - steps - 0.0205 * np.tanh(30.4444 * (x - 0.6103))


def nickel_rich(x: Array) -> Array:
    """Open-circuit potential of the positive of an LG M50 [V], the fit of Chen 2020."""
    steps = 17.7326 * np.tanh(15.7890 * (x - 0.3117)) - 17.5842 * np.tanh(15.9308 * (x - 0.3120))
    return -0.8090 * x + 4.4875 - 0.0428 * np.tanh(18.5138 * (x - 0.5542)) - steps


def chen(nodes: int = 20, **more: Any) -> Batch:
    """Chen 2020: graphite-silicon as one phase against NMC811, 5 A h; the electrolyte is that of Nyman 2008.

    Numbers of the paper (J. Electrochem. Soc. 167, 080534), so that no other code is needed; the comparison with it
    holds them to its set.
    """
    sides = {
        NEGATIVE: (8.52e-5, 0.25, 215.0, 0.75, 5.86e-6, 33133.0, 3.3e-14, 6.48e-7, 29866.0),
        POSITIVE: (7.56e-5, 0.335, 0.18, 0.665, 5.22e-6, 63104.0, 4e-15, 3.42e-6, 17038.0),
    }
    layers = [Layer(SEPARATOR, nodes, 1.2e-5, 0.47, 0.47**1.5)]
    for side, (thickness, eps, solid, share, radius, full, diffusivity, rate, start) in sides.items():
        curve = 0 if side == NEGATIVE else 1
        phase = Phase(curve, 3 * share / radius, radius, full, diffusivity, rate * 1000.0**0.5 * full, start / full)
        layer = Layer(side, nodes, thickness, eps, eps**1.5, solid, [phase])
        layers.insert(0 if side == NEGATIVE else 2, layer)
    salt = salt_table(
        lambda c: 8.794e-11 * (c / 1000) ** 2 - 3.972e-10 * (c / 1000) + 4.862e-10,
        lambda c: 0.1297 * (c / 1000) ** 3 - 2.51 * (c / 1000) ** 1.5 + 3.329 * (c / 1000),
        0.2594,
    )
    curves = [sampled(with_ends(graphite)), sampled(with_ends(nickel_rich))]
    return Batch(layers, curves, salt, 4000.0, salt_start=1000.0, **more)


def composite(case: str = "composite", nodes: int = 20, **more: Any) -> Batch:
    """Graphite and silicon in parallel: "composite" (one curve), "sigmoid", "one-state"; or "bilayer" (stacked)."""
    p = other_code().ParameterValues("Chen2020_composite")
    curves = [
        _ocp(p, "Primary: Negative electrode OCP [V]"),
        _ocp(p, "Secondary: Negative electrode OCP [V]"),
        _ocp(p, "Secondary: Negative electrode lithiation OCP [V]"),
        _ocp(p, "Secondary: Negative electrode delithiation OCP [V]"),
        _ocp(p, "Positive electrode OCP [V]"),
    ]
    shares = [
        _value(p, f"{key}egative electrode active material volume fraction") for key in ("Primary: N", "Secondary: N")
    ]
    if case == "bilayer":
        shares = [0.6, 0.12]
    kind = {"sigmoid": 2, "one-state": 1}.get(case, 0)
    graphite = _phase(p, "Negative", "Primary: ", (0, 0), shares[0])
    silicon = _phase(p, "Negative", "Secondary: ", (2, 3) if kind else (1, 1), shares[1], hysteresis=kind, decay=20.0)
    share = _value(p, "Positive electrode active material volume fraction")
    positive = _layer(p, POSITIVE, nodes, [_phase(p, "Positive", "", (4, 4), share)])
    if case == "bilayer":
        negative = [_layer(p, NEGATIVE, nodes // 2, [graphite], 0.5), _layer(p, NEGATIVE, nodes // 2, [silicon], 0.5)]
    else:
        negative = [_layer(p, NEGATIVE, nodes, [graphite, silicon])]
    return _batch(p, [*negative, _layer(p, SEPARATOR, nodes, []), positive], curves, **more)


def batch_of(case: str, nodes: int = 20, **more: Any) -> Batch:
    """The kernel's batch of a case of ``peer.py``."""
    return chen(nodes, **more) if case == "chen" else composite(case, nodes, **more)


def area_of(p: Any) -> float:
    """Electrode area of a parameter set [m2]."""
    return float(p["Electrode height [m]"] * p["Electrode width [m]"])
