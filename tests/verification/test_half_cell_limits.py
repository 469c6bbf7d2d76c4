"""Half cells at C/1000: each follows its open-circuit curve, and their difference is the whole cell at rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from flat import Record

from alloycell.cell import Cell, Datasheet
from alloycell.cell.opencircuit import open_circuit
from alloycell.simulate import Options, simulate

CELL = Path(__file__).parents[2] / "examples" / "lg-m50.toml"


def test_slow_half_cells_follow_their_curves_and_differ_by_the_whole_cell(
    record_property: Record,
) -> None:
    """V12."""
    cell = Cell.load(CELL)
    sheet = Datasheet(cell)
    rest = open_circuit(sheet.balance, sheet.state("charged"), sheet.state("discharged"), 2001)
    steps = {"negative": "Charge at C/1000 until 1 V", "positive": "Discharge at C/1000 until 3 V"}
    inside = (rest.charge > 0.02 * rest.charge[-1]) & (rest.charge < 0.97 * rest.charge[-1])
    voltages = {}
    for side, step in steps.items():
        result = simulate(cell, step, Options(against_lithium=side, tolerance=1e-6))
        voltages[side] = np.interp(rest.charge, np.abs(result.charge), result.voltage)
        away = np.abs(voltages[side] - getattr(rest, f"{side}_potential"))[inside].max()
        record_property(f"{side} half cell at C/1000, distance from its curve [V]", (away, "< 1.5e-3"))
        assert away < 1.5e-3
    distance = np.abs(voltages["positive"] - voltages["negative"] - rest.voltage)[inside].max()
    record_property("half cells at C/1000, distance of their difference from rest [V]", (distance, "< 2e-3"))
    assert distance < 2e-3
