"""The three contents of an alloy layer side by side."""

from __future__ import annotations

import json

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
    ((label, profile),) = run.profile
    assert label == "silicon"
    assert profile.inside[0, 0] > profile.inside[0, -1]


def test_a_cell_without_alloy_has_no_layer_but_runs(lg_m50):
    found = simulate_study(lg_m50)
    assert found.layers == ()
    assert set(found.results) == {("C/10", "middle"), ("1C", "middle")}


def test_a_rate_that_was_not_run_is_refused(layered):
    with pytest.raises(RangeError, match="no run at 2C"):
        simulate_study(layered, ("1C",)).layers[0].at("2C")
