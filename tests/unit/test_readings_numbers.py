"""The numbers that the requirement readings print, from formula functions and from whole designs.

Each test states its input and the figure. "Printed" is the figure to the digits of the table it stands in.
Charges of formula tests are in mAh and mol, with the charge of one mole of lithium in mAh.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alloycell.alloy import Particle
from alloycell.cell import Cell, Datasheet
from alloycell.cell.dose import (
    added_lithium,
    capacity_slack,
    designed_stoichiometry,
    film_thickness,
    lithium_ceiling,
    lithium_fraction,
    negative_capacity,
    stoichiometry,
)
from alloycell.cell.figures import FIGURES
from alloycell.electrode import ActiveUse, Coating, Constituent, Layer, coating, swollen, theoretical_capacity_of
from alloycell.electrode.layer import dimensions
from alloycell.errors import DesignError
from alloycell.materials import Alloying, Library, LithiumMetal, volume_ratio
from alloycell.quantities import FARADAY, KINDS

LIBRARY = Library.of()
PER_AREA = KINDS["charge per area"]
WINDOW = (0.31, 0.50, 0.67)


def figure(sheet: Datasheet, name: str) -> Any:
    """The figure ``name`` in the unit a person reads."""
    shown, value = FIGURES[name], FIGURES[name].of(sheet)
    return shown.unit().in_shown(value)


def printed(value: Any, text: str) -> bool:
    """Whether ``value`` rounds to ``text``, to the digits that ``text`` has."""
    return f"{float(value):.{len(text.partition('.')[2])}f}" == text


def element(name: str, x_max: float | None = None) -> Constituent:
    """A pure layer of one alloying element with its ``x_max``."""
    record = LIBRARY.record(name)
    assert isinstance(record, Alloying)
    return Constituent(name, record, 1.0, ActiveUse(x_max=x_max))


def with_molar_mass(part: Constituent, molar_mass: float) -> Constituent:
    """``part`` with another molar mass [kg/mol] in its record."""
    mass = part.record.host_molar_mass.model_copy(update={"value": molar_mass})
    return replace(part, record=part.record.model_copy(update={"host_molar_mass": mass}))


def milliampere_hours_per_gram(capacity: Any) -> float:
    """A specific capacity [C/kg] in mAh/g."""
    return float(KINDS["specific capacity"].in_shown(capacity))


def layered(positive_charge: float = 3.0, x_max: float = 4.4, **lithium: Any) -> Cell:
    """The synthetic cell: carbon 2.0 mAh/cm2 at 93 %, dense silicon 2.0 um, a positive of ``positive_charge``."""
    carbon = {"first_charge_capacity": "320 mAh/g", "first_cycle_efficiency": "93 %"}
    tables = {
        "format": 1,
        "negative": {
            "collector": {"material": "copper-foil", "thickness": "10 um"},
            "layers": [
                {"recipe": {"graphite": 1}, "loading": "6.25 mg/cm2", "porosity": 0.3, "active": {"graphite": carbon}},
                {"recipe": {"silicon": 1}, "thickness": "2.0 um", "porosity": 0,
                 "active": {"silicon": {"structure": "amorphous", "x_max": x_max}}},
            ],
        },
        "positive": {
            "collector": {"material": "aluminium-foil", "thickness": "15 um"},
            "layers": [{"recipe": {"LiMn2O4": 1}, "loading": "20 mg/cm2", "porosity": 0.3,
                        "active": {"LiMn2O4": {"upper_potential": "4.25 V"}}}],
        },
        "separator": {"material": "PE-separator", "thickness": "20 um"},
        "electrolyte": {"material": "EC-EMC-Nyman", "fill": 1.3},
        "operation": {"charge_voltage": 4.2, "discharge_voltage": 2.75},
    }  # fmt: skip
    cell = Cell.of(tables | ({"lithium": lithium} if lithium else {}))
    loading = 0.2 * positive_charge / figure(Datasheet(cell), "positive_capacity")
    return cell.with_("positive.layers[0].loading", loading)


MOLE = FARADAY / 3.6
"""Charge of one mole of lithium [mAh]."""

ATOMS = 2.0e-4 * 2.33 / 28.0855
"""Silicon of the synthetic cell [mol/cm2]: 2.0 um at 2.33 g/cm3, printed as 16.592 umol."""


def test_one_mole_of_lithium_carries_26801_5_milliampere_hours():
    assert printed(MOLE, "26801.5")


@pytest.mark.parametrize(("x_max", "capacity"), [(4.4, "4199"), (3.75, "3579")])
def test_capacity_of_silicon_at_x_max_is_as_printed(x_max, capacity):
    assert printed(milliampere_hours_per_gram(theoretical_capacity_of(element("silicon", x_max), LIBRARY)), capacity)


@pytest.mark.parametrize(
    ("fraction", "x", "of_44", "of_375", "kept", "volume"),
    [
        (0.31, "0.4493", "10.2", "12.0", "429", "1.33"),
        (0.50, "1.0000", "22.7", "26.7", "954", "1.74"),
        (0.67, "2.0303", "46.1", "54.1", "1938", "2.50"),
    ],
)
def test_lithium_fraction_gives_the_printed_stoichiometry_shares_capacity_and_volume(
    fraction, x, of_44, of_375, kept, volume
):
    ratio = stoichiometry(fraction)
    assert printed(ratio, x)
    assert printed(100 * ratio / 4.4, of_44)
    assert printed(100 * ratio / 3.75, of_375)
    # The table was computed with the abridged atomic weight 28.085; the record has 28.0855, which gives 1937.48.
    heavy = with_molar_mass(element("silicon", ratio), 28.085e-3)
    assert printed(milliampere_hours_per_gram(theoretical_capacity_of(heavy, LIBRARY)), kept)
    own = theoretical_capacity_of(element("silicon", ratio), LIBRARY)
    assert milliampere_hours_per_gram(own) == pytest.approx(float(kept), abs=0.55)
    assert printed(volume_ratio(heavy.record, ratio), volume)
    assert lithium_fraction(ratio) == pytest.approx(fraction, rel=1e-14)


@pytest.mark.parametrize(
    ("fraction", "lithium", "film", "largest", "slack"),
    [(0.31, "0.3398", "1.65", "3.6169", "0.6169"), (0.50, "0.5847", "2.84", "3.3720", "0.3720"),
     (0.67, "1.0429", "5.06", "2.9138", "-0.0862")],
)  # fmt: skip
class TestSyntheticCell:
    """Cb 2.0 mAh/cm2, L_c 0.93, dense silicon 2.0 um, x_max 4.4, Cat 3.0 mAh/cm2."""

    def test_formulas_give_the_printed_lithium_room_and_slack(self, fraction, lithium, film, largest, slack):
        added = 2.0 * (1 - 0.93) + ATOMS * stoichiometry(fraction) * MOLE
        by_function = 2.0 * 0.07 + float(added_lithium(0.0, 0.93, ATOMS / 3.6, fraction))
        negative = 2.0 + (negative_capacity(0.0, ATOMS, 4.4)) / 3.6
        assert printed(added, lithium)
        assert by_function == pytest.approx(added, rel=1e-12)
        assert printed(negative, "3.9567")
        assert printed(negative - added, largest)
        assert printed(capacity_slack(negative, added, 3.0), slack)
        metal = LIBRARY.record("lithium")
        assert isinstance(metal, LithiumMetal)
        thickness = film_thickness(PER_AREA.read(f"{added!r} mAh/cm2"), metal.molar_mass.value, metal.density.value)
        assert printed(1e6 * thickness, film)

    def test_a_design_gives_the_printed_lithium_film_room_and_slack(self, fraction, lithium, film, largest, slack):
        sheet = Datasheet(layered(target=fraction))
        assert figure(sheet, "carbon_capacity") == pytest.approx(2.0, rel=1e-12)
        assert printed(figure(sheet, "alloy_atoms"), "16.592")
        assert printed(figure(sheet, "positive_capacity"), "3.0000")
        assert printed(figure(sheet, "negative_capacity"), "3.9567")
        assert printed(figure(sheet, "lithium_added"), lithium)
        assert printed(figure(sheet, "lithium_film"), film)
        assert printed(figure(sheet, "negative_capacity") - figure(sheet, "lithium_added"), largest)
        assert printed(figure(sheet, "capacity_slack"), slack)
        assert figure(sheet, "designed_lithium_fraction") == pytest.approx(100 * fraction, rel=1e-12)

    def test_the_negative_alone_is_larger_than_the_positive(self, fraction, lithium, film, largest, slack):
        sheet = Datasheet(layered(target=fraction))
        assert figure(sheet, "negative_capacity") > figure(sheet, "positive_capacity")

    def test_the_second_formula_flips_at_the_printed_positive_capacity(self, fraction, lithium, film, largest, slack):
        step = 5e-5
        room = [Datasheet(layered(float(largest) + shift, target=fraction)) for shift in (-2 * step, 2 * step)]
        assert figure(room[0], "capacity_slack") > 0 > figure(room[1], "capacity_slack")


def test_lithium_of_0_8_milliampere_hours_gives_a_fraction_of_0_5974():
    sheet = Datasheet(layered(dose="0.8000 mAh/cm2"))
    assert printed(figure(sheet, "designed_lithium_fraction") / 100, "0.5974")
    by_formula = designed_stoichiometry(0.8 * 3.6, 2.0 * 3.6, 0.93, ATOMS)
    assert printed(lithium_fraction(by_formula), "0.5974")


def test_with_x_max_3_75_the_upper_edge_fails_by_0_3753():
    assert printed(figure(Datasheet(layered(x_max=3.75, target=0.67)), "capacity_slack"), "-0.3753")


def test_an_efficiency_one_point_off_moves_the_fraction_by_0_021():
    cell = layered(dose="0.3398 mAh/cm2")
    sheet = Datasheet(cell.with_("negative.layers[0].active.graphite.first_cycle_efficiency", np.array([0.92, 0.94])))
    low, high = figure(sheet, "designed_lithium_fraction") / 100
    assert printed((high - low) / 2, "0.021")


def test_a_dose_five_percent_off_moves_the_fraction_by_0_018():
    dose = float(added_lithium(72000.0, 0.93, 100 * ATOMS * 100, 0.31))
    low, high = figure(Datasheet(layered(dose=dose).with_("lithium.dose", dose * np.array([0.95, 1.05]))),
                       "designed_lithium_fraction") / 100  # fmt: skip
    assert printed((high - low) / 2, "0.018")


def test_the_upper_edge_needs_an_x_max_of_2_0303():
    assert printed(stoichiometry(0.67), "2.0303")
    assert printed(lithium_ceiling(2.03), "0.66997")
    assert lithium_ceiling(2.03) < 0.67
    assert lithium_ceiling(stoichiometry(0.67)) == pytest.approx(0.67, rel=1e-14)


@pytest.mark.parametrize("name", ["aluminium", "indium"])
def test_an_element_taken_at_one_lithium_per_atom_cannot_reach_the_upper_edge(name):
    film = {"recipe": {name: 1}, "thickness": "2 um", "porosity": 0, "active": {name: {"x_max": 1.0}}}
    cell = layered(target=0.31).with_("negative.layers[1]", film)
    assert figure(Datasheet(cell), "lithium_ceiling") == pytest.approx(50.0, rel=1e-14)
    with pytest.raises(DesignError, match=r"lithium\.target is 67 at%; the alloy holds at most 50 at%"):
        cell.with_("lithium.target", 0.67)


@pytest.mark.parametrize(
    ("name", "density", "x_max", "mass", "capacity"),
    [("silicon", 2330.0, 4.4, "0.233", "0.978"), ("silicon", 2330.0, 3.75, "0.233", "0.834"),
     ("tin", 7310.0, 4.4, "0.731", "0.726")],
)  # fmt: skip
def test_a_dense_film_of_one_micrometre_has_the_printed_mass_and_capacity(name, density, x_max, mass, capacity):
    size = dimensions(Layer(recipe={name: 1.0}, thickness="1 um", porosity=0.0), density)
    assert printed(KINDS["loading"].in_shown(size.loading), mass)
    charge = size.loading * theoretical_capacity_of(element(name, x_max), LIBRARY)
    assert printed(PER_AREA.in_shown(charge), capacity)


def test_one_micrometre_of_lithium_is_0_0534_milligrams_and_0_2062_milliampere_hours():
    sheet = Datasheet(layered(film="1 um"))
    assert printed(figure(sheet, "lithium_added"), "0.2062")
    mass = figure(sheet, "lithium_added") * 3.6 / FARADAY * float(sheet.lithium_metal.molar_mass.value) * 1e3
    assert printed(mass * 1e3, "0.0534")
    by_mass = Datasheet(layered(mass="0.0534 mg/cm2"))
    assert printed(figure(by_mass, "lithium_film"), "1.00")


def powder(capacity: Any, density: Any, positive: str = "LiCoO2", positive_capacity: str = "126 mAh/g",
           positive_density: str = "3.3 g/cm3") -> Cell:  # fmt: skip
    """A silicon layer of 20 um and a positive, each with the stated mAh/g and density (SI, arrays make a batch)."""
    cell = layered()
    asked = KINDS["specific capacity"].read(positive_capacity)
    silicon = {"recipe": {"silicon": 0.4, "carbon-black": "rest"}, "thickness": "20 um", "density": "1 g/cm3",
               "active": {"silicon": {"structure": "amorphous"}}}  # fmt: skip
    opposite = {"recipe": {positive: 0.9, "PVDF": "rest"}, "thickness": "60 um", "density": positive_density,
                "active": {positive: {"upper_potential": "4.2 V"}}}  # fmt: skip
    cell = cell.with_all({"negative.layers[0]": silicon, "positive.layers[0]": opposite}).with_(
        "negative.layers", [silicon]
    )
    sheet = Datasheet(cell)
    share = 0.4 * capacity / FIGURES["layer_capacity"].of(sheet)
    other = 0.9 * asked / FIGURES["positive_layer_capacity"].of(sheet)
    return cell.with_all({"negative.layers[0].recipe.silicon": share, "negative.layers[0].density": density,
                          f"positive.layers[0].recipe.{positive}": other})  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "densities", "volumetric"),
    [(1000, (1.2, 1.5), ("1200", "1500")), (1500, (0.9, 1.5), ("1350", "2250")), (2000, (0.9, 1.25), ("1800", "2500")),
     (2200, (0.9, 2500 / 2200), ("1980", "2500"))],
)  # fmt: skip
def test_capacity_times_density_of_a_layer_is_the_printed_volumetric_capacity(capacity, densities, volumetric):
    both = 1e3 * np.array(densities)
    sheet = Datasheet(powder(3600.0 * capacity * np.ones(2), both))
    assert figure(sheet, "layer_capacity") == pytest.approx(capacity, rel=1e-12)
    low, high = figure(sheet, "layer_volumetric_capacity")
    assert printed(low, volumetric[0])
    assert printed(high, volumetric[1])
    assert printed(2500 / 2200, "1.136")


def test_the_separate_ranges_give_900_to_3300_per_volume():
    sheet = Datasheet(powder(3.6e6 * np.array([1.0, 2.2]), np.array([900.0, 1500.0])))
    low, high = figure(sheet, "layer_volumetric_capacity")
    assert printed(low, "900")
    assert printed(high, "3300")


def test_the_worked_pair_has_the_printed_ratio_and_balanced_thicknesses():
    cell = powder(3600.0 * 1500, 1200.0)
    sheet = Datasheet(cell)
    assert printed(figure(sheet, "layer_volumetric_capacity"), "1800")
    areal = figure(sheet, "layer_volumetric_capacity") * figure(sheet, "layer_thickness") * 1e-4
    assert printed(areal, "3.60")
    assert printed(figure(sheet, "positive_layer_capacity") * figure(sheet, "positive_layer_density"), "415.8")
    assert printed(figure(sheet, "capacity_ratio"), "4.33")
    assert printed(figure(sheet, "capacity_ratio") * figure(sheet, "layer_thickness"), "86.6")
    for surplus, thickness in ((1.0, "86.6"), (1.2, "72.2")):
        balanced = figure(sheet, "capacity_ratio") * 20e-6 / surplus
        assert printed(1e6 * balanced, thickness)
        opposite = Datasheet(cell.with_("positive.layers[0].thickness", balanced))
        assert figure(opposite, "np_reversible") == pytest.approx(surplus, rel=1e-12)


def test_the_ratio_never_reaches_eight_with_dense_lithium_cobalt_oxide():
    sheet = Datasheet(powder(3.6e6 * 2.2, 2500e3 / 2200))
    assert printed(figure(sheet, "layer_volumetric_capacity"), "2500")
    assert figure(sheet, "capacity_ratio") < 8


def test_the_ratio_is_9_02_with_manganese_spinel():
    sheet = Datasheet(powder(3.6e6 * 2.0, 1250.0, "LiMn2O4", "99 mAh/g", "2.8 g/cm3"))
    assert printed(figure(sheet, "layer_volumetric_capacity"), "2500")
    assert printed(figure(sheet, "capacity_ratio"), "9.02")


def silicon_tin(density: float) -> Coating:
    """The checked recipe: 70 % particles of silicon and tin 80:20, 20 % graphite, 10 % PVA; ``density`` [kg/m3]."""
    grains = {"Si80Sn20": Particle(composition={"silicon": "80 wt%", "tin": "20 wt%"})}
    layer = Layer(recipe={"Si80Sn20": "70 %", "graphite": "20 %", "PVA": "10 %"}, thickness="20 um", density=density,
                  pore_share=1.0)  # fmt: skip
    return coating(layer, "negative.layers[0]", grains, LIBRARY)


@pytest.mark.parametrize(("density", "porosity"), [(900.0, "61"), (1200.0, "49"), (1500.0, "36")])
def test_the_checked_recipe_has_the_printed_densities_and_porosity(density, porosity):
    made = silicon_tin(density)
    alloy = Layer(recipe={"Si80Sn20": 1.0}, thickness="20 um", porosity=0.0)
    grains = {"Si80Sn20": Particle(composition={"silicon": "80 wt%", "tin": "rest"})}
    assert printed(coating(alloy, "negative.layers[0]", grains, LIBRARY).solid_density / 1e3, "2.70")
    assert printed(made.solid_density / 1e3, "2.34")
    assert printed(100 * made.size.porosity, porosity)


@pytest.mark.parametrize(
    ("volumetric", "density", "growth"), [(1800, 1200.0, "11"), (2500, 1500.0, "47"), (3300, 1500.0, "74")]
)
def test_with_every_pore_filled_first_the_layer_still_grows_as_printed(volumetric, density, growth):
    made = silicon_tin(density)
    inserted = KINDS["volumetric capacity"].read(f"{volumetric} mAh/cm3") / FARADAY * 8.9e-6
    size = swollen(made, inserted * made.size.thickness)
    assert printed(100 * (size.thickness / made.size.thickness - 1), growth)
    assert size.porosity == pytest.approx(0.0, abs=1e-15)
