"""V4 and V5: ohmic porous electrode with linear kinetics, one layer and two.

Small current, uniform salt (t+ = 1), flat potential: eta = phi_s - phi_e - U and i_e obey
    d i_e/dx = a (i0 F/RT) eta,   d eta/dx = i_e/kappa - (I - i_e)/sigma.
One layer (Newman and Tobias 1962), nu^2 = L^2 a (i0 F/RT) (1/kappa + 1/sigma):
    R = L/(kappa + sigma) [1 + (2 + (sigma/kappa + kappa/sigma) cosh nu) / (nu sinh nu)].
Two layers: the same linear system, piecewise, solved by matrix exponentials.
"""

from __future__ import annotations

import numpy as np
import pytest
from flat import CURRENT, POSITIVE, SEPARATOR, Batch, Layer, Phase, Record, Result, Step, sampled
from scipy.linalg import expm

THERMAL = 8.31446261815324 * 298.15 / 96485.33212
AREA, RATE, KAPPA = 2e5, 4.0, 0.5
GAP, CURRENT_DENSITY, METAL = 1e-5, 1e-4, 1e7


def resistance(layers: list[tuple[float, float, float, float]], nodes: int) -> tuple[float, Result]:
    """Resistance [ohm m2] of the electrode: layers of (thickness, transport, conductivity, area share)."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-9, KAPPA, 1.0, 1.0
    stack = [Layer(SEPARATOR, 4, GAP, 0.5, 1.0)]
    for thickness, transport, sigma, share in layers:
        phase = Phase(0, AREA * share, 1e-6, 1e5, 1e-14, 2 * RATE, 0.5)
        stack.append(Layer(POSITIVE, nodes, thickness, 0.3, transport, sigma, [phase]))
    batch = Batch(
        stack,
        [sampled(lambda x: 3.0 + 0 * x)],
        salt,
        4000.0,
        [Step(CURRENT, CURRENT_DENSITY, duration=1e-9)],
        metal=True,
        metal_rate=METAL,
        tolerance=1e-10,
    )
    result = batch.run()[0]
    other = GAP / KAPPA + THERMAL / METAL
    return (3.0 - result.voltage[0]) / CURRENT_DENSITY - other, result


def newman(thickness: float, kappa: float, sigma: float) -> float:
    nu = thickness * np.sqrt(AREA * RATE / THERMAL * (1 / kappa + 1 / sigma))
    bracket = 1 + (2 + (sigma / kappa + kappa / sigma) * np.cosh(nu)) / (nu * np.sinh(nu))
    return thickness / (kappa + sigma) * bracket


def piecewise(layers: list[tuple[float, float, float, float]]) -> float:
    """Resistance of a stack, from the separator to the collector, for unit current."""
    total, rows, kept = np.eye(3), [], []
    for thickness, transport, sigma, share in layers:
        kappa = KAPPA * transport
        a = np.array([[0, 1 / kappa + 1 / sigma, -1 / sigma], [AREA * share * RATE / THERMAL, 0, 0], [0, 0, 0]])
        rows.append((a, thickness, sigma))
        kept.append(total)
        total = expm(a * thickness) @ total
    sign = -1.0  # discharge: the reaction takes current out of the electrolyte, i_e falls from I to 0
    eta = -(total[1, 1] + total[1, 2]) / total[1, 0]
    start, drop = np.array([eta, 1.0, 1.0]), 0.0
    for (a, thickness, sigma), before in zip(rows, kept, strict=True):
        x, w = np.polynomial.legendre.leggauss(40)
        solid = [1 - (expm(a * 0.5 * thickness * (1 + s)) @ before @ start)[1] for s in x]
        drop += 0.5 * thickness * np.dot(w, solid) / sigma
    return sign * eta + drop


@pytest.mark.parametrize("sigma", [0.3, 50.0])
def test_one_layer_has_newmans_resistance_and_order_two(sigma: float, record_property: Record) -> None:
    """V4."""
    exact = newman(8e-5, KAPPA * 0.3, sigma)
    assert piecewise([(8e-5, 0.3, sigma, 1.0)]) == pytest.approx(exact, rel=1e-9)
    errors = [abs(resistance([(8e-5, 0.3, sigma, 1.0)], n)[0] / exact - 1) for n in (20, 40, 80, 160)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in space", (orders.min(), "> 1.9"))
    record_property("resistance with 160 control volumes, relative error", (errors[-1], "< 1e-3"))
    assert np.all(orders > 1.9), (errors, orders)
    assert errors[-1] < 1e-3


def test_two_layers_with_jumps_keep_order_two_and_the_current(record_property: Record) -> None:
    """V5."""
    layers = [(3e-5, 0.4, 2.0, 1.0), (5e-5, 0.1, 0.05, 3.0)]
    exact = piecewise(layers)
    errors = []
    for n in (20, 40, 80):
        found, result = resistance(layers, n)
        errors.append(abs(found / exact - 1))
        j = result.state[1 + (4 + 2 * n) + 2 * n :][: 2 * n]
        passed = AREA * (j[:n].sum() * 3e-5 + 3.0 * j[n:].sum() * 5e-5) / n
        record_property("current through the electrode, relative error", (abs(passed / CURRENT_DENSITY + 1), "< 1e-12"))
        assert passed == pytest.approx(-CURRENT_DENSITY, rel=1e-12)
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in space", (orders.min(), "> 1.9"))
    assert np.all(orders > 1.9), (errors, orders)
