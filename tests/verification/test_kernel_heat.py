"""V11: lumped heat, and what follows the temperature; resistances in series with a cell and with a reaction.

A cell at rest relaxes to its surroundings, T = T_a + (T_0 - T_a) exp(- h t / C). A cell whose only loss is a contact
resistance r warms by I^2 r t / C when nothing cools it. Heat given off is heat kept plus heat lost, and heat plus work
is what the lithium gave up: the fall of the sum of n F int U d theta over all particles, which is a function of the
contents alone. Rates grow by exp(E/R (1/T_0 - 1/T)).
"""

from __future__ import annotations

from dataclasses import replace
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
    sampled,
    shells,
)

FARADAY, GAS = 96485.33212, 8.31446261815324
START = 298.15
RADIUS, FULL, SHARE = 2e-6, 3e4, 0.6
CURRENT_DENSITY = 30.0


def low_negative(x: Array) -> Array:
    """Lithiation branch of the negative [V]."""
    return 0.3 - 0.25 * x + 0.02 * np.cos(6 * x)


def positive_curve(x: Array) -> Array:
    """Potential of the positive [V]."""
    return 4.3 - 0.9 * x + 0.05 * np.sin(5 * x)


def salt(transference: float = 0.3, diffusivity: float = 3e-10, conductivity: float = 1.0) -> Array:
    """A salt with constant properties."""
    table = np.zeros((8, 11))
    table[0], table[1], table[2], table[3] = diffusivity, conductivity, 1.0, transference
    return table


def cell(steps: list[Step], hysteresis: int = 0, nodes: int = 6, **more: Any) -> Batch:
    """A whole cell of one phase on each side, with activation energies, warming up."""
    energies = {"diffusion_energy": 3600.0, "rate_energy": 4200.0}
    first = Phase(0, 3 * SHARE / RADIUS, RADIUS, FULL, 2e-14, 5.0, 0.8, hysteresis=hysteresis, h=-1.0, decay=20.0,
                  high=1 if hysteresis else 0, **energies)  # fmt: skip
    second = Phase(2, 3 * SHARE / RADIUS, RADIUS, FULL, 1e-14, 3.0, 0.3, **energies)
    layers = [
        Layer(NEGATIVE, nodes, 6e-5, 0.3, 0.16, 100.0, [first]),
        Layer(SEPARATOR, nodes, 1.5e-5, 0.5, 0.35),
        Layer(POSITIVE, nodes, 6e-5, 0.3, 0.16, 10.0, [second]),
    ]
    curves = [sampled(low_negative), sampled(lambda x: low_negative(x) + 0.1), sampled(positive_curve)]
    given: dict[str, Any] = {"heat_capacity": 700.0, "heat_transfer": 1.0, "salt_energies": (2000.0, 1800.0)}
    return Batch(layers, curves, salt(), 4000.0, steps, capacity=20000, **(given | more))


def discharge(seconds: float = 1200.0) -> list[Step]:
    """One step of constant current."""
    return [Step(CURRENT, CURRENT_DENSITY, duration=seconds)]


def cycle() -> list[Step]:
    """Discharge, charge, hold, rest."""
    return [
        Step(CURRENT, CURRENT_DENSITY, duration=1200.0),
        Step(CURRENT, -CURRENT_DENSITY, duration=600.0),
        Step(VOLTAGE, 3.9, duration=300.0),
        Step(CURRENT, 0.0, duration=600.0),
    ]


def stored(batch: Batch, state: Array) -> float:
    """Energy of the lithium [J/m2] in a state, with the mean of both branches: minus the sum of n F int U d theta."""
    n = sum(layer.nodes for layer in batch.layers)
    first, last = batch.layers[0], batch.layers[2]
    points = first.nodes + last.nodes
    at = 1 + 2 * n + 2 * points + (first.nodes if first.phases[0].hysteresis else 0)
    low = state[at : at + first.nodes]
    at += first.nodes * first.phases[0].radial[0]
    high = state[at : at + last.nodes]
    per = SHARE * FULL * FARADAY * 6e-5 / first.nodes
    shift = 0.05 if first.phases[0].hysteresis else 0.0
    negative = (0.3 + shift) * low - 0.125 * low**2 + np.sin(6 * low) / 300
    positive = 4.3 * high - 0.45 * high**2 - np.cos(5 * high) / 100
    return -per * float(negative.sum() + positive.sum())


def kept(batch: Batch, result: Result) -> Array:
    """Heat kept since the start [J/m2]."""
    return np.asarray(batch.heat_capacity * (result.temperature - START))


