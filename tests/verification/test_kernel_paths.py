"""Parts of the model that few cells use, each against a reference written down without the solver.

Transference number t+(c), thermodynamic factor f(c), conductivity k(c) across a separator: no anion passes, so at rest
    D(c) dc/dx = -(1 - t+(c)) I / F,   phi(0) - phi(L) = int [ I / k - (2RT/F) (1 - t+) f d(ln c)/dx ] dx,
    a boundary-value problem for scipy; on the way there a method of lines in the anions' own balance.
Shape g of the exchange current: j0 = k g(theta) sqrt(theta (1 - theta)), so a step's first voltage is closed.
Wycisk's exponent: dh/d|theta| = (decay/2) (|dU/dtheta| / slope)^n (s - h), an equation for scipy.
Margin: in a thin negative p = U + (2RT/F) asinh(j / 2 j0), so the time at which it reaches 0 is a root.
States kept at given times: Crank's series, on both sides of the end of a step.
Power and resistance: closed forms of test_kernel_cell.py, in packs beside steps of other kinds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flat import (
    CURRENT,
    NEGATIVE,
    POSITIVE,
    POWER,
    RESISTANCE,
    SEPARATOR,
    VOLTAGE,
    Array,
    Batch,
    Layer,
    Phase,
    Result,
    Step,
    sampled,
)
from scipy.integrate import quad, solve_bvp, solve_ivp
from scipy.optimize import brentq
from scipy.sparse import diags

from alloycell.simulate.radial import modes as shipped_modes

FARADAY, THERMAL = 96485.33212, 8.31446261815324 * 298.15 / 96485.33212
LENGTH, POROSITY, SALT, TOP = 5e-4, 0.5, 1000.0, 3000.0


# ---- properties of the electrolyte against concentration
def properties(c: Any) -> Any:
    """Diffusivity, conductivity, thermodynamic factor, transference number."""
    y = c / SALT
    return 3e-10 * np.exp(-0.4 * y), 0.2 + 0.9 * y * np.exp(-0.5 * y), 0.8 + 0.5 * y, 0.45 - 0.2 * y + 0.04 * y**2


def salt_table() -> Array:
    c = np.linspace(0.0, TOP, 601)
    rows, up, down = (np.array(properties(c + shift)) for shift in (0.0, 1e-3, -1e-3))
    return np.concatenate([rows, (up - down) / 2e-3])


def separator(current: float, duration: float, nodes: int) -> Result:
    """Metal, separator, an electrode of 0.1 um without resistance."""
    phase = Phase(0, 3e8, 1e-8, 1e12, 1e-10, 1e7, 0.3)
    layers = [Layer(SEPARATOR, nodes, LENGTH, POROSITY, 0.5), Layer(POSITIVE, 1, 1e-7, 1e-4, 1e4, 1e6, [phase])]
    steps = [Step(CURRENT, current, duration=duration)]
    flat = sampled(lambda x: 3.0 + 0 * x)
    return Batch(
        layers, [flat], salt_table(), TOP, steps, metal=True, metal_rate=1e9, tolerance=1e-8, capacity=20000
    ).run()[0]


def steady(current: float) -> Any:
    """c(x) at rest under current, the salt between the walls being what it was."""

    def slope(_: Any, y: Any) -> Any:
        d, _, _, number = properties(y[0])
        return np.array([-(1 - number) * current / (FARADAY * 0.5 * d), y[0]])

    def ends(left: Any, right: Any) -> Any:
        return np.array([left[1], right[1] - SALT * LENGTH])

    x = np.linspace(0.0, LENGTH, 200)
    guess = np.array([SALT * (1.2 - 0.4 * x / LENGTH), SALT * x])
    found = solve_bvp(slope, ends, x, guess, tol=1e-10, max_nodes=100_000)
    assert found.success
    return found.sol


def salt_of(result: Result, nodes: int) -> Array:
    n = nodes + 1
    return result.state[1 + n + 2 : 1 + n + 2 + nodes]


def test_the_steady_profile_and_voltage_of_a_varying_transference_number_have_order_two(record_property: Any) -> None:
    current = 40.0
    exact = steady(current)

    def fall(x: float) -> float:
        c = exact(x)[0]
        d, conductivity, factor, number = properties(c)
        c_x = -(1 - number) * current / (FARADAY * 0.5 * d)
        return current / (0.5 * conductivity) - 2 * THERMAL * (1 - number) * factor * c_x / c

    voltage = 3.0 - quad(fall, 0.0, LENGTH, epsabs=1e-12)[0]
    errors = []
    for nodes in (10, 20, 40, 80):
        result = separator(current, 1e6, nodes)
        x = (np.arange(nodes) + 0.5) * LENGTH / nodes
        errors.append((np.abs(salt_of(result, nodes) - exact(x)[0]).max(), abs(result.voltage[-1] - voltage)))
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    record_property("observed order in space: salt", (orders[-1, 0], "> 1.85"))
    record_property("voltage", (orders[-1, 1], "> 1.85"))
    assert np.all(np.abs(orders[-1] - 2) < 0.15), (errors, orders)


def test_the_way_to_the_steady_profile_is_that_of_the_anions(record_property: Any) -> None:
    current, time, fine = 40.0, 300.0, 320
    h = LENGTH / fine

    def slope(_: float, c: Array) -> Array:
        middle = 0.5 * (c[1:] + c[:-1])
        d, _, _, number = properties(middle)
        anions = np.zeros(fine + 1)
        anions[1:-1] = -0.5 * d * np.diff(c) / h - (1 - number) * current / FARADAY
        return -np.diff(anions) / (h * POROSITY)

    beside = diags([1.0, 1.0, 1.0], [-1, 0, 1], (fine, fine))
    exact = solve_ivp(slope, (0, time), np.full(fine, SALT), method="BDF", rtol=1e-9, atol=1e-6, jac_sparsity=beside).y[
        :, -1
    ]
    errors = []
    for nodes in (10, 20, 40):
        mean = exact.reshape(nodes, -1).mean(axis=1)
        errors.append(np.abs(salt_of(separator(current, time, nodes), nodes) - mean).max())
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    record_property("observed order in space", (orders[-1], "> 1.8"))
    assert orders[-1] > 1.8, (errors, orders)


# ---- half and full cells without resistances
CAPACITY, SHARE, WIDTH, RADIUS = 3e4, 0.5, 5e-5, 1e-7
FULL = FARADAY * CAPACITY * SHARE * WIDTH


def ideal(steps: list[Step], rate: Any = 1e9, theta: Any = 0.2, curves: Any = (), **more: Any) -> Batch:
    """Half cell: tiny particles, conducting salt (t+ = 1); ``rate`` is that of the exchange current."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e9, 1.0, 1.0
    run = {key: more.pop(key) for key in ("pack", "tolerance", "snapshot_times") if key in more}
    phase = Phase(0, 3 * SHARE / RADIUS, RADIUS, CAPACITY, 1e-6, rate, theta, **more)
    layers = [Layer(SEPARATOR, 2, 1e-6, 0.5, 0.5), Layer(POSITIVE, 2, WIDTH, 0.3, 0.3, 1e9, [phase])]
    tables = [sampled(lambda x: 3.0 - 0.5 * x), sampled(lambda x: 3.2 - 0.5 * x), *[sampled(f) for f in curves]]
    return Batch(
        layers, tables, salt, 4000.0, steps, metal=True, metal_rate=1e13, capacity=20000, **{"tolerance": 1e-8, **run}
    )


