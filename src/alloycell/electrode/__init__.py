"""From a recipe to an electrode: layers, capacities, swelling."""

from __future__ import annotations

from alloycell.electrode.capacity import (
    as_made_content,
    charged_content,
    efficiency,
    first_charge_capacity,
    first_cycle_loss,
    hosts_per_mass,
    reversible_capacity,
    theoretical_capacity_of,
    x_max,
)
from alloycell.electrode.coating import Coating, coating, coating_faults
from alloycell.electrode.constituent import Constituent, Inert
from alloycell.electrode.figures import LAYER_FIGURES
from alloycell.electrode.layer import ActiveUse, Dimensions, Layer
from alloycell.electrode.stack import CollectorFoil, Electrode
from alloycell.electrode.swelling import ASSUMED_PORE_SHARE, solid_growth, swollen

__all__ = [
    "ASSUMED_PORE_SHARE",
    "LAYER_FIGURES",
    "ActiveUse",
    "Coating",
    "CollectorFoil",
    "Constituent",
    "Dimensions",
    "Electrode",
    "Inert",
    "Layer",
    "as_made_content",
    "charged_content",
    "coating",
    "coating_faults",
    "efficiency",
    "first_charge_capacity",
    "first_cycle_loss",
    "hosts_per_mass",
    "reversible_capacity",
    "solid_growth",
    "swollen",
    "theoretical_capacity_of",
    "x_max",
]
