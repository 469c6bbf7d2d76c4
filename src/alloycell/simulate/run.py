"""Simulate a cell, or a batch of cells, through a protocol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.simulate.arrays import Raw
from alloycell.simulate.assemble import assemble
from alloycell.simulate.chunks import NOT_RUN, chunks, solved
from alloycell.simulate.options import Options, options_of
from alloycell.simulate.outcomes import STOPPED, Outcome, outcome_of
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.result import Result
from alloycell.simulate.steps import step_tables, texts_of

__all__ = ["simulate", "start_for"]


def simulate(
    cell: Cell,
    protocol: str | Protocol,
    options: Options | None = None,
    *,
    folder: Path | None = None,
    progress: Callable[[float], None] | None = None,
    sheet: Datasheet | None = None,
) -> Result:
    """Run ``cell``, or every design of a batch, through ``protocol``; SI figures in the result.

    ``options`` are the choices of :class:`Options`, if left out those of the design; ``folder`` is where files to
    follow lie; ``progress`` is told the share that is done (0 to 1); ``sheet`` is the datasheet of ``cell`` where it is
    at hand, which saves time over several runs. Ctrl-C in a batch ends the run and keeps the designs that are finished.
    Raises ProtocolError, RangeError, and RunError where the compiled solver is missing. A design that cannot go on ends
    in a named outcome, not in an error.
    """
    options = options_of(cell) if options is None else options
    steps = Protocol.of(protocol, folder)
    made = assemble(cell, options, start_for(options, steps), sheet)
    asked = step_tables(made, steps)
    texts = texts_of(steps)
    blocked = np.any([which for which, _ in made.blocked.values()], axis=0) if made.blocked else np.zeros(0, dtype=bool)
    asked.table[: blocked.size, :, 0][blocked] = NOT_RUN
    raws: list[Raw | None] = [None] * made.designs
    outcomes: list[Outcome] = [STOPPED] * made.designs
    try:
        for chunk in chunks(range(made.designs), asked.count, made, options):
            for design, raw in enumerate(solved(made, asked, chunk, options), start=chunk.start):
                outcomes[design] = outcome_of(made, design, raw, texts)
                raws[design] = raw if len(raw.rows) else None
            if progress is not None:
                progress(chunk.stop / made.designs)
    except KeyboardInterrupt:
        if not any(raws):
            raise
    return Result(made, steps, texts, options, tuple(raws), tuple(outcomes), cell.shape, tuple(range(made.designs)))


def start_for(options: Options, steps: Protocol) -> str | float:
    """The state asked for, or the one that the first step which carries current suggests; no units."""
    if options.start is not None:
        return options.start
    first = next((step for step in steps.written_out() if step.action != "Rest"), None)
    gives = first is not None and first.action == "Charge"
    return "discharged" if gives != (options.against_lithium == "negative") else "charged"
