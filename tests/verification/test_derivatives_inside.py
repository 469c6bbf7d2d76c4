"""Derivatives of runs with a sealed film and with a diffusivity over content, against differences of runs.

The cell of ``smooth`` with its upper layer as a sealed film (section 4 of docs/theory/diffusion.md), or with shells.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flat import Record, octave_grid
from smooth import CHARGE, DISCHARGE, Place, differences, seeds_for, smooth_cell, steps_of

from alloycell.simulate.arrays import ROWS, Flat, FlatLayer, Solver, numbers_of, solve
from alloycell.simulate.radial import InnerFace, faced_modes, shells
from alloycell.simulate.slopes import solve_with_slopes

TIGHT = Solver(tolerance=1e-10, rows=20_000)
NO_GROUPS = np.zeros((1, 0, 3))
COLUMNS = [ROWS.index(name) for name in ("time", "voltage", "charge", "energy", "margin")]


def with_film() -> Flat:
    """The upper layer dense and sealed, two micrometres deep, with its hysteresis."""
    cell = smooth_cell()
    lower, upper, separator, positive = cell.layers
    numbers = upper.phases[0].numbers.copy()
    numbers[0, :4] = 1.0 / 2e-6, 2e-6, 9e4, 4e-14
    inside = numbers.copy()
    inside[0, 0] = 1.0 / 1e-9
    film = replace(upper.phases[0], radial=faced_modes(10), numbers=numbers)
    inner = replace(film, hysteresis=0, radial=InnerFace(), numbers=inside, outer=1)
    gap = FlatLayer(0, 1, np.array([[1e-9, 0.5, 0.35, 60.0]]), (inner,))
    dense = FlatLayer(0, 1, np.array([[2e-6, 1e-3, 1e3, 60.0]]), (film,))
    return replace(cell, layers=(lower, gap, dense, separator, positive))


def with_shells() -> Flat:
    """Both layers of the negative with a diffusivity that falls tenfold with content."""
    cell = smooth_cell()
    falling = np.exp(1.0 - 2.3 * octave_grid())
    curves = (*cell.curves, np.stack([falling, -2.3 * falling]))

    def resolved(layer: FlatLayer) -> FlatLayer:
        phases = tuple(replace(phase, radial=shells(10), diffusivity=len(cell.curves)) for phase in layer.phases)
        return replace(layer, phases=phases)

    return replace(cell, curves=curves, layers=(*map(resolved, cell.layers[:2]), *cell.layers[2:]))


COMMON: list[Place] = [("cell", (0,)), ("steps", (0, 1))]
FILM: list[Place] = [
    ("phases", (2, 3)), ("phases", (2, 4)), ("phases", (0, 3)), ("phases", (2, 6)), ("phases", (0, 9)),
    ("layers", (0, 0)),
]  # fmt: skip
SHELLS: list[Place] = [
    ("phases", (0, 3)), ("phases", (1, 3)), ("phases", (1, 1)), ("phases", (0, 2)), ("phases", (2, 9)),
    ("layers", (1, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("make", "places"), [(with_film, FILM + COMMON), (with_shells, SHELLS + COMMON)])
def test_derivatives_agree_with_differences_and_leave_the_values_alone(make, places, record_property: Record) -> None:
    cell, steps = make(), steps_of(DISCHARGE, *CHARGE)
    found = solve_with_slopes(cell, steps, NO_GROUPS, seeds_for(cell, steps, NO_GROUPS, places), TIGHT)[0]
    plain = solve(cell, steps, NO_GROUPS, (), TIGHT)[0]
    assert found.raw.outcome == "finished"
    assert np.array_equal(found.raw.ends, plain.ends)
    arrays = dict(zip(("layers", "phases", "cell"), numbers_of(cell), strict=True)) | {"steps": steps}
    figures = np.abs(plain.ends[:, COLUMNS]).max(axis=0)
    worst = 0.0
    for direction, (kind, index) in enumerate(places):
        unit = figures / abs(arrays[kind][(0, *index)])
        other = differences(cell, steps, NO_GROUPS, (kind, index), TIGHT)[:, COLUMNS]
        apart = np.abs(found.ends[:, COLUMNS, direction] - other)
        worst = max(worst, float((apart / (np.abs(other) + 1e-3 * unit)).max()))
    record_property("derivatives against differences, relative", (worst, "< 1e-5"))
    assert worst < 1e-5