def shape(x: Any) -> Any:
    return 0.3 + 2 * x * np.exp(-x)


def test_the_exchange_current_follows_its_shape() -> None:
    current, rate = FULL / 3600, 0.5
    theta = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
    results = ideal([Step(CURRENT, current, duration=1e-6)], rate, theta, [shape], exchange_curve=2).run()
    j = -current / (3 * SHARE / RADIUS * WIDTH)
    exact = 3.0 - 0.5 * theta + 2 * THERMAL * np.arcsinh(j / (2 * rate * shape(theta) * np.sqrt(theta * (1 - theta))))
    assert [r.voltage[0] for r in results] == pytest.approx(exact, abs=1e-9)


def test_a_discharge_with_a_shape_of_the_exchange_current_is_closed() -> None:
    current, rate = FULL / 3600, 0.5
    made = ideal([Step(CURRENT, current, duration=2000.0)], rate, 0.2, [shape], exchange_curve=2)
    result = made.run()[0]
    theta = 0.2 + result.time / 3600
    j = -current / (3 * SHARE / RADIUS * WIDTH)
    exact = 3.0 - 0.5 * theta + 2 * THERMAL * np.arcsinh(j / (2 * rate * shape(theta) * np.sqrt(theta * (1 - theta))))
    within = RADIUS**2 / 1e-6  # the surface runs ahead of the mean by less than R2/D
    assert np.abs(result.voltage - exact).max() < 1e-6 + within


