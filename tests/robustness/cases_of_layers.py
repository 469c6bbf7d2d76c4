"""Recipes and dimensions of layers that contradict themselves, each with words of its refusal.

``#C``, ``#A`` and ``#O`` stand for the carbon, alloy and oxide layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from full_designs import GONE

__all__ = ["LAYERS", "Case"]

Case = tuple[Mapping[str, Any], tuple[str, ...]]
"""Changes of a sound design by dotted path, and words of the refusal."""

_LAYER = {"recipe": {"graphite": 1.0}, "thickness": "10 um", "porosity": "30 %"}

LAYERS: Mapping[str, Case] = {
    "all_of_three_dimensions": (
        {"#C.loading": "5 mg/cm2"},
        ("#C gives thickness, loading and porosity", "Leave one out"),
    ),
    "all_four_dimensions": ({"#C.loading": "5 mg/cm2", "#C.density": "1 g/cm3"}, ("#C.porosity", "they say the same")),
    "one_dimension": ({"#C.porosity": GONE}, ("#C gives only thickness", "two of thickness")),
    "no_dimension": ({"#C.porosity": GONE, "#C.thickness": GONE}, ("#C gives none of", "two of thickness")),
    "porosity_and_density": ({"#C.thickness": GONE, "#C.density": 1500}, ("#C.porosity and density", "Give one")),
    "denser_than_its_solids": (
        {"#C.porosity": GONE, "#C.density": "5 g/cm3"},
        ("#C", "5 g/cm3", "its solids have only"),
    ),
    "loading_too_heavy_for_thickness": (
        {"#C.porosity": GONE, "#C.loading": "80 mg/cm2"},
        ("#C", "its solids", "Make it thicker"),
    ),
    "recipe_of_95_percent": ({"#O.recipe.PVDF": 0.0399}, ("#O.recipe adds up to 99.99 %", "100 %", "rest")),
    "recipe_of_200_percent": ({"#O.recipe.PVDF": 1}, ("#O.recipe adds up to 196 %",)),
    "empty_recipe": ({"#O.recipe": {}, "#O.active": {}}, ("#O.recipe is empty",)),
    "share_of_nothing": ({"#O.recipe.CMC": 0}, ("#O.recipe.CMC is 0", "above 0")),
    "two_rests": ({"#C.recipe.CMC": "rest"}, ("rest", "one component of a recipe")),
    "rest_with_nothing_left": (
        {"#C.recipe.graphite": "98 %"},
        ("#C.recipe adds up to 100 % without PVDF", "nothing is left"),
    ),
    "rest_below_nothing": ({"#C.recipe.graphite": "99 %"}, ("#C.recipe adds up to 101 % without PVDF",)),
    "share_and_rest_of_one_component": (
        {"#C.recipe": {"graphite": 0.9, "PVDF": 0.1}, "#C.rest": "PVDF"},
        ("#C.recipe.PVDF is given twice", "one of them"),
    ),
    "rest_that_is_no_material": (
        {"#C.recipe": {"graphite": 0.9}, "#C.rest": "PVDFF"},
        ("PVDFF is not a material", "PVDF"),
    ),
    "no_such_material": (
        {"#O.recipe.PVDF": GONE, "#O.recipe.PVDFF": 0.04},
        ("#O.recipe.PVDFF is not a material", 'Did you mean "PVDF"'),
    ),
    "symbol_for_a_material": (
        {"#A.recipe": {"Si": 1}, "particles": GONE, "#A.active": {}},
        ('Did you mean "silicon"',),
    ),
    "binder_only": ({"#C": {**_LAYER, "recipe": {"PVDF": 1}}}, ("#C.recipe holds nothing that takes lithium",)),
    "conductive_carbon_only": ({"#C": {**_LAYER, "recipe": {"carbon-black": "rest"}}}, ("#C.recipe holds nothing",)),
    "carbon_as_the_only_host_of_a_positive": (
        {"#O.recipe": {"graphite": 1}, "#O.active": {}},
        ("#O.recipe holds nothing", "positive"),
    ),
    "positive_material_in_the_negative": (
        {"#C.recipe.LFP": "1 %"},
        ("#C.recipe.LFP is a positive material", "cannot hold it"),
    ),
    "alloying_element_in_the_positive": ({"#O.recipe.tin": "1 %"}, ("#O.recipe.tin is an alloying element",)),
    "particle_in_the_positive": ({"#O.recipe.Si80Sn20": "1 %"}, ("#O.recipe.Si80Sn20 is a particle",)),
    "foil_in_a_recipe": ({"#C.recipe.copper-foil": "1 %"}, ("#C.recipe.copper-foil", "cannot hold it")),
    "lithium_metal_in_a_recipe": ({"#C.recipe.lithium": "1 %"}, ("#C.recipe.lithium", "cannot hold it")),
}
"""Recipes and dimensions of a layer, in the design in a coin."""
