"""Parts of a cell that are sound one by one and cannot be together, each with words of its refusal.

``#C``, ``#A`` and ``#O`` stand for the carbon, alloy and oxide layer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from cases_of_layers import Case
from full_designs import GONE

__all__ = ["CELLS", "CYLINDER", "POUCH"]

_LAYER = {"recipe": {"graphite": 1.0}, "thickness": "10 um", "porosity": "30 %"}
_FILM = {
    "recipe": {"silicon": 1},
    "thickness": "2 um",
    "porosity": 0,
    "active": {"silicon": {"structure": "amorphous"}},
}
_BARE = {"particles": GONE, "#A": _FILM}


CELLS: Mapping[str, Case] = {
    "separator_as_collector": (
        {"negative.collector.material": "PE-separator"},
        ("negative.collector.material is PE-separator", "a collector is needed"),
    ),
    "collector_as_separator": (
        {"separator.material": "copper-foil"},
        ("separator.material is copper-foil", "PE-separator"),
    ),
    "binder_as_electrolyte": (
        {"electrolyte.material": "PVDF"},
        ("electrolyte.material is PVDF", "an electrolyte is needed"),
    ),
    "electrolyte_that_is_not_there": ({"electrolyte.material": "EC-EMC-Nymann"}, ('Did you mean "EC-EMC-Nyman"',)),
    "collector_without_a_name": (
        {"positive.collector.material": ""},
        ('positive.collector.material is ""', "aluminium-foil"),
    ),
    "copper_on_the_positive": (
        {"positive.collector.material": "copper-foil"},
        ("it cannot carry a positive", "aluminium-foil"),
    ),
    "aluminium_on_the_negative": (
        {"negative.collector.material": "aluminium-foil"},
        ("it cannot carry a negative", "copper-foil"),
    ),
    "sides_that_do_not_match": ({"positive.sides": 2}, ("positive.sides is 2 and negative.sides is 1", "Coat both")),
    "discharge_above_charge": (
        {"operation.discharge_voltage": "4.3 V"},
        ("operation.discharge_voltage is 4.3 V", "below operation.charge_voltage, 4.2 V"),
    ),
    "cut_offs_that_are_equal": (
        {"operation.discharge_voltage": "4.2 V"},
        ("operation.discharge_voltage is 4.2 V", "below"),
    ),
    "charge_voltage_below_the_whole_cell": (
        {"operation.charge_voltage": "1 V", "operation.discharge_voltage": "0.5 V"},
        ("operation.charge_voltage is 1 V", "before the first charge", "Raise it"),
    ),
    "discharge_voltage_above_the_whole_cell": (
        {"operation.charge_voltage": "6 V", "operation.discharge_voltage": "5.5 V"},
        ("operation.discharge_voltage is 5.5 V", "never give more than"),
    ),
    "lithium_without_amount": (
        {"lithium.target": GONE},
        ("lithium gives no amount", "exactly one of dose, mass, film or target"),
    ),
    "lithium_with_two_amounts": ({"lithium.dose": "1 mAh/cm2"}, ("lithium gives dose and target", "exactly one")),
    "target_above_the_ceiling": ({"lithium.target": "82 at%"}, ("lithium.target is 82 at%", "at most 81.")),
    "target_at_the_ceiling": ({"lithium.target": 1.0}, ("lithium.target is 100 at%", "x_max")),
    "target_without_alloy_layer": (
        {"particles": GONE, "negative.layers": [_LAYER]},
        ("lithium.target is given", "alloying element"),
    ),
    "lithium_on_a_positive_that_takes_none": (
        {"lithium": {"surface": "positive", "dose": "0.1 mAh/cm2"}, "#O.recipe": {"LFP": 1}, "#O.active": {}},
        ("lithium.surface is positive", "LFP cannot take lithium"),
    ),
    "dose_beyond_what_the_positive_takes": (
        {"lithium": {"surface": "positive", "dose": "20 mAh/cm2"}},
        ("lithium.dose amounts to 20 mAh/cm2", "the positive can take"),
    ),
    "film_beyond_what_the_positive_takes": (
        {"lithium": {"surface": "positive", "film": "200 um"}},
        ("lithium.film amounts to 41.", "the positive can take"),
    ),
    "mass_beyond_what_the_positive_takes": (
        {"lithium": {"surface": "positive", "mass": "9 mg/cm2"}},
        ("lithium.mass amounts to 34.", "the positive can take"),
    ),
    "folder_of_materials_that_is_not_there": (
        {"materials": "no/such/folder"},
        ('materials is "no/such/folder"', "There is no folder"),
    ),
    "disc_larger_than_the_case": (
        {"case.positive_diameter": "21 mm"},
        ("case.positive_diameter is 21 mm", "smaller than case_diameter, 20 mm"),
    ),
    "separator_larger_than_the_case": (
        {"case.separator_diameter": "20 mm"},
        ("case.separator_diameter is 20 mm", "smaller than case_diameter"),
    ),
    "separator_smaller_than_the_electrodes": (
        {"case.separator_diameter": "13 mm"},
        ("case.separator_diameter is 13 mm", "cover the smaller electrode, 14 mm"),
    ),
    "inside_taller_than_outside": (
        {"case.inner_height": "4 mm"},
        ("case.inner_height is 4 mm", "smaller than case_height, 3.2 mm"),
    ),
    "stack_taller_than_the_coin": (
        {"case.inner_height": "0.1 mm"},
        ("case.inner_height leaves 0.1 mm for a stack of", "Make the layers thinner"),
    ),
    "coin_with_double_sides": (
        {"negative.sides": 2, "positive.sides": 2},
        ("case.type is coin with", "one side", "Write sides = 1"),
    ),
    "batch_of_different_shapes": (
        {"#C.thickness": np.array([1e-5, 2e-5]), "#O.thickness": np.full(3, 1e-5)},
        ("the batch has fields of different shapes", "#O.thickness (3,)"),
    ),
    "silicon_film_without_structure": ({**_BARE, "#A.active": GONE}, ("#A.active.silicon.structure is missing",)),
    "crystalline_tin_film": (
        {**_BARE, "#A.recipe": {"tin": 1}, "#A.active": {"tin": {"structure": "crystalline"}}},
        ("tin has one structure only",),
    ),
}
"""Parts of the design in a coin that do not fit together."""

POUCH: Mapping[str, Case] = {
    "pouch_thicker_than_its_housing": (
        {"case.inner_thickness": "1 mm"},
        ("case.inner_thickness leaves 1 mm for a stack of",),
    ),
    "pouch_of_a_thousand_sheets": ({"case.positive_sheets": 1000}, ("case.inner_thickness leaves 8 mm",)),
}
"""Cross-field faults of the design in a pouch."""

CYLINDER: Mapping[str, Case] = {
    "winding_that_does_not_fit": (
        {"case.length": "3 m"},
        ("case.length leaves 10.3 mm for a radius of", "Make the layers thinner"),
    ),
    "cylinder_coated_on_one_side": (
        {"negative.sides": 1, "positive.sides": 1},
        ("case.type is cylinder with", "both sides"),
    ),
    "mandrel_larger_than_the_can": ({"case.mandrel": "21 mm"}, ("case.mandrel is 21 mm", "inside of the can, 20.6 mm")),
    "wall_that_fills_the_can": ({"case.wall": "11 mm"}, ("case.wall is 11 mm", "half the diameter, 10.5 mm")),
    "coated_width_taller_than_the_can": (
        {"case.coated_width": "69 mm"},
        ("case.coated_width with its overhang is 71 mm", "69.6 mm"),
    ),
    "overhang_taller_than_the_can": ({"case.overhang": "7 mm"}, ("case.coated_width with its overhang is 72 mm",)),
}
"""Cross-field faults of the design in a cylinder."""
