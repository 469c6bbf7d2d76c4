"""Explore: what happens around a design or a particle when its inputs move over their ranges."""

from __future__ import annotations

from alloycell.explore.compositions import CompositionSweep, SweepAxis, sweep_compositions

__all__ = ["CompositionSweep", "SweepAxis", "sweep_compositions"]
