"""A second, slow way to the same rest: scan the potential in plain Python, bisect, fill the plateau that is found."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest

from alloycell.cell.equilibrium import Phases, at_voltage, grid
from alloycell.materials import Branch
from alloycell.quantities import frozen_array

CASES = 200


@dataclass(frozen=True)
class Scanned:
    """A phase as plain lists: knots of both branches (content, falling potential), hosts, content held."""

    lower: list[tuple[float, float]]
    upper: list[tuple[float, float]]
    hosts: float
    held: float

    def content(self, potential: float, *, below: bool) -> float:
        """Content just below or just above ``potential``, kept inside the two branches."""
        low, high = (reading(knots, potential, below) for knots in (self.lower, self.upper))
        return min(max(self.held, low), max(high, low))


def reading(knots: list[tuple[float, float]], potential: float, below: bool) -> float:
    """Content of a branch; on a plateau the end on the side asked for, beyond an end that of the wall."""
    if below:
        last = max((index for index, (_, level) in enumerate(knots) if level >= potential), default=None)
        if last is None or last == len(knots) - 1:
            return knots[0 if last is None else -1][0]
    else:
        first = min((index for index, (_, level) in enumerate(knots) if level <= potential), default=None)
        if first is None or first == 0:
            return knots[-1 if first is None else 0][0]
        last = first - 1
    (c0, u0), (c1, u1) = knots[last], knots[last + 1]
    return c0 + (c1 - c0) * (u0 - potential) / (u0 - u1)


def total(phases: list[tuple[Scanned, float]], potential: float, *, below: bool) -> float:
    """Lithium of all phases; each comes with the voltage by which its potential lies above ``potential``."""
    return sum(phase.hosts * phase.content(shift, below=below) for phase, shift in moved(phases, potential))


def moved(phases: list[tuple[Scanned, float]], potential: float) -> list[tuple[Scanned, float]]:
    """Every phase with its own potential."""
    return [(phase, potential + shift) for phase, shift in phases]


def scanned(phases: list[tuple[Scanned, float]], aim: float) -> list[float]:
    """Contents at which the lithium is ``aim``: dense scan, bisection, then one plateau shared in equal fractions."""
    points = [3.0 - 0.02 * index for index in range(400)]
    first = next(index for index, point in enumerate(points) if total(phases, point, below=True) >= aim)
    high, low = points[max(first - 1, 0)], points[first]
    for _ in range(70):
        middle = (high + low) / 2
        if total(phases, middle, below=True) >= aim:
            low = middle
        else:
            high = middle
    known = [level - shift for phase, shift in phases for knots in (phase.lower, phase.upper) for _, level in knots]
    near = min(known, key=lambda level: abs(level - low))
    if abs(near - low) > 1e-13:
        return [phase.content(level, below=True) for phase, level in moved(phases, low)]
    # On a knot: between just above and just below it every phase covers the same share of its own step.
    above = [phase.content(level, below=False) for phase, level in snapped(phases, near)]
    under = [phase.content(level, below=True) for phase, level in snapped(phases, near)]
    least = sum(phase.hosts * content for (phase, _), content in zip(phases, above, strict=True))
    most = sum(phase.hosts * content for (phase, _), content in zip(phases, under, strict=True))
    share = (aim - least) / (most - least) if most > least else 0.0
    return [a + (b - a) * min(max(share, 0.0), 1.0) for a, b in zip(above, under, strict=True)]


def snapped(phases: list[tuple[Scanned, float]], potential: float) -> list[tuple[Scanned, float]]:
    """As ``moved``, but a potential that differs from a knot by rounding only is put on the knot."""
    found = []
    for phase, level in moved(phases, potential):
        near = min((u for knots in (phase.lower, phase.upper) for _, u in knots), key=lambda u, at=level: abs(u - at))
        found.append((phase, near if abs(near - level) < 1e-12 else level))
    return found


def random_phase(rng: random.Random, bottom: float, top: float) -> Scanned:
    """A phase with plateaus and slopes, half of them with a hysteresis gap, holding something it can hold."""
    count = rng.randint(2, 7)
    levels = sorted((rng.uniform(bottom, top) for _ in range(count)), reverse=True)
    contents = sorted(rng.uniform(0.0, 3.0) for _ in range(count))
    knots = list(zip(contents, levels, strict=True))
    for index in range(count - 1):
        if rng.random() < 0.4:
            knots[index + 1] = (knots[index + 1][0], knots[index][1])
    gap = rng.uniform(0.01, 0.3) if rng.random() < 0.5 else 0.0
    upper = [(content, level + gap) for content, level in knots]
    return Scanned(knots, upper, rng.uniform(0.1, 3.0), rng.uniform(knots[0][0], knots[-1][0]))


def tables(phases: list[Scanned]) -> tuple[list[Branch], list[Branch]]:
    """The same phases as branches."""
    both = []
    for side in ("lower", "upper"):
        knots = [np.array(getattr(phase, side)).T for phase in phases]
        both.append([Branch(frozen_array(c), frozen_array(u), 0.0) for c, u in knots])
    return both[0], both[1]


@pytest.mark.parametrize("block", range(8))
def test_the_solver_finds_what_a_scan_and_bisection_find(block):
    rng = random.Random(block)
    for _ in range(CASES // 8):
        negative = [random_phase(rng, 0.0, 1.5) for _ in range(rng.randint(1, 4))]
        positive = [random_phase(rng, 3.0, 4.5) for _ in range(rng.randint(1, 3))]
        voltage = rng.uniform(2.0, 4.4)
        phases = [(phase, 0.0) for phase in negative] + [(phase, voltage) for phase in positive]
        least, most = (total(phases, level, below=True) for level in (20.0, -20.0))
        aim = rng.uniform(least, most)
        wanted = scanned(phases, aim)
        sides = []
        for side in (negative, positive):
            hosts, held = ([[getattr(phase, name)] for phase in side] for name in ("hosts", "held"))
            sides.append((grid(*tables(side)), Phases(np.array(hosts), np.array(held))))
        low, high = at_voltage(sides[0], sides[1], np.array([aim]), np.array([voltage]))
        found = [*low.content[:, 0], *high.content[:, 0]]
        assert found == pytest.approx(wanted, abs=1e-9)
