"""Shells, for a diffusivity that depends on content, in whole cells and in packs.

Reference for a constant diffusivity: 30 diffusion modes, exact to 1e-6 V here. Packs: a design's figures are the same
bits beside any neighbours. Lithium: 1e-12 of the mean, for a diffusivity that falls a hundredfold with content.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flat import CURRENT, VOLTAGE, Batch, Result, Step, modes, sampled, shells
from sets import chen

FARADAY = 96485.33212
ONE_C = 5 / 0.1027


def steep(x: Any) -> Any:
    """Falls a hundredfold, as that of graphite with its lithium content."""
    return np.exp(-4.6 * x) * 8


def cell(steps: list[Step], radial: Any, curve: Any = steep, nodes: int = 10, **more: Any) -> Batch:
    """The LG M50 with ``radial`` in both electrodes; shells take the diffusivity times ``curve``."""
    made = chen(nodes, steps=steps, **more)
    made.curves = [*made.curves, sampled(curve)]
    for layer in made.layers:
        for phase in layer.phases:
            phase.radial = radial
            phase.diffusivity_curve = -1 if curve is None else len(made.curves) - 1
    return made


def cycle(rates: Any = 1.0) -> list[Step]:
    return [
        Step(CURRENT, ONE_C * rates, low_voltage=2.8),
        Step(CURRENT, -0.5 * ONE_C * rates, high_voltage=4.2),
        Step(VOLTAGE, 4.2, cut_current=ONE_C / 10),
    ]


def figures(results: list[Result]) -> list[bytes]:
    return [r.rows.tobytes() + r.state.tobytes() + r.ends.tobytes() for r in results]


def test_a_design_with_shells_has_the_same_bits_beside_any_neighbours() -> None:
    rates = np.linspace(0.3, 2.0, 11)
    first = figures(cell(cycle(rates), shells(12), pack=8).run())
    order = np.random.default_rng(3).permutation(11)
    shuffled = figures(cell(cycle(rates[order]), shells(12), pack=8, threads=2).run())
    assert all(shuffled[i] == first[k] for i, k in enumerate(order))
    assert figures(cell(cycle(rates[4:5]), shells(12), pack=8).run())[0] == first[4]


def test_a_design_with_shells_in_a_pack_is_the_design_alone() -> None:
    rates = np.linspace(0.5, 2.0, 8)
    packed = cell(cycle(rates), shells(12), pack=8).run()
    for rate, a in zip(rates, packed, strict=True):
        b = cell(cycle(rate), shells(12)).run()[0]
        assert a.causes == b.causes
        assert a.ends == pytest.approx(b.ends, rel=1e-9, abs=1e-9)


def test_lithium_is_conserved_where_the_diffusivity_falls_a_hundredfold(record_property: Any) -> None:
    made = cell(cycle() * 2, shells(24), capacity=20000)
    result = made.run()[0]
    assert result.outcome == "finished"
    held = [p.capacity * p.area * p.radius / 3 * layer.thickness for layer in made.layers for p in layer.phases]
    lost = held[0] * (result.content(0)[0] - result.content(0)) - result.charge / FARADAY
    won = held[1] * (result.content(1) - result.content(1)[0]) - result.charge / FARADAY
    worst = max(np.abs(lost).max(), np.abs(won).max()) / held[0]
    record_property("lithium against charge, relative", (worst, "< 1e-12"))
    assert worst < 1e-12


def test_half_a_run_and_the_rest_of_it_are_the_run() -> None:
    steps = cycle()
    whole = cell(steps, shells(12)).run()[0]
    first = cell(steps[:1], shells(12)).run()[0]
    second = cell(steps[1:], shells(12), state_in=first.state[None]).run()[0]
    assert second.ends[-1, 3] == pytest.approx(whole.ends[-1, 3], rel=1e-9)
    assert second.ends[-1, 11:] == pytest.approx(whole.ends[-1, 11:], rel=1e-9)
    assert first.ends[-1, 0] + second.ends[-1, 0] == pytest.approx(whole.ends[-1, 0], rel=1e-9)


def test_shells_of_constant_diffusivity_converge_to_the_modes_with_order_two(record_property: Any) -> None:
    times = np.array([20.0, 60.0, 600.0])
    steps = [Step(CURRENT, ONE_C, duration=t) for t in np.diff(times, prepend=0.0)]
    exact = chen(10, steps=steps, tolerance=1e-8, capacity=20000)
    for layer in exact.layers:
        for phase in layer.phases:
            phase.radial = modes(30)
    reference = exact.run()[0].ends[:, 3]
    errors = []
    for count in (12, 24, 48):
        made = cell(steps, shells(count), lambda x: 1 + 0 * x, tolerance=1e-8, capacity=20000)
        errors.append(np.abs(made.run()[0].ends[:, 3] - reference).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    record_property("observed order in the radius", (orders[-1], "> 1.8"))
    record_property("voltage with 24 shells at 1C, error [V]", (errors[1], "< 3e-4"))
    assert np.all(np.abs(orders - 2) < 0.2), (errors, orders)
    assert errors[1] < 3e-4


def test_the_curve_reaches_the_particles_it_is_meant_for() -> None:
    """Doubling the diffusivity by its curve is doubling it by its number."""
    twice = cell(cycle(), shells(12), lambda x: 2 + 0 * x)
    number = cell(cycle(), shells(12), lambda x: 1 + 0 * x)
    for layer in number.layers:
        for phase in layer.phases:
            phase.diffusivity = 2 * phase.diffusivity
    a, b = twice.run()[0], number.run()[0]
    assert a.ends == pytest.approx(b.ends, rel=1e-9, abs=1e-9)
