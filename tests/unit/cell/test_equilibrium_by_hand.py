"""Electrodes at rest in cases small enough to be worked out by hand; potentials V, contents Li per host, mol/m2."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.cell.equilibrium import Grid, Phases, Rest, at_rest, at_voltage, grid
from alloycell.materials import Branch
from alloycell.quantities import frozen_array


def branch(*knots: tuple[float, float]) -> Branch:
    """A branch from pairs of content and potential."""
    content, potential = zip(*knots, strict=True)
    return Branch(frozen_array(content), frozen_array(potential), 0.0)


def plateau(potential: float, full: float = 1.0) -> Branch:
    """A branch that is one plateau from 0 to ``full``."""
    return branch((0.0, potential), (full, potential))


def curves(*lower: Branch, upper: tuple[Branch, ...] = ()) -> Grid:
    """The grid of phases without hysteresis, or with the ``upper`` branches given."""
    return grid(lower, upper or lower)


def phases(hosts: list[float], content: list[float]) -> Phases:
    """One design."""
    return Phases(np.array(hosts)[:, None], np.array(content)[:, None])


def rest(table: Grid, held: Phases, lithium: float) -> tuple[list[float], float, Rest]:
    """Contents and potential of one design, and the whole answer."""
    found = at_rest(table, held, np.array([lithium]))
    return found.content[:, 0].tolist(), float(found.potential[0]), found


# A reservoir: so many hosts on a plateau at 4 V that a cell voltage V fixes the negative's potential at 4 - V.
RESERVOIR = curves(plateau(4.0))


def negative_at(table: Grid, held: Phases, potential: float) -> Phases:
    """The negative brought to ``potential`` against the reservoir, from what it holds."""
    store = phases([1000.0], [0.5])
    lithium = held.lithium() + store.lithium()
    low, high = at_voltage((table, held), (RESERVOIR, store), lithium, np.array([4.0 - potential]))
    assert float(low.potential[0]) == pytest.approx(potential, abs=1e-12)
    moved = (store.hosts * high.content).sum() + (held.hosts * low.content).sum()
    assert moved == pytest.approx(float(lithium[0]), rel=1e-14)
    return Phases(held.hosts, low.content)


def test_one_plateau_holds_its_share_at_the_plateau_potential():
    content, potential, found = rest(curves(plateau(0.2)), phases([2.0], [0.0]), 0.5)
    assert content == [0.25]
    assert potential == 0.2
    assert np.isinf(found.slope[0])
    assert not found.beyond[0]


def test_the_higher_of_two_plateaus_fills_before_the_lower():
    table = curves(plateau(0.2), plateau(0.4))
    assert rest(table, phases([1.0, 1.0], [0.0, 0.0]), 0.75)[:2] == ([0.0, 0.75], 0.4)
    assert rest(table, phases([1.0, 1.0], [0.0, 0.0]), 1.5)[:2] == ([0.5, 1.0], 0.2)


def test_coinciding_plateaus_fill_in_equal_fractions():
    table = curves(plateau(0.3, 1.0), plateau(0.3, 4.0), plateau(0.1))
    content, potential, _ = rest(table, phases([1.0, 3.0, 5.0], [0.0] * 3), 13 * 0.25)
    assert content == [0.25, 1.0, 0.0]
    assert potential == 0.3


def test_a_plateau_and_a_slope_share_lithium_at_one_potential():
    # Slope: content 1 - U, hosts 2. At the plateau of 0.5 V it holds 1 mol, so 1.3 mol leave 0.3 mol to the plateau.
    table = curves(plateau(0.5), branch((0.0, 1.0), (1.0, 0.0)))
    content, potential, _ = rest(table, phases([1.0, 2.0], [0.0, 0.0]), 1.3)
    assert content == pytest.approx([0.3, 0.5], abs=1e-15)
    assert potential == 0.5
    content, potential, found = rest(table, phases([1.0, 2.0], [0.0, 0.0]), 2.4)
    assert content == pytest.approx([1.0, 0.7], abs=1e-15)
    assert potential == pytest.approx(0.3, abs=1e-15)
    assert found.slope[0] == pytest.approx(2.0, rel=1e-12)


def test_both_ends_of_a_curve_are_walls_and_never_extrapolated():
    table = curves(branch((0.2, 0.8), (0.9, 0.1)))
    content, _, found = rest(table, phases([1.0], [0.5]), 5.0)
    assert content == [0.9]
    assert found.beyond[0]
    assert found.slope[0] == 0.0
    content, _, found = rest(table, phases([1.0], [0.5]), 0.0)
    assert content == [0.2]
    assert found.beyond[0]


GAP = curves(branch((0.0, 1.0), (1.0, 0.0)), upper=(branch((0.0, 1.2), (1.0, 0.2)),))
"""Lithiation at content 1 - U, delithiation at 1.2 - U: between them the content stays."""


def test_content_stays_inside_the_hysteresis_gap_and_follows_a_branch_outside():
    held = negative_at(GAP, phases([1.0], [0.0]), 0.5)
    assert held.content[0, 0] == pytest.approx(0.5, abs=1e-12)
    for potential in (0.6, 0.69, 0.52, 0.7):
        held = negative_at(GAP, held, potential)
        assert held.content[0, 0] == pytest.approx(0.5, abs=1e-12)
    held = negative_at(GAP, held, 0.9)
    assert held.content[0, 0] == pytest.approx(0.3, abs=1e-12)
    held = negative_at(GAP, held, 0.71)
    assert held.content[0, 0] == pytest.approx(0.3, abs=1e-12)
    held = negative_at(GAP, held, 0.6)
    assert held.content[0, 0] == pytest.approx(0.4, abs=1e-12)


def test_a_closed_minor_loop_returns_to_where_it_began():
    begun = negative_at(GAP, phases([1.0], [0.0]), 0.3)
    held = begun
    for potential in (0.95, 0.6, 0.3):
        held = negative_at(GAP, held, potential)
    assert held.content == pytest.approx(begun.content, abs=1e-12)


def test_phases_with_hysteresis_keep_different_contents_at_one_potential():
    lower, narrow, wide = (branch((0.0, top), (1.0, top - 1.0)) for top in (1.0, 1.2, 2.0))
    table = curves(lower, lower, upper=(narrow, wide))
    held = negative_at(table, phases([1.0, 1.0], [0.0, 0.0]), 0.25)
    held = negative_at(table, held, 0.95)
    assert held.content[:, 0] == pytest.approx([0.25, 0.75], abs=1e-12)


def test_at_a_voltage_one_plateau_each_side_share_the_lithium():
    # Negative 2 mol at 0.2 V, positive 1 mol at 3.5 V, 1 mol of lithium: below 3.3 V all of it is in the positive.
    low, high = curves(plateau(0.2)), curves(plateau(3.5))
    empty, full = phases([2.0], [0.0]), phases([1.0], [1.0])
    charged = at_voltage((low, empty), (high, full), np.array([1.0]), np.array([4.0]))
    assert [charged[0].content[0, 0], charged[1].content[0, 0]] == [0.5, 0.0]
    assert float(charged[0].potential[0]) == 0.2
    assert float(charged[1].potential[0]) == pytest.approx(4.2, abs=1e-14)
    assert charged[1].beyond[0]
    held = [Phases(side.hosts, end.content) for side, end in zip((empty, full), charged, strict=True)]
    discharged = at_voltage((low, held[0]), (high, held[1]), np.array([1.0]), np.array([2.5]))
    assert [discharged[0].content[0, 0], discharged[1].content[0, 0]] == [0.0, 1.0]


def test_two_slopes_meet_where_their_sum_is_the_lithium():
    # Negative content 1 - U (2 mol), positive 4 - U (3 mol), voltage 3.2: 2 (1 - U) + 3 (0.8 - U) = 2 at U = 0.48.
    low, high = curves(branch((0.0, 1.0), (1.0, 0.0))), curves(branch((0.0, 4.0), (1.0, 3.0)))
    found = at_voltage((low, phases([2.0], [0.0])), (high, phases([3.0], [1.0])), np.array([2.0]), np.array([3.2]))
    assert float(found[0].potential[0]) == pytest.approx(0.48, abs=1e-14)
    assert found[0].content[0, 0] == pytest.approx(0.52, abs=1e-14)
    assert found[1].content[0, 0] == pytest.approx(0.32, abs=1e-14)


def test_where_both_stand_beyond_their_curves_potentials_are_those_next_to_the_walls():
    # No lithium at all: the negative is empty above 1.0 V, the positive above 4.0 V.
    low, high = curves(branch((0.0, 1.0), (1.0, 0.0))), curves(branch((0.0, 4.0), (1.0, 3.0)))
    bare = phases([1.0], [0.0])
    for voltage, potential in ((3.5, 1.0), (2.5, 1.5)):
        found = at_voltage((low, bare), (high, bare), np.array([0.0]), np.array([voltage]))
        assert float(found[0].potential[0]) == pytest.approx(potential, abs=1e-12)
        assert float(found[1].potential[0]) == pytest.approx(potential + voltage, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_potential_falls_and_content_rises_with_lithium(seed):
    rng = np.random.default_rng(seed)
    lower = []
    for _ in range(3):
        knots = np.sort(rng.choice(np.arange(0, 1.3, 0.1), 6))[::-1]
        lower.append(branch(*zip(np.sort(rng.uniform(0, 2, 6)), knots, strict=True)))
    table, most = curves(*lower), 2.0 * 6
    lithium = np.linspace(0, most, 60)
    held = Phases(np.repeat([[1.0], [2.0], [3.0]], 60, axis=1), np.zeros((3, 60)))
    found = at_rest(table, held, lithium)
    assert np.all(np.diff(found.potential) <= 1e-12)
    assert np.all(np.diff(found.content, axis=1) >= -1e-12)
    inside = ~found.beyond
    total = (held.hosts * found.content).sum(axis=0)
    assert np.allclose(total[inside], lithium[inside], rtol=1e-14)
