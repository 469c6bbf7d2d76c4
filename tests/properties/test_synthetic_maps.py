"""Synthetic maps of known truth: contents, areas and the share of the boundary come back within what is stated.

Uncertainties are expanded with coverage factor 2, so about one value in twenty may lie outside, and none far outside.
The 200 maps of the verification are in tests/verification/test_two_hundred_maps.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.findings import measured_tables
from alloycell.alloy.micrograph import Micrograph, segment
from alloycell.alloy.synthetic_maps import SyntheticMap, synthetic_map
from alloycell.check import Measured

SEEDS = range(30)


def seeded(seed: int, size: int = 160) -> SyntheticMap:
    """One of the maps: structure, surroundings and beam go round with the ``seed``."""
    structure = "core-shell" if seed % 2 == 0 else "dispersed"
    return synthetic_map(seed, structure, size, resin=seed % 4 > 1, beam_pixels=(2.0, 3.0, 4.0)[seed % 3])


@pytest.fixture(scope="module")
def judged() -> list[tuple[SyntheticMap, Micrograph]]:
    """Every map with what was made of it."""
    return [(truth, segment(truth.maps)) for truth in map(seeded, SEEDS)]


def test_contents_of_both_phases_come_back_within_their_uncertainty(judged):
    off = [
        abs(content.value - held.get(symbol, 0.0)) / content.uncertainty
        for truth, seen in judged
        for held, found in ((truth.phase_a, seen.phase_a), (truth.phase_b, seen.phase_b))
        for symbol, content in found.items()
    ]
    assert len(off) >= 30 * 10
    assert np.mean(np.array(off) <= 1.0) >= 0.93
    assert max(off) < 2.2


def test_the_share_of_the_boundary_comes_back_within_its_uncertainty(judged):
    off = [abs(s.boundary_share.value - t.boundary_share) / s.boundary_share.uncertainty for t, s in judged]
    assert np.mean(np.array(off) <= 1.0) >= 0.93
    assert max(off) < 2.0
    assert np.median([seen.boundary_share.uncertainty for _, seen in judged]) < 0.04


def test_the_area_share_comes_back_within_its_uncertainty(judged):
    assert all(abs(s.area_share.value - t.area_share) <= s.area_share.uncertainty for t, s in judged)


def test_uncertainties_are_not_far_larger_than_the_errors(judged):
    off = [
        (content.value - truth.phase_b[symbol]) / content.uncertainty
        for truth, seen in judged
        for symbol, content in seen.phase_b.items()
        if symbol in ("O", "N", "Ti", "Si")
    ]
    assert 0.3 < np.sqrt(np.mean(np.square(off))) < 0.7


def test_every_map_gives_figures_that_can_be_judged(judged):
    for _, seen in judged:
        figures = Measured.of(measured_tables(seen.findings())).figures
        assert {"phase_a_oxygen", "phase_b_nitrogen", "phase_b_boundary_share"} <= set(figures)


def test_one_seed_gives_one_map_and_another_seed_another():
    first, again, other = (synthetic_map(seed, size=64).maps.stack for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
