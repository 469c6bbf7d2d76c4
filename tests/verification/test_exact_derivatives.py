"""Derivatives of whole runs by every kind of flat number: against differences of runs, identities, and the values.

The cell of ``smooth`` has polynomials for curves, so that differences of fourth order converge; the page is
docs/theory/derivatives.md (1), (2), (3).
"""

from __future__ import annotations

import numpy as np
import pytest
from smooth import (
    CHARGE,
    DISCHARGE,
    ONE_C,
    POWERED,
    Place,
    differences,
    seeds_for,
    smooth_cell,
    step,
    steps_of,
    warm_cell,
)

from alloycell.quantities import FARADAY, FloatArray
from alloycell.simulate.arrays import CURRENT, RESISTANCE, ROWS, Solver, numbers_of, solve
from alloycell.simulate.slopes import Seeds, Slopes, solve_with_slopes

TIGHT = Solver(tolerance=1e-10, rows=20_000)
GROUPS, NO_GROUPS = np.array([[[0.2, 0.5, 0.3]]]), np.zeros((1, 0, 3))
COLUMNS = [ROWS.index(name) for name in ("time", "current", "voltage", "charge", "energy", "margin")]
COLUMNS += [ROWS.index("negative_potential"), len(ROWS), len(ROWS) + 1, len(ROWS) + 2]

NUMBERS: list[Place] = [
    ("layers", (0, 0)), ("layers", (1, 1)), ("layers", (2, 2)), ("layers", (3, 3)),
    ("phases", (0, 0)), ("phases", (2, 1)), ("phases", (1, 2)), ("phases", (0, 3)), ("phases", (1, 4)),
    ("phases", (0, 5)), ("phases", (1, 6)), ("phases", (1, 7)), ("phases", (1, 8)), ("phases", (2, 9)),
    ("phases", (1, 10)), ("cell", (0,)), ("cell", (1,)), ("cell", (2,)),
]  # fmt: skip

PROTOCOLS: dict[str, tuple[FloatArray, FloatArray, list[Place]]] = {
    "current": (steps_of(DISCHARGE), NO_GROUPS, [("steps", (0, 1))]),
    "charge and hold": (steps_of(DISCHARGE, *CHARGE), NO_GROUPS, [("steps", (0, 1)), ("steps", (2, 5))]),
    "power, charge passed, resistance": (
        steps_of(POWERED, step(CURRENT, -20.0, charge=2e4), step(RESISTANCE, 0.2, duration=100.0)),
        NO_GROUPS,
        [("steps", (0, 1)), ("steps", (0, 2)), ("steps", (1, 1)), ("steps", (1, 6)), ("steps", (2, 1))],
    ),
    "content and margin": (
        steps_of(step(CURRENT, ONE_C, low_content=0.5, group=0), step(CURRENT, -40.0, margin=0.06)),
        GROUPS,
        [("steps", (0, 8)), ("steps", (1, 10)), ("groups", (0, 1))],
    ),
}


@pytest.fixture(params=list(PROTOCOLS))
def protocol(request: pytest.FixtureRequest) -> tuple[FloatArray, FloatArray, list[Place]]:
    return PROTOCOLS[request.param]


def run(steps: FloatArray, groups: FloatArray, places: list[Place], solver: Solver = TIGHT) -> Slopes:
    cell = smooth_cell()
    return solve_with_slopes(cell, steps, groups, seeds_for(cell, steps, groups, places), solver)[0]


def test_derivatives_by_every_kind_of_number_agree_with_differences(protocol, record_property) -> None:
    steps, groups, more = protocol
    places, cell = [*NUMBERS, *more], smooth_cell()
    found = run(steps, groups, places)
    arrays = dict(zip(("layers", "phases", "cell"), numbers_of(cell), strict=True)) | {"steps": steps, "groups": groups}
    figures = np.abs(found.raw.ends[:, COLUMNS]).max(axis=0)
    relative, absolute = 0.0, 0.0
    for direction, (kind, index) in enumerate(places):
        unit = figures / abs(arrays[kind][(0, *index)])
        other = differences(cell, steps, groups, (kind, index), TIGHT)[:, COLUMNS]
        apart = np.abs(found.ends[:, COLUMNS, direction] - other)
        relative = max(relative, float((apart / (np.abs(other) + 1e-3 * unit)).max()))
        absolute = max(absolute, float((apart / unit).max()))
    record_property("derivatives against differences, relative", f"{relative:.1e}")
    record_property("derivatives against differences, of the figure per number", f"{absolute:.1e}")
    assert relative < 1e-5


