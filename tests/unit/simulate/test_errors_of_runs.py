"""The error that a result carries: it covers refined runs, falls with refinement, and is the same in a batch."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from alloycell.errors import RangeError
from alloycell.simulate import Options, simulate
from alloycell.simulate.arrays import ROWS, Raw
from alloycell.simulate.estimate import coarser, other_inside
from alloycell.simulate.tracks import apart, carried, track_of

FINE = {"nodes": 80, "modes": 16, "tolerance": 1e-7}


def distance(result, other):
    """Largest distance of two voltages outside steep stretches [V]."""
    track = track_of(result.raw)
    return float(apart(track, track_of(other.raw))[~track.steep].max())


@pytest.mark.parametrize(
    "steps", ["Discharge at C/5", "Discharge at 2C", "Charge at C/2; Rest for 1 h; Discharge at 1C"]
)
def test_the_estimate_covers_a_refined_run(layered, film, steps):
    result, exact = simulate(layered, steps, film), simulate(layered, steps, replace(film, **FINE))
    error = result.error
    assert distance(result, exact) <= 2 * error.largest.total
    assert abs(result.capacity - exact.capacity) <= 2 * error.capacity.total
    assert abs(result.time[-1] - exact.time[-1]) <= 2 * error.end_time.total
    (parts,) = error.lithium_fraction.values()
    assert abs(result.lithium_fraction()[-1] - exact.lithium_fraction()[-1]) <= 2 * parts.total


def test_the_estimate_falls_with_refinement(one_c, lg_m50):
    fine = simulate(lg_m50, "Discharge at 1C until 2.5 V", Options(nodes=60, modes=16, tolerance=1e-7))
    for name in ("space", "radial", "time"):
        assert getattr(fine.error.largest, name) < 0.3 * getattr(one_c.error.largest, name), name
    assert fine.error.capacity.total < 0.2 * one_c.error.capacity.total


def test_a_tenth_of_the_tolerance_moves_the_voltage_by_less_than_the_error(layered, film, lg_m50):
    ratios = []
    for cell, options in ((layered, film), (lg_m50, Options())):
        for steps in ("Discharge at C/10", "Discharge at C/3", "Discharge at 1C", "Discharge at 2C", "Charge at C/2"):
            result = simulate(cell, steps, options)
            tight = simulate(cell, steps, replace(options, tolerance=options.tolerance / 10))
            ratios.append(distance(result, tight) / result.error.largest.total)
    assert np.mean(np.array(ratios) < 1) >= 0.8, ratios
    assert max(ratios) < 2


def test_rounding_is_not_taken_for_an_error_at_the_tightest_tolerance(lg_m50):
    error = simulate(lg_m50, "Discharge at 1C for 10 min", Options(tolerance=1e-9)).error
    assert 0 < error.largest.time < 1e-6


def test_a_batch_carries_the_errors_of_its_designs(lg_m50):
    thickness = lg_m50.positive.layers[0].thickness * np.linspace(0.9, 1.1, 5)
    batch = simulate(lg_m50.with_("positive.layers[0].thickness", thickness), "Discharge at 1C")
    for row, error in enumerate(batch.errors):
        alone = simulate(lg_m50.with_("positive.layers[0].thickness", float(thickness[row])), "Discharge at 1C").error
        assert error.voltage == pytest.approx(alone.voltage, rel=1e-4, abs=1e-9)
        assert error.capacity.total == pytest.approx(alone.capacity.total, rel=1e-4)
        assert batch[row].error.capacity.total == error.capacity.total
    with pytest.raises(RangeError, match="ask one design"):
        _ = batch.error


def test_the_error_is_asked_for_once_and_has_a_place_for_each_row(one_c):
    assert one_c.error is one_c.error
    assert one_c.error.voltage.shape == one_c.time.shape
    assert one_c.error.voltage == pytest.approx(one_c.error.parts.total)
    assert one_c.error.relative_capacity == pytest.approx(one_c.error.capacity.total / one_c.capacity)
    assert np.all(one_c.error.voltage >= 0)


def test_half_the_area_has_the_same_error(lg_m50, one_c):
    half = simulate(lg_m50.with_("case.length", "395 mm"), "Discharge at 1C until 2.5 V")
    assert half.error.largest.total == pytest.approx(one_c.error.largest.total, rel=1e-6)


def test_a_run_that_does_not_finish_has_no_estimate(lg_m50):
    result = simulate(lg_m50, "Discharge at 1C for 1 min; Discharge at 50000 W for 1 min")
    assert not result.outcome.finished
    assert result.error is None
    assert "Voltage Error / V" not in result.table()


def test_a_run_without_a_discharge_has_no_error_of_its_capacity(lg_m50):
    error = simulate(lg_m50, "Charge at 1C for 10 min", Options(start=0.5)).error
    assert (error.capacity, error.relative_capacity, error.energy) == (None, None, None)
    assert error.end_time.total < 1e-6


def test_files_carry_the_error(one_c):
    assert "Voltage Error / V" in one_c.to_csv().splitlines()[0]
    told = json.loads(json.dumps(one_c.to_dict()))["error"]
    assert told["capacity"]["total"] == pytest.approx(one_c.error.capacity.total)
    assert len(told["voltage"]) == len(one_c.time)


def test_companions_have_half_the_volumes_and_twice_the_modes(cycled):
    flat = cycled.made.flat
    assert [layer.nodes for layer in coarser(flat).layers] == [max(1, layer.nodes // 2) for layer in flat.layers]
    finer, factor = other_inside(flat)
    assert [phase.radial.count for phase in finer.phases] == [2 * phase.radial.count for phase in flat.phases]
    assert factor == pytest.approx(4 / 3)


def test_companions_of_many_modes_have_half_of_them(lg_m50):
    flat = simulate(lg_m50, "Rest for 1 s", Options(modes=30)).made.flat
    fewer, factor = other_inside(flat)
    assert [phase.radial.count for phase in fewer.phases] == [15] * len(flat.phases)
    assert factor == pytest.approx(1 / 3)


def written(durations, rows):
    """A run whose steps last as told, with ``rows`` a step: in each the voltage falls as the root of time."""
    column = {name: index for index, name in enumerate(ROWS)}
    table, ends, before = [], [], 0.0
    for step, duration in enumerate(durations):
        for share in np.linspace(0.0, 1.0, rows if duration else 1):
            row = np.zeros(len(ROWS))
            row[column["time"]], row[column["step"]] = before + duration * share**2, step
            row[column["voltage"]] = 4.0 - step - 0.1 * np.sqrt(duration * share**2 / 100.0)
            table.append(row)
        ends.append(table[-1])
        before += duration
    return Raw(np.array(table), np.array(ends), ("time",) * len(ends), "finished", (-1, -1), before,
               np.zeros((0, 1)), np.zeros(1), (1, 0, 0))  # fmt: skip


def test_voltages_are_read_step_by_step():
    one, other = track_of(written((100.0, 0.0, 50.0), 9)), track_of(written((100.0, 0.0, 50.0), 14))
    assert apart(one, other) == pytest.approx(0.0, abs=1e-12)


def test_where_a_step_is_over_its_last_voltage_counts():
    one, other = track_of(written((100.0, 10.0), 9)), track_of(written((64.0, 10.0), 9))
    found = apart(one, other)
    assert found[8] == pytest.approx(0.1 * (1.0 - 0.8))
    assert found[9:] == pytest.approx(0.0, abs=1e-12)


def test_values_are_carried_to_the_rows_of_another_run():
    one, other = track_of(written((100.0, 10.0), 5)), track_of(written((100.0, 10.0), 9))
    values = np.concatenate([np.linspace(0.0, 1.0, 5), np.full(5, 7.0)])
    assert carried(values, one, other) == pytest.approx([*np.linspace(0.0, 1.0, 9), *[7.0] * 9])


def test_a_knee_is_steep_and_a_plateau_is_not(one_c):
    track = track_of(one_c.raw)
    assert track.steep[-1]
    share = one_c.charge / one_c.charge[-1]
    assert not track.steep[(share > 0.02) & (share < 0.8)].any()
