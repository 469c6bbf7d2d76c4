"""The lithium ledger: where every mole of lithium is in every state, each compartment counted on its own.

Compartments: the positive's phases, each layer's phases, plated lithium, first-cycle losses by material, added
lithium not taken up. The salt's lithium is counted apart. No compartment is the difference of others, so
:attr:`Ledger.closure` is a true check. Amounts per facing area [mol/m2].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from alloycell.cell.balance import BalanceInput, State
from alloycell.quantities import FloatArray

__all__ = ["Compartment", "Entry", "Ledger", "ledger"]

Compartment = Literal["positive", "negative", "plated", "lost", "not taken up"]
"""Where lithium can be; no units."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One compartment: its kind, the layer it is in, what holds the lithium, and how much [mol/m2] in each state.

    ``lithium`` has the state axis first, then the batch shape; ``basis`` says what the figure rests on.
    """

    compartment: Compartment
    where: str
    label: str
    lithium: FloatArray
    basis: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All compartments over all states; ``brought`` [mol/m2] is the lithium the cell was made with."""

    states: tuple[str, ...]
    entries: tuple[Entry, ...]
    brought: FloatArray

    @property
    def totals(self) -> FloatArray:
        """Sum of all compartments [mol/m2], state axis first."""
        return np.asarray(sum((entry.lithium for entry in self.entries), np.zeros(())))

    @property
    def closure(self) -> FloatArray:
        """Largest relative difference between a state's sum and the lithium brought in, dimensionless, batch shape."""
        return np.asarray(np.max(np.abs(self.totals - self.brought), axis=0) / self.brought)


def ledger(given: BalanceInput, story: Sequence[State]) -> Ledger:
    """The ledger of the states ``story`` that follow from ``given`` [mol/m2]."""
    entries: list[Entry] = []
    for side, kind in (("positive", "positive"), ("negative", "negative")):
        for row, population in enumerate(getattr(given, side)):
            held = [getattr(state, side).hosts[row] * getattr(state, side).content[row] for state in story]
            compartment: Compartment = "plated" if population.curve is None else kind  # type: ignore[assignment]
            entries.append(Entry(compartment, population.where, population.label, np.array(held), "content x hosts"))
    for row, loss in enumerate(given.losses):
        lost = np.array([state.losses[row] for state in story])
        entries.append(Entry("lost", loss.where, loss.label, lost, loss.basis))
    metal = np.array([state.metal for state in story])
    entries.append(Entry("not taken up", "added lithium", "lithium metal", metal, "dose x (1 - uptake)"))
    brought = sum((entry.hosts * content for entry, content in zip(given.positive, given.as_made, strict=True)), 0.0)
    return Ledger(
        tuple(state.name for state in story),
        tuple(entries),
        np.broadcast_to(np.asarray(brought + given.dose, dtype=np.float64), given.shape),
    )
