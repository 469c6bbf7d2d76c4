"""Designs that hold every table and most fields, and copies of them with some fields changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from alloycell.declaration import parse_path

__all__ = ["CASES", "GONE", "changed", "full_design", "spelt_out"]

GONE = object()
"""Stands for a field that is to be left out."""

CASES: Mapping[str, dict[str, Any]] = {
    "coin": {
        "type": "coin", "positive_diameter": "14 mm", "negative_diameter": "15 mm", "separator_diameter": "17 mm",
        "case_diameter": "20 mm", "case_height": "3.2 mm", "inner_height": "1 mm", "case_mass": "2.9 g",
    },
    "pouch": {
        "type": "pouch", "width": "40 mm", "height": "60 mm", "overhang": "1 mm", "positive_sheets": 6,
        "foil_thickness": "113 um", "foil_loading": "190 g/m2", "seal": "6 mm", "tabs_mass": "0.8 g",
        "inner_thickness": "8 mm",
    },
    "cylinder": {
        "type": "cylinder", "diameter": "21 mm", "height": "70 mm", "wall": "0.2 mm", "mandrel": "2 mm",
        "coated_width": "58 mm", "overhang": "1 mm", "length": "400 mm", "can_mass": "9 g", "parts_mass": "4 g",
    },
}  # fmt: skip


def full_design(case: str = "coin") -> dict[str, Any]:
    """Tables of a design that can be built, put into ``case``; texts with units."""
    sides = 1 if case == "coin" else 2
    return {
        "format": 1,
        "name": "every table",
        "question": "does it hold?",
        "specifications": ["layered-negative"],
        "particles": {"Si80Sn20": {"composition": {"silicon": "80 %", "tin": "rest"}, "diameter": "2 um"}},
        "negative": {
            "sides": sides,
            "collector": {"material": "copper-foil", "thickness": "10 um"},
            "layers": [
                {
                    "name": "carbon", "recipe": {"graphite": "90 %", "carbon-black": "2 %", "PVDF": "rest"},
                    "thickness": "46 um", "porosity": "35 %", "pore_share": "50 %",
                    "active": {"graphite": {"first_cycle_efficiency": "0.93 +- 0.01", "diameter": "10 um"}},
                },
                {
                    "name": "particles", "recipe": {"Si80Sn20": "70 %", "carbon-black": "20 %", "CMC": "10 %"},
                    "thickness": "8 um", "porosity": "45 %",
                    "active": {"silicon": {"structure": "crystalline", "x_max": 4.4}},
                },
            ],
        },
        "positive": {
            "sides": sides,
            "collector": {"material": "aluminium-foil", "thickness": "15 um"},
            "layers": [
                {
                    "name": "oxide", "recipe": {"LiMn2O4": "90 %", "carbon-black": "6 %", "PVDF": "4 %"},
                    "thickness": "110 um", "porosity": "32 %", "active": {"LiMn2O4": {"diameter": "12 um"}},
                },
            ],
        },
        "separator": {"material": "PE-separator", "thickness": "20 um", "porosity": "40 %"},
        "electrolyte": {"material": "EC-EMC-Nyman", "fill": 1.3},
        "lithium": {"surface": "negative", "target": "50 at%", "uptake": "100 %"},
        "operation": {"charge_voltage": "4.2 V", "discharge_voltage": "2.75 V"},
        "simulation": {
            "rates": ["C/10", "1C"], "porosity": "made", "film": "open", "wetted": "10 %", "temperature": "25 degC",
            "protocol": "Discharge at 1C",
        },
        "case": dict(CASES[case]),
        "measured": {"layer_thickness": "8 um"},
    }  # fmt: skip


def spelt_out(text: str) -> str:
    """``text`` with #C, #A and #O as paths of the carbon, alloy and oxide layer of :func:`full_design`."""
    paths = {"#C": "negative.layers[0]", "#A": "negative.layers[1]", "#O": "positive.layers[0]"}
    for mark, path in paths.items():
        text = text.replace(mark, path)
    return text


def changed(tables: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``tables`` with ``changes`` (dotted path to value, :data:`GONE` to leave a field out)."""
    made: dict[str, Any] = copy.deepcopy(dict(tables))
    for path, value in changes.items():
        *before, last = parse_path(spelt_out(path))
        here: Any = made
        for key in before:
            here = here.setdefault(key, {}) if isinstance(here, dict) else here[key]
        if value is GONE:
            del here[last]
        elif isinstance(here, list) and last == len(here):
            here.append(copy.deepcopy(value))
        else:
            here[last] = copy.deepcopy(value)
    return made
