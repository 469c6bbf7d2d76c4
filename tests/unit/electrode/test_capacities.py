"""Capacities of one material: theoretical, first charge, reversible, lost; C/kg inside, mAh/g by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alloycell.electrode import (
    ActiveUse,
    Constituent,
    efficiency,
    first_charge_capacity,
    first_cycle_loss,
    hosts_per_mass,
    reversible_capacity,
    theoretical_capacity_of,
    x_max,
)
from alloycell.materials import Library
from alloycell.quantities import FARADAY

LIBRARY = Library.of()
GRAM = 3600.0
"""1 mAh/g in C/kg."""


def part(name: str, **use: Any) -> Constituent:
    """A pure layer of ``name`` with settings."""
    record = LIBRARY.record(name)
    return Constituent(name, record, 1.0, ActiveUse(**use))


def test_theoretical_capacity_is_faradays_law_with_x_max():
    # Sn: 4.4 F / 118.71 g/mol = 993.4 mAh/g.
    assert theoretical_capacity_of(part("tin"), LIBRARY) / GRAM == pytest.approx(993.4, abs=0.05)
    assert theoretical_capacity_of(part("tin", x_max=4.25), LIBRARY) / GRAM == pytest.approx(959.5, abs=0.05)


def test_x_max_of_the_design_wins_and_never_stretches_a_curve():
    assert x_max(part("silicon", x_max=3.75)) == 3.75
    assert x_max(part("silicon")) == 4.4
    for use in ({}, {"x_max": 3.75}, {"x_max": 2.0}):
        assert reversible_capacity(part("silicon", **use), LIBRARY) == reversible_capacity(part("silicon"), LIBRARY)
        assert first_charge_capacity(part("silicon", **use), LIBRARY) == first_charge_capacity(part("silicon"), LIBRARY)


def test_reversible_capacity_of_an_alloy_ends_at_the_walls_of_its_curve():
    # Silicon's curve ends at 3.3516 Li/Si: 3.3516 x 954.28 = 3198.4 mAh/g.
    assert reversible_capacity(part("silicon"), LIBRARY) / GRAM == pytest.approx(3198.4, abs=0.1)


def test_loss_of_an_alloy_is_added_to_its_first_charge_only():
    silicon = part("silicon", first_cycle_loss="100 mAh/g")
    assert first_cycle_loss(silicon, LIBRARY) == pytest.approx(100 * GRAM, rel=1e-15)
    assert first_charge_capacity(silicon, LIBRARY) - reversible_capacity(silicon, LIBRARY) == pytest.approx(
        100 * GRAM, rel=1e-12
    )


@pytest.mark.parametrize(
    ("use", "first", "back", "lost"),
    [
        ({"reversible_capacity": "340 mAh/g", "first_cycle_efficiency": 0.85}, 400.0, 340.0, 60.0),
        ({"first_charge_capacity": "400 mAh/g", "first_cycle_efficiency": 0.85}, 400.0, 340.0, 60.0),
        ({"first_charge_capacity": "350 mAh/g", "first_cycle_efficiency": 1.0}, 350.0, 350.0, 0.0),
    ],
)
def test_capacities_of_a_carbon_follow_from_two_of_them(use, first, back, lost):
    carbon = part("graphite", **use)
    assert first_charge_capacity(carbon, LIBRARY) / GRAM == pytest.approx(first, rel=1e-14)
    assert reversible_capacity(carbon, LIBRARY) / GRAM == pytest.approx(back, rel=1e-14)
    assert first_cycle_loss(carbon, LIBRARY) / GRAM == pytest.approx(lost, abs=1e-10)
    assert efficiency(carbon) == use["first_cycle_efficiency"]


def test_hosts_of_a_carbon_are_the_share_that_its_capacity_states():
    # Half of LiC6 (371.9 mAh/g): half of the hosts take lithium.
    half = FARADAY / 0.0720642 / 2
    assert hosts_per_mass(part("graphite", reversible_capacity=half), LIBRARY) == pytest.approx(
        0.5 / 0.0720642, rel=1e-12
    )
    assert hosts_per_mass(part("tin"), LIBRARY) == pytest.approx(1 / 0.11871, rel=1e-14)


def test_first_charge_of_a_positive_runs_from_as_made_to_its_upper_potential():
    whole = part("LiMn2O4")
    curve = LIBRARY.hysteresis("LiMn2O4")
    left = float(curve.delithiation.content_at(4.25, below=False))
    assert first_charge_capacity(whole, LIBRARY) == pytest.approx(FARADAY * (0.9975 - left) / 0.18081, rel=1e-12)
    assert first_cycle_loss(whole, LIBRARY) == 0.0


def test_a_positive_gives_more_at_a_higher_upper_potential():
    charge = [first_charge_capacity(part("NMC811", upper_potential=u), LIBRARY) for u in (4.0, 4.2, 4.3)]
    assert charge == sorted(charge)
    assert charge[0] < charge[-1]


def test_settings_given_as_arrays_give_arrays():
    use = {"reversible_capacity": 3600 * np.array([300.0, 350.0]), "first_cycle_efficiency": np.array([0.9, 1.0])}
    assert first_charge_capacity(part("graphite", **use), LIBRARY) / GRAM == pytest.approx([1000 / 3, 350.0])


def test_binders_and_conductive_additives_take_no_lithium():
    for name in ("PVDF", "carbon-black"):
        for capacity in (theoretical_capacity_of, reversible_capacity, first_charge_capacity, hosts_per_mass):
            assert capacity(part(name), LIBRARY) == 0.0
