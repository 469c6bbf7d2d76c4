"""Slow limits of the simulation are the balance; symmetries that hold for any solver that is right.

At C/1000 a discharge follows the open-circuit curve of the balance and ends where it ends. Area, case and splitting a
layer change nothing. Refining the mesh converges at second order.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.opencircuit import open_circuit
from alloycell.simulate import Options, simulate

EXAMPLES = Path(__file__).parents[2] / "examples"
FILM = Options(film="open", wetted=0.1, diffusivity="high")


def lg_m50() -> Cell:
    """The LG M50."""
    return Cell.load(EXAMPLES / "lg-m50.toml")


def layered() -> Cell:
    """Silicon film on graphite."""
    return Cell.load(EXAMPLES / "layered-silicon.toml")


def test_a_slow_discharge_follows_the_open_circuit_curve(record_property):
    """V12."""
    cell = lg_m50()
    sheet = Datasheet(cell)
    rest = open_circuit(sheet.balance, sheet.state("charged"), sheet.state("discharged"), 2001)
    distance = []
    for rate in (1000, 10000):
        result = simulate(cell, f"Discharge at C/{rate}", Options(tolerance=1e-6))
        share = result.charge / result.charge[-1]
        inside = (share > 0.02) & (share < 0.97)
        expected = np.interp(result.charge, rest.charge, rest.voltage)
        distance.append(float(np.abs(result.voltage - expected)[inside].max()))
        assert result.capacity == pytest.approx(sheet.discharge_capacity, rel=1e-3)
    record_property("largest distance at C/1000 [V]", (distance[0], "< 2e-3"))
    record_property("at C/10 000 [V]", (distance[1], "< 1e-3"))
    assert distance[0] < 2e-3
    assert distance[1] < 1e-3


@pytest.mark.parametrize("name", ["lg-m50", "layered-silicon", "layered-silicon, sealed", "silicon-tin-layer"])
def test_the_slow_limit_ends_where_the_balance_says(name, record_property):
    """V12."""
    name, _, sealed = name.partition(", ")
    cell = Cell.load(EXAMPLES / f"{name}.toml")
    sheet = Datasheet(cell)
    options = FILM if name == "layered-silicon" else Options(diffusivity="high")
    options = Options(film="sealed", diffusivity="high") if sealed else options
    result = simulate(cell, "Discharge at C/2000", options)
    record_property("capacity, relative error", (abs(result.capacity / sheet.discharge_capacity - 1), "< 1e-3"))
    assert result.capacity == pytest.approx(sheet.discharge_capacity, rel=1e-3)
    for (where, label), held in result.contents.items():
        side = where.split(".")[0]
        rows = getattr(sheet.balance, side)
        row = next(i for i, entry in enumerate(rows) if (entry.where, entry.label) == (where, label))
        assert held[-1] == pytest.approx(float(getattr(sheet.state("discharged"), side).content[row]), abs=0.01)


def test_a_slow_first_charge_pays_the_losses_and_ends_where_the_balance_says(record_property):
    """V12."""
    cell = layered().with_("lithium", None)
    sheet = Datasheet(cell)
    result = simulate(cell, "Charge at C/2000; Discharge at C/2000", replace(FILM, start="assembled"))
    assert [end.cause for end in result.ends] == ["high voltage", "low voltage"]
    assert -result.ends[0].charge == pytest.approx(sheet.first_charge_passed, rel=1e-3)
    assert result.ends[1].charge == pytest.approx(sheet.first_discharge_passed, rel=1e-3)
    record_property(
        "first charge, relative error", (abs(-result.ends[0].charge / sheet.first_charge_passed - 1), "< 1e-3")
    )
    paid = sum(
        row[-1] for label, row in zip(result.ledger.labels, result.ledger.lithium, strict=True) if "losses" in label
    )
    assert paid == pytest.approx(float(sheet.state("formed").losses.sum()), rel=2e-3)


@pytest.mark.parametrize("porosity", ["made", "discharged", "charged"])
@pytest.mark.parametrize("start", ["lithium added", "first charge", 0.5])
def test_lithium_closes_for_every_model_option(porosity, start, record_property):
    options = replace(FILM, porosity=porosity, start=start)
    steps = "Charge at C/2; Hold at 4.2 V until C/20; Rest for 10 min; 3 x [Discharge at 1C; Charge at 1C]"
    result = simulate(layered(), steps, options)
    record_property("closure of the ledger, relative", (result.ledger.closure, "< 1e-10"))
    assert result.outcome.finished
    assert result.ledger.closure < 1e-10


def test_halving_the_area_changes_no_voltage(record_property):
    whole = simulate(lg_m50(), "Discharge at 1C")
    half = simulate(lg_m50().with_("case.length", "395 mm"), "Discharge at 1C")
    record_property("voltage differs by, relative", (np.abs(half.voltage / whole.voltage - 1).max(), "< 1e-12"))
    assert half.voltage == pytest.approx(whole.voltage, rel=1e-12)
    assert half.current == pytest.approx(whole.current / 2, rel=1e-12)


def test_leaving_the_case_out_changes_no_bit():
    whole, bare = (simulate(cell, "Discharge at 1C") for cell in (lg_m50(), lg_m50().with_("case", None)))
    assert np.array_equal(whole.raw.rows, bare.raw.rows)


@pytest.mark.parametrize("side", ["negative", "positive"])
def test_splitting_a_layer_on_a_face_of_the_mesh_changes_nothing(side, record_property):
    cell = lg_m50()
    layer = getattr(cell, side).layers[0]
    given = layer.model_dump(exclude_none=True)
    given["thickness"] = layer.thickness / 2
    given["active"] = {name: use.model_dump(exclude_none=True) for name, use in layer.active.items()}
    split = cell.with_(f"{side}.layers", [given, given])
    halves = {f"{side}.layers[0]": 20, f"{side}.layers[1]": 20}
    one = simulate(cell, "Discharge at 1C", Options(layer_nodes={f"{side}.layers[0]": 40}))
    two = simulate(split, "Discharge at 1C", Options(layer_nodes=halves))
    record_property("capacity differs by, relative", (abs(two.capacity / one.capacity - 1), "< 1e-10"))
    assert two.capacity == pytest.approx(one.capacity, rel=1e-10)
    assert np.interp(one.time, two.time, two.voltage) == pytest.approx(one.voltage, abs=1e-9)


def test_the_mesh_converges_at_second_order(record_property):
    nodes = (10, 20, 40, 80)
    found = [
        simulate(lg_m50(), "Discharge at 1C for 30 min", Options(nodes=n, tolerance=1e-8)).voltage[-1] for n in nodes
    ]
    steps = np.abs(np.diff(found))
    orders = np.log2(steps[:-1] / steps[1:])
    record_property("observed order in space", (orders.min(), "> 1.7"))
    assert np.all(orders > 1.7), (found, orders)


def test_the_error_in_time_falls_with_the_tolerance(record_property):
    exact = simulate(lg_m50(), "Discharge at 1C", Options(tolerance=1e-8))
    errors = []
    for tolerance in (1e-3, 1e-4, 1e-5):
        result = simulate(lg_m50(), "Discharge at 1C", Options(tolerance=tolerance))
        errors.append(abs(result.capacity / exact.capacity - 1))
    record_property("capacity at tolerance 1e-3, 1e-4 and 1e-5, largest relative error", (max(errors), "< 1e-3"))
    record_property("at 1e-5", (errors[2], "< 1e-5"))
    assert errors[2] < 1e-5
    assert max(errors) < 1e-3
