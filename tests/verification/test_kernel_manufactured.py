"""V2 and V6: manufactured solutions, statement in manufactured.py; the shipped headers with a source in every equation.

V2: a sphere whose diffusivity rises from 0.6 to 2.1 times its reference with content, uniform in x: the error of the
    surface content falls with the square of the width of the shells.
V6: everything coupled, every property depends on concentration: order 2 in space for potential, salt, surface content,
    reaction and voltage (five steps' worth of error in time are far below); with k = 1..5 backward differences of equal
    steps the error in time has the order k +- 0.1, against the same mesh marched with much smaller steps.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from flat import Array
from manufactured import Made, compiled, march

MOST_STEPS, SPAN = 800, 25.0


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The driver around the shipped headers."""
    made = compiled(tmp_path_factory.mktemp("kernel"))
    if made is None:
        pytest.skip("no C++ compiler on this machine")
    return made


def errors_of(driver: ctypes.CDLL, made: Made, span: float = 5.0, steps: int = 20, order: int = 5) -> dict[str, float]:
    """Largest errors after ``span`` seconds, started from exact values."""
    h = span / steps
    begun = np.array([made.states(-h * (order - i))[0] for i in range(order + 1)])
    times = h * np.arange(1, steps + 1)
    states, voltages = march(driver, made, order, begun, times)
    wrong = np.abs(states[-1] - made.states(span)[0])
    layers, places = len(made.stages), made.nodes * sum(len(stage.parts) for stage in made.stages)
    n = made.nodes * layers
    _, p, theta, j, c = np.split(wrong, np.cumsum([1, n, places, places, n]))[:5]
    return {
        "potential": float(p.max()),
        "surface content": float(theta.max()),
        "reaction": float(j.max()),
        "salt": float(c.max()),
        "voltage": abs(float(voltages[-1]) - made.voltage(span)),
    }


def orders_of(rows: list[dict[str, float]], name: str, refined: float = 2.0) -> Array:
    values = np.array([row[name] for row in rows])
    return np.log(values[:-1] / values[1:]) / np.log(refined)


@pytest.mark.parametrize("grading", [0.0, 2.5, 4.5])
def test_a_sphere_with_varying_diffusivity_has_order_two(
    driver: ctypes.CDLL, grading: float, record_property: Any
) -> None:
    """V2."""
    rows = [errors_of(driver, Made(2, "shells", count, grading, still=True)) for count in (10, 20, 40)]
    orders = orders_of(rows, "surface content")
    record_property("observed order in the radius", (orders[-1], "> 1.9"))
    record_property("surface content with 20 shells, error", rows[1]["surface content"])
    assert np.all(np.abs(orders - 2) < 0.1), orders
    assert rows[-1]["reaction"] < 1e-9  # j follows from the charge alone here


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["modes", "shells"])
def test_the_coupled_electrode_has_order_two_in_space(driver: ctypes.CDLL, kind: str, record_property: Any) -> None:
    """V6."""
    meshes = (10, 20, 40)
    rows = [errors_of(driver, Made(n, kind, 6 if kind == "modes" else n)) for n in meshes]
    for name in rows[0]:
        orders = orders_of(rows, name)
        record_property(f"observed order in space: {name}", (orders[-1], "> 1.9"))
        assert orders[-1] == pytest.approx(2.0, abs=0.1), (name, orders)


@pytest.mark.slow
def test_the_coupled_electrode_has_nominal_order_in_time(driver: ctypes.CDLL, record_property: Any) -> None:
    """V6."""
    made, h = Made(3, "modes", 5), SPAN / MOST_STEPS
    times = h * np.arange(1, MOST_STEPS + 1)
    sources = np.array([made.states(float(t))[1] for t in times])
    begun = np.array([made.states(h * (i - 5))[0] for i in range(6)])
    exact, voltages = march(driver, made, 5, begun, times, sources)
    start = MOST_STEPS // 2
    for order in range(1, 6):
        errors = []
        for every in (8, 4):
            first = [start - every * (order - i) for i in range(order + 1)]
            picked = np.arange(start + every, MOST_STEPS, every)
            found = march(driver, made, order, exact[first], times[picked], sources[picked])
            apart = np.abs(found[0] - exact[picked])[:, 1:].max(axis=0)
            errors.append((np.abs(found[1] - voltages[picked])[-1], apart.max()))
        observed = np.log2(np.array(errors[0]) / np.array(errors[1]))
        record_property(f"observed order in time, nominal {order}", (observed[0], f"> {order - 0.1:g}"))
        assert observed[0] == pytest.approx(order, abs=0.1), (order, errors)
