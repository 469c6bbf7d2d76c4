"""Particles and powders: what a recipe can name beside a pure material."""

from __future__ import annotations

from alloycell.alloy.particle import Particle
from alloycell.alloy.recipe import recipe_faults, recipe_schema, shares_of
from alloycell.alloy.sizes import number_mean, number_median, sauter_mean, volume_mean, volume_percentile

__all__ = [
    "Particle",
    "number_mean",
    "number_median",
    "recipe_faults",
    "recipe_schema",
    "sauter_mean",
    "shares_of",
    "volume_mean",
    "volume_percentile",
]