WARM: list[Place] = [
    ("layers", (0, 0)), ("phases", (0, 3)), ("phases", (1, 9)), ("phases", (2, 11)), ("phases", (0, 12)),
    ("cell", (0,)), ("cell", (4,)), ("cell", (5,)), ("cell", (6,)), ("cell", (7,)), ("cell", (8,)), ("steps", (0, 1)),
]  # fmt: skip


def test_derivatives_of_a_cell_that_warms_agree_with_differences(record_property) -> None:
    steps, cell = (
        steps_of(step(CURRENT, 2 * ONE_C, low_voltage=3.3), step(CURRENT, -ONE_C, duration=300.0)),
        warm_cell(),
    )
    (found,) = solve_with_slopes(cell, steps, NO_GROUPS, seeds_for(cell, steps, NO_GROUPS, WARM), TIGHT)
    plain = solve(cell, steps, NO_GROUPS, (), TIGHT)[0]
    assert np.array_equal(found.raw.rows, plain.rows)
    assert np.array_equal(found.raw.state, plain.state)
    assert np.ptp(plain.rows[:, ROWS.index("temperature")]) > 5.0
    columns = [ROWS.index(name) for name in ("time", "voltage", "temperature", "charge", "energy", "heat", "heat_lost")]
    arrays = dict(zip(("layers", "phases", "cell"), numbers_of(cell), strict=True)) | {"steps": steps}
    figures, relative = np.abs(plain.ends[:, columns]).max(axis=0), 0.0
    for direction, (kind, index) in enumerate(WARM):
        unit = figures / abs(arrays[kind][(0, *index)])
        share = 1e-4 if (kind, index) in (("cell", (0,)), ("cell", (6,))) else 2e-3
        other = differences(cell, steps, NO_GROUPS, (kind, index), TIGHT, share)[:, columns]
        apart = np.abs(found.ends[:, columns, direction] - other)
        relative = max(relative, float((apart / (np.abs(other) + 1e-3 * unit)).max()))
    record_property("derivatives of a warming cell against differences, relative", f"{relative:.1e}")
    assert relative < 1e-5


def test_values_beside_derivatives_are_those_of_a_plain_run_to_the_bit(protocol) -> None:
    steps, groups, more = protocol
    for tolerance in (1e-4, 1e-8):
        solver = Solver(tolerance)
        with_slopes = run(steps, groups, [*NUMBERS, *more], solver).raw
        plain = solve(smooth_cell(), steps, groups, (), solver)[0]
        assert np.array_equal(with_slopes.rows, plain.rows)
        assert np.array_equal(with_slopes.ends, plain.ends)
        assert np.array_equal(with_slopes.state, plain.state)
        assert (with_slopes.counts, with_slopes.causes) == (plain.counts, plain.causes)


def test_a_direction_does_not_feel_its_neighbours(protocol) -> None:
    steps, groups, _ = protocol
    solver = Solver()
    together, alone = run(steps, groups, NUMBERS, solver), run(steps, groups, NUMBERS[6:7], solver)
    assert np.array_equal(together.rows[..., 6], alone.rows[..., 0])
    assert np.array_equal(together.ends[..., 6], alone.ends[..., 0])


