"""A sealed film: diffusion through it in series with what lies beneath; docs/theory/diffusion.md, section 4.

Reference: the film as 400 layers (method of lines, scipy), its inner face and the particles beneath joined by
    U_f(theta_i) + (2RT/F) asinh(j_i / 2 j0_f) = U_c(theta_c) + (2RT/F) asinh(j_c / 2 j0_c),  A j_i + a_c L j_c = 0,
nothing of the solver in it; electrolyte so fast and particles so small that neither shows.
Limits: a film in which lithium moves at once is a phase in contact with the others; at rest both potentials agree.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flat import (
    CURRENT,
    NEGATIVE,
    POSITIVE,
    SEPARATOR,
    VOLTAGE,
    Array,
    Batch,
    Layer,
    Phase,
    Record,
    Result,
    Step,
    faced,
    modes,
    sampled,
)
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

FARADAY, THERMAL = 96485.33212, 8.31446261815324 * 298.15 / 96485.33212
DEPTH, FULL, CARBON, THICK, SHARE = 2e-6, 1e5, 3e4, 5e-5, 0.6
RADIUS, RATE = 1e-7, 2.0


def carbon_potential(x: Any) -> Any:
    return 0.6 - 0.5 * x


def film_potential(x: Any) -> Any:
    return 0.7 - 0.6 * x


def cell(
    steps: list[Step], d: Any, fast: float = 1e6, hysteresis: bool = False, side: str = "sealed", **more: Any
) -> Batch:
    """Film on a porous layer of tiny particles; both at theta 0.4 in the carbon and at its potential in the film."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 3e-10 * fast, 1.0 * fast, 1.0, 0.3
    theta = 0.5  # film_potential(0.5) = carbon_potential(0.4)
    carbon = Phase(0, 3 * SHARE / RADIUS, RADIUS, CARBON, 1e-9, RATE, 0.4)
    film = Phase(1, 1.0 / DEPTH, DEPTH, FULL, d, RATE, theta, radial=faced(24))
    inner = Phase(1, 1.0 / 1e-9, DEPTH, FULL, d, RATE, theta, inner_of=2)
    if hysteresis:
        film.hysteresis, film.decay, film.h = 1, 30.0, -1.0
        film.high = inner.high = 3
    positive = Phase(2, 3 * 0.5 / RADIUS, RADIUS, 5e4, 1e-9, 50.0, 0.5)
    beneath = Layer(NEGATIVE, 5, THICK, 0.3, 0.16, 100.0 * fast, [carbon])
    if side == "sealed":
        stack = [beneath, Layer(NEGATIVE, 1, 1e-9, 0.5, 1.0, 100.0 * fast, [inner]),
                 Layer(NEGATIVE, 1, DEPTH, 1e-3, 1e3, 100.0 * fast, [film])]  # fmt: skip
    else:  # in contact: the film beside the particles, exchanging at one face
        film.radial = modes(12, "slab")
        stack = [beneath, Layer(NEGATIVE, 1, DEPTH, 0.5, 1.0, 100.0 * fast, [film])]
    layers = [
        *stack,
        Layer(SEPARATOR, 4, 2e-5, 0.5, 0.35),
        Layer(POSITIVE, 5, THICK, 0.3, 0.16, 10.0 * fast, [positive]),
    ]
    curves = [sampled(carbon_potential), sampled(film_potential), sampled(lambda x: 4.2 - 0.9 * x),
              sampled(lambda x: film_potential(x) + 0.2)]  # fmt: skip
    return Batch(layers, curves, salt, 4000.0, steps, **{"tolerance": 1e-8, "capacity": 20000, **more})


def overpotential(j: Any, theta: Any) -> Any:
    return 2 * THERMAL * np.arcsinh(j / (2 * RATE * np.sqrt(theta * (1 - theta))))


def lines(current: float, d: float, time: float, layers: int) -> tuple[float, float, float]:
    """Mean theta of film and carbon and p at the outer face after ``time`` [s] of ``current`` [A/m2]."""
    h, surface = DEPTH / layers, 3 * SHARE / RADIUS * THICK

    def faces(x: Array, held: float) -> tuple[float, float, float]:
        out = x[-1] - current / (FARADAY * FULL) * 0.5 * h / d

        def lack(j: float) -> float:
            inside = x[0] - j / (FARADAY * FULL) * 0.5 * h / d
            beneath = carbon_potential(held) + overpotential(-j / surface, held)
            return film_potential(inside) + overpotential(j, inside) - beneath

        j = brentq(lack, -200.0, 200.0, xtol=1e-13)
        return j, out, film_potential(out) + overpotential(current, out)

    def slope(_: float, y: Array) -> Array:
        x, held = y[:-1], y[-1]
        j = faces(x, held)[0]
        flow = np.concatenate([[-j / (FARADAY * FULL)], -d * np.diff(x) / h, [current / (FARADAY * FULL)]])
        return np.append(-np.diff(flow) / h, j / (FARADAY * CARBON * SHARE * THICK))

    start = np.append(np.full(layers, 0.5), 0.4)
    y = solve_ivp(slope, (0.0, time), start, method="BDF", rtol=1e-9, atol=1e-11).y[:, -1]
    return float(y[:-1].mean()), float(y[-1]), faces(y[:-1], y[-1])[2]