@pytest.mark.parametrize("exponent", [0.0, 1.0, 0.5])
def test_wyciskes_power_of_the_slope_turns_the_hysteresis_state(exponent: float, record_property: Any) -> None:
    low, high = (lambda x: 3.0 - 0.5 * x - 0.3 * x**2), (lambda x: 3.2 - 0.4 * x - 0.2 * x**3)
    current, decay, slope = FULL / 36000, 15.0, 0.4
    made = ideal(
        [Step(CURRENT, current, charge=0.6 * FULL), Step(CURRENT, -current, charge=0.3 * FULL)],
        theta=0.1, curves=[low, high], hysteresis=1, decay=decay, exponent=exponent, slope=slope, h=1.0, tolerance=1e-7,
    )  # fmt: skip
    phase = made.layers[1].phases[0]
    phase.low, phase.high = 2, 3
    result = made.run()[0]

    def turning(way: float) -> Any:
        def rate(theta: float, h: Array) -> Array:
            steep = 0.5 * (1 - h) * (0.5 + 0.6 * theta) + 0.5 * (1 + h) * (0.4 + 0.6 * theta**2)
            return -way * decay / 2 * (steep / slope) ** exponent * (way - h)

        return rate

    h, errors = np.array([1.0]), []
    for number, (way, ends) in enumerate(((-1.0, (0.1, 0.7)), (1.0, (0.7, 0.4)))):
        h = solve_ivp(turning(way), ends, h, rtol=1e-11, atol=1e-12).y[:, -1]
        exact = 0.5 * (1 - h[0]) * low(ends[1]) + 0.5 * (1 + h[0]) * high(ends[1])
        errors.append(abs(result.ends[number, 3] - exact))
    record_property("potential after each half of a loop, error [V]", (max(errors), "< 1e-6"))
    assert max(errors) < 1e-6


