"""V3: salt diffusion across a separator between lithium metal and a thin electrode; half cell.

Steady state at current density I: c is linear, dc/dx = -(1 - t+) I / (F D), and its mean is the initial c_0
(the electrode
holds almost no salt). Limiting current: c = 0 at the electrode, I_lim = 2 F D c_0 / ((1 - t+) L).
Transient, before the front reaches the other side, with q = (1 - t+) I / F and porosity e (Carslaw and Jaeger, 2.9):
    c - c_0 = 2 q sqrt(t / (e D)) ierfc(x / (2 sqrt(D t / e))),
    averaged over each control volume.
"""

from __future__ import annotations

import numpy as np
import pytest
from flat import CURRENT, POSITIVE, SEPARATOR, Batch, Layer, Phase, Record, Result, Step, sampled
from scipy.special import erfc

FARADAY = 96485.33212
LENGTH, POROSITY, DIFFUSIVITY, NUMBER, SALT = 1e-3, 0.5, 1e-10, 0.3, 1000.0
LIMIT = 2 * FARADAY * DIFFUSIVITY * SALT / ((1 - NUMBER) * LENGTH)


def cell(current: float, duration: float, nodes: int = 20, tolerance: float = 1e-7, low: float = -1e300) -> Result:
    """Metal, separator of effective diffusivity ``DIFFUSIVITY``, electrode of 0.1 um."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 2 * DIFFUSIVITY, 1.0, 1.0, NUMBER
    phase = Phase(0, 3e8, 1e-8, 1e12, 1e-10, 100.0, 0.3)
    layers = [Layer(SEPARATOR, nodes, LENGTH, POROSITY, 0.5), Layer(POSITIVE, 1, 1e-7, 1e-2, 0.5, 1e4, [phase])]
    step = Step(CURRENT, current, duration=duration, low_voltage=low)
    return Batch(
        layers,
        [sampled(lambda x: 3.0 - 0.0 * x)],
        salt,
        4000.0,
        [step],
        metal=True,
        metal_rate=1e6,
        tolerance=tolerance,
        capacity=20000,
    ).run()[0]


def concentrations(result: Result, nodes: int) -> np.ndarray:
    """c of the separator at the end: the state is [I | p | theta | j | c | radial]."""
    n = nodes + 1
    return result.state[1 + n + 2 : 1 + n + 2 + nodes]


def test_steady_profile_is_linear_with_the_exact_slope(record_property: Record) -> None:
    """V3."""
    result = cell(0.5 * LIMIT, 1e6)
    x = (np.arange(20) + 0.5) / 20
    exact = SALT * (1 + 0.5 * (1 - 2 * x))
    record_property("concentration, relative error", (np.abs(concentrations(result, 20) / exact - 1).max(), "< 2e-4"))
    assert concentrations(result, 20) == pytest.approx(exact, rel=2e-4)


def test_transient_follows_the_error_function_with_order_two(record_property: Record) -> None:
    """V3."""
    time, current = 50.0, 0.2 * LIMIT
    errors = []
    for nodes in (20, 40, 80):
        width = LENGTH / nodes
        edge = np.arange(nodes + 1) * width / (2 * np.sqrt(DIFFUSIVITY * time / POROSITY))
        inner = 0.25 * (
            edge * 2 * np.exp(-(edge**2)) / np.sqrt(np.pi) - (1 + 2 * edge**2) * erfc(edge)
        )  # integral of ierfc
        mean = np.diff(inner) / np.diff(edge)
        rise = 2 * (1 - NUMBER) * current / FARADAY * np.sqrt(time / (POROSITY * DIFFUSIVITY)) * mean
        found = concentrations(cell(current, time, nodes, 1e-8), nodes) - SALT
        errors.append(np.abs(found - rise)[: nodes // 3].max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in space", (orders.min(), "> 1.8"))
    assert np.all(orders > 1.8), (errors, orders)


def test_limiting_current_is_exact_to_a_thousandth(record_property: Record) -> None:
    """V3."""
    within, beyond = (cell(share * LIMIT, 1e6, 80, 1e-5) for share in (0.999, 1.001))
    salt = [result.state[1 + 81 + 2 + 80] / SALT for result in (within, beyond)]
    record_property("salt at the electrode 0.1 % under the limit, share of the mean", (salt[0], "< 0.002"))
    record_property("0.1 % above", (salt[1], "< 0"))
    assert within.causes == beyond.causes == ["time"]
    assert 0 < salt[0] < 0.002
    assert salt[1] < 0  # only the smoothed kinetics still carry this current
    assert within.voltage[-1] - beyond.voltage[-1] > 0.1
