"""V9, V12, V14 and conservation, on whole cells.

V9: one-state hysteresis (Axen): dh/d|theta| = (decay/2) (sign - h), so over a charge that moves theta by D
    h = s + (h0 - s) exp(-decay D / 2); a half cell with linear branches, very slow, shows it in its potential.
V12: at C/1000 a discharge follows the open-circuit curve of the balanced pair; the distance falls tenfold at C/10 000.
V14: linear potential U = a + b theta without any resistance: V(t) is known, so is the time of every end. Constant
    power P: FULL int U dtheta = P t; a resistance R: V falls as exp(b t / (R FULL)); a held voltage behind a
    resistance: so does the current. An end is met on the path of the run to 1e-8 s; the path itself has the error of
    its steps, so that such ends are right to 1e-6 s at a tolerance of 3e-12 and move in proportion to it.
Conservation: lithium of the particles and charge passed agree to rounding, salt stays.
"""

from __future__ import annotations

import numpy as np
import pytest
from flat import (
    CURRENT,
    POSITIVE,
    POWER,
    RESISTANCE,
    SEPARATOR,
    VOLTAGE,
    Batch,
    Layer,
    Phase,
    Record,
    Result,
    Step,
    sampled,
    shells,
)
from sets import chen, graphite, nickel_rich, with_ends

FARADAY = 96485.33212
CAPACITY, SHARE, WIDTH, RADIUS = 3e4, 0.5, 5e-5, 1e-7
FULL = FARADAY * CAPACITY * SHARE * WIDTH  # charge per area for theta 0 -> 1 [C/m2]


def ideal(
    steps: list[Step],
    theta: float = 0.2,
    tolerance: float = 1e-8,
    rate: float = 1e9,
    contact: float = 0.0,
    **more: float,
) -> Result:
    """Half cell without resistances: tiny particles, huge exchange currents, conducting salt (t+ = 1)."""
    salt = np.zeros((8, 11))
    salt[0], salt[1], salt[2], salt[3] = 1e-6, 1e9, 1.0, 1.0
    phase = Phase(0, 3 * SHARE / RADIUS, RADIUS, CAPACITY, 1e-6, rate, theta, **more)
    layers = [Layer(SEPARATOR, 2, 1e-6, 0.5, 0.5), Layer(POSITIVE, 2, WIDTH, 0.3, 0.3, 1e9, [phase])]
    curves = [sampled(lambda x: 3.0 - 0.5 * x), sampled(lambda x: 3.2 - 0.5 * x)]
    return Batch(
        layers,
        curves,
        salt,
        4000.0,
        steps,
        metal=True,
        metal_rate=1e13,
        tolerance=tolerance,
        groups=[[1.0]],
        capacity=20000,
        contact=contact,
    ).run()[0]


def test_current_ends_are_met_to_a_microsecond(record_property: Record) -> None:
    """V14."""
    current = FULL / 3600
    result = ideal(
        [
            Step(CURRENT, current, low_voltage=2.75),
            Step(CURRENT, -current, charge=0.2 * FULL),
            Step(CURRENT, -current, group=0, low_content=0.15),
        ]
    )
    assert result.causes == ["low voltage", "charge", "low content"]
    times = np.diff(np.r_[0.0, result.ends[:, 0]])
    expected = [3600 * 0.3, 3600 * 0.2, 3600 * 0.15]
    record_property("end of a step off by [s]", (np.abs(times - expected).max(), "< 1e-6"))
    assert times == pytest.approx(expected, abs=1e-6)
    exact = ideal([Step(CURRENT, current, charge=0.3 * FULL)], tolerance=1e-4)
    assert exact.time[-1] == pytest.approx(1080.0, abs=1e-6)


def test_power_and_resistance_follow_their_closed_forms(record_property: Record) -> None:
    """V14."""
    power, ohm = 2.9 * FULL / 3600, 2.9 * 3600 / FULL
    result = ideal([Step(POWER, power, duration=600.0)], tolerance=1e-11)
    theta = 0.2 + result.charge / FULL
    energy = FULL * (3.0 * (theta - 0.2) - 0.25 * (theta**2 - 0.04))
    record_property("energy at constant power, relative error", (abs(energy[-1] / (power * 600) - 1), "< 1e-9"))
    assert energy[-1] == pytest.approx(power * 600, rel=1e-9)
    result = ideal([Step(RESISTANCE, ohm, duration=600.0)], tolerance=1e-11)
    # theta' = (3 - theta/2) / (ohm FULL): exponential towards 6
    exact = 6 + (0.2 - 6) * np.exp(-0.5 * 600 / (ohm * FULL))
    record_property("content after a resistance, error", (abs(result.content(0)[-1] - exact), "< 1e-10"))
    assert result.content(0)[-1] == pytest.approx(exact, abs=1e-10)


