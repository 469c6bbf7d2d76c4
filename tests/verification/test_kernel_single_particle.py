"""V13: thin electrodes, fast electrolyte: the full model tends to the single-particle model.

With every conductivity and salt diffusivity divided by a small number e, the reaction becomes uniform and the cell is
    V = U_p(theta_p) - U_n(theta_n) - (2RT/F) [ asinh(j_n / 2 j0_n) + asinh(-j_p / 2 j0_p) ],
    j_n = I / (a_n L_n), j_p = -I / (a_p L_p), j0 = k sqrt(theta (1 - theta)) at the surfaces,
theta at the surface of a sphere under constant flux from Crank's series (1975, eq. 6.45): nothing is solved in time.
The distance to it falls in proportion to e.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flat import CURRENT, NEGATIVE, POSITIVE, SEPARATOR, Array, Batch, Layer, Phase, Step, modes, sampled

FARADAY, GAS, TEMPERATURE = 96485.33212, 8.31446261815324, 298.15
CURRENT_DENSITY, TIMES = 30.0, np.array([30.0, 300.0, 900.0])
# thickness, volume share, radius, lithium when full, diffusivity, rate, theta at the start
SIDES = {
    "negative": (6e-5, 0.6, 6e-6, 3e4, 4e-14, 4.0, 0.8),
    "positive": (5e-5, 0.5, 4e-6, 5e4, 1e-14, 6.0, 0.4),
}


def potential(side: str, x: Any) -> Any:
    return 0.6 * np.exp(-4 * x) - 0.1 * x + 0.1 if side == "negative" else 4.2 - 0.5 * x - 0.2 * x**3


def full_model(small: float) -> Array:
    """Voltages at TIMES with transport made 1 / ``small`` times as fast."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 3e-10 / small, 1.0 / small, 1.0, 0.3
    layers = [Layer(SEPARATOR, 5, 2e-5, 0.5, 0.35)]
    for number, values in enumerate(SIDES.values()):
        thickness, share, radius, full, d, rate, theta = values
        phase = Phase(number, 3 * share / radius, radius, full, d, rate, theta, radial=modes(24))
        layer = Layer((NEGATIVE, POSITIVE)[number], 10, thickness, 0.3, 0.16, 20.0 / small, [phase])
        layers.insert(2 * number, layer)
    curves = [sampled(lambda x, side=side: potential(side, x)) for side in SIDES]
    steps = [Step(CURRENT, CURRENT_DENSITY, duration=t) for t in np.diff(TIMES, prepend=0.0)]
    result = Batch(layers, curves, salt, 4000.0, steps, tolerance=1e-9, capacity=100000).run()[0]
    assert result.outcome == "finished"
    return result.ends[:, 3]


def series(tau: Array, terms: int = 400) -> Array:
    """Surface minus initial content of a sphere over flux R / D, at times tau = D t / R2 (Crank 6.45)."""
    n = np.arange(1, terms + 1)
    mu = (n + 0.5) * np.pi
    for _ in range(40):
        mu = n * np.pi + np.arctan(mu)
    return 3 * tau + 0.2 - 2 * np.sum(np.exp(-np.outer(tau, mu**2)) / mu**2, axis=1)


def single_particle() -> Array:
    """Voltages at TIMES of the single-particle model, written down without the solver."""
    voltage = np.zeros(TIMES.size)
    for sign, (side, values) in zip((-1.0, 1.0), SIDES.items(), strict=True):
        thickness, share, radius, full, d, rate, start = values
        j = CURRENT_DENSITY / (3 * share / radius * thickness)
        theta = start + sign * j / (FARADAY * full) * radius / d * series(d * TIMES / radius**2)
        exchange = rate * np.sqrt(theta * (1 - theta))
        voltage += sign * potential(side, theta) - 2 * GAS * TEMPERATURE / FARADAY * np.arcsinh(j / (2 * exchange))
    return voltage


def test_the_full_model_tends_to_the_single_particle_model_in_proportion(record_property: Any) -> None:
    exact, numbers = single_particle(), (1e-1, 1e-2, 1e-3, 1e-4)
    distance = np.array([np.abs(full_model(small) - exact) for small in numbers])
    ratios = distance[:-1] / distance[1:]
    record_property("largest distance at e = 0.01 [V]", distance[1].max())
    record_property("at 0.0001 [V]", (distance[3].max(), "< 1e-5"))
    record_property("least ratio over a tenfold, 10 expected", (ratios.min(), "> 9.9"))
    assert np.all(np.abs(ratios - 10) < 0.1), (distance, ratios)
    assert distance[-1].max() < 1e-5
