"""Particles and powders: what a recipe can name beside a pure material."""

from __future__ import annotations

from alloycell.alloy.particle import Particle, PhaseContents
from alloycell.alloy.particle_checks import particle_faults
from alloycell.alloy.particle_file import ParticleFile, particle_digest, with_folder
from alloycell.alloy.particle_sheet import PARTICLE_FIGURES, ParticleSheet, active_records, particle_sheet
from alloycell.alloy.recipe import recipe_faults, recipe_schema, shares_of
from alloycell.alloy.sizes import number_mean, number_median, sauter_mean, volume_mean, volume_percentile

__all__ = [
    "PARTICLE_FIGURES",
    "Particle",
    "ParticleFile",
    "ParticleSheet",
    "PhaseContents",
    "active_records",
    "number_mean",
    "number_median",
    "particle_digest",
    "particle_faults",
    "particle_sheet",
    "recipe_faults",
    "recipe_schema",
    "sauter_mean",
    "shares_of",
    "volume_mean",
    "volume_percentile",
    "with_folder",
]
