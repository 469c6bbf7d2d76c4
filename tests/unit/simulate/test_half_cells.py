"""One electrode of a design against lithium metal."""

from __future__ import annotations

import pytest

from alloycell.errors import ProtocolError, RangeError
from alloycell.simulate import Options, simulate

NEGATIVE, POSITIVE = Options(against_lithium="negative"), Options(against_lithium="positive")


def test_discharging_puts_lithium_into_either_electrode_and_lowers_the_voltage(lg_m50):
    for options, end in ((NEGATIVE, "0.05 V"), (POSITIVE, "3.5 V")):
        result = simulate(lg_m50, f"Discharge at C/5 until {end}", options)
        assert result.outcome.finished
        (held,) = result.contents.values()
        assert held[-1] > held[0]
        assert result.voltage[-1] < result.voltage[1]
        assert result.charge[-1] > 0
        assert result.ledger.closure < 1e-10
        assert result.ledger.labels[-1].startswith("lithium metal")


def test_half_cells_start_where_their_first_step_has_room(lg_m50):
    starts = {
        (options.against_lithium, step): simulate(lg_m50, f"{step} at C/5 for 1 min", options).made.start
        for options in (NEGATIVE, POSITIVE)
        for step in ("Charge", "Discharge")
    }
    assert starts == {
        ("negative", "Charge"): "charged", ("negative", "Discharge"): "discharged",
        ("positive", "Charge"): "discharged", ("positive", "Discharge"): "charged",
    }  # fmt: skip


def test_a_half_cell_needs_an_end_of_its_own(lg_m50):
    with pytest.raises(ProtocolError, match="no cut-offs of its own"):
        simulate(lg_m50, "Discharge at C/10", NEGATIVE)
    with pytest.raises(ProtocolError, match="ends on plating"):
        simulate(lg_m50, "Discharge at C/10 until plating", NEGATIVE)


def test_a_half_cell_shows_no_figures_of_a_whole_one(lg_m50):
    result = simulate(lg_m50, "Charge at C/5 for 10 min", NEGATIVE)
    with pytest.raises(RangeError, match="half cell"):
        _ = result.plating_margin
    assert not {"Negative Potential / V", "Plating Margin / V"} & set(result.table())
    assert result.to_dict()["against_lithium"] == "negative"
    assert "lithium metal: exchange current" in {entry.where for entry in result.assumptions}
    assert not any(entry.where.startswith("positive") for entry in result.assumptions)


def test_the_content_of_an_alloy_ends_a_step_of_a_half_cell(layered):
    options = Options(against_lithium="negative", film="open", wetted=0.1, diffusivity="high")
    result = simulate(layered, "Discharge at C/20 until 0.01 V or 60 at% in silicon film", options)
    assert result.ends[0].cause == "high content"
    assert result.lithium_fraction()[-1] == pytest.approx(0.6, abs=1e-6)


def test_an_unknown_electrode_is_refused():
    with pytest.raises(RangeError, match='Did you mean "negative"'):
        Options(against_lithium="negativ")


def test_a_half_cell_that_warms_needs_a_heat_capacity(lg_m50):
    with pytest.raises(RangeError, match="not the cell of the design"):
        simulate(lg_m50, "Rest for 1 s", Options(against_lithium="negative", thermal="lumped", heat_transfer=1.0))
