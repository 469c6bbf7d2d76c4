"""The three contents of an alloy layer side by side."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alloycell.cell import Datasheet
from alloycell.errors import RangeError
from alloycell.simulate import simulate_study


def test_a_study_shows_designed_equilibrium_and_simulated_content(layered):
    found = simulate_study(layered)
    (layer,) = found.layers
    assert layer.designed == pytest.approx(0.5)
    assert layer.equilibrium == pytest.approx(float(Datasheet(layered).alloy_fraction("formed")))
    assert len(layer.simulated) == 6
    assert layer.at("C/10", "low").fraction > layer.at("C/10").fraction > layer.at("C/10", "high").fraction
    assert layer.at("1C").fraction > layer.at("C/10").fraction > layer.equilibrium
    json.dumps(found.to_dict())


def test_the_film_of_a_study_is_open_and_its_share_is_told_as_assumed(layered):
    found = simulate_study(layered, ("C/10",))
    assert found.film == "open"
    assert any("wetted share" in entry.where for entry in found.assumptions)


def test_the_profile_of_the_alloy_comes_with_every_run(layered):
    run = simulate_study(layered, ("1C",)).layers[0].at("1C", "low")
    assert run.profile[0] > run.profile[-1]
    assert run.profile.mean() == pytest.approx(run.fraction, abs=5e-3)
    assert np.all(np.diff(run.depth) > 0)
    assert 0 < run.depth[-1] < 2e-6


def test_a_cell_without_alloy_has_no_layer_but_runs(lg_m50):
    found = simulate_study(lg_m50)
    assert found.layers == ()
    assert set(found.results) == {("C/10", "middle"), ("1C", "middle")}


def test_a_rate_that_was_not_run_is_refused(layered):
    with pytest.raises(RangeError, match="no run at 2C"):
        simulate_study(layered, ("1C",)).layers[0].at("2C")


def test_the_design_says_which_rates_and_with_which_options(layered):
    table = {"rates": ["C/5"], "porosity": "charged", "wetted": "20 %", "temperature": "30 degC"}
    found = simulate_study(layered.with_("simulation", table))
    assert found.rates == ("C/5",)
    assert found.options.wetted == pytest.approx(0.2)
    assert found.options.temperature == pytest.approx(303.15)
    assert all(run.made.porosity == "charged" for run in (*found.results.values(), *found.charges.values()))
    assert not any("wetted share" in entry.where for entry in found.assumptions)


def test_the_charge_after_it_tells_when_and_where_lithium_would_plate(lg_m50):
    found = simulate_study(lg_m50, ("C/20", "2C"))
    slow, fast = (found.plating()[rate, "middle"] for rate in ("C/20", "2C"))
    assert slow.margin > 0 > fast.margin
    assert slow.begins is None
    (sentence,) = found.plating_warnings()
    assert "In a charge at 2C lithium would plate" in sentence
    assert "at its side towards the separator" in sentence
    told = found.to_dict()["plating"][1]
    assert (told["where"], told["begins"]["time"]) == ("negative.layers[0]", fast.begins[0])
