"""Derivatives of a run by the flat numbers it is made from, by dual numbers in the kernel: any number of directions.

docs/theory/derivatives.md. An array of derivatives has the shape of the values and a last axis of directions; its unit
is that of the value per unit of the direction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import NO_PROFILE, Flat, Raw, Solver, numbers_of, prepared
from alloycell.simulate.kernel import load_kernel

__all__ = ["Seeds", "Slopes", "solve_with_slopes"]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Derivatives of all flat numbers along every direction, last axis [SI of the number per unit of the direction].

    ``layers`` (designs, layers, 4, directions), ``phases`` (designs, phases, 13, directions), ``cell`` (designs, 10,
    directions), ``steps`` (designs, steps, 13, directions), ``groups`` (designs, groups, phases, directions). The kind
    and the group of a step are not numbers; what stands there counts for nothing.
    """

    layers: FloatArray
    phases: FloatArray
    cell: FloatArray
    steps: FloatArray
    groups: FloatArray

    @property
    def directions(self) -> int:
        """How many directions there are, a count."""
        return int(self.cell.shape[-1])

    @property
    def arrays(self) -> tuple[FloatArray, ...]:
        """All arrays in the kernel's order [SI of the number per unit of the direction]."""
        return (self.layers, self.phases, self.cell, self.steps, self.groups)

    @classmethod
    def none(cls, flat: Flat, steps: FloatArray, groups: FloatArray, directions: int) -> Seeds:
        """Zeros for ``directions`` (a count) of ``flat`` through ``steps`` with ``groups`` [SI, as in solve]."""
        shapes = [array.shape for array in (*numbers_of(flat), steps, groups)]
        return cls(*(np.zeros((*shape, directions)) for shape in shapes))


@dataclass(frozen=True, slots=True)
class Slopes:
    """One design with derivatives: ``raw`` as without, ``rows`` and ``ends`` with a last axis of directions.

    ``rows`` hold the time since the step began fixed, so that the column "time" has the derivative of the time when
    the step began. ``ends`` are total: what stands at the end of a step whose time moves [SI per unit of direction].
    """

    raw: Raw
    rows: FloatArray
    ends: FloatArray


def solve_with_slopes(
    flat: Flat, steps: FloatArray, groups: FloatArray, seeds: Seeds, solver: Solver, profile: FloatArray = NO_PROFILE
) -> tuple[Slopes, ...]:
    """Run every design of ``flat`` as :func:`~alloycell.simulate.arrays.solve` does, with derivatives along ``seeds``.

    ``steps``, ``groups``, ``profile``: as there [SI]. The values are those of a run without derivatives, to the bit.
    """
    kernel = load_kernel(solver.variant)
    lanes = int(kernel.lanes)
    designs, chunks = len(flat.cell), max(1, -(-seeds.directions // lanes))
    each: NDArray[np.intp] = np.repeat(np.arange(designs), chunks)
    call = prepared(flat.chosen(each), steps[each], groups[each], (), solver, profile)
    rows, ends = (np.zeros((*array.shape, lanes)) for array in (call.rows, call.ends))
    given = [_in_chunks(array, chunks, lanes) for array in seeds.arrays]
    kernel.run_derivatives(*call.given, *given, rows, ends)
    raws = call.raws()
    found = []
    for first in range(0, designs * chunks, chunks):
        raw, mine = raws[first], slice(first, first + chunks)
        parts = (rows[mine, : len(raw.rows)], ends[mine])
        joined = [np.concatenate(list(part), axis=-1)[..., : seeds.directions] for part in parts]
        found.append(Slopes(replace(raw), joined[0], joined[1]))
    return tuple(found)


def _in_chunks(array: FloatArray, chunks: int, lanes: int) -> FloatArray:
    """``array`` (designs, ..., directions) as (designs * chunks, ..., lanes), the rest of the last chunk zero."""
    *shape, directions = array.shape
    room = np.zeros((*shape, chunks * lanes))
    room[..., :directions] = array
    parted = np.moveaxis(room.reshape(*shape, chunks, lanes), -2, 1)
    return np.ascontiguousarray(parted.reshape(shape[0] * chunks, *shape[1:], lanes))
