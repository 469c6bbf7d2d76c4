"""Dose plans and operating windows of generated designs: what is asked for is what comes out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from generated import design_of, structures

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.cell.neighbours import dosed
from alloycell.cell.planning import OperatingWindow, dose_plan, operating_window

ALLOYED = structures(alloy=True)
FIGURE_OF = {
    "formula (1)": ("designed_lithium_fraction", 1e-12),
    "extended ledger": ("extended_lithium_fraction", 1e-12),
    "equilibrium": ("equilibrium_lithium_fraction", 1e-6),
}
"""By method: the figure that must equal the target, and to what [atom fraction]."""


@cache
def sheet_of_design(seed: int) -> Datasheet:
    """The datasheet of one design."""
    return Datasheet(Cell.of(design_of(seed)))


@pytest.mark.parametrize("seed", ALLOYED[::2])
def test_the_planned_dose_gives_the_target_by_its_own_method(seed):
    sheet = sheet_of_design(seed)
    target = 0.6 * float(FIGURES["lithium_ceiling"].of(sheet))
    plan = dose_plan(sheet, target)
    assert plan.surface == (sheet.cell.lithium.surface if sheet.cell.lithium else "negative")
    for row in plan.rows:
        if row.charge is None:
            continue
        name, close = FIGURE_OF[row.method]
        made = Datasheet(dosed(sheet.cell, row.charge))
        if name == "equilibrium_lithium_fraction" and not _sloping(made):
            continue
        assert FIGURES[name].of(made) == pytest.approx(row.target, abs=close), row.method
        assert FIGURES["lithium_film"].of(made) == pytest.approx(row.film, rel=1e-12)
        if row.slack is not None:
            assert FIGURES["capacity_slack"].of(made) == pytest.approx(row.slack, rel=1e-12)
            assert row.allowed == (row.slack >= -1e-12 * row.charge)


def _sloping(sheet: Datasheet) -> bool:
    """Whether the alloy's content moves with the dose at all (it does not while another phase takes everything)."""
    charge = sheet.lithium_added
    nearby = Datasheet(dosed(sheet.cell, charge * np.array([1 - 1e-7, 1 + 1e-7])))
    low, high = np.asarray(nearby.alloy_fraction("discharged"))
    return bool(high > low)


@pytest.mark.parametrize("seed", ALLOYED[::2])
def test_the_plan_says_what_the_present_dose_gives_by_every_method(seed):
    sheet = sheet_of_design(seed)
    plan = dose_plan(sheet)
    assert plan.charge_now == pytest.approx(float(np.asarray(sheet.lithium_added)), rel=1e-15)
    for method, (name, _) in FIGURE_OF.items():
        value = FIGURES[name].of(sheet)
        known = None if value is None or np.isnan(value) else float(value)
        assert plan.content_now[method] == known


@cache
def window_of(seed: int, low: float, high: float) -> OperatingWindow:
    """The operating window of one design between two lithium fractions."""
    return operating_window(sheet_of_design(seed), low, high)


def span(window: OperatingWindow) -> tuple[float, float]:
    """Lowest and highest cut-off that keep the alloy inside [V]; an empty span where none does."""
    if not window.reachable:
        return (np.inf, -np.inf)
    low = -np.inf if window.lowest_voltage is None else window.lowest_voltage
    return (low, np.inf if window.highest_voltage is None else window.highest_voltage)


@pytest.mark.parametrize("seed", ALLOYED[1::3])
def test_a_wider_window_allows_at_least_the_same_cut_offs(seed):
    narrow, wide = (window_of(seed, *edges) for edges in ((0.31, 0.67), (0.25, 0.72)))
    inner, outer = span(narrow), span(wide)
    assert outer[0] <= inner[0] + 1e-6
    assert outer[1] >= inner[1] - 1e-6
    assert not narrow.reachable or wide.reachable
    assert not narrow.inside_now or wide.inside_now


@pytest.mark.parametrize("seed", ALLOYED[1::3])
def test_the_alloy_rises_in_the_curve_of_cut_offs_and_crosses_at_the_edges(seed):
    sheet, window = sheet_of_design(seed), window_of(seed, 0.31, 0.67)
    assert np.all(np.diff(window.fractions) >= -1e-9)
    assert np.all(np.diff(window.capacities) <= 1e-6 * window.capacities[0] + 1e-6)
    assert window.fraction_now == pytest.approx(float(np.asarray(sheet.alloy_fraction("discharged"))), rel=1e-12)
    for edge, voltage in ((0.31, window.lowest_voltage), (0.67, window.highest_voltage)):
        if voltage is None:
            continue
        around = sheet.cell.with_("operation.discharge_voltage", voltage + np.array([-2e-6, 2e-6]))
        low, high = np.asarray(Datasheet(around).alloy_fraction("discharged"))
        assert low - 1e-9 <= edge <= high + 1e-9
