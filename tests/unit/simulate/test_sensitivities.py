"""Derivatives of a simulated run by fields of a design."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.errors import DesignError, RangeError, RunError
from alloycell.simulate import Options, Result, Sensitivities, sensitivities, simulate

THICKNESS, WIDTH, FILM = "positive.layers[0].thickness", "case.coated_width", "negative.layers[1].thickness"
TIGHT = Options(tolerance=1e-9, rows=40_000)
CYCLE = "Discharge at 5 A; Charge at 10 W for 10 min"


@pytest.fixture(scope="session")
def moved(lg_m50) -> Sensitivities:
    """The LG M50 at a current and a power of the whole cell, with derivatives by thickness and width."""
    return sensitivities(lg_m50, CYCLE, [THICKNESS, WIDTH], TIGHT)


def differences(cell: Cell, path: str, figure, share: float = 1e-3):
    """Derivative of ``figure(cell)`` by the field at ``path``, of fourth order, from runs around it."""
    value = Datasheet(cell).cell
    for key in path.replace("[", ".").replace("]", "").split("."):
        value = value[int(key)] if key.isdigit() else getattr(value, key)
    ups = [figure(cell.with_(path, value * (1 + times * share))) for times in (1, -1, 2, -2)]
    return (8 * (ups[0] - ups[1]) - (ups[2] - ups[3])) / (12 * share * value)


def test_the_run_is_that_of_simulate_to_the_bit(moved, lg_m50):
    plain = simulate(lg_m50, CYCLE, moved.result.options)
    assert np.array_equal(moved.result.raw.rows, plain.raw.rows)
    assert np.array_equal(moved.result.raw.ends, plain.raw.ends)


@pytest.mark.parametrize("path", [THICKNESS, WIDTH])
def test_derivatives_are_those_of_differences_of_runs(moved, lg_m50, path):
    def figures(cell: Cell) -> np.ndarray:
        run: Result = simulate(cell, CYCLE, TIGHT)
        return np.array([run.capacity, run.discharge_energy, run.time[-1]])

    row = moved.paths.index(path)
    assert moved.capacity is not None
    assert moved.discharge_energy is not None
    found = [moved.capacity[row], moved.discharge_energy[row], moved.end_time[row]]
    assert np.array(found) == pytest.approx(differences(lg_m50, path, figures), rel=1e-5)


def test_the_voltage_curve_moves_as_differences_at_the_same_time_in_a_step_do(moved, lg_m50):
    value = lg_m50.positive.layers[0].thickness
    up, down = (simulate(lg_m50.with_(THICKNESS, value * (1 + share)), CYCLE, TIGHT) for share in (2e-4, -2e-4))
    runs, slopes = (moved.result, up, down), moved.voltage[moved.paths.index(THICKNESS)]
    for step, times in ((0, np.linspace(10.0, 3000.0, 30)), (1, np.linspace(10.0, 590.0, 30))):
        begun = [run.time[run.step == step][0] for run in runs]
        curves = [
            np.interp(times, run.time[run.step == step] - start, array[run.step == step])
            for run, start, array in zip(
                (*runs, runs[0]), (*begun, begun[0]), (*(r.voltage for r in runs), slopes), strict=True
            )
        ]
        other = (curves[1] - curves[2]) / (4e-4 * value)
        assert curves[3] == pytest.approx(other, abs=2e-3 * np.abs(other).max())


def test_the_lithium_left_in_a_film_moves_with_its_thickness(layered, film):
    options = Options(film="open", wetted=0.1, tolerance=1e-8, rows=40_000)
    found = sensitivities(layered, "Discharge at C/5", [FILM], options)
    held = found.lithium_fraction("negative.layers[1]")
    other = differences(layered, FILM, lambda cell: simulate(cell, "Discharge at C/5", options).lithium_fraction()[-1])
    assert held == pytest.approx([other], rel=1e-4)
    assert found.lithium_fraction() == pytest.approx(held)
    place = next(i for i, place in enumerate(found.result.places) if place.alloying and not place.sink)
    assert found.content(place).shape == (1,)


def test_at_a_rate_the_size_of_the_electrodes_moves_nothing(lg_m50):
    found = sensitivities(lg_m50, "Discharge at 1C", [WIDTH])
    assert not found.voltage.any()
    assert found.capacity == [0.0]
    assert found.end_time == [0.0]


def test_a_slow_capacity_moves_as_the_capacity_at_rest(lg_m50):
    found = sensitivities(lg_m50, "Discharge at C/1000", [THICKNESS, "operation.charge_voltage"])
    for path, slope in zip(found.paths, found.capacity, strict=True):
        static = differences(lg_m50, path, lambda cell: float(np.asarray(Datasheet(cell).discharge_capacity)), 1e-4)
        assert slope == pytest.approx(static, rel=2e-3)


def test_the_cut_off_voltage_is_where_the_curve_ends(lg_m50):
    found = sensitivities(lg_m50, "Discharge at 5 A", ["operation.discharge_voltage"])
    slope = np.diff(found.result.voltage)[-1] / np.diff(found.result.time)[-1]
    assert found.end_time[0] == pytest.approx(1 / slope, rel=0.05)


def test_rows_of_later_steps_start_when_the_earlier_end(moved):
    later = moved.result.step == 1
    ended = moved.slopes.ends[0, 0]
    assert np.all(moved.time[:, ~later] == 0.0)
    assert np.all(moved.time[:, later] == ended[:, None])
    assert moved.end_time == pytest.approx(ended, rel=1e-12)


def test_without_paths_every_number_that_moves_the_run_is_taken(lg_m50):
    found = sensitivities(lg_m50, "Discharge at 1C for 60 s")
    assert {THICKNESS, "separator.porosity", "operation.charge_voltage"} <= set(found.paths)
    assert not {"case.can_mass", "negative.collector.thickness", "electrolyte.fill"} & set(found.paths)


def test_one_percent_more_is_told_in_the_unit_of_the_figure(moved):
    assert moved.capacity is not None
    share = moved.per_percent(moved.capacity) / moved.result.capacity
    assert share == pytest.approx([0.0103, 0.0], abs=2e-3)
    value, slopes = moved.figures["capacity [C/m2]"]
    assert value == moved.result.capacity
    assert np.array_equal(slopes, moved.capacity)


def test_everything_goes_into_json(moved):
    told = json.loads(json.dumps(moved.to_dict()))
    assert told["fields"][0] == {"path": THICKNESS, "value": 7.56e-05, "unit": "m"}
    assert len(told["figures"]["end time [s]"]["derivatives"]) == 2


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("electrolyte.material", "is no number"),
        ("positive.layers[0].density", "is not stated"),
        ("negative.layers[0].recipe.graphite-SiOx", "is the whole"),
    ],
)
def test_a_field_without_a_number_to_move_is_refused_by_name(lg_m50, path, told):
    with pytest.raises((RangeError, DesignError), match=told) as caught:
        sensitivities(lg_m50, "Discharge at 1C", [path])
    assert path.split(".")[0] in str(caught.value)


def test_a_number_at_zero_is_refused(layered, film):
    with pytest.raises(RangeError, match=r"negative.layers\[1\].porosity is 0"):
        sensitivities(layered, "Discharge at C/5", ["negative.layers[1].porosity"], film)


def test_a_path_that_is_not_there_is_refused(lg_m50):
    with pytest.raises(DesignError, match="thicknes"):
        sensitivities(lg_m50, "Discharge at 1C", ["separator.thicknes"])


def test_derivatives_of_a_batch_are_refused(lg_m50):
    with pytest.raises(RangeError, match="one design"):
        sensitivities(
            lg_m50.with_("separator.thickness", np.array([1e-5, 2e-5])), "Discharge at 1C", ["separator.porosity"]
        )


def test_a_design_that_cannot_run_is_told_why(lg_m50):
    closed = lg_m50.with_("separator.thickness", 1.2e-5).with_all({"negative.layers[0].porosity": 0.004}, checked=False)
    with pytest.raises(RunError, match="no pores left"):
        sensitivities(closed, "Discharge at 1C", [THICKNESS])