def test_ends_of_power_resistance_and_held_voltage_are_met_to_a_microsecond(record_property: Record) -> None:
    """V14."""
    current, ohm, series = FULL / 3600, 2.9 * 3600 / FULL, 2e-3
    ends = {
        POWER: (Step(POWER, 2.9 * current, low_voltage=2.75), FULL * (3 * 0.3 - 0.25 * 0.21) / (2.9 * current)),
        RESISTANCE: (Step(RESISTANCE, ohm, low_voltage=2.75), 2 * ohm * FULL * np.log(2.9 / 2.75)),
        VOLTAGE: (
            Step(VOLTAGE, 2.85, cut_current=current / 20),
            2 * series * FULL * np.log(0.05 / series / current * 20),
        ),
    }
    found = {}
    for tolerance in (3e-11, 3e-12):
        for kind, (step, exact) in ends.items():
            result = ideal([step], tolerance=tolerance, contact=series if kind == VOLTAGE else 0.0)
            assert result.causes == ["current" if kind == VOLTAGE else "low voltage"]
            found[kind, tolerance] = abs(result.time[-1] - exact)
    worst = max(found[kind, 3e-12] for kind in ends)
    record_property("end of a step off by [s]", (worst, "< 1e-6"))
    assert worst < 1e-6
    assert max(found.values()) < 1e-5


def test_hysteresis_state_relaxes_exponentially_and_its_loop_is_exact(record_property: Record) -> None:
    """V9."""
    current, decay = FULL / 36000, 20.0
    result = ideal(
        [Step(CURRENT, current, charge=0.5 * FULL), Step(CURRENT, -current, charge=0.5 * FULL)],
        decay=decay,
        hysteresis=1,
        high=1,
        h=1.0,
    )
    moved = np.abs(np.diff(result.ends[:, 4 + 1], prepend=0.0)) / FULL
    h = -1 + 2 * np.exp(-decay * moved[0] / 2)
    ends = [3.0 - 0.5 * 0.7 + 0.1 * (1 + h)]
    h = 1 + (h - 1) * np.exp(-decay * moved[1] / 2)
    ends.append(3.0 - 0.1 + 0.1 * (1 + h))
    record_property(
        "potential after each half of a loop, error [V]", (np.abs(result.ends[:, 3] - ends).max(), "< 1e-7")
    )
    assert result.ends[:, 3] == pytest.approx(ends, abs=1e-7)


def test_slow_discharge_follows_the_open_circuit_curve(record_property: Record) -> None:
    """V12."""
    low, high = with_ends(graphite), with_ends(nickel_rich)
    distance = []
    for rate in (1e-3, 1e-4):
        result = chen(
            10, steps=[Step(CURRENT, 5 / 0.1027 * rate, duration=1e9, low_voltage=2.5)], tolerance=1e-6
        ).run()[0]
        share = result.charge / result.charge[-1]
        inside = (share > 0.02) & (share < 0.98)
        rest = high(result.content(1)) - low(result.content(0))
        distance.append(np.abs(result.voltage - rest)[inside].max())
    record_property("largest distance at C/1000 [V]", (distance[0], "< 1e-3"))
    record_property("at C/10 000 [V]", (distance[1], "< 1e-4"))
    record_property("ratio, 10 expected", distance[0] / distance[1])
    assert distance[0] < 1e-3
    assert distance[1] < 1e-4
    assert distance[0] / distance[1] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("kind", ["modes", "shells"])
def test_lithium_and_salt_are_conserved_to_rounding(kind: str, record_property: Record) -> None:
    c = 5 / 0.1027
    cycle = [
        Step(CURRENT, c, low_voltage=2.5),
        Step(CURRENT, -c, high_voltage=4.2),
        Step(VOLTAGE, 4.2, cut_current=c / 20),
        Step(CURRENT, 0.0, duration=600.0),
    ]
    batch = chen(20, steps=cycle * 3, capacity=20000)
    lithium = []
    for layer in batch.layers:
        for phase in layer.phases:
            if kind == "shells":
                phase.radial, phase.diffusivity_curve = shells(20), len(batch.curves)
            lithium.append(phase.capacity * phase.area * phase.radius / 3 * layer.thickness)
    batch.curves = [*batch.curves, sampled(lambda x: 1 + 0.5 * x)]
    result = batch.run()[0]
    assert result.outcome == "finished"
    total = sum(n * result.content(i) for i, n in enumerate(lithium))
    moved = lithium[0] * (result.content(0)[0] - result.content(0)) - (result.charge / FARADAY)
    record_property("lithium over three cycles, relative", (np.ptp(total) / total[0], "< 1e-12"))
    record_property("lithium against charge, relative", (np.abs(moved).max() / total[0], "< 1e-12"))
    record_property("salt, relative", (np.ptp(result.salt) / result.salt[0], "< 1e-12"))
    assert np.ptp(total) / total[0] < 1e-12
    assert np.abs(moved).max() / total[0] < 1e-12
    assert np.ptp(result.salt) / result.salt[0] < 1e-12
