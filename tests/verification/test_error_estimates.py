"""The error estimate is honest: held against much finer runs over generated designs at C/10 to 4C.

The true error is at most twice the estimate in 95 % of them, and the median of estimate over true error is under 5.
Exact stands for four times the control volumes, thirty modes and a tolerance of 1e-7. docs/theory/error.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.errors import DesignError
from alloycell.simulate import Options, Result, simulate
from alloycell.simulate.options import LEVELS
from alloycell.simulate.tracks import apart, track_of

sys.path.insert(0, str(Path(__file__).parents[1] / "properties"))
from generated import batch_of, design_of

FINE = {"nodes": 80, "modes": 30, "tolerance": 1e-7, "rows": 60_000}
EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST, VARIANTS = 3000, 8


def trial(seed: int) -> tuple[float, str, Options]:
    """Rate, protocol and options of the structure ``seed``: a discharge, or a cycle of five steps."""
    rate = float(np.exp(np.random.default_rng(seed).uniform(np.log(0.1), np.log(4))))
    options = Options(film="open", wetted=0.1, diffusivity=LEVELS[seed % 3])
    if seed % 2:
        return rate, f"Discharge at {rate:.4g}C", replace(options, start=("first charge", "charged")[seed // 2 % 2])
    upper = float(np.asarray(Cell.of(design_of(seed)).operation.charge_voltage))
    there = f"Charge at {rate:.4g}C; Hold at {upper:.4f} V until C/50; Rest for 10 min"
    return rate, f"{there}; Discharge at {rate:.4g}C; Rest for 10 min", replace(options, start="discharged")


def judged(result: Result, exact: Result) -> Iterator[tuple[str, float, float]]:
    """(figure, true error, estimate) of one design [SI]."""
    error, track = result.error, track_of(result.raw)
    assert error is not None
    far = apart(track, track_of(exact.raw))
    yield "voltage", float(far[~track.steep].max(initial=0.0)), error.largest.total
    yield "end time", abs(result.raw.time - exact.raw.time), error.end_time.total
    if error.capacity is not None and error.energy is not None:
        yield "capacity", abs(result.capacity / exact.capacity - 1.0), error.capacity.total / exact.capacity
        yield "energy", abs(result.discharge_energy - exact.discharge_energy), error.energy.total
    for where, parts in error.lithium_fraction.items():
        off = abs(result.lithium_fraction(where)[-1] - exact.lithium_fraction(where)[-1])
        yield "lithium", float(off), parts.total


def held(seeds: Iterator[int], variants: int, wanted: int) -> dict[str, list[tuple[float, float, float]]]:
    """(true error, estimate, rate) by figure, until ``wanted`` designs have been judged."""
    found: dict[str, list[tuple[float, float, float]]] = {"voltage": []}
    for seed in seeds:
        try:
            (rate, steps, options), batch = trial(seed), batch_of(seed, variants)
        except DesignError:
            continue
        result, exact = simulate(batch, steps, options), simulate(batch, steps, replace(options, **FINE))
        for row, error in enumerate(result.errors):
            if error is not None and exact[row].outcome.finished:
                for name, true, estimate in judged(result[row], exact[row]):
                    found.setdefault(name, []).append((true, estimate, rate))
        if len(found["voltage"]) >= wanted:
            break
    return found


FLOORS = {"voltage": 1e-6, "end time": 1e-5, "capacity": 1e-8, "energy": 1e-4, "lithium": 1e-8}


def shares(name: str, rows: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Share of designs within twice the estimate, median of estimate over true error; errors under the floor count
    as the floor: microvolt, 1e-5 s, 1e-8, 1e-4 J/m2."""
    true, estimate, _ = np.array(rows).T
    floor = FLOORS[name]
    return float(np.mean(true <= 2 * estimate + floor)), float(
        np.median(np.maximum(estimate, floor) / np.maximum(true, floor))
    )


@pytest.mark.slow
def test_the_estimate_is_honest_for_five_hundred_generated_designs(record_property):
    found = held(iter(range(FIRST, FIRST + 200)), VARIANTS, 500)
    assert len(found["voltage"]) >= 500
    for name, rows in found.items():
        within, median = shares(name, rows)
        record_property(f"{name}: true error within twice the estimate [% of {len(rows)}]", round(100 * within, 1))
        record_property(f"{name}: median of estimate over true error", round(median, 2))
        assert within >= 0.95, name
        assert median < 5, name
    slow = np.array([true for true, _, rate in found["voltage"] if rate <= 2])
    for share in (50, 75, 95):
        record_property(f"default settings up to 2C: {share} % of designs err by less than [mV]",
                        round(1e3 * float(np.percentile(slow, share)), 3))  # fmt: skip
    record_property("default settings up to 2C: designs within 1 mV [%]", round(100 * float(np.mean(slow <= 1e-3)), 1))


COARSE = {"nodes": 4, "modes": 4, "tolerance": 1e-3}
SHIPPED = {
    "lg-m50": Options(),
    "layered-silicon": Options(film="open", wetted=0.1),
    "silicon-tin-layer": Options(),
}


@pytest.mark.parametrize("given", [{}, COARSE], ids=["default settings", "coarse settings"])
def test_the_estimate_is_honest_for_shipped_designs(given, record_property, request):
    inside = []
    for name, options in SHIPPED.items():
        cell, worst = Cell.load(EXAMPLES / f"{name}.toml"), 0.0
        for rate in ("C/10", "1C", "2C"):
            exact = simulate(cell, f"Discharge at {rate}", replace(options, nodes=80, modes=16, tolerance=1e-6))
            result = simulate(cell, f"Discharge at {rate}", replace(options, **given))
            for figure, true, estimate in judged(result, exact):
                inside.append(true <= 2 * estimate + FLOORS[figure])
                worst = max(worst, true) if figure == "voltage" else worst
        how = request.node.callspec.id
        record_property(f"{name}, {how}: largest error of the voltage up to 2C [mV]", round(1e3 * worst, 3))
    assert np.mean(inside) >= 0.95
