"""Open-circuit curves between states, their exact energy, and the neighbours that an uncertainty spans."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import STATES, Cell, Datasheet
from alloycell.cell.balance import BalanceInput, Population, states
from alloycell.cell.figures import FIGURES
from alloycell.cell.neighbours import changes_for, dosed, spread_of
from alloycell.cell.opencircuit import energy_between, open_circuit
from alloycell.declaration import tree
from alloycell.materials import Branch, Hysteresis
from alloycell.materials.potential import branches_from_plateaus
from alloycell.quantities import FARADAY, frozen_array

EXAMPLE = Cell.load(Path(__file__).parents[3] / "examples" / "layered-silicon.toml")
SHEET = Datasheet(EXAMPLE)


@pytest.mark.parametrize(("start", "end"), list(pairwise(STATES[1:])))
def test_a_curve_runs_from_its_first_state_to_its_second(start, end):
    curve = open_circuit(SHEET.balance, SHEET.state(start), SHEET.state(end))
    moved = abs(float(SHEET.state(start).positive.lithium() - SHEET.state(end).positive.lithium()))
    assert curve.charge[0] == 0.0
    assert curve.charge[-1] == pytest.approx(moved * FARADAY, rel=1e-14)
    assert curve.voltage[-1] == pytest.approx(float(SHEET.state(end).voltage), abs=1e-12)
    sign = 1 if end in ("first charge", "charged") else -1
    assert np.all(sign * np.diff(curve.voltage) >= -1e-9)
    assert np.all(np.diff(curve.charge) > 0)


@pytest.mark.parametrize(("start", "end"), list(pairwise(STATES[2:])))
def test_lithium_is_the_same_at_every_point_of_a_curve(start, end):
    curve = open_circuit(SHEET.balance, SHEET.state(start), SHEET.state(end))
    low, high = SHEET.state(start).negative.hosts, SHEET.state(start).positive.hosts
    total = low @ curve.negative_content + high @ curve.positive_content
    assert np.allclose(total, total[0], rtol=1e-13)


def test_energy_of_a_discharge_agrees_with_a_fine_sum_under_its_curve():
    ends = SHEET.state("charged"), SHEET.state("discharged")
    fine = open_circuit(SHEET.balance, *ends, points=20001)
    assert float(SHEET.discharge_energy) == pytest.approx(float(fine.energy), rel=1e-6)
    assert float(open_circuit(SHEET.balance, *ends).energy) == pytest.approx(float(fine.energy), rel=3e-4)


def test_energy_between_two_plateaus_is_charge_times_their_distance():
    low, high = branches_from_plateaus([[0, 1, 0.2]], 0.1), branches_from_plateaus([[0, 1, 3.5]], 0.0)
    given = BalanceInput(
        (Population("negative.layers[0]", "host", low, None, 2.0), Population("negative", "plated", None, None, 1.0)),
        (Population("positive.layers[0]", "oxide", high, None, 1.0),), (1.0,), (), 0.0, 1.0, "negative", 4.0, 2.5, (),
    )  # fmt: skip
    story = states(given)
    # Discharge on the upper branch of the negative, 0.25 V; charge on the lower, 0.15 V.
    assert float(energy_between(given, story[4], story[5])) == pytest.approx(3.25 * FARADAY, rel=1e-14)
    assert float(energy_between(given, story[3], story[4])) == pytest.approx(3.35 * FARADAY, rel=1e-14)


def test_energy_of_a_slope_is_the_area_under_it():
    slope = Branch(frozen_array([0.0, 1.0]), frozen_array([1.0, 0.0]), 0.0)
    high = branches_from_plateaus([[0, 1, 3.5]], 0.0)
    given = BalanceInput(
        (Population("negative.layers[0]", "host", Hysteresis(slope, slope), None, 2.0),
         Population("negative", "plated", None, None, 1.0)),
        (Population("positive.layers[0]", "oxide", high, None, 1.0),), (1.0,), (), 0.0, 1.0, "negative", 4.0, 2.0, (),
    )  # fmt: skip
    story = states(given)
    # 1 mol leaves 2 mol of hosts from content 0.5 to 0: mean potential 0.75 V against 3.5 V.
    assert float(energy_between(given, story[4], story[5])) == pytest.approx(2.75 * FARADAY, rel=1e-14)


def test_mean_voltage_is_energy_over_charge():
    mean = FIGURES["areal_energy"].of(SHEET) / FIGURES["areal_capacity"].of(SHEET)
    assert FIGURES["mean_voltage"].of(SHEET) == pytest.approx(mean, rel=1e-14)


def test_a_cell_without_charge_between_its_cut_offs_has_no_mean_voltage():
    # All lithium pays losses: nothing moves between the cut-offs.
    greedy = EXAMPLE.with_all({"negative.layers[0].active.graphite": {"first_cycle_efficiency": 0.05}, "lithium": None})
    bare = Datasheet(greedy)
    assert FIGURES["areal_capacity"].of(bare) == pytest.approx(0.0, abs=1e-9)
    batch = Datasheet(greedy.with_("separator.thickness", np.full(2, 2e-5)))
    for made in (bare, batch):
        value = np.asarray(FIGURES["mean_voltage"].of(made))
        assert np.all(np.isnan(value) | (np.asarray(made.discharge_capacity) > 0))
        assert np.all(np.asarray(FIGURES["plating_margin"].of(made)) < 5)


def test_moving_a_share_keeps_the_recipe_at_one():
    cell = EXAMPLE.with_("negative.layers[0].recipe", {"graphite": 0.8, "carbon-black": 0.15, "PVDF": 0.05})
    changes = changes_for(cell, "negative.layers[0].recipe.graphite", 0.9)
    moved = cell.with_all(changes).negative.layers[0].recipe
    assert moved == pytest.approx({"graphite": 0.9, "carbon-black": 0.075, "PVDF": 0.025}, rel=1e-14)


def test_moving_a_share_beside_a_rest_moves_the_rest():
    changes = changes_for(EXAMPLE, "negative.layers[0].recipe.graphite", 0.8)
    assert changes == {"negative.layers[0].recipe.graphite": 0.8}


def test_a_spread_moves_each_uncertain_field_up_and_down_alone():
    labels, batch = spread_of(EXAMPLE)
    efficiency, thickness = (
        "negative.layers[0].active.graphite.first_cycle_efficiency",
        "negative.layers[1].thickness",
    )
    assert set(labels) == {efficiency, thickness}
    assert batch.shape == (4,)
    rows = {label: 2 * index for index, label in enumerate(labels)}
    shares = np.asarray(batch.negative.layers[0].active["graphite"].first_cycle_efficiency)
    films = np.asarray(batch.negative.layers[1].thickness)
    assert shares[rows[efficiency]] == pytest.approx(0.94, rel=1e-14)
    assert shares[rows[efficiency] + 1] == pytest.approx(0.92, rel=1e-14)
    assert films[rows[thickness]] == pytest.approx(2.05e-6, rel=1e-14)
    assert films[rows[thickness] + 1] == pytest.approx(1.95e-6, rel=1e-14)
    assert np.sum(shares != 0.93) == np.sum(films != 2e-6) == 2


def test_an_uncertain_carbon_is_not_dosed_again_to_its_target():
    _, batch = spread_of(EXAMPLE)
    doses = np.asarray(Datasheet(batch).lithium_added)
    assert np.allclose(doses, float(np.asarray(SHEET.lithium_added)), rtol=1e-14)


def test_a_design_without_uncertainty_has_no_spread():
    plain = Cell.of(tree(EXAMPLE))
    assert plain.uncertainty == {}
    assert spread_of(plain) is None


def test_a_dose_replaces_how_the_file_states_the_lithium():
    cell = dosed(EXAMPLE.with_("lithium.uptake", 0.9), 5000.0)
    assert (cell.lithium.dose, cell.lithium.target, cell.lithium.uptake, cell.lithium.surface) == (
        5000.0,
        None,
        0.9,
        "negative",
    )
