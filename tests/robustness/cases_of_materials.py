"""Settings and particles that cannot be, each with words of its refusal.

``#C``, ``#A`` and ``#O`` stand for the carbon, alloy and oxide layer.
"""

from __future__ import annotations

from collections.abc import Mapping

from cases_of_layers import Case

__all__ = ["MATERIALS"]

MATERIALS: Mapping[str, Case] = {
    "structure_of_silicon_missing": ({"#A.active": {}}, ("#A.active.silicon.structure is missing", "amorphous")),
    "structure_of_tin_given": (
        {"#A.active.tin": {"structure": "amorphous"}},
        ("#A.active.tin.structure does not apply",),
    ),
    "structure_of_graphite_given": (
        {"#C.active.graphite.structure": "amorphous"},
        ("#C.active.graphite.structure does not apply",),
    ),
    "settings_of_absent_material": (
        {"#C.active.silicon": {"structure": "amorphous"}},
        ("#C.active.silicon is not in the recipe",),
    ),
    "settings_of_misspelt_material": ({"#C.active.graphit": {"diameter": "1 um"}}, ('Did you mean "graphite"',)),
    "settings_of_a_binder": (
        {"#C.active.PVDF": {"diameter": "1 um"}},
        ("#C.active.PVDF.diameter does not apply", "no settings"),
    ),
    "x_max_of_graphite": (
        {"#C.active.graphite.x_max": 1},
        ("#C.active.graphite.x_max does not apply", "takes diameter"),
    ),
    "efficiency_of_silicon": (
        {"#A.active.silicon.first_cycle_efficiency": 0.9},
        ("#A.active.silicon.first_cycle_efficiency does not",),
    ),
    "loss_of_graphite": ({"#C.active.graphite.first_cycle_loss": "9 mAh/g"}, ("first_cycle_loss does not apply",)),
    "as_made_of_silicon": ({"#A.active.silicon.as_made": 1}, ("as_made does not apply",)),
    "capacity_of_an_oxide": (
        {"#O.active.LiMn2O4.reversible_capacity": "120 mAh/g"},
        ("reversible_capacity does not apply",),
    ),
    "both_capacities_of_a_carbon": (
        {
            "#C.active.graphite.first_charge_capacity": "380 mAh/g",
            "#C.active.graphite.reversible_capacity": "350 mAh/g",
        },
        ("first_charge_capacity are both given", "Give one"),
    ),
    "capacity_above_what_the_curve_holds": (
        {"#C.active.graphite.reversible_capacity": "600 mAh/g"},
        ("asks for 600 mAh/g", "curve of graphite ends at"),
    ),
    "first_charge_above_what_the_curve_holds": (
        {"#C.active.graphite.first_charge_capacity": "700 mAh/g"},
        ("asks for 651 mAh/g",),
    ),
    "as_made_below_what_remains": (
        {"#O.active.LiMn2O4.as_made": 0.05},
        ("#O.active.LiMn2O4.as_made is 0.05", "it still holds"),
    ),
    "as_made_of_nothing": ({"#O.active.LiMn2O4.as_made": 0}, ("#O.active.LiMn2O4.as_made is 0", "it still holds")),
    "as_made_beyond_any_content": (
        {"#O.active.LiMn2O4.as_made": 5},
        ("as_made is 5", "cannot hold more than 2 lithium"),
    ),
    "upper_potential_below_the_curve": (
        {"#O.active.LiMn2O4.upper_potential": "2 V"},
        ("upper_potential lies below the whole curve", "Raise it"),
    ),
    "particle_in_no_recipe": ({"particles.spare": {"composition": {"tin": 1}}}, ("particles.spare is in no recipe",)),
    "particle_named_like_a_material": (
        {"particles": {"tin": {"composition": {"silicon": 1}}}, "#A.recipe": {"tin": 1}},
        ("particles.tin is the name of a material",),
    ),
    "particle_inside_a_particle": (
        {"particles.Si80Sn20.composition": {"silicon": 0.5, "Si80Sn20": 0.5}},
        ("composition.Si80Sn20 is a particle itself",),
    ),
    "particle_with_binder": (
        {"particles.Si80Sn20.composition": {"silicon": 0.5, "PVDF": 0.5}},
        ("composition.PVDF is a binder", "a particle cannot hold it"),
    ),
    "particle_with_carbon": (
        {"particles.Si80Sn20.composition": {"silicon": 0.5, "graphite": 0.5}},
        ("composition.graphite is a carbon",),
    ),
    "particle_of_unknown_element": (
        {"particles.Si80Sn20.composition": {"silicon": 0.5, "tim": 0.5}},
        ("composition.tim is not a material", "tin"),
    ),
    "particle_of_half_a_recipe": (
        {"particles.Si80Sn20.composition": {"silicon": 0.5}},
        ("particles.Si80Sn20.composition adds up to 50 %",),
    ),
    "particle_of_nothing": (
        {"particles.Si80Sn20.composition": {}, "#A.active": {}},
        ("particles.Si80Sn20.composition is empty",),
    ),
    "particle_with_a_name_that_breaks_paths": (
        {"particles": {'a."b"[0]': {"composition": {"tin": 1}}}, "#A.recipe": {'a."b"[0]': 1}, "#A.active": {}},
        ("a.", "is not a name"),
    ),
}
"""Settings of materials and particles, in the design in a coin."""
