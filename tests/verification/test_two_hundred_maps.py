"""Two hundred synthetic maps of known truth: how often contents and boundary share lie within what is stated."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.micrograph import Micrograph, segment
from alloycell.alloy.synthetic_maps import SyntheticMap, synthetic_map

pytestmark = pytest.mark.slow

MAPS = 200


@pytest.fixture(scope="module")
def judged() -> list[tuple[SyntheticMap, Micrograph]]:
    """Core-shell and dispersed particles, in nothing and in resin, with beams of 2, 3 and 4 pixels."""
    found = []
    for seed in range(MAPS):
        structure = "core-shell" if seed % 2 == 0 else "dispersed"
        truth = synthetic_map(seed, structure, resin=seed % 4 > 1, beam_pixels=(2.0, 3.0, 4.0)[seed % 3])
        found.append((truth, segment(truth.maps)))
    return found


@pytest.mark.parametrize("symbol", ["O", "N", "F", "Ti", "Si"])
@pytest.mark.parametrize("phase", ["phase_a", "phase_b"])
def test_a_content_lies_within_its_uncertainty_as_often_as_coverage_two_says(judged, phase, symbol, record_property):
    off = np.array(
        [
            (getattr(seen, phase)[symbol].value - getattr(truth, phase)[symbol])
            / getattr(seen, phase)[symbol].uncertainty
            for truth, seen in judged
        ]
    )
    record_property("share within the uncertainty", (np.mean(np.abs(off) <= 1.0), ">= 0.94"))
    record_property("largest error by uncertainty", (np.abs(off).max(), "< 2.2"))
    assert np.mean(np.abs(off) <= 1.0) >= 0.94
    assert np.abs(off).max() < 2.2
    assert np.sqrt(np.mean(off**2)) > 0.2


def test_the_boundary_share_lies_within_its_uncertainty_as_often_as_coverage_two_says(judged, record_property):
    off = np.array([(s.boundary_share.value - t.boundary_share) / s.boundary_share.uncertainty for t, s in judged])
    record_property("share within the uncertainty", (np.mean(np.abs(off) <= 1.0), ">= 0.94"))
    record_property("largest error by uncertainty", (np.abs(off).max(), "< 2.0"))
    assert np.mean(np.abs(off) <= 1.0) >= 0.94
    assert np.abs(off).max() < 2.0
    assert abs(off.mean()) < 0.2


def test_the_area_share_always_lies_within_its_uncertainty(judged, record_property):
    off = [abs(s.area_share.value - t.area_share) / s.area_share.uncertainty for t, s in judged]
    record_property("largest error by uncertainty", (max(off), "<= 1"))
    assert all(abs(s.area_share.value - t.area_share) <= s.area_share.uncertainty for t, s in judged)