def held(result: Result) -> tuple[float, float]:
    """Mean theta of film and carbon at the end."""
    return float(result.content(2)[-1]), float(result.content(0)[-1])


@pytest.mark.parametrize("current", [12.0, -8.0])
def test_a_sealed_film_exchanges_as_an_independent_method_of_lines_says(
    current: float, record_property: Record
) -> None:
    d, time = 6e-14, 900.0
    coarse, fine = (np.array(lines(current, d, time, n)) for n in (60, 120))
    exact = fine + (fine - coarse) / 3
    result = cell([Step(CURRENT, current, duration=time)], d).run()[0]
    assert result.outcome == "finished"
    found = np.array([*held(result), result.state[1 + 6]])
    record_property("contents and potential, largest difference", (np.abs(found - exact).max(), "< 1e-6"))
    assert found == pytest.approx(exact, abs=1e-6)
    assert abs(found[1] - 0.4) > 0.01  # lithium did pass


def test_a_film_in_which_lithium_moves_at_once_is_in_contact(record_property: Record) -> None:
    steps = [Step(CURRENT, 12.0, duration=600.0), Step(CURRENT, -6.0, duration=600.0)]

    def carbon(d: float, side: str) -> float:
        made = cell(steps, d, side=side, tolerance=1e-9)
        for layer in made.layers[:3]:  # the inner face adds a reaction in series: no resistance of reactions here
            for phase in layer.phases:
                phase.rate = 2e7
        return held(made.run()[0])[1] if side == "sealed" else float(made.run()[0].content(0)[-1])

    exact = carbon(1e-6, "contact")
    errors = np.abs([carbon(d, "sealed") - exact for d in (1e-12, 1e-11, 1e-10)])
    record_property("distance to contact over that at ten times the diffusivity, 10 expected", errors[0] / errors[1])
    assert errors[0] / errors[1] == pytest.approx(10.0, rel=0.05)
    assert errors[2] < 1e-5


@pytest.mark.parametrize("hysteresis", [False, True])
def test_lithium_closes_and_the_salt_beneath_stays(hysteresis: bool, record_property: Record) -> None:
    steps = [Step(CURRENT, 12.0, duration=900.0), Step(CURRENT, -12.0, duration=900.0)]
    steps += [Step(VOLTAGE, 3.3, duration=600.0), Step(CURRENT, 0.0, duration=1e5)]
    result = cell(steps, 5e-14, 1.0, hysteresis, tolerance=1e-6).run()[0]
    assert result.causes == ["time"] * 4
    amounts = CARBON * SHARE * THICK, FULL * DEPTH, 5e4 * 0.5 * THICK
    negative = amounts[0] * result.content(0) + amounts[1] * result.content(2)
    lost = np.abs(negative - negative[0] + result.charge / FARADAY).max() / negative[0]
    won = np.abs(amounts[2] * (result.content(3) - 0.5) - result.charge / FARADAY).max() / negative[0]
    record_property("lithium against charge, relative", (max(lost, won), "< 1e-12"))
    assert max(lost, won) < 1e-12
    assert np.ptp(result.salt) / result.salt[0] < 1e-12
    c = result.state[1 + 16 + 2 * 12 :][:16]
    assert np.dot(c[:6], [0.3 * THICK / 5] * 5 + [0.5e-9]) == pytest.approx(1000.0 * (0.3 * THICK + 0.5e-9), rel=1e-11)
    if not hysteresis:  # at rest one potential
        assert film_potential(result.content(2)[-1]) == pytest.approx(carbon_potential(result.content(0)[-1]), abs=1e-6)


def test_a_sealed_film_has_the_same_bits_beside_any_neighbours() -> None:
    d = np.geomspace(3e-14, 1e-12, 11)

    def run(d: Array) -> list[bytes]:
        steps = [Step(CURRENT, 12.0, duration=600.0), Step(VOLTAGE, 3.4, duration=600.0)]
        results = cell(steps, d, 1.0, True, pack=8, tolerance=1e-5).run()
        assert all(r.outcome == "finished" for r in results)
        return [r.rows.tobytes() + r.state.tobytes() for r in results]

    first, order = run(d), np.random.default_rng(2).permutation(11)
    shuffled = run(d[order])
    assert all(shuffled[i] == first[k] for i, k in enumerate(order))
    assert run(d[4:5])[0] == first[4]
