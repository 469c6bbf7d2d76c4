"""Figures that meet every clause, worked out by hand, for tests to spoil one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LITHIUM_CAPACITY = 26801.5
"""Charge of one mole of lithium [mAh/mol]."""

SILICON_ATOMS = 2.0e-4 * 2.33 / 28.0855
"""Atoms of a dense silicon film of 2.0 um, 2.33 g/cm3, 28.0855 g/mol [mol/cm2]: 16.592 umol."""

Layered = Callable[..., dict[str, Any]]


def layered_figures(
    lithium: float | None = None,
    *,
    fraction: float = 0.31,
    carbon: float = 2.0,
    efficiency: float = 0.93,
    atoms: float = SILICON_ATOMS,
    x_max: float = 4.4,
    positive: float = 3.0,
) -> dict[str, Any]:
    """Figures of the synthetic cell per cm2 (charges in mAh), for added lithium or a lithium fraction."""
    per_atom = atoms * LITHIUM_CAPACITY
    if lithium is None:
        lithium = carbon * (1 - efficiency) + per_atom * fraction / (1 - fraction)
    left = (lithium - carbon * (1 - efficiency)) / per_atom
    designed = left / (1 + left) if left >= 0 else None
    negative = carbon + per_atom * x_max
    return {
        "has_carbon_layer": True,
        "has_alloy_layer": True,
        "equilibrium_lithium_fraction": designed,
        "designed_lithium_fraction": designed,
        "designed_stoichiometry": left,
        "lithium_added": lithium,
        "negative_capacity": negative,
        "positive_capacity": positive,
        "capacity_slack": negative - lithium - positive,
        "x_max": x_max,
        "lithium_surface": frozenset({"negative"}),
        "alloy_elements": frozenset({"Si"}),
        "carbon_classes": frozenset({"graphite"}),
        "positive_families": frozenset({"lithium manganese oxide"}),
        "lithium_manganate": True,
    }


@pytest.fixture
def layered() -> Layered:
    """The function that gives the figures of the synthetic layered cell."""
    return layered_figures


@pytest.fixture
def silicon_tin() -> dict[str, Any]:
    """Figures [SI] of the worked pair: 1500 mAh/g, 1.2 g/cm3, 20 um against a positive of 415.8 mAh/cm3."""
    return {
        "silicon_tin_particles": True,
        "particle_diameter": 0.5e-6,
        "layer_capacity": 1500 * 3600.0,
        "layer_density": 1200.0,
        "layer_thickness": 20e-6,
        "layer_volumetric_capacity": 1800 * 3.6e6,
        "capacity_ratio": 1800 / 415.8,
        "positive_layer_thickness": 86.6e-6,
        "has_binder": True,
        "has_conductive_additive": True,
        "binder_polymers": frozenset({"PVA"}),
        "silicon_share": 0.8,
        "silicon_atom_share": 0.944,
        "largest_element": frozenset({"Si"}),
        "negative_collector_thickness": 10e-6,
        "positive_collector_thickness": 15e-6,
    }


@pytest.fixture
def particle() -> dict[str, Any]:
    """Measured figures (mass fractions): 30 % phase B, 0.2 wt% in A, 1.2 wt% in B, 0.50 wt% in all."""
    return {
        "phase_a_absorbs_lithium": True,
        "phase_b_absorbs_lithium": False,
        "phase_b_passes_lithium": True,
        "phase_a_elements": frozenset({"Si"}),
        "phase_b_elements": frozenset({"Si", "Ti"}),
        "phase_b_boundary_share": 0.8,
        "phase_b_mass_fraction": 0.3,
        "phase_a_oxygen": 0.001,
        "phase_a_nitrogen": 0.001,
        "phase_b_oxygen": 0.007,
        "phase_b_nitrogen": 0.005,
        "particle_oxygen": 0.7 * 0.001 + 0.3 * 0.007,
        "particle_nitrogen": 0.7 * 0.001 + 0.3 * 0.005,
        "particle_fluorine": 0.001,
        "particle_sulfur": 0.0,
        "particle_phosphorus": 0.0,
    }