def test_a_cell_at_rest_relaxes_exponentially_and_its_error_follows_the_tolerance(
    record_property: Record,
) -> None:
    """V11."""
    errors = []
    tolerances = (1e-4, 1e-6, 1e-8)
    for tolerance in tolerances:
        batch = cell([Step(CURRENT, 0.0, duration=3000.0)], heat_transfer=0.7, ambient=330.0, tolerance=tolerance)
        for layer, theta in ((batch.layers[0], 0.8), (batch.layers[2], 0.3)):
            layer.phases[0].theta = theta
        result = batch.run()[0]
        exact = 330.0 + (START - 330.0) * np.exp(-0.7 * result.time / 700.0)
        errors.append(float(np.abs(result.temperature - exact).max()))
    order = np.log(errors[0] / errors[-1]) / np.log(tolerances[0] / tolerances[-1])
    record_property("relaxation, error at a tolerance of 1e-8 [K]", (errors[-1], "< 1e-5"))
    record_property("relaxation, order of the error in the tolerance", (order, "0.8 to 1.2"))
    assert errors[-1] < 1e-5
    assert order == pytest.approx(1.0, abs=0.2)


def test_a_contact_resistance_warms_a_cell_by_its_square_law(record_property: Record) -> None:
    """V11."""
    ohm, capacity = 2e-3, 500.0
    ideal = Phase(0, 3 * SHARE / 1e-7, 1e-7, FULL, 1e-6, 1e9, 0.2)
    layers = [Layer(SEPARATOR, 2, 1e-6, 0.5, 0.5), Layer(POSITIVE, 2, 6e-5, 0.3, 0.3, 1e9, [ideal])]
    batch = Batch(layers, [sampled(lambda x: 3.0 - 0.5 * x)], salt(1.0, 1e-6, 1e9), 4000.0, discharge(), metal=True,
                  metal_rate=1e13, contact=ohm, heat_capacity=capacity, tolerance=1e-8)  # fmt: skip
    result = batch.run()[0]
    expected = CURRENT_DENSITY**2 * ohm * result.time / capacity
    record_property("warming by a contact resistance, relative error", (
        np.abs(result.temperature - START - expected).max() / expected[-1], "< 1e-6"))  # fmt: skip
    assert result.temperature - START == pytest.approx(expected, abs=1e-6 * expected[-1])


def test_heat_closes_with_shells_as_with_modes() -> None:
    modal, resolved = cell(cycle(), tolerance=1e-6), cell(cycle(), tolerance=1e-6)
    for layer in (resolved.layers[0], resolved.layers[2]):
        layer.phases[0].radial, layer.phases[0].diffusivity_curve = shells(24), 3
    resolved.curves = [*resolved.curves, sampled(lambda x: 1.0 + 0.0 * x)]
    one, two = modal.run()[0], resolved.run()[0]
    assert two.outcome == "finished"
    assert kept(resolved, two) == pytest.approx(two.heat - two.heat_lost, abs=1e-9 * two.heat[-1])
    assert two.heat[-1] == pytest.approx(one.heat[-1], rel=5e-3)


@pytest.mark.parametrize("hysteresis", [0, 1])
def test_heat_closes_to_rounding_and_is_what_the_lithium_gave_up_less_work(
    hysteresis: int, record_property: Record
) -> None:
    """V11."""
    distance = []
    for tolerance in (1e-4, 1e-9):
        batch = cell(cycle(), hysteresis, tolerance=tolerance)
        result = batch.run()[0]
        assert result.outcome == "finished"
        closure = np.abs(kept(batch, result) + result.heat_lost - result.heat).max() / np.abs(result.heat).max()
        assert closure < 1e-10
        begin = replace(batch, steps=[Step(CURRENT, 0.0, duration=0.0)]).run()[0]
        given = stored(batch, begin.state) - stored(batch, result.state)
        distance.append(abs(given - result.energy[-1] - result.heat[-1]) / np.abs(result.heat).max())
    record_property(f"heat kept and lost against heat made, relative (hysteresis {hysteresis})", float(closure))
    record_property(
        f"energy of the lithium against work and heat, relative (hysteresis {hysteresis})", float(distance[-1])
    )
    assert distance[0] < 1e-2
    assert distance[-1] < 1e-6


def test_an_adiabatic_cell_keeps_all_heat_and_only_warms() -> None:
    batch = cell(discharge(), heat_transfer=0.0)
    result = batch.run()[0]
    assert np.all(result.heat_lost == 0.0)
    assert result.temperature - START == pytest.approx(result.heat / batch.heat_capacity, rel=1e-10, abs=1e-10)
    assert np.all(np.diff(result.temperature[1:]) > 0)
    assert result.temperature[-1] > START + 1.0


