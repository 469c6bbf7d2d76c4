"""Coin, pouch and cylinder: areas, winding length, volume, fit and the bill of materials, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.cell.whole import bill_of_materials
from alloycell.errors import DesignError
from alloycell.quantities import FARADAY

EXAMPLE = Cell.load(Path(__file__).parents[3] / "examples" / "layered-silicon.toml")
POUCH = {
    "type": "pouch", "width": "40 mm", "height": "60 mm", "overhang": "1 mm", "positive_sheets": 1,
    "foil_thickness": "100 um", "foil_loading": "200 g/m2", "seal": "5 mm", "tabs_mass": "0.8 g",
}  # fmt: skip
CYLINDER = {
    "type": "cylinder", "diameter": "21 mm", "height": "70 mm", "wall": "0.25 mm", "mandrel": "2 mm",
    "coated_width": "60 mm", "overhang": "1 mm", "can_mass": "9 g", "parts_mass": "4 g",
}  # fmt: skip
BOTH_SIDES = {"negative.sides": 2, "positive.sides": 2}


def sheet(**changes: Any) -> Datasheet:
    """The example in another case; keywords with two underscores for a dot are changes of the design."""
    return Datasheet(EXAMPLE.with_all({path.replace("__", "."): value for path, value in changes.items()}))


def wound(**case: Any) -> Datasheet:
    """The example wound in a cylinder."""
    return Datasheet(EXAMPLE.with_all({**BOTH_SIDES, "case": CYLINDER | case}))


def stacked(sheets: int, **case: Any) -> Datasheet:
    """The example stacked in a pouch, both sides coated."""
    return Datasheet(EXAMPLE.with_all({**BOTH_SIDES, "case": POUCH | {"positive_sheets": sheets} | case}))


def bill(made: Datasheet) -> dict[tuple[str, str], float]:
    """Masses [kg] by part and material."""
    return {(line.part, line.material): float(line.mass) for line in bill_of_materials(made)}


REPEAT_ONE_SIDE = 46e-6 + 2e-6 + 110e-6 + 10e-6 + 15e-6 + 20e-6
REPEAT_TWO_SIDES = 2 * (48e-6 + 110e-6) + 10e-6 + 15e-6 + 2 * 20e-6


def test_a_coin_faces_on_the_smaller_disc():
    made = sheet()
    assert made.build.facing_area == pytest.approx(np.pi / 4 * 0.014**2, rel=1e-14)
    assert made.build.negative_coated == pytest.approx(np.pi / 4 * 0.015**2, rel=1e-14)
    assert made.turn.repeat == pytest.approx(REPEAT_ONE_SIDE, rel=1e-14)
    assert FIGURES["overhang_share"].of(made) == pytest.approx(1 - (14 / 15) ** 2, rel=1e-12)
    assert FIGURES["cell_volume"].of(made) == pytest.approx(np.pi / 4 * 0.020**2 * 0.0032, rel=1e-14)
    assert made.fit("assembled") == (pytest.approx(REPEAT_ONE_SIDE, rel=1e-14), 0.35e-3)


def test_a_single_pouch_has_one_pair_of_sheets():
    made = sheet(case=POUCH)
    assert made.build.facing_area == pytest.approx(0.040 * 0.060, rel=1e-14)
    assert made.build.negative_coated == pytest.approx(0.042 * 0.062, rel=1e-14)
    volume = (REPEAT_ONE_SIDE + 200e-6) * 0.042 * 0.062
    assert made.volume("assembled") == pytest.approx(volume, rel=1e-12)
    assert bill(made)["case", "pouch laminate"] == pytest.approx(2 * 0.052 * 0.072 * 0.2, rel=1e-12)
    assert made.fit("charged")[1] is None
    assert FIGURES["room_charged"].of(made) is None


def test_a_stacked_pouch_ends_with_negatives_on_both_sides():
    made = stacked(10)
    assert made.build.facing_area == pytest.approx(20 * 0.040 * 0.060, rel=1e-14)
    assert made.build.negative_coated == pytest.approx(22 * 0.042 * 0.062, rel=1e-14)
    assert made.build.negative_foil == pytest.approx(11 * 0.042 * 0.062, rel=1e-14)
    assert made.build.separator == pytest.approx(20 * 0.042 * 0.062, rel=1e-14)
    stack = 10 * REPEAT_TWO_SIDES + 10e-6 + 2 * 48e-6
    assert made.fit("assembled")[0] == pytest.approx(stack, rel=1e-12)
    assert made.volume("assembled") == pytest.approx((stack + 200e-6) * 0.042 * 0.062, rel=1e-12)


def test_a_can_wound_full_has_the_length_of_its_cross_section_over_one_turn():
    made = wound()
    length = np.pi / 4 * (0.0205**2 - 0.002**2) / REPEAT_TWO_SIDES
    assert made.cell.case.wound_length(made.turn) == pytest.approx(length, rel=1e-13)
    assert made.build.facing_area == pytest.approx(2 * length * 0.060, rel=1e-13)
    assert made.build.negative_coated == pytest.approx(2 * length * 0.062, rel=1e-13)
    radius, room = made.fit("assembled")
    assert radius == pytest.approx(0.01025, rel=1e-12)
    assert room == pytest.approx(0.01025, rel=1e-14)
    assert made.volume("charged") == pytest.approx(np.pi / 4 * 0.021**2 * 0.070, rel=1e-14)


def test_a_stated_length_is_wound_to_its_own_radius():
    made = wound(length="300 mm")
    assert made.build.positive_coated == pytest.approx(2 * 0.3 * 0.060, rel=1e-14)
    radius = np.sqrt(0.001**2 + 0.3 * REPEAT_TWO_SIDES / np.pi)
    assert made.fit("assembled")[0] == pytest.approx(radius, rel=1e-13)


@pytest.mark.parametrize(
    "made", [sheet(), sheet(case=POUCH), stacked(7), wound()], ids=["coin", "pouch", "stack", "can"]
)
def test_the_bill_of_materials_adds_up_to_the_mass_of_the_cell(made):
    lines = bill_of_materials(made)
    assert sum(line.mass for line in lines) == pytest.approx(FIGURES["cell_mass"].of(made), rel=1e-14)
    assert sum(line.share for line in lines) == pytest.approx(1.0, rel=1e-14)
    energy = FIGURES["areal_energy"].of(made) * made.build.facing_area
    assert FIGURES["specific_energy"].of(made) == pytest.approx(energy / sum(line.mass for line in lines), rel=1e-13)
    assert FIGURES["energy_density_charged"].of(made) == pytest.approx(energy / made.volume("charged"), rel=1e-13)


def test_lines_of_the_bill_are_area_times_thickness_times_density():
    made = sheet(case=POUCH)
    masses = bill(made)
    assert masses["silicon film", "silicon"] == pytest.approx(2330.0 * 2e-6 * 0.042 * 0.062, rel=1e-12)
    assert masses["negative collector", "copper-foil"] == pytest.approx(8960.0 * 10e-6 * 0.042 * 0.062, rel=1e-12)
    assert masses["positive collector", "aluminium-foil"] == pytest.approx(2700.0 * 15e-6 * 0.040 * 0.060, rel=1e-12)
    porosity = made.library.record("PE-separator").porosity.value
    separator = 940.0 * (1 - porosity) * 20e-6 * 0.042 * 0.062
    assert masses["separator", "PE-separator"] == pytest.approx(separator, rel=1e-12)
    low, middle = 0.35 * 46e-6 * 0.042 * 0.062, porosity * 20e-6 * 0.042 * 0.062
    pores = low + middle + 0.32 * 110e-6 * 0.040 * 0.060
    assert masses["electrolyte", "EC-EMC-Nyman"] == pytest.approx(1.3 * 1200.0 * pores, rel=1e-12)
    lithium = float(made.lithium_added) / FARADAY * made.lithium_metal.molar_mass.value * 0.040 * 0.060
    assert masses["added lithium", "lithium"] == pytest.approx(lithium, rel=1e-12)
    assert masses["case", "tabs"] == pytest.approx(0.8e-3, rel=1e-14)


def test_a_design_without_a_case_has_areal_figures_only():
    made = Datasheet(EXAMPLE.with_("case", None))
    assert bill_of_materials(made) == ()
    for name in ("cell_mass", "cell_capacity", "cell_energy", "cell_volume", "specific_energy", "room_charged"):
        assert FIGURES[name].of(made) is None, name
    assert FIGURES["areal_capacity"].of(made) == FIGURES["areal_capacity"].of(sheet())


def test_a_charged_cell_is_thicker_and_a_pouch_grows_with_it():
    made = sheet(case=POUCH)
    assert made.volume("charged") > made.volume("discharged") > made.volume("assembled")
    film, before = made.negative[1], made.negative[1].size.thickness
    growth = made.size(film, "charged").thickness - before
    lithium = made.mean_contents("charged", film)[0] * made.alloy_atoms
    assert growth == pytest.approx(lithium * 8.9e-6, rel=1e-10)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"case.inner_height": "0.15 mm"}, r"case\.inner_height"),
        ({"case.separator_diameter": "13 mm"}, r"case\.separator_diameter"),
        ({"case.positive_diameter": "21 mm"}, r"case\.positive_diameter"),
        ({"case.inner_height": "3.5 mm"}, r"case\.inner_height"),
        (BOTH_SIDES, r"case\.type"),
        ({"case": CYLINDER}, r"case\.type"),
        ({**BOTH_SIDES, "case": CYLINDER | {"mandrel": "20.6 mm"}}, r"case\.mandrel"),
        ({**BOTH_SIDES, "case": CYLINDER | {"coated_width": "69 mm"}}, r"case\.coated_width"),
        ({**BOTH_SIDES, "case": CYLINDER | {"length": "2 m"}}, r"case\.length"),
        ({"case": POUCH | {"inner_thickness": "0.1 mm"}}, r"case\.inner_thickness"),
    ],
)
def test_a_stack_that_does_not_go_into_its_case_is_refused_by_name(changes, where):
    with pytest.raises(DesignError, match=where):
        EXAMPLE.with_all(changes)
