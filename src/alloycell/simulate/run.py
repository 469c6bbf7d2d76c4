"""Simulate a cell, or a batch of cells, through a protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from alloycell.cell import Cell
from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import Raw, Solver, solve
from alloycell.simulate.assemble import Assembly, assemble
from alloycell.simulate.options import Options
from alloycell.simulate.outcomes import STOPPED, Outcome, outcome_of
from alloycell.simulate.protocol import Protocol
from alloycell.simulate.result import Result
from alloycell.simulate.steps import step_tables, texts_of

__all__ = ["CHUNK", "simulate"]

CHUNK = 64
"""Designs that are handed to the kernel at once, a count: progress is told and Ctrl-C heard between two chunks."""

_ROWS_MADE = 50_000_000
_NOT_RUN = -1.0
_LEAST_LIMIT, _STEPS_IN_TIME = 50_000, 2_000


def simulate(
    cell: Cell,
    protocol: str | Protocol,
    options: Options | None = None,
    *,
    folder: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Run ``cell``, or every design of a batch, through ``protocol``; SI figures in the result.

    ``options`` are the choices of :class:`Options`; ``folder`` is where files to follow lie; ``progress`` is told the
    share that is done (0 to 1). Ctrl-C in a batch ends the run and keeps the designs that are finished.
    Raises ProtocolError, RangeError, and RunError where the compiled solver is missing. A design that cannot go on ends
    in a named outcome, not in an error.
    """
    options = Options() if options is None else options
    steps = Protocol.of(protocol, folder)
    made = assemble(cell, options, _start(options, steps))
    table, groups = step_tables(made, steps)
    blocked = np.any([which for which, _ in made.blocked.values()], axis=0) if made.blocked else np.zeros(0, dtype=bool)
    table[: blocked.size, :, 0][blocked] = _NOT_RUN
    raws: list[Raw | None] = [None] * made.designs
    outcomes: list[Outcome] = [STOPPED] * made.designs
    try:
        for chunk in _chunks(made, table.shape[1], options):
            for design, raw in enumerate(_solved(made, table, groups, chunk, options), start=chunk.start):
                outcomes[design] = outcome_of(made, design, raw)
                raws[design] = raw if len(raw.rows) else None
            if progress is not None:
                progress(chunk.stop / made.designs)
    except KeyboardInterrupt:
        if not any(raws):
            raise
    return Result(
        made, steps, texts_of(steps), options, tuple(raws), tuple(outcomes), cell.shape, tuple(range(made.designs))
    )


def _start(options: Options, steps: Protocol) -> str | float:
    """The state asked for, or the one that the first step which carries current suggests."""
    if options.start is not None:
        return options.start
    first = next((step for step in steps.written_out() if step.action != "Rest"), None)
    return "discharged" if first is not None and first.action == "Charge" else "charged"


def _chunks(made: Assembly, steps: int, options: Options) -> Iterator[slice]:
    """The designs in chunks that leave room for the rows of their output."""
    room = _ROWS_MADE // ((steps + options.rows) * (len(made.places) + 11))
    size = max(1, min(CHUNK, room))
    for first in range(0, made.designs, size):
        yield slice(first, min(first + size, made.designs))


def _solved(made: Assembly, table: FloatArray, groups: FloatArray, chunk: slice, options: Options) -> tuple[Raw, ...]:
    """One chunk of designs; again with more rows where the output was full."""
    many = (chunk.stop - chunk.start) * (len(made.places) + 11)
    most = max(_LEAST_LIMIT, _STEPS_IN_TIME * table.shape[1])
    solver = Solver(options.tolerance, options.rows, most, threads=options.threads, variant=options.variant)
    while True:
        found = solve(made.flat.chosen(chunk), table[chunk], groups[chunk], options.profile_times, solver)
        full = any(raw.outcome == "output full" for raw in found)
        if not full or solver.rows * 8 * many > _ROWS_MADE:
            return found
        solver = replace(solver, rows=solver.rows * 8)