def test_strong_cooling_gives_the_isothermal_run() -> None:
    fixed = cell(discharge(), heat_capacity=0.0, tolerance=1e-8).run()[0]
    away = []
    for transfer in (1e3, 1e4):
        found = cell(discharge(), heat_transfer=transfer, tolerance=1e-8).run()[0]
        away.append(abs(found.voltage[-1] - fixed.voltage[-1]))
    assert away[0] / away[1] == pytest.approx(10.0, rel=0.05)
    assert away[1] < 1e-5


def test_rates_follow_the_temperature_by_their_activation_energies() -> None:
    warm = 320.0
    moved = cell(discharge(), heat_transfer=1e8, ambient=warm, tolerance=1e-8).run()[0]

    def grown(energy: float) -> float:
        return float(np.exp(energy * (1 / START - 1 / warm)))

    fixed = cell(discharge(), heat_capacity=0.0, temperature=warm, tolerance=1e-8)
    for layer in (fixed.layers[0], fixed.layers[2]):
        phase = layer.phases[0]
        phase.diffusivity, phase.rate = phase.diffusivity * grown(3600.0), phase.rate * grown(4200.0)
    fixed.salt = salt(0.3, 3e-10 * grown(2000.0), grown(1800.0))
    expected = fixed.run()[0]
    assert moved.voltage[-1] == pytest.approx(expected.voltage[-1], abs=1e-6)
    assert moved.temperature[-1] == pytest.approx(warm, abs=1e-4)


def test_lithium_closes_while_the_cell_warms() -> None:
    result = cell(cycle()).run()[0]
    total = result.content(0) + result.content(1)
    assert np.ptp(total) / total[0] < 1e-12
    assert np.ptp(result.salt) / result.salt[0] < 1e-12


def test_warming_cells_in_a_pack_do_not_mix() -> None:
    transfer = np.linspace(0.0, 5.0, 11)

    def rows(values: Array, **more: Any) -> list[bytes]:
        batch = cell(cycle(), heat_transfer=values, contact=1e-4 * values, pack=8, **more)
        return [result.rows.tobytes() + result.state.tobytes() for result in batch.run()]

    first = rows(transfer)
    order = np.random.default_rng(2).permutation(11)
    shuffled = rows(transfer[order], threads=2)
    assert all(shuffled[i] == first[k] for i, k in enumerate(order))
    assert rows(transfer[3:4])[0] == first[3]
    single = cell(cycle(), heat_transfer=transfer[3], contact=1e-4 * transfer[3]).run()[0]
    packed = cell(cycle(), heat_transfer=transfer, contact=1e-4 * transfer, pack=8).run()[3]
    assert single.ends == pytest.approx(packed.ends, rel=1e-7, abs=1e-7)


def test_a_warm_run_in_two_halves_is_one_run() -> None:
    whole = cell(cycle()).run()[0]
    first = cell(cycle()[:2]).run()[0]
    second = cell(cycle()[2:], state_in=first.state[None]).run()[0]
    assert second.ends[-1, 3:5] == pytest.approx(whole.ends[-1, 3:5], rel=1e-9)
    assert second.state == pytest.approx(whole.state, rel=1e-7, abs=1e-9)


def test_a_contact_resistance_shifts_the_voltage_by_current_times_resistance() -> None:
    bare, touched = (cell(cycle()[:2], heat_capacity=0.0, contact=ohm).run()[0] for ohm in (0.0, 1.5e-3))
    assert np.array_equal(bare.time, touched.time)
    assert bare.voltage - touched.voltage == pytest.approx(1.5e-3 * bare.current, abs=1e-12)


def test_a_film_resistance_shifts_the_overpotential_by_reaction_times_resistance() -> None:
    ohm = 0.02
    found = []
    for film in (0.0, ohm):
        batch = cell(discharge(600.0), heat_capacity=0.0, nodes=1, tolerance=1e-8)
        batch.layers[0].phases[0].film = film
        found.append(batch.run()[0])
    reaction = CURRENT_DENSITY / (3 * SHARE / RADIUS * 6e-5)
    shift = np.interp(300.0, found[0].time, found[0].voltage) - np.interp(300.0, found[1].time, found[1].voltage)
    assert shift == pytest.approx(reaction * ohm, rel=1e-6)
    assert found[0].voltage[-1] - found[1].voltage[-1] == pytest.approx(reaction * ohm, rel=1e-9)


def test_a_film_everywhere_makes_the_reaction_more_even() -> None:
    spreads = []
    for film in (0.0, 1.0):
        batch = cell(discharge(60.0), heat_capacity=0.0, nodes=12)
        batch.layers[0].phases[0].film = film
        result = batch.run()[0]
        reaction = result.state[1 + 36 + 24 :][:12]
        spreads.append(np.ptp(reaction) / reaction.mean())
    assert spreads[1] < 0.2 * spreads[0]
