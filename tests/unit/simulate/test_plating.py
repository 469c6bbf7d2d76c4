"""The plating margin: its least value, its place, and the moment at which it falls below 0 V."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.simulate import Options, simulate


@pytest.fixture(scope="module")
def hard(lg_m50):
    """A charge at 3C, which the graphite does not take."""
    return simulate(lg_m50, "Charge at 3C until 4.3 V", Options(start=0.2))


def test_the_least_margin_is_that_of_the_curve_with_its_time_and_voltage(hard):
    found = hard.plating
    least = int(np.argmin(hard.plating_margin))
    assert found.margin == hard.plating_margin[least]
    assert (found.time, found.voltage) == (hard.time[least], hard.voltage[least])
    assert (found.where, found.title) == ("negative.layers[0]", "graphite-SiOx")


def test_lithium_would_plate_first_beside_the_separator(hard):
    found = hard.plating
    assert found.depth > 0.9
    assert found.place == "graphite-SiOx, at its side towards the separator"


def test_it_begins_where_the_margin_crosses_zero(hard):
    time, voltage, charge = hard.plating.begins
    assert np.interp(time, hard.time, hard.plating_margin) == pytest.approx(0.0, abs=1e-9)
    assert np.interp(time, hard.time, hard.voltage) == pytest.approx(voltage)
    assert charge == pytest.approx(-time * 3 * hard.made.one_c[0], rel=1e-6)


def test_a_discharge_does_not_plate(one_c):
    found = one_c.plating
    assert found.margin > 0
    assert found.begins is None


def test_in_a_film_there_is_a_layer_and_no_depth(layered, film):
    found = simulate(layered, "Charge at C/5", film).plating
    assert found.place in ("silicon film", "carbon, at its side towards the separator")
    assert found.depth is None or found.where == "negative.layers[0]"


def test_a_step_that_ends_at_plating_ends_where_the_margin_begins_to_fail(lg_m50, hard):
    until = simulate(lg_m50, "Charge at 3C until 4.3 V or plating", Options(start=0.2))
    assert until.ends[0].cause == "margin"
    assert until.plating_margin[-1] == pytest.approx(0.0, abs=1e-6)
    assert until.time[-1] == pytest.approx(hard.plating.begins[0], rel=2e-3)


def test_an_electrode_alone_against_lithium_has_no_plating_margin(lg_m50):
    for side in ("negative", "positive"):
        half = simulate(lg_m50, "Rest for 10 s", Options(against_lithium=side))
        assert half.plating is None
        assert half.to_dict()["plating"] is None
