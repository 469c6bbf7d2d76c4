"""V1, and V2 against another method: diffusion in a sphere.

V1, constant flux q = j/(F c R) [1/s], constant D (Crank 1975, eq. 6.45), tau = D t / R^2:
    theta_s(t) - theta_0 = -(q R^2/D) (3 tau + 1/5 - 2 sum_n exp(-mu_n^2 tau)/mu_n^2),  tan mu_n = mu_n,
    mean theta = theta_0 - 3 q t.
V2, D = D0 (1 + 2 theta), constant flux: the reference is an independent method of lines on 400 graded shells
    integrated to 1e-9 (test_kernel_manufactured.py has a closed form).

The surface is isolated from everything else: a half cell with a thick porous salt reservoir at a tiny current
density.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flat import (
    CURRENT,
    POSITIVE,
    SEPARATOR,
    Batch,
    Layer,
    Phase,
    Record,
    Result,
    Step,
    modes,
    octave_grid,
    sampled,
    shells,
)
from scipy.optimize import brentq

FARADAY = 96485.33212
RADIUS, CAPACITY, DIFFUSIVITY, THETA = 5e-6, 3e4, 2e-15, 0.2


def half_cell(radial: Any, steps: list[Step], tolerance: float = 1e-9, **more: Any) -> Result:
    """One control volume of particles against lithium metal, linear OCP, salt without resistance."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e4, 1.0, 0.4
    phase = Phase(0, 3 * 0.5 / RADIUS, RADIUS, CAPACITY, DIFFUSIVITY, 5.0, THETA, radial=radial, **more)
    layers = [Layer(SEPARATOR, 2, 1e-5, 0.5, 0.5), Layer(POSITIVE, 1, 5e-5, 0.3, 0.3, 1e4, [phase])]
    curves = [sampled(lambda x: 3.0 - 0.5 * x), sampled(lambda x: 1.0 + 2.0 * x)]
    return Batch(
        layers, curves, salt, 4000.0, steps, metal=True, metal_rate=1e3, tolerance=tolerance, capacity=100000
    ).run()[0]


def flux_current(rate: float) -> float:
    """Current density [A/m2] that changes the mean at ``rate`` [1/s]; discharge lithiates the positive."""
    return rate * FARADAY * CAPACITY * 0.5 * 5e-5


def surface(result: Result) -> float:
    """theta at the surface at the end: [I | p(3) | theta | ...]."""
    return float(result.state[4])


def crank(tau: float, flux: float) -> float:
    mu = np.array(
        [brentq(lambda x: np.sin(x) - x * np.cos(x), n * np.pi + 1e-9, n * np.pi + np.pi / 2) for n in range(1, 2000)]
    )
    return THETA + flux * (3 * tau + 0.2 - 2 * np.sum(np.exp(-(mu**2) * tau) / mu**2))


@pytest.mark.parametrize("count", [4, 8, 16])
def test_modes_converge_to_crank_faster_than_any_order(count: int, record_property: Record) -> None:
    """V1."""
    time, rate = 300.0, 1e-4
    result = half_cell(modes(count), [Step(CURRENT, flux_current(rate), duration=time)])
    scale = rate / 3 * RADIUS**2 / DIFFUSIVITY
    exact = crank(DIFFUSIVITY * time / RADIUS**2, scale)
    bound = {4: 3e-2, 8: 5e-3, 16: 1e-5}[count]
    record_property(
        f"surface with {count} modes, error by flux R/D", (abs(surface(result) - exact) / scale, f"< {bound:g}")
    )
    record_property("mean, error", (abs(result.content(0)[-1] - THETA - rate * time), "< 1e-12"))
    assert abs(surface(result) - exact) < bound * scale
    assert result.content(0)[-1] == pytest.approx(THETA + rate * time, abs=1e-12)


def test_shells_converge_to_crank_with_order_two(record_property: Record) -> None:
    """V1."""
    time, rate = 300.0, 1e-4
    scale = rate / 3 * RADIUS**2 / DIFFUSIVITY
    exact = crank(DIFFUSIVITY * time / RADIUS**2, scale)
    errors = []
    for count in (10, 20, 40):
        step = [Step(CURRENT, flux_current(rate), duration=time)]
        found = varying(count, step, curve=2)
        errors.append(abs(surface(found) - exact))
        assert found.content(0)[-1] == pytest.approx(THETA + rate * time, abs=1e-12)
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in the radius", (orders.min(), "> 1.8"))
    assert np.all(orders > 1.8), (errors, orders)


def varying(count: int, steps: list[Step], curve: int) -> Result:
    """Shells with D(theta)/D of curve 1 (1 + 2 theta) or 2 (1)."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e4, 1.0, 0.4
    phase = Phase(
        0, 3 * 0.5 / RADIUS, RADIUS, CAPACITY, DIFFUSIVITY, 5.0, THETA, radial=shells(count), diffusivity_curve=curve
    )
    layers = [Layer(SEPARATOR, 2, 1e-5, 0.5, 0.5), Layer(POSITIVE, 1, 5e-5, 0.3, 0.3, 1e4, [phase])]
    one = np.stack([np.ones_like(octave_grid()), np.zeros_like(octave_grid())])
    curves = [sampled(lambda x: 3.0 - 0.5 * x), sampled(lambda x: 1.0 + 2.0 * x), one]
    return Batch(
        layers, curves, salt, 4000.0, steps, metal=True, metal_rate=1e3, tolerance=1e-8, capacity=100000
    ).run()[0]


def exact_nonlinear(time: float, rate: float, points: int = 400) -> float:
    """Surface value with D = D0 (1 + 2 theta), by an independent method of lines on a fine graded mesh."""
    from scipy.integrate import solve_ivp

    u = np.linspace(0, 1, points + 1)
    edge = 1 - (np.exp(3 * (1 - u)) - 1) / (np.exp(3.0) - 1)
    volume, middle = np.diff(edge**3) / 3, 0.5 * (edge[1:] + edge[:-1])
    d0, q = DIFFUSIVITY / RADIUS**2, rate / 3

    def slope(_: float, x: Any) -> Any:
        flow = np.zeros(points + 1)
        flow[1:-1] = edge[1:-1] ** 2 * d0 * (1 + (x[1:] + x[:-1])) * (x[:-1] - x[1:]) / np.diff(middle)
        flow[-1] = -q
        return -np.diff(flow) / volume

    x = solve_ivp(slope, (0, time), np.full(points, THETA), method="BDF", rtol=1e-9, atol=1e-11).y[:, -1]
    return float(x[-1] + q * (1 - middle[-1]) / (d0 * (1 + 2 * x[-1])))


def test_shells_with_varying_diffusivity_have_order_two(record_property: Record) -> None:
    """V2."""
    time, rate = 600.0, 2e-4
    exact = exact_nonlinear(time, rate)
    errors = []
    for count in (10, 20, 40):
        result = varying(count, [Step(CURRENT, flux_current(rate), duration=time)], curve=1)
        errors.append(abs(surface(result) - exact))
        assert result.content(0)[-1] == pytest.approx(THETA + rate * time, abs=1e-12)
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in the radius", (orders.min(), "> 1.8"))
    assert np.all(orders > 1.8), (errors, orders)