def thin_cell(steps: list[Step], transport: float = 1.0, nodes: int = 4, **more: Any) -> Batch:
    """Negative of tiny particles with slow kinetics, positive without resistance; starts at theta 0.3."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e9 * transport, 1.0, 1.0
    negative = Phase(0, 3 * SHARE / RADIUS, RADIUS, CAPACITY, 1e-6, 0.02, 0.3)
    positive = Phase(1, 3 * SHARE / RADIUS, RADIUS, 2 * CAPACITY, 1e-6, 1e9, 0.6)
    layers = [
        Layer(NEGATIVE, nodes, WIDTH, 0.3, 0.3, 1e9, [negative]),
        Layer(SEPARATOR, 2, 1e-6, 0.5, 0.5),
        Layer(POSITIVE, 2, WIDTH, 0.3, 0.3, 1e9, [positive]),
    ]
    curves = [sampled(lambda x: 0.4 - 0.5 * x), sampled(lambda x: 4.2 - 0.5 * x)]
    return Batch(layers, curves, salt, 4000.0, steps, tolerance=1e-8, capacity=20000, **more)


def test_a_charge_ends_where_lithium_would_plate() -> None:
    current = -FULL / 3600
    j = current / (3 * SHARE / RADIUS * WIDTH)

    def margin(time: float) -> float:
        theta = 0.3 + time / 3600
        ahead = -j * RADIUS / (5 * 1e-6 * FARADAY * CAPACITY)  # surface over mean, steady parabola
        theta += ahead
        return 0.4 - 0.5 * theta + 2 * THERMAL * np.arcsinh(j / (2 * 0.02 * np.sqrt(theta * (1 - theta))))

    result = thin_cell([Step(CURRENT, current, duration=3600.0, margin=0.0)]).run()[0]
    assert result.causes == ["margin"]
    assert result.ends[0, 0] == pytest.approx(brentq(margin, 1.0, 2500.0, xtol=1e-12), abs=1e-6)
    assert result.margin[-1] == pytest.approx(0.0, abs=1e-9)


def test_lithium_would_plate_first_beside_the_separator() -> None:
    slow = thin_cell([Step(CURRENT, -FULL / 3600, duration=3600.0, margin=0.0)], transport=1e-10, nodes=8).run()[0]
    assert slow.causes == ["margin"]
    assert slow.margin_node[-1] == 7


# ---- states kept at given times
def crank(tau: float, flux: float, r: Array) -> Array:
    """theta - theta_0 at r / R in a sphere with a flux that raises the surface (Crank 6.45)."""
    mu = np.array(
        [brentq(lambda x: np.sin(x) - x * np.cos(x), n * np.pi + 1e-9, (n + 0.5) * np.pi) for n in range(1, 60)]
    )
    waves = np.sin(np.outer(r, mu)) / (r[:, None] * np.sin(mu) * mu**2) * np.exp(-(mu**2) * tau)
    return flux * (3 * tau + 0.5 * r**2 - 0.3 - 2 * waves.sum(axis=1))


def test_states_kept_at_given_times_are_those_of_the_sphere() -> None:
    radius, d, full, rate = 5e-6, 2e-15, 3e4, 1e-4
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e4, 1.0, 0.4
    table = np.array(shipped_modes(16).table)
    phase = Phase(0, 3 * 0.5 / radius, radius, full, d, 5.0, 0.2, radial=(16, table))
    layers = [Layer(SEPARATOR, 2, 1e-5, 0.5, 0.5), Layer(POSITIVE, 1, 5e-5, 0.3, 0.3, 1e4, [phase])]
    times = np.array([250.0, 600.0, 800.0, 1000.0, 1500.0, 2600.0])
    current = rate * FARADAY * full * 0.5 * 5e-5
    result = Batch(
        layers, [sampled(lambda x: 3.0 - 0.5 * x)], salt, 4000.0,
        [Step(CURRENT, current, duration=1000.0), Step(CURRENT, 0.0, duration=1200.0)], metal=True, metal_rate=1e3,
        tolerance=1e-9, capacity=100000, snapshot_times=times,
    ).run()[0]  # fmt: skip
    assert len(result.snapshots) == 6
    assert not result.snapshots[5].any()  # after the end of the run
    scale = rate / 3 * radius**2 / d
    r = np.array([0.25, 0.5, 0.75, 1.0])
    for time, state in zip(times[:5], result.snapshots[:5], strict=True):
        exact = 0.2 + crank(d * time / radius**2, scale, r)
        if time > 1000:
            exact -= crank(d * (time - 1000) / radius**2, scale, r)
        inside = _profile(state[-16:], r)
        assert state[-16] == pytest.approx(0.2 + rate * min(time, 1000.0), abs=1e-12)
        assert inside == pytest.approx(exact, abs=3e-5), time
        assert state[4] == pytest.approx(inside[-1], abs=1e-12)


def _profile(amplitudes: Array, r: Array) -> Array:
    kept = shipped_modes(amplitudes.size)
    return np.asarray(kept.inside(amplitudes[:, None], np.zeros(1), r)[0])


# ---- power and resistance in packs
def mixed(rows: Array) -> Batch:
    """Designs of kind, value: 300 s of it, then a hold at 2.85 V."""
    steps = [Step(rows[:, 0], rows[:, 1], duration=300.0), Step(VOLTAGE, 2.85, cut_current=FULL / 36000, duration=1e4)]
    return ideal(steps, pack=8, theta=0.2 + 0 * rows[:, 0], rate=5.0)


def test_power_and_resistance_in_packs_are_their_closed_forms_beside_any_neighbours() -> None:
    power, ohm, current = 2.9 * FULL / 3600, 2.9 * 3600 / FULL, FULL / 3600
    rows = np.array([[POWER, power], [RESISTANCE, ohm], [CURRENT, current], [VOLTAGE, 2.88], [POWER, -power],
                     [RESISTANCE, 3 * ohm], [CURRENT, -current], [POWER, 0.3 * power], [RESISTANCE, 0.5 * ohm],
                     [CURRENT, 0.0], [POWER, 1.7 * power]])  # fmt: skip
    results = mixed(rows).run()
    for (kind, value), result in zip(rows, results, strict=True):
        during = result.step == 0
        found = {
            POWER: result.voltage * result.current,
            RESISTANCE: result.voltage / np.where(result.current == 0, 1.0, result.current),
            CURRENT: result.current,
            VOLTAGE: result.voltage,
        }[int(kind)]
        assert found[during] == pytest.approx(value, rel=1e-9, abs=1e-9)
        # charge and lithium agree whatever is controlled
        assert result.content(0) - 0.2 == pytest.approx(result.charge / FULL, abs=1e-12)
    order = np.random.default_rng(5).permutation(len(rows))
    shuffled = mixed(rows[order]).run()
    for i, k in enumerate(order):
        assert shuffled[i].rows.tobytes() == results[k].rows.tobytes()
        assert shuffled[i].state.tobytes() == results[k].state.tobytes()
    for k in range(len(rows)):
        assert mixed(rows[k : k + 1]).run()[0].rows.tobytes() == results[k].rows.tobytes()
