"""The designs of a batch handed to the kernel in chunks, with more room for output where it was full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alloycell.simulate.arrays import ROWS, FlatSteps, Raw, Solver, solve
from alloycell.simulate.assemble import Assembly
from alloycell.simulate.options import Options

__all__ = ["CHUNK", "NOT_RUN", "chunks", "solved"]

CHUNK = 64
"""Designs that are handed to the kernel at once, a count: progress is told and Ctrl-C heard between two chunks."""

NOT_RUN = -1.0
"""Stands for the kind of a design's first step where the design is not to be run; dimensionless."""

_ROWS_MADE = 50_000_000
_LEAST_LIMIT, _STEPS_IN_TIME, _STEPS_IN_A_ROW = 50_000, 2_000, 100


def chunks(designs: Sequence[int], steps: int, made: Assembly, options: Options) -> Iterator[slice]:
    """``designs`` (numbers in a row) in chunks that leave room for the rows of their output; no units."""
    room = _ROWS_MADE // ((steps + options.rows) * (len(made.places) + len(ROWS)))
    size, stop = max(1, min(CHUNK, room)), designs[-1] + 1
    for first in range(designs[0], stop, size):
        yield slice(first, min(first + size, stop))


def solved(made: Assembly, steps: FlatSteps, chunk: slice, options: Options) -> tuple[Raw, ...]:
    """One chunk of designs through ``steps`` [SI]; again with more rows where the output was full."""
    many = (chunk.stop - chunk.start) * (len(made.places) + len(ROWS))
    most = max(_LEAST_LIMIT, _STEPS_IN_TIME * steps.count + _STEPS_IN_A_ROW * steps.followed)
    solver = Solver(options.tolerance, options.rows, most, threads=options.threads, variant=options.variant)
    mine = steps.chosen(chunk)
    while True:
        found = solve(made.flat.chosen(chunk), mine.table, mine.groups, options.profile_times, solver, mine.profile)
        full = any(raw.outcome == "output full" for raw in found)
        if not full or solver.rows * 8 * many > _ROWS_MADE:
            return found
        solver = replace(solver, rows=solver.rows * 8)
