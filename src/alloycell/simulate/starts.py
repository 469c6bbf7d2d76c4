"""Where a simulation starts: what every phase holds at rest in a state of the cell, or at a state of charge.

Amounts are per area of facing electrode [mol/m2], contents Li per host, potentials V vs Li/Li+; phases first,
designs last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell import STATES, Datasheet, State
from alloycell.cell.balance import Flags, couple
from alloycell.cell.equilibrium import Phases, at_rest
from alloycell.errors import Fault, RangeError
from alloycell.quantities import FloatArray

__all__ = ["Start", "start_of"]


@dataclass(frozen=True, slots=True)
class Start:
    """A cell at rest: what the electrodes hold, their potentials [V], losses still to be paid [mol/m2], and its name.

    ``potentials`` are those of negative and positive, NaN where not defined. ``plated`` and ``beyond`` say which
    designs have plated lithium or a positive that holds more than its curve.
    """

    name: str
    negative: Phases
    positive: Phases
    potentials: tuple[FloatArray, FloatArray]
    owed: FloatArray
    plated: Flags
    beyond: Flags


def start_of(sheet: Datasheet, asked: str | float) -> Start:
    """The cell of ``sheet`` at rest in the state called ``asked`` or at a state of charge ``asked`` (0 to 1)."""
    if isinstance(asked, str):
        state = sheet.state(asked)
        if asked == "assembled" and np.any(np.asarray(sheet.lithium_added) > 0):
            needed = "a simulation follows lithium in the electrodes only"
            raise RangeError(
                Fault('start = "assembled"', "leaves the added lithium outside", needed, 'Start from "lithium added"')
            )
        return _made(sheet, asked, state, *_flat(state))
    full, empty = sheet.state("charged"), sheet.state("discharged")
    low, high, *_ = _flat(full)
    low_empty, high_empty, *_ = _flat(empty)
    curves = couple(sheet.balance.negative, sheet.balance.positive)
    held = [
        asked * phases.lithium() + (1.0 - asked) * other.lithium()
        for phases, other in ((low, low_empty), (high, high_empty))
    ]
    rests = (at_rest(curves.negative, low, held[0]), at_rest(curves.positive, high, held[1]))
    negative, positive = Phases(low.hosts, rests[0].content), Phases(high.hosts, rests[1].content)
    told = f"{100 * asked:g} % charged"
    return _made(sheet, told, full, negative, positive, rests[0].potential, rests[1].potential)


def _flat(state: State) -> tuple[Phases, Phases, FloatArray, FloatArray]:
    """Both electrodes and their potentials with one axis of designs."""

    def rows(array: FloatArray) -> FloatArray:
        return np.asarray(array).reshape(len(array), -1)

    sides = (Phases(rows(side.hosts), rows(side.content)) for side in (state.negative, state.positive))
    return (*sides, state.negative_potential.reshape(-1), state.positive_potential.reshape(-1))  # type: ignore[return-value]


def _made(
    sheet: Datasheet, name: str, state: State, negative: Phases, positive: Phases, low: FloatArray, high: FloatArray
) -> Start:
    last = sheet.state(STATES[-1]).losses
    owed = (last - state.losses).reshape(len(last), -1)
    plated = np.asarray(negative.hosts[-1] * negative.content[-1] > 1e-9 * negative.lithium() + 1e-30)
    tops = np.array([[0.0 if row.curve is None else row.curve.full] for row in sheet.balance.positive])
    beyond = np.asarray(np.any(positive.content > tops * (1 + 1e-9), axis=0))
    return Start(name, negative, positive, (low, high), owed, plated, beyond)
