"""Formulas of the dose by hand, the dose plan and the operating window of the layered example."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.dose import (
    added_lithium,
    capacity_slack,
    designed_stoichiometry,
    extended_stoichiometry,
    lithium_fraction,
    negative_capacity,
    stoichiometry,
)
from alloycell.cell.figures import FIGURES
from alloycell.cell.neighbours import dosed
from alloycell.cell.planning import dose_plan, operating_window
from alloycell.errors import DesignError, RangeError
from alloycell.quantities import FARADAY

EXAMPLE = Cell.load(Path(__file__).parents[3] / "examples" / "layered-silicon.toml")
SHEET = Datasheet(EXAMPLE)


def test_formula_one_adds_the_carbon_loss_and_what_the_alloy_keeps():
    # Cb 1000, L_c 0.9, one mole of atoms at L_s 0.5 (x = 1).
    assert added_lithium(1000.0, 0.9, 1.0, 0.5) == pytest.approx(100.0 + FARADAY, rel=1e-15)
    assert designed_stoichiometry(100.0 + FARADAY, 1000.0, 0.9, 1.0) == pytest.approx(1.0, rel=1e-14)
    assert negative_capacity(1000.0, 2.0, 4.0) == pytest.approx(1000.0 + 8 * FARADAY, rel=1e-15)
    assert capacity_slack(1000.0, 300.0, 900.0) == -200.0


def test_the_extended_ledger_counts_what_formula_one_leaves_out():
    # 1 F added, the positive keeps back 0.2 F, the carbon loses 0.1 F, the alloy's surface 0.3 F: 0.8 F in 2 mol.
    found = extended_stoichiometry(FARADAY, 0.1 * FARADAY, 0.3 * FARADAY, 0.2 * FARADAY, 2.0)
    assert found == pytest.approx(0.4, rel=1e-14)


def test_a_negative_residual_has_no_lithium_fraction():
    found = lithium_fraction(np.array([-0.5, 0.0, 1.0, 3.0]))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.0, 0.5, 0.75]
    assert np.isnan(lithium_fraction(-1e-9))


def test_lithium_fraction_and_stoichiometry_are_inverses():
    fractions = np.linspace(0.0, 0.95, 20)
    assert np.allclose(lithium_fraction(stoichiometry(fractions)), fractions, rtol=0, atol=1e-15)


def test_the_plan_has_a_row_for_every_target_and_method():
    plan = dose_plan(SHEET, 0.45)
    methods = ("formula (1)", "extended ledger", "equilibrium")
    assert [(row.target, row.method) for row in plan.rows] == [(t, m) for t in (0.45, 0.31, 0.5, 0.67) for m in methods]


def test_rows_of_the_plan_give_the_same_lithium_in_every_unit():
    area = np.pi / 4 * 0.014**2
    for row in dose_plan(SHEET, 0.45).rows:
        assert row.cell_charge == pytest.approx(row.charge * area, rel=1e-12)
        assert row.mass == pytest.approx(row.charge / FARADAY * 6.94e-3, rel=1e-3)
        assert row.film == pytest.approx(row.mass / 534.0, rel=1e-12)


def test_formula_one_of_the_plan_is_the_formula_by_hand():
    row = dose_plan(SHEET, 0.45).rows[0]
    by_hand = SHEET.carbon_capacity * 0.07 + SHEET.alloy_atoms * FARADAY * 0.45 / 0.55
    assert row.charge == pytest.approx(float(by_hand), rel=1e-12)


def test_a_plan_for_the_target_of_the_design_gives_its_own_dose():
    plan = dose_plan(SHEET, 0.5)
    assert plan.rows[0].charge == pytest.approx(plan.charge_now, rel=1e-14)
    assert plan.content_now["formula (1)"] == pytest.approx(0.5, rel=1e-14)


def test_the_second_formula_forbids_doses_above_its_room():
    small = Datasheet(EXAMPLE.with_("positive.layers[0].thickness", "125 um"))
    rows = {row.target: row for row in dose_plan(small).rows if row.method == "formula (1)"}
    assert rows[0.31].allowed
    assert not rows[0.67].allowed
    assert rows[0.67].slack < 0
    room = FIGURES["negative_capacity"].of(small) - small.positive_capacity
    lowest, highest = dose_plan(small).allowed_interval
    assert lowest == pytest.approx(rows[0.31].charge, rel=1e-14)
    assert highest == pytest.approx(room, rel=1e-14)


def test_no_dose_is_allowed_where_the_positive_fills_the_negative():
    large = Datasheet(EXAMPLE.with_all({"positive.layers[0].thickness": "150 um", "lithium": None}))
    assert dose_plan(large).allowed_interval is None


def test_the_plan_warns_of_carbon_that_is_not_empty_above_five_percent():
    assert dose_plan(SHEET).warning is None
    full = Datasheet(EXAMPLE.with_("lithium.target", "67 at%"))
    plan = dose_plan(full)
    assert (plan.warning is None) == (plan.carbon_residual_share <= 0.05)
    high = Datasheet(dosed(EXAMPLE, 1.4 * 36000))
    assert dose_plan(high).carbon_residual_share > 0.05
    assert "still holds" in dose_plan(high).warning


def test_a_target_above_what_the_alloy_holds_is_refused_with_its_range():
    with pytest.raises(RangeError, match=r"between 0 at% and 81\.48 at%"):
        dose_plan(SHEET, 0.9)
    with pytest.raises(DesignError, match=r"lithium\.target"):
        EXAMPLE.with_("lithium.target", "90 at%")


def test_plans_and_windows_are_made_for_one_design_with_an_alloy_layer():
    batch = Datasheet(EXAMPLE.with_("negative.layers[1].thickness", np.array([1e-6, 2e-6])))
    bare = Datasheet(EXAMPLE.with_all({"negative.layers": [EXAMPLE.negative.layers[0].model_dump(exclude_none=True)],
                                       "lithium": None}))  # fmt: skip
    for ask in (dose_plan, operating_window):
        with pytest.raises(RangeError, match="one design at a time"):
            ask(batch)
        with pytest.raises(RangeError, match="needs a negative layer with an element"):
            ask(bare)


def test_a_window_that_does_not_rise_is_refused():
    with pytest.raises(RangeError, match="must rise"):
        operating_window(SHEET, 0.67, 0.31)


def test_more_lithium_than_the_positive_can_take_is_not_planned():
    # LiMn2O4 takes about one lithium more; a thin positive on a thick film of silicon cannot hold what it would need.
    thin = EXAMPLE.with_all({"positive.layers[0].thickness": "20 um", "negative.layers[1].thickness": "4 um",
                             "lithium": {"surface": "positive", "dose": "0.1 mAh/cm2"}})  # fmt: skip
    rows = {(row.target, row.method): row for row in dose_plan(Datasheet(thin)).rows}
    assert rows[0.31, "formula (1)"].charge is not None
    assert rows[0.67, "formula (1)"].charge is None
    on_negative = Datasheet(thin.with_("lithium.surface", "negative"))
    assert all(row.charge is not None for row in dose_plan(on_negative).rows if row.method == "formula (1)")


def test_a_window_that_no_cut_off_reaches_is_said_to_be_out_of_reach():
    poor = operating_window(Datasheet(EXAMPLE.with_("lithium", None)), 0.8, 0.9)
    assert "none reaches" in poor.sentence
    assert not poor.inside_now


def test_a_positive_that_ends_the_discharge_is_named_where_no_cut_off_helps():
    rich = operating_window(Datasheet(dosed(EXAMPLE, 1.5 * 36000)), 0.1, 0.4)
    assert not rich.reachable
    assert "The positive is full" in rich.sentence


def test_the_window_tells_the_capacity_that_a_cut_off_costs():
    lean = Datasheet(EXAMPLE.with_("lithium", {"dose": "0.2 mAh/cm2"}))
    window = operating_window(lean)
    assert window.lowest_voltage is not None
    at_edge = Datasheet(lean.cell.with_("operation.discharge_voltage", window.lowest_voltage))
    assert float(at_edge.alloy_fraction("discharged")) == pytest.approx(0.31, abs=1e-6)
    cost = float(lean.discharge_capacity - at_edge.discharge_capacity)
    assert window.costs[0] == pytest.approx(cost, rel=0.02)
    assert window.depths[0] == pytest.approx(1 - cost / float(lean.discharge_capacity), rel=0.01)
