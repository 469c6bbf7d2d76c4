"""Swelling: what solids gain, the layer gains in thickness or loses in pores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloycell.electrode import ASSUMED_PORE_SHARE, Coating, Layer, coating, solid_growth, swollen
from alloycell.materials import Library

LIBRARY = Library.of()
SETTINGS = settings(derandomize=True, max_examples=100, deadline=None)


def layer(**fields: Any) -> Coating:
    """A layer of silicon and binder, or what is given."""
    given = {"recipe": {"silicon": 0.7, "PVA": "rest"}, "thickness": 2e-5, "density": 1000.0} | fields
    return coating(Layer(**given), "negative.layers[0]", {}, LIBRARY)


@given(growth=st.floats(0.0, 5e-5), share=st.floats(0.0, 1.0), density=st.floats(500.0, 1700.0))
@SETTINGS
def test_solids_grow_by_what_the_layer_gains_and_its_pores_lose(growth, share, density):
    made = layer(density=density, pore_share=share)
    size = swollen(made, growth)
    filled = made.size.porosity * made.size.thickness - size.porosity * size.thickness
    assert size.thickness - made.size.thickness + filled == pytest.approx(growth, rel=1e-9, abs=1e-17)
    assert -1e-15 <= size.porosity <= made.size.porosity + 1e-15
    assert size.density * size.thickness == pytest.approx(made.size.loading, rel=1e-14)
    solids = (1 - size.porosity) * size.thickness - (1 - made.size.porosity) * made.size.thickness
    assert solids == pytest.approx(growth, rel=1e-9, abs=1e-17)


def test_a_dense_film_grows_in_thickness_only():
    film = layer(recipe={"silicon": 1.0}, thickness=2e-6, density=2330.0, pore_share=1.0)
    # x = 1: 1 + 8.9 / (28.0855 / 2.33) = 1.738352 times as thick.
    growth = solid_growth(film, [1.0], LIBRARY)
    size = swollen(film, growth)
    assert size.thickness / 2e-6 == pytest.approx(1.738352, abs=1e-6)
    assert size.porosity == 0.0


def test_pores_take_the_stated_share_while_there_are_any():
    made = layer(pore_share=0.25)
    size = swollen(made, 4e-6)
    assert size.thickness == pytest.approx(2e-5 + 3e-6, rel=1e-14)
    assert size.porosity * size.thickness == pytest.approx(made.size.porosity * 2e-5 - 1e-6, rel=1e-12)


def test_without_a_stated_share_half_of_the_swelling_goes_into_pores():
    assert ASSUMED_PORE_SHARE == 0.5
    stated, assumed = (swollen(layer(**given), 4e-6) for given in ({"pore_share": 0.5}, {}))
    assert stated == assumed


def test_growth_adds_up_over_the_hosts_of_a_layer():
    both = layer(recipe={"silicon": 0.3, "graphite": 0.5, "PVA": "rest"})
    silicon, graphite = solid_growth(both, [1.0, 0.0], LIBRARY), solid_growth(both, [0.0, 1.0], LIBRARY)
    assert solid_growth(both, [1.0, 1.0], LIBRARY) == pytest.approx(silicon + graphite, rel=1e-14)
    assert solid_growth(both, [0.0, 0.0], LIBRARY) == 0.0
    # 0.3 of 0.02 kg/m2 of silicon at 2330 kg/m3 grows by 73.8352 %.
    assert silicon == pytest.approx(0.3 * 0.02 / 2330.0 * 0.738352, rel=1e-5)
    # Graphite grows by 10 % in the share of its hosts that takes lithium, 351 of 371.9 mAh/g.
    assert graphite == pytest.approx(0.5 * 0.02 / 2240.0 * 0.1 * 351.0 / 371.9, rel=1e-3)


def test_swelling_of_a_batch_is_that_of_each_design():
    growth = np.array([0.0, 1e-6, 1e-5])
    batch = swollen(layer(pore_share=0.5), growth)
    for row, alone in enumerate(growth):
        size = swollen(layer(pore_share=0.5), alone)
        assert (batch.thickness[row], batch.porosity[row]) == (size.thickness, size.porosity)
