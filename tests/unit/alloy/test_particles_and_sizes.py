"""Particles of several elements, recipes with a rest, and the statistics of lognormal diameters."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from alloycell.alloy import (
    Particle,
    number_mean,
    number_median,
    recipe_faults,
    sauter_mean,
    shares_of,
    volume_mean,
    volume_percentile,
)


def test_a_particle_resolves_its_rest():
    grain = Particle(composition={"silicon": "80 wt%", "tin": "rest"})
    assert grain.rest == "tin"
    assert grain.shares() == pytest.approx({"silicon": 0.8, "tin": 0.2}, rel=1e-14)


def test_a_particle_takes_only_its_own_fields():
    with pytest.raises(ValidationError):
        Particle(composition={"silicon": 1.0}, size="1 um")


def test_shares_keep_the_order_of_the_file_with_the_rest_last():
    assert list(shares_of({"b": 0.2, "a": 0.3}, "c")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("recipe", "rest", "found"),
    [
        ({"a": 0.5, "b": 0.5}, None, []),
        ({"a": 0.1, "b": 0.2, "c": 0.7}, None, []),
        ({"a": 0.5, "b": 0.4}, None, ["adds up to 90 %"]),
        ({"a": 0.5, "b": 0.6}, None, ["adds up to 110 %"]),
        ({"a": 0.0, "b": 1.0}, None, ["is 0"]),
        ({"a": 1.0}, "b", ["adds up to 100 % without b"]),
        ({}, None, ["is empty"]),
    ],
)
def test_a_recipe_must_add_up_to_one(recipe, rest, found):
    faults = recipe_faults(recipe, rest, "recipe")
    assert [fault.found for fault in faults] == found


def test_every_design_of_a_batch_must_have_a_recipe_that_adds_up():
    share = np.array([0.5, 0.6])
    assert recipe_faults({"a": share, "b": 1 - share}, None, "recipe") == []
    assert recipe_faults({"a": share, "b": np.array([0.5, 0.5])}, None, "recipe")[0].found == "adds up to 110 %"


def lognormal(diameter: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Diameters and volume weights of a lognormal distribution by volume, sampled finely."""
    score = np.linspace(-9, 9, 20001)
    weights = np.exp(-0.5 * score**2)
    return diameter * np.exp(score * np.log(spread)), weights / weights.sum()


@pytest.mark.parametrize("spread", [1.0001, 1.3, 1.8])
def test_means_of_a_lognormal_distribution_agree_with_sums_over_it(spread):
    sizes, volume = lognormal(0.5e-6, spread)
    count = volume / sizes**3
    assert volume_mean(0.5e-6, spread) == pytest.approx((volume * sizes).sum(), rel=1e-9)
    assert sauter_mean(0.5e-6, spread) == pytest.approx(1 / (volume / sizes).sum(), rel=1e-9)
    assert number_mean(0.5e-6, spread) == pytest.approx((count * sizes).sum() / count.sum(), rel=1e-9)
    middle = np.interp(0.5, np.cumsum(count) / count.sum(), sizes)
    assert number_median(0.5e-6, spread) == pytest.approx(middle, rel=2e-3)


def test_percentiles_enclose_the_stated_shares_of_the_volume():
    sizes, volume = lognormal(1e-6, 1.5)
    for share in (0.1, 0.5, 0.9):
        below = volume[sizes <= volume_percentile(1e-6, 1.5, share)].sum()
        assert below == pytest.approx(share, abs=1e-3)


def test_particles_of_one_size_have_one_mean():
    for mean in (volume_mean, sauter_mean, number_mean, number_median):
        assert mean(2e-6, 1.0) == 2e-6
