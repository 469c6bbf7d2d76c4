"""Our side: the kernel on the flat arrays of PyBaMM's parameter sets, as a call that can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flat import CURRENT, VOLTAGE, Batch, Result, Step, modes
from sets import batch_of

__all__ = ["ONE_C", "Run", "cycles", "designs", "discharge", "drive"]

AREA, NOMINAL = 0.1027, 5.0
ONE_C = NOMINAL / AREA
"""Current density at 1C of the three cells [A/m2]."""

ORDINARY = 1e-4
"""The tolerance of a comparison on the same mesh (dimensionless); stricter ones need more rows."""

Run = tuple[Callable[[], None], Callable[[], list[Result]]]
"""A call to time, and what reads its results."""


def shaped(batch: Batch, nodes: int, count: int) -> Batch:
    """``batch`` on ``nodes`` control volumes an electrode and separator and ``count`` modes a particle (counts)."""
    halves = sum(layer.side == 0 for layer in batch.layers)
    for layer in batch.layers:
        layer.nodes = nodes // halves if layer.side == 0 else nodes
        for phase in layer.phases:
            phase.radial = modes(count)
    return batch


def discharge(case: str, nodes: int = 20, count: int = 8, tolerance: float = 1e-4, made: Batch | None = None) -> Run:
    """1C to 2.5 V; ``made`` is a batch of the case to use again; ``tolerance`` relative (dimensionless)."""
    batch = shaped(batch_of(case, 20, steps=[]) if made is None else made, nodes, count)
    batch.steps = [Step(CURRENT, ONE_C, duration=5760.0, low_voltage=2.5)]
    batch.tolerance = tolerance
    return batch.prepared()


def cycles(count: int, tolerance: float = 1e-4) -> Run:
    """``count`` times 1C to 2.5 V, 1C to 4.2 V, 4.2 V to C/20; ``tolerance`` relative (dimensionless)."""
    cycle = [
        Step(CURRENT, ONE_C, low_voltage=2.5),
        Step(CURRENT, -ONE_C, high_voltage=4.2),
        Step(VOLTAGE, 4.2, cut_current=ONE_C / 20),
    ]
    rows = count * (1000 if tolerance >= ORDINARY else 20_000)
    batch = batch_of("chen", 20, steps=cycle * count, tolerance=tolerance, capacity=rows, most_steps=10**7)
    return batch.prepared()


def drive(profile: Sequence[float], tolerance: float = 1e-4) -> Run:
    """A current [A] that is new every second; ``tolerance`` relative (dimensionless)."""
    steps = [Step(CURRENT, current / AREA, duration=1.0) for current in profile]
    rows = len(steps) * (30 if tolerance >= ORDINARY else 300)
    return batch_of("chen", 20, steps=steps, tolerance=tolerance, capacity=rows, most_steps=10**7).prepared()


def designs(count: int) -> Run:
    """``count`` designs, each with layers and a rate of its own, side by side in packs of 8, 1C on average."""
    draw = np.random.default_rng(1)
    rate = draw.uniform(0.8, 1.2, count)
    batch: Any = batch_of("chen", 20, steps=[Step(CURRENT, ONE_C * rate, duration=7200.0, low_voltage=2.5)])
    for layer in batch.layers:
        layer.thickness = layer.thickness * draw.uniform(0.95, 1.05, count)
    batch.pack, batch.capacity = 8, 600
    return batch.prepared()
