"""Generated layered designs through a five-step protocol: every run ends in a named outcome, lithium closes, no NaN.

The sentences below hold for every seed; a slow test of `make verify` runs more of them.
"""

from __future__ import annotations

import numpy as np
import pytest
from generated import design_of

from alloycell.cell import Cell
from alloycell.simulate import Options, Result, simulate
from alloycell.simulate.options import LEVELS

REFUSED = {"plated at the start", "no capacity", "no pores left"}


def run_of(seed: int) -> Result:
    """One generated design, charged, held, rested, discharged and rested at a rate from C/50 to 4C."""
    cell = Cell.of(design_of(seed))
    rate = float(np.exp(np.random.default_rng(seed).uniform(np.log(0.02), np.log(4))))
    upper = cell.operation.charge_voltage
    there = f"Charge at {rate:.4g}C; Hold at {upper:.4f} V until C/50; Rest for 10 min"
    steps = f"{there}; Discharge at {rate:.4g}C; Rest for 10 min"
    start = "lithium added" if seed % 2 else None
    return simulate(cell, steps, Options(film="open", wetted=0.1, start=start, diffusivity=LEVELS[seed % 3]))


def finished(seeds: range) -> float:
    """Share of the designs that no rule refuses which finish; asserts what holds for each."""
    outcomes = []
    for seed in seeds:
        result = run_of(seed)
        outcomes.append(result.outcome.name)
        if result.raws[0] is not None:
            assert np.all(np.isfinite(result.raw.rows[:, [0, 2, 3, 5, 6]])), seed
            assert result.ledger.closure < 1e-10, seed
        if not result.outcome.finished:
            assert result.outcome.place, seed
            assert result.outcome.remedy, seed
    run = [name for name in outcomes if name not in REFUSED]
    return run.count("finished") / len(run)


def test_generated_designs_run_to_a_named_end():
    assert finished(range(40)) >= 0.95


@pytest.mark.slow
def test_many_generated_designs_run_to_a_named_end():
    assert finished(range(40, 400)) >= 0.98
