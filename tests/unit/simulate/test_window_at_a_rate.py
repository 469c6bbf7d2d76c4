"""The operating window at a rate: read off one discharge for each diffusivity."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloycell import Cell, Datasheet
from alloycell.cell.planning import operating_window
from alloycell.errors import RangeError
from alloycell.simulate.contents import first_discharge
from alloycell.simulate.window import simulated_window

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def cell() -> Cell:
    """The silicon-tin example, whose layers are porous."""
    return Cell.load(EXAMPLES / "silicon-tin-layer.toml")


def test_at_a_slow_rate_the_upper_cut_off_is_that_of_the_equilibrium(cell):
    rest = operating_window(Datasheet(cell), 0.2, 0.67)
    slow = simulated_window(cell, "C/200", 0.2, 0.67)[2]
    assert slow.highest == pytest.approx(rest.highest_voltage, abs=0.03)


def test_faster_discharges_need_lower_cut_offs_to_reach_the_window(cell):
    rates = [simulated_window(cell, rate, 0.2, 0.67)[1].highest for rate in ("C/50", "C/10", "C/2")]
    assert rates[0] > rates[1] > rates[2]


def test_the_content_at_the_edge_found_is_the_edge(cell):
    found = simulated_window(cell, "C/5", 0.2, 0.67)[1]
    until = first_discharge(Datasheet(cell), f"Discharge at C/5 until {found.highest:.4f} V", "middle")
    assert until.lithium_fraction()[-1] == pytest.approx(0.67, abs=2e-3)


def test_a_cell_without_alloy_has_no_window_at_a_rate():
    with pytest.raises(RangeError, match="alloying element"):
        simulated_window(Cell.load(EXAMPLES / "lg-m50.toml"), "1C", 0.31, 0.67)
