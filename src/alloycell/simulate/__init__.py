"""Simulate a cell through a protocol: assembly of a cell for the compiled solver, steps, results."""

from __future__ import annotations

from alloycell.simulate.contents import SimulatedContents, simulate_study
from alloycell.simulate.options import Options
from alloycell.simulate.outcomes import Outcome
from alloycell.simulate.plating import PlatingMargin
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.result import Result
from alloycell.simulate.run import simulate
from alloycell.simulate.sensitivity import Sensitivities, sensitivities

__all__ = [
    "Options",
    "Outcome",
    "PlatingMargin",
    "Protocol",
    "Result",
    "Sensitivities",
    "SimulatedContents",
    "sensitivities",
    "simulate",
    "simulate_study",
]
