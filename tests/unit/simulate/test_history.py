"""Lithium through the negative against time: strips of a history agree with means and profiles."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.simulate import Options, simulate

TIMES = tuple(float(time) for time in np.linspace(0.0, 5400.0, 31))


@pytest.fixture(scope="module")
def bilayer(layered):
    """The film on graphite discharged at 1C with thirty moments kept."""
    return simulate(layered, "Discharge at 1C", Options(film="open", wetted=0.1, profile_times=TIMES))


def test_strips_run_from_the_collector_to_the_separator(bilayer):
    carbon, film = bilayer.history.strips
    assert (carbon.where, carbon.alloy, film.where, film.alloy) == (
        "negative.layers[0]",
        False,
        "negative.layers[1]",
        True,
    )
    assert carbon.thickness == pytest.approx(46e-6)
    assert film.thickness == pytest.approx(2e-6)
    for strip in (carbon, film):
        assert np.all(np.diff(strip.depth) > 0)
        assert 0 < strip.depth[0] < strip.depth[-1] < strip.thickness
        assert np.all((strip.held >= 0) & (strip.held <= 1))


def test_moments_that_were_not_reached_are_left_out_and_the_end_is_there(bilayer):
    history = bilayer.history
    assert history.time[-1] == bilayer.time[-1]
    assert history.time[-2] == max(time for time in TIMES if time <= bilayer.time[-1])
    assert all(len(strip.held) == len(history.time) for strip in history.strips)


def test_the_mean_through_the_film_is_the_content_of_the_layer(bilayer):
    film = bilayer.history.strips[1]
    per_host = (film.held / (1 - film.held)).mean(axis=1)
    mean = per_host / (1 + per_host)
    curve = np.interp(bilayer.history.time, bilayer.time, bilayer.lithium_fraction())
    assert mean == pytest.approx(curve, abs=4e-3)


def test_the_mean_through_a_porous_layer_is_that_of_its_phase(bilayer):
    carbon = bilayer.history.strips[0]
    place = next(place for place in bilayer.places if place.where == carbon.where and not place.sink)
    held = np.interp(bilayer.history.time, bilayer.time, bilayer.contents[place.where, place.label])
    full = place.content(np.array(1.0))
    assert carbon.held.mean(axis=1) * full == pytest.approx(held, abs=2e-4 * float(full))


def test_the_last_moment_is_the_last_profile(bilayer):
    strip = bilayer.history.strips[0]
    profile = bilayer.profiles[-1].phases[strip.where, "graphite"]
    assert profile.mean / strip.held[-1] == pytest.approx(np.full(20, profile.mean[0] / strip.held[-1][0]))


def test_a_blend_has_a_strip_for_its_alloy_and_one_for_its_other_hosts(layered):
    recipe = {"graphite": "60 %", "silicon": "20 %", "PVDF": "rest"}
    blend = layered.with_all({
        "negative.layers": [{
            "name": "blend", "recipe": recipe, "thickness": "30 um", "porosity": "40 %", "role": "alloy",
            "active": {"silicon": {"structure": "amorphous", "diameter": "1 um"}, "graphite": {"diameter": "10 um"}},
        }],
    })  # fmt: skip
    strips = simulate(blend, "Rest for 10 s", Options(start="discharged")).history.strips
    assert [(strip.where, strip.alloy) for strip in strips] == [
        ("negative.layers[0]", False),
        ("negative.layers[0]", True),
    ]


def test_a_negative_alone_has_its_strips_from_the_collector_to_the_separator_too(layered):
    options = Options(film="open", wetted=0.1, against_lithium="negative", start="charged", profile_times=(600.0,))
    carbon, film = simulate(layered, "Charge at 1C until 1 V", options).history.strips
    assert (carbon.where, film.where) == ("negative.layers[0]", "negative.layers[1]")
    assert carbon.held[0, 0] > carbon.held[0, -1]  # lithium leaves beside the separator first
    assert film.held[0, 0] > film.held[0, -1]