def test_the_derivative_along_a_sum_is_the_sum_of_derivatives(protocol) -> None:
    steps, groups, more = protocol
    cell, places = smooth_cell(), [("layers", (0, 0)), ("phases", (2, 9)), *more]
    weights = np.array(
        [1e-5, 0.1, *(0.2 * abs(steps[(0, *place)]) if kind == "steps" else 0.1 for kind, place in more)]
    )
    each = seeds_for(cell, steps, groups, places)
    summed = Seeds(*((array * weights).sum(axis=-1, keepdims=True) for array in each.arrays))
    parts = solve_with_slopes(cell, steps, groups, each, Solver(1e-6))[0]
    whole = solve_with_slopes(cell, steps, groups, summed, Solver(1e-6))[0]
    scale = sum(np.abs(array * weights).sum(axis=-1).max(axis=0) for array in (parts.rows, parts.ends))
    assert np.all(np.abs(whole.rows[..., 0] - (parts.rows * weights).sum(axis=-1)) <= 1e-6 * scale)
    assert np.all(np.abs(whole.ends[..., 0] - (parts.ends * weights).sum(axis=-1)) <= 1e-6 * scale)


def test_derivatives_of_the_lithium_in_particles_follow_the_charge() -> None:
    steps, cell = steps_of(DISCHARGE, *CHARGE), smooth_cell()
    found = run(steps, NO_GROUPS, [("cell", (0,)), ("phases", (0, 3)), ("steps", (0, 1))], Solver())
    layers, phases, _ = numbers_of(cell)
    held = phases[0, :, 0] * phases[0, :, 1] / 3 * phases[0, :, 2] * layers[0, [0, 1, 3], 0] * FARADAY
    theta, charge = found.rows[:, len(ROWS) :], found.rows[:, ROWS.index("charge")]
    scale = np.abs(charge).max(axis=0)
    assert np.all(np.abs(theta[:, 2] * held[2] - charge) < 1e-10 * scale)
    assert np.all(np.abs((theta[:, :2] * held[:2, None]).sum(axis=1) + charge) < 1e-10 * scale)


def test_what_ends_a_step_does_not_move_with_other_numbers() -> None:
    steps = steps_of(DISCHARGE, *CHARGE)
    found = run(steps, NO_GROUPS, [("layers", (0, 0)), ("steps", (0, 3)), ("steps", (1, 4)), ("steps", (2, 5))])
    voltage, current = ROWS.index("voltage"), ROWS.index("current")
    assert found.ends[0, voltage] == pytest.approx([0.0, 1.0, 0.0, 0.0], abs=1e-9)
    assert found.ends[1, voltage] == pytest.approx([0.0, 0.0, 1.0, 0.0], abs=1e-9)
    assert found.ends[2, current] == pytest.approx([0.0, 0.0, 0.0, -1.0], abs=1e-9)


def test_rows_of_a_later_step_begin_at_a_time_that_moves() -> None:
    steps = steps_of(DISCHARGE, step(CURRENT, 0.0, duration=60.0))
    found = run(steps, NO_GROUPS, NUMBERS[:3])
    time, number = ROWS.index("time"), found.raw.rows[:, ROWS.index("step")]
    assert np.all(found.rows[number == 0, time] == 0.0)
    assert np.all(found.rows[number == 1, time] == found.ends[0, time])
    assert found.ends[1, time] == pytest.approx(found.ends[0, time], rel=1e-14)


def test_loose_runs_have_derivatives_as_good_as_their_tolerance(record_property) -> None:
    steps, columns = steps_of(DISCHARGE, *CHARGE), [ROWS.index(name) for name in ("time", "charge", "energy")]
    exact = run(steps, NO_GROUPS, NUMBERS, TIGHT).ends[:, columns]
    scale = np.abs(exact).max(axis=0)
    apart = {
        tolerance: float(
            np.max(np.abs(run(steps, NO_GROUPS, NUMBERS, Solver(tolerance)).ends[:, columns] - exact) / scale)
        )
        for tolerance in (1e-4, 1e-6, 1e-8)
    }
    for tolerance, value in apart.items():
        record_property(f"error of derivatives at tolerance {tolerance:g}, relative", f"{value:.1e}")
    assert apart[1e-4] < 2e-2
    assert apart[1e-6] < 5e-4
    assert apart[1e-8] < 2e-5
