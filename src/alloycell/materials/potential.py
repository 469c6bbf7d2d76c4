"""Potential curves of one material: two branches, plateaus, walls, and the play between the branches.

A branch is lithium content as a monotone function of potential: content never falls while the potential
falls, and a plateau is two knots at one potential. ``docs/theory/balance.md`` sections 1 and 2.

Published tables that rise somewhere are made monotone by isotonic regression (pool adjacent violators) and
the largest change is kept in :attr:`Branch.change`. Beyond its last knot a branch is a wall: the content
stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alloycell.quantities import FloatArray, frozen_array

__all__ = [
    "Branch",
    "Hysteresis",
    "branch_from_table",
    "branches_from_plateaus",
    "monotone_falling",
]


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: rising content [Li per host], shape (k,), falling potential [V vs Li/Li+], shape (k,).

    ``change`` is the largest potential change [V] that making the table monotone needed, 0.0 where none was.
    """

    content: FloatArray
    potential: FloatArray
    change: float

    def content_at(self, potential: ArrayLike, *, below: bool) -> FloatArray:
        """Content [Li per host] at ``potential`` [V], same shape; on a plateau its end ``below`` or above.

        Beyond the last knots the content is that of the last knot (a wall).
        """
        rising, content = self.potential[::-1], self.content[::-1]
        asked = np.asarray(potential, dtype=np.float64)
        if below:
            right = np.clip(np.searchsorted(rising, asked, side="left"), 1, rising.size - 1)
        else:
            right = np.clip(np.searchsorted(rising, asked, side="right"), 1, rising.size - 1)
        left = right - 1
        width = rising[right] - rising[left]
        share = np.where(width > 0, (asked - rising[left]) / np.where(width > 0, width, 1.0), 0.0 if below else 1.0)
        share = np.clip(share, 0.0, 1.0)
        inside = content[left] * (1 - share) + content[right] * share
        return np.asarray(np.where(asked > rising[-1], content[-1], np.where(asked < rising[0], content[0], inside)))

    def potential_at(self, content: ArrayLike) -> FloatArray:
        """Potential [V vs Li/Li+] at ``content`` [Li per host], same shape, clamped at the walls."""
        return np.asarray(np.interp(np.asarray(content, dtype=np.float64), self.content, self.potential))


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """The two branches of a material; without hysteresis both are the same curve.

    At a potential U the content may be anything from ``lithiation`` to ``delithiation`` (a play operator):
    going down in potential it is pushed up by the lithiation branch, going up it is pulled down by the other.
    """

    lithiation: Branch
    delithiation: Branch

    @property
    def full(self) -> float:
        """Content at the lithiated wall [Li per host]."""
        return float(self.lithiation.content[-1])

    @property
    def empty(self) -> float:
        """Content at the delithiated wall [Li per host]; above 0 where a curve starts above 0."""
        return float(self.delithiation.content[0])


def monotone_falling(potential: FloatArray) -> FloatArray:
    """The falling sequence nearest to ``potential`` [V], shape (k,), in least squares."""
    means: list[float] = []
    counts: list[int] = []
    for value in potential:
        means.append(float(value))
        counts.append(1)
        while len(means) > 1 and means[-2] < means[-1]:
            total = counts[-2] + counts[-1]
            mean = (means[-2] * counts[-2] + means[-1] * counts[-1]) / total
            means[-2:], counts[-2:] = [mean], [total]
    return np.repeat(means, counts)


def branch_from_table(x: FloatArray, potential: FloatArray, full: float) -> Branch:
    """A branch from a table of ``x`` (0 to 1), shape (k,), and ``potential`` [V], shape (k,).

    ``full`` is the content at x = 1 [Li per host]. The table is never stretched; where it starts above x = 0
    or ends below x = 1 the branch does, too.
    """
    falling = monotone_falling(potential)
    return Branch(frozen_array(x * full), frozen_array(falling), float(np.max(np.abs(falling - potential))))


def branches_from_plateaus(steps: ArrayLike, gap: float) -> Hysteresis:
    """Both branches from ``steps``, shape (k, 3): content from, content to [Li per host], potential [V].

    ``gap`` [V] is the distance between the branches, half of it on either side of the steps.
    """
    table = np.asarray(steps, dtype=np.float64)
    content = np.concatenate([[row[0], row[1]] for row in table])
    level = np.repeat(table[:, 2], 2)
    lower, upper = (Branch(frozen_array(content), frozen_array(level + shift), 0.0) for shift in (-gap / 2, gap / 2))
    return Hysteresis(lithiation=lower, delithiation=upper)
