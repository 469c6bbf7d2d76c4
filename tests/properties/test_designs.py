"""What holds for any design that can be built: the six properties of the layered negative, the ledger, symmetries.

40 random structures with 50 numeric variants each (``generated.py``), each variant a design of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from generated import (
    STRUCTURES,
    VARIANTS,
    batch_of,
    design_of,
    numbers_of,
    row_of,
    sheet_of,
    structures,
    worst_difference,
)

from alloycell.cell import Cell, Datasheet
from alloycell.cell.dose import added_lithium, lithium_fraction, stoichiometry
from alloycell.cell.figures import FIGURES
from alloycell.declaration import numeric_fields, path_text, replaced, tree
from alloycell.materials import Positive
from alloycell.quantities import FARADAY

EVERY = pytest.mark.parametrize("seed", range(STRUCTURES))
EVERY_LAYERED = pytest.mark.parametrize("seed", structures(carbon_layer=True, alloy=True))
EVERY_CASED = pytest.mark.parametrize("seed", structures(case=True))


def figures(seed: int) -> dict[str, np.ndarray]:
    """The numeric figures of the batch of ``seed``."""
    return numbers_of(sheet_of(seed))


def test_the_generated_designs_are_two_thousand_and_of_every_sort():
    cells = [sheet_of(seed).cell for seed in range(STRUCTURES)]
    assert sum(cell.shape[0] for cell in cells) == STRUCTURES * VARIANTS == 2000
    assert {len(cell.negative.layers) for cell in cells} == {1, 2, 3, 4}
    assert {None if cell.case is None else cell.case.type for cell in cells} == {None, "coin", "pouch", "cylinder"}
    added = [cell.lithium for cell in cells]
    assert {None if given is None else given.surface for given in added} == {None, "negative", "positive"}
    names = {name for cell in cells for name in cell.material_names()}
    hosts = {*cells[0].library.names("alloying"), *cells[0].library.names("carbon")}
    assert hosts <= names
    layered = [seed for seed in range(STRUCTURES) if "negative_capacity" in figures(seed)]
    assert tuple(layered) == structures(carbon_layer=True, alloy=True)
    assert len(layered) >= 15
    uses = [use for cell in cells for layer in cell.negative.layers for use in layer.active.values()]
    assert {"amorphous", "crystalline"} <= {use.structure for use in uses}


@EVERY
def test_no_figure_of_a_generated_design_is_infinite(seed):
    for name, value in figures(seed).items():
        assert not np.any(np.isinf(value)), name


@EVERY
def test_figures_are_undefined_only_where_nothing_can_be_divided(seed):
    held = figures(seed)
    reasons = {
        "mean_voltage": held["areal_capacity"] == 0,
        "np_first_charge": held["positive_capacity"] == 0,
        "np_after_dose": held["positive_capacity"] == 0,
        "np_reversible": held["positive_reversible_capacity"] == 0,
        "capacity_ratio": held["positive_reversible_capacity"] == 0,
        "first_cycle_efficiency": held["first_charge"] == 0,
        "designed_lithium_fraction": held.get("designed_stoichiometry", np.zeros(VARIANTS)) < 0,
        "extended_lithium_fraction": np.ones(VARIANTS, dtype=bool),
    }
    for name, value in held.items():
        assert np.all(~np.isnan(value) | reasons.get(name, np.zeros(VARIANTS, dtype=bool))), name


@EVERY_LAYERED
def test_first_formula_put_into_the_second_gives_the_usable_capacity(seed):
    held = figures(seed)
    reversible = held["carbon_capacity"] * held["carbon_efficiency"]
    above = held["alloy_atoms"] * (held["x_max"] - held["designed_stoichiometry"]) * FARADAY
    usable = reversible + above
    size = np.abs(reversible) + np.abs(above) + held["positive_capacity"]
    assert np.all(np.abs(usable - held["positive_capacity"] - held["capacity_slack"]) <= 1e-12 * size)


@EVERY_LAYERED
def test_window_and_formulas_imply_a_negative_larger_than_the_positive(seed):
    held = figures(seed)
    # Every design, as it is and with the dose that formula (1) asks for at five contents of the window.
    doses = [held["lithium_added"]]
    for fraction in (0.31, 0.4, 0.5, 0.6, 0.67):
        doses.append(added_lithium(held["carbon_capacity"], held["carbon_efficiency"], held["alloy_atoms"], fraction))
    lithium = np.array(doses)
    ratio = (lithium - held["carbon_capacity"] * (1 - held["carbon_efficiency"])) / (held["alloy_atoms"] * FARADAY)
    fraction = np.where(ratio > 0, ratio, 0) / (1 + np.where(ratio > 0, ratio, 0))
    window = (fraction >= 0.31 - 1e-12) & (fraction <= 0.67 + 1e-12)
    second = lithium + held["positive_capacity"] <= held["negative_capacity"]
    first = np.broadcast_to(held["negative_capacity"] > held["positive_capacity"], second.shape)
    assert np.all(first[window & second])


@EVERY_LAYERED
def test_the_inverse_returns_the_lithium_and_is_never_a_negative_fraction(seed):
    held = figures(seed)
    ratio, fraction = held["designed_stoichiometry"], held["designed_lithium_fraction"]
    none_left = ratio < 0
    assert np.array_equal(np.isnan(fraction), none_left)
    assert np.all(fraction[~none_left] >= 0)
    again = added_lithium(held["carbon_capacity"], held["carbon_efficiency"], held["alloy_atoms"], fraction)
    size = held["lithium_added"] + held["carbon_capacity"]
    assert np.all(np.abs(again - held["lithium_added"])[~none_left] <= 1e-12 * size[~none_left])
    assert np.array_equal(np.isnan(np.asarray(lithium_fraction(ratio))), none_left)


@EVERY
def test_the_top_of_the_window_needs_an_x_max_of_at_least_2_0303(seed):
    held = figures(seed)
    if "x_max" in held:
        assert np.array_equal(held["lithium_ceiling"] >= 0.67, held["x_max"] >= stoichiometry(0.67))
        assert np.allclose(held["lithium_ceiling"], held["x_max"] / (1 + held["x_max"]), rtol=1e-15, atol=0)


@EVERY_LAYERED
def test_the_second_formula_flips_exactly_where_the_positive_fills_the_room(seed):
    sheet, held = sheet_of(seed), figures(seed)
    limit = held["negative_capacity"] - held["lithium_added"]
    charging = (limit > 0) & (held["positive_capacity"] > 0)
    share = np.where(charging, limit / np.where(charging, held["positive_capacity"], 1.0), 1.0)
    # Cat is proportional to the positive where its potential is stated; left open, it follows the cell's balance.
    upper = np.clip(sheet.state("first charge").positive_potential, 0.0, 6.0)
    stated = {
        f"positive.layers[{index}].active": {
            **tree(made.layer.active),
            **{
                part.name: {**tree(part.use), "upper_potential": upper}
                for part in made.hosts()
                if part.use.upper_potential is None and isinstance(part.record, Positive)
            },
        }
        for index, made in enumerate(sheet.positive)
    }
    for factor, sign in ((1 - 1e-9, 1), (1 + 1e-9, -1)):
        scaled = {
            f"positive.layers[{index}].{name}": getattr(layer, name) * share * factor
            for index, layer in enumerate(sheet.cell.positive.layers)
            for name in ("thickness", "loading")
            if getattr(layer, name) is not None
        }
        cell = sheet.cell.with_all({**stated, **scaled, "case": None}, checked=False)
        slack = np.asarray(FIGURES["capacity_slack"].of(Datasheet(cell)))
        assert np.all((np.sign(slack) == sign)[charging])


def _scale(layer: dict[str, Any], factor: Any) -> None:
    for name in ("thickness", "loading"):
        if name in layer:
            layer[name] = layer[name] * factor


@EVERY
def test_splitting_a_layer_in_two_equal_layers_changes_nothing(seed):
    sheet = sheet_of(seed)
    given = tree(sheet.cell)
    for side in ("negative", "positive"):
        halves = []
        for layer in given[side]["layers"]:
            half = dict(layer)
            _scale(half, 0.5)
            halves += [half, half]
        given[side]["layers"] = halves
    split = Datasheet(Cell.of(given))
    assert worst_difference(numbers_of(split), figures(seed))[0] <= 1e-10
    assert FIGURES["alloy_elements"].of(split) == FIGURES["alloy_elements"].of(sheet)


@EVERY
def test_the_order_of_layers_and_phases_does_not_matter_at_rest(seed):
    given = tree(sheet_of(seed).cell)
    for side in ("negative", "positive"):
        given[side]["layers"] = [
            layer | {"recipe": dict(reversed(layer["recipe"].items()))} for layer in reversed(given[side]["layers"])
        ]
    assert worst_difference(numbers_of(Datasheet(Cell.of(given))), figures(seed))[0] <= 1e-10


@EVERY_CASED
def test_scaling_the_area_scales_the_cell_and_leaves_areal_figures_unchanged(seed):
    cell = sheet_of(seed).cell
    fields = {
        "pouch": {"case.width": 2.0},
        "cylinder": {"case.coated_width": 0.5},
        "coin": dict.fromkeys((f"case.{part}_diameter" for part in ("negative", "positive", "separator")), 0.5**0.5),
    }[cell.case.type]
    changes = {path: getattr(cell.case, path.split(".")[1]) * factor for path, factor in fields.items()}
    before, after = figures(seed), numbers_of(Datasheet(cell.with_all(changes)))
    area = 2.0 if cell.case.type == "pouch" else 0.5
    for name, kind in ((name, FIGURES[name].kind) for name in before):
        if name in ("cell_capacity", "cell_energy"):
            assert np.allclose(after[name], area * before[name], rtol=1e-12, atol=0), name
        elif kind in ("charge per area", "amount per area", "potential", "atom fraction", "energy per area"):
            assert np.array_equal(after[name], before[name], equal_nan=True), name


@EVERY
def test_each_design_of_a_batch_equals_the_design_alone(seed):
    batch, held = sheet_of(seed).cell, figures(seed)
    for row in (0, 19, VARIANTS - 1):
        alone = numbers_of(Datasheet(row_of(batch, row)))
        assert worst_difference(alone, {name: value[row] for name, value in held.items()})[0] <= 1e-12


@EVERY
def test_neighbours_in_a_batch_do_not_change_a_design(seed):
    batch = sheet_of(seed).cell
    order = np.random.default_rng(seed).permutation(VARIANTS)
    changes = {path_text(path): np.asarray(value)[order] for path, _, value in numeric_fields(batch) if np.ndim(value)}
    shuffled = numbers_of(Datasheet(batch.with_all(changes)))
    for name, value in figures(seed).items():
        assert np.array_equal(shuffled[name], value[order], equal_nan=True), name


UNITS = {
    "length": ("cm", Decimal(100)), "loading": ("kg/m2", Decimal(1)), "mass": ("kg", Decimal(1)),
    "density": ("g/cm3", Decimal("0.001")), "potential": ("mV", Decimal(1000)), "mass fraction": ("%", Decimal(100)),
    "fraction": ("%", Decimal(100)), "charge per area": ("C/cm2", Decimal("0.0001")),
    "specific capacity": ("C/g", Decimal("0.001")), "atom fraction": ("at%", Decimal(100)),
}  # fmt: skip


@EVERY
def test_input_in_kilograms_and_centimetres_is_the_same_cell_as_input_in_si(seed):
    cell = Cell.of(design_of(seed))
    given = tree(cell)
    for path, kind, value in numeric_fields(cell):
        unit, factor = UNITS.get(kind.name, ("", Decimal(1)))
        given = replaced(given, path, f"{Decimal(repr(float(value))) * factor} {unit}".strip())
    told = Cell.of(given)
    assert tree(told) == tree(cell)
    assert told == cell
    assert hash(told) == hash(cell)


def _shuffled(table: Any, rng: np.random.Generator) -> Any:
    if isinstance(table, dict):
        keys = [list(table)[index] for index in rng.permutation(len(table))]
        return {key: _shuffled(table[key], rng) for key in keys}
    return [_shuffled(entry, rng) for entry in table] if isinstance(table, list) else table


@EVERY
def test_the_order_of_keys_in_a_file_does_not_matter(seed):
    given = design_of(seed)
    cell, other = Cell.of(given), Cell.of(_shuffled(given, np.random.default_rng(seed)))
    assert other == cell
    assert worst_difference(numbers_of(Datasheet(other)), numbers_of(Datasheet(cell)))[0] <= 1e-12


@EVERY
def test_the_ledger_of_a_generated_design_closes_in_every_state(seed):
    sheet = sheet_of(seed)
    book = sheet.ledger
    assert book.totals.shape == (6, VARIANTS)
    assert np.all(np.abs(book.totals - book.brought) <= 1e-12 * book.brought)
    assert np.all(book.closure <= 1e-12)
    assert all(np.all(entry.lithium >= 0) for entry in book.entries)


@EVERY
def test_lithium_of_the_electrodes_is_never_outside_the_walls(seed):
    sheet = sheet_of(seed)
    for state in sheet.states:
        for population, content in zip(sheet.balance.negative, state.negative.content, strict=True):
            most = 1.0 if population.curve is None else population.curve.full
            assert np.all((content >= 0) & (content <= most * (1 + 1e-12))), (state.name, population.label)


@EVERY
def test_cut_off_voltages_are_kept_in_every_state_they_end(seed):
    sheet = sheet_of(seed)
    use = sheet.cell.operation
    wanted = {"first charge": use.charge_voltage, "charged": use.charge_voltage,
              "formed": use.discharge_voltage, "discharged": use.discharge_voltage}  # fmt: skip
    for name, voltage in wanted.items():
        assert np.allclose(sheet.state(name).voltage, voltage, rtol=0, atol=1e-9), name


def test_a_batch_of_one_design_keeps_its_axis():
    sheet = Datasheet(batch_of(3, count=1))
    assert all(value.shape == (1,) for value in numbers_of(sheet).values())
