"""From a recipe and two dimensions to a layer: every sufficient pair, both bases, the rest, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloycell.alloy import Particle
from alloycell.electrode import Coating, Layer, coating, coating_faults
from alloycell.materials import Library

LIBRARY = Library.of()
SETTINGS = settings(derandomize=True, max_examples=60, deadline=None)
RECIPE = {"graphite": 0.9, "carbon-black": 0.04, "PVDF": 0.06}
WHERE = "negative.layers[0]"


def made(particles: dict[str, Particle] | None = None, **fields: Any) -> Coating:
    """The layer resolved."""
    return coating(Layer(**{"recipe": RECIPE, **fields}), WHERE, particles or {}, LIBRARY)


def sizes(layer: Coating) -> list[float]:
    """Thickness, loading, porosity, density."""
    return [float(getattr(layer.size, name)) for name in ("thickness", "loading", "porosity", "density")]


def faults(particles: dict[str, Particle] | None = None, electrode: str = "negative", **fields: Any) -> list[str]:
    """What is wrong with the layer, as sentences."""
    layer = Layer(**{"recipe": RECIPE, "thickness": 5e-5, "porosity": 0.3, **fields})
    return [
        str(fault) for fault in coating_faults(layer, f"{electrode}.layers[0]", electrode, particles or {}, LIBRARY)
    ]


def test_density_of_solids_is_the_mass_weighted_harmonic_mean():
    # 0.9 / 2.24 + 0.04 / 1.95 + 0.06 / 1.75 = 0.401786 + 0.020513 + 0.034286 cm3/g -> 2.19017 g/cm3.
    layer = made(thickness="50 um", porosity="30 %")
    assert layer.solid_density == pytest.approx(2190.17, abs=0.01)
    assert sizes(layer) == pytest.approx([5e-5, 0.7 * 2190.17 * 5e-5, 0.3, 0.7 * 2190.17], rel=1e-5)


@given(
    thickness=st.floats(1e-7, 1e-3), porosity=st.floats(0.0, 0.9),
    share=st.floats(0.05, 0.9), basis=st.sampled_from(["mass", "volume"]),
)  # fmt: skip
@SETTINGS
def test_every_sufficient_pair_gives_the_same_layer(thickness, porosity, share, basis):
    fields = {"recipe": {"graphite": share, "PVDF": "rest"}, "basis": basis}
    first = made(**fields, thickness=thickness, porosity=porosity)
    known = dict(zip(("thickness", "loading", "porosity", "density"), sizes(first), strict=True))
    pairs = [("loading", "porosity"), ("thickness", "density"), ("thickness", "loading"), ("loading", "density")]
    for pair in pairs:
        assert sizes(made(**fields, **{name: known[name] for name in pair})) == pytest.approx(
            sizes(first), rel=1e-12, abs=1e-12
        )
    assert first.size.density * first.size.thickness == pytest.approx(float(first.size.loading), rel=1e-14)


@given(share=st.floats(0.05, 0.9))
@SETTINGS
def test_a_recipe_by_volume_is_the_recipe_by_mass_it_amounts_to(share):
    volume = made(recipe={"graphite": share, "PVDF": "rest"}, basis="volume", thickness=5e-5, porosity=0.3)
    heavy, light = share * 2240.0, (1 - share) * 1750.0
    assert [part.mass_fraction for part in volume.constituents] == pytest.approx(
        [heavy / (heavy + light), light / (heavy + light)], rel=1e-13
    )
    assert volume.solid_density == pytest.approx(heavy + light, rel=1e-13)
    mass = made(recipe={"graphite": heavy / (heavy + light), "PVDF": "rest"}, thickness=5e-5, porosity=0.3)
    assert sizes(mass) == pytest.approx(sizes(volume), rel=1e-12)


def test_the_rest_is_what_the_other_shares_leave():
    layer = made(recipe={"graphite": "90 %", "carbon-black": "4 %", "PVDF": "rest"}, thickness=5e-5, porosity=0.3)
    shares = {part.name: part.mass_fraction for part in layer.constituents}
    assert shares == pytest.approx(RECIPE, rel=1e-14)
    assert layer.layer.rest == "PVDF"


def test_the_rest_follows_an_array_of_the_other_shares():
    share = np.array([0.5, 0.7, 0.9])
    layer = made(recipe={"graphite": share, "PVDF": "rest"}, thickness=5e-5, porosity=0.3)
    assert layer.constituents[1].mass_fraction == pytest.approx(1 - share, rel=1e-14)
    assert layer.size.loading.shape == (3,)


def test_a_particle_in_a_recipe_stands_for_its_elements():
    grain = {
        "grain": Particle(composition={"silicon": "80 wt%", "tin": "rest"}, diameter="0.5 um", diameter_spread=1.5)
    }
    layer = made(grain, recipe={"grain": 0.7, "PVA": "rest"}, thickness=2e-5, density=1200.0)
    assert [(part.label, part.particle) for part in layer.constituents] == [
        ("silicon (in grain)", "grain"), ("tin (in grain)", "grain"), ("PVA", None)
    ]  # fmt: skip
    assert [part.mass_fraction for part in layer.constituents] == pytest.approx([0.56, 0.14, 0.3], rel=1e-14)
    assert {part.use.diameter for part in layer.alloying()} == {5e-7}


def test_a_particle_by_volume_counts_with_its_own_density():
    grain = {"grain": Particle(composition={"silicon": "80 wt%", "tin": "rest"})}
    layer = made(grain, recipe={"grain": 0.5, "PVA": "rest"}, basis="volume", thickness=2e-5, porosity=0.3)
    density = 1 / (0.8 / 2330.0 + 0.2 / 7287.0)
    total = 0.5 * density + 0.5 * 1260.0
    assert [part.mass_fraction for part in layer.constituents] == pytest.approx(
        [0.4 * density / total, 0.1 * density / total, 0.5 * 1260.0 / total], rel=1e-13
    )
    assert layer.solid_density == pytest.approx(total, rel=1e-13)


def test_a_dense_film_stated_by_its_density_has_porosity_zero():
    for pair in ({"density": 2330.0, "thickness": 2e-6}, {"loading": 2330.0 * 2e-6, "thickness": 2e-6}):
        assert sizes(made(recipe={"silicon": 1.0}, **pair))[2] == 0.0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"porosity": None}, "two of thickness, loading and one of porosity or density are needed"),
        ({"thickness": None, "porosity": None}, "one of porosity or density are needed"),
        ({"loading": 0.1}, "two of them fix the layer"),
        ({"density": 1500.0}, "porosity and density are both given; they say the same"),
        ({"porosity": None, "density": 5000.0}, "would have a density of 5 g/cm3; its solids have only 2.19 g/cm3"),
        ({"recipe": {"graphite": 0.9, "PVDF": 0.05}}, "recipe adds up to 95 %; shares must add up to 100 %"),
        ({"recipe": {"graphite": 1.0, "PVDF": "rest"}}, "nothing is left for PVDF"),
        ({"recipe": {"carbon-black": 0.5, "PVDF": 0.5}}, "holds nothing that takes lithium"),
        ({"recipe": {"grafite": 1.0}}, 'Did you mean "graphite"?'),
        ({"recipe": {"LiCoO2": 1.0}}, "a layer of the negative cannot hold it"),
        ({"recipe": {"silicon": 1.0}}, "active.silicon.structure is missing; the initial structure must be stated"),
        ({"active": {"graphite": {"structure": "crystalline"}}}, "structure does not apply"),
        ({"active": {"graphite": {"reversible_capacity": "400 mAh/g"}}}, "asks for 400 mAh/g reversible"),
        ({"active": {"tin": {"x_max": 4.4}}}, "active.tin is not in the recipe"),
    ],
)
def test_a_layer_that_cannot_be_made_is_refused_by_name(fields, sentence):
    assert any(sentence in fault for fault in faults(**fields)), faults(**fields)


def test_a_sound_layer_has_no_faults():
    assert faults() == []
    assert faults(recipe={"silicon": 0.8, "PAA": "rest"}, active={"silicon": {"structure": "amorphous"}}) == []
