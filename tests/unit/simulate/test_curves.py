"""Curves on the kernel's points: true to the material, falling, walled, with slopes that belong to the values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alloycell.materials import Library
from alloycell.simulate.curves import PRISTINE, branch_table, exchange_table, grid, salt_table, wall
from alloycell.simulate.radial import modes

LIBRARY = Library.of()
HOSTS = [name for kind in ("alloying", "carbon", "positive") for name in LIBRARY.names(kind)]


@pytest.mark.parametrize("name", HOSTS)
def test_the_table_of_every_material_falls_and_follows_its_curve(name):
    curve = LIBRARY.hysteresis(name)
    for branch in (curve.lithiation, curve.delithiation):
        table = branch_table(branch, curve.empty, curve.full)
        assert np.all(np.diff(table[0]) <= 1e-12)
        assert np.all(table[1] <= 1e-9)
        content = curve.empty + grid() * (curve.full - curve.empty)
        bare = table[0] - wall(grid())
        inside = np.ones(grid().size, dtype=bool)
        steps = np.flatnonzero(np.diff(branch.content) <= 1e-9 * curve.full)
        for step in steps:
            inside &= np.abs(content - branch.content[step]) > 0.003 * (curve.full - curve.empty)
        distance = np.abs(bare - branch.potential_at(content))[inside]
        assert distance.max() < 0.03
        assert np.median(distance) < 1e-4


def test_the_lithium_under_a_curve_with_jumps_stays_the_same():
    curve = LIBRARY.hysteresis("tin")
    table = branch_table(curve.lithiation, curve.empty, curve.full)
    inside = (grid() > 0.01) & (grid() < 0.99)
    content = grid()[inside] * curve.full
    exact = np.trapezoid(curve.lithiation.potential_at(np.linspace(content[0], content[-1], 200001)),
                         np.linspace(content[0], content[-1], 200001))  # fmt: skip
    assert np.trapezoid((table[0] - wall(grid()))[inside], content) == pytest.approx(exact, rel=1e-4)


def test_the_wall_is_one_volt_at_the_end_and_nothing_inside():
    assert wall(np.array([0.0, 1.0])) == pytest.approx([1.0, -1.0])
    assert np.abs(wall(np.array([0.005, 0.5, 0.995]))).max() < 1e-14


def test_every_phase_of_a_negative_is_at_the_same_potential_without_lithium():
    for name in (name for kind in ("alloying", "carbon") for name in LIBRARY.names(kind)):
        curve = LIBRARY.hysteresis(name)
        for branch in (curve.lithiation, curve.delithiation):
            value, slope = branch_table(branch, curve.empty, curve.full, PRISTINE)[:, 0]
            assert value - slope * grid()[0] == pytest.approx(PRISTINE, abs=0.03)


def test_the_exchange_current_counts_all_sites():
    curve = LIBRARY.hysteresis("NMC811")
    table = exchange_table(curve, 1.0)
    y = curve.empty + grid() * (curve.full - curve.empty)
    made = table[0] * np.sqrt(grid() * (1 - grid()))
    assert made == pytest.approx(np.sqrt(np.maximum(y * (1 - y), 1e-6)), rel=1e-12)


@pytest.mark.parametrize("name", LIBRARY.names("electrolyte"))
def test_the_electrolyte_table_goes_through_its_measured_points(name):
    measured = LIBRARY.transport(name)
    temperature = float(np.unique(measured[:, 0])[1])
    rows = measured[measured[:, 0] == temperature]
    table, top = salt_table(LIBRARY, name, temperature)
    at = np.linspace(0.0, top, table.shape[1])
    for row, column, near in ((0, 3, 1e-2), (1, 2, 1e-2), (2, 5, 2e-2), (3, 4, 2e-2)):
        kept = rows[rows[:, 1] <= top]
        assert np.interp(kept[:, 1], at, table[row]) == pytest.approx(kept[:, column], rel=near)
    assert np.all(table[:2] > 0)


@pytest.mark.parametrize(("geometry", "weight"), [("sphere", 3.0), ("slab", 1.0)])
def test_the_first_mode_is_the_mean_and_decay_numbers_are_those_of_the_shape(geometry, weight):
    found = modes(10, geometry)
    decay, weights = found.table[:10], found.table[10:]
    assert (decay[0], weights[0]) == (0.0, weight)
    exact = np.pi**2 if geometry == "slab" else 4.493409457909064**2
    assert decay[1] == pytest.approx(exact, rel=1e-3)
    assert found.shape(np.array([1.0])) == pytest.approx(np.ones((10, 1)))
    assert found.shape(np.array([0.0, 0.5]))[0] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("count", "later", "early"), [(8, 1e-2, 1e-1), (12, 5e-4, 1e-3), (16, 1e-4, 1e-4), (32, 1e-6, 2e-6)]
)
def test_modes_answer_to_a_flux_that_set_in_a_short_time_ago(count, later, early):
    decay, weight = modes(count).table.reshape(2, count)
    times = np.logspace(-5, -2, 40)
    exact = np.exp(times) * np.array([1 + math.erf(root) for root in np.sqrt(times)]) - 1
    found = 3 * times + (weight[1:] / decay[1:] * -np.expm1(-np.outer(times, decay[1:]))).sum(axis=1)
    off = np.abs(found / exact - 1)
    assert off[times > 1e-4].max() < later
    assert off.max() < early
