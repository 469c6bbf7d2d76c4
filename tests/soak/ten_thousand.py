"""``make soak``: 10 000 generated designs through five steps each, and the promises that are made about them.

A seed is drawn and printed, so that any run can be made again: ``make soak SEED=12345 DESIGNS=2000``.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from layered_trials import VARIANTS
from tallied import Ended, Tally, run_trial

_PER_FIVE = 4 + VARIANTS
_LEAST_FINISHED, _MOST_REFUSED, _LONGEST = 0.999, 0.05, 10.0
_TOLD, _AT_A_TIME = 20, 200


def main(arguments: list[str]) -> int:
    """Run the trials, print the counts, and say which promises were kept; the exit status is 1 where one was not."""
    read = argparse.ArgumentParser(description="Run generated layered designs through a five-step protocol.")
    read.add_argument("--designs", type=int, default=10_000, help="how many designs")
    read.add_argument("--seed", type=int, default=None, help="the first seed; drawn where left out")
    read.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    given = read.parse_args(arguments)
    first = secrets.randbelow(10**9) if given.seed is None else given.seed
    trials = -(-given.designs * 5 // _PER_FIVE)
    print(f"{trials} trials with about {given.designs} designs, seed {first}", flush=True)
    tally, begun = Tally(), time.monotonic()
    for number, ends in enumerate(_all(range(first, first + trials), given.workers), start=1):
        tally.add(ends)
        if number % max(1, trials // _TOLD) == 0:
            print(f"  {number} trials, {time.monotonic() - begun:.0f} s, {dict(tally.kinds)}", flush=True)
    print(tally)
    promises = {
        "no raw error, no figure that is not finite, lithium closes, every end names a place": not tally.kinds["fault"],
        "the checks refuse at most 5 %": tally.refused <= _MOST_REFUSED,
        "at least 99.9 % of the others finish": tally.finished >= _LEAST_FINISHED,
        "none takes over 10 s": tally.slowest is None or tally.slowest.seconds <= _LONGEST,
    }
    for promise, kept in promises.items():
        print(f"{'kept  ' if kept else 'BROKEN'}  {promise}")
    return 0 if all(promises.values()) else 1


def _all(seeds: range, workers: int) -> Iterator[list[Ended]]:
    """The ends of every trial, in order; an error that nobody expects is a fault of the trial that raised it."""
    with ProcessPoolExecutor(workers) as pool:
        for first in range(seeds.start, seeds.stop, _AT_A_TIME):
            some = range(first, min(first + _AT_A_TIME, seeds.stop))
            for seed, future in [(seed, pool.submit(_strict, seed)) for seed in some]:
                problem = future.exception()
                fault = f"{type(problem).__name__}: {problem}"
                yield future.result() if problem is None else [Ended(seed, "fault", fault)]


def _strict(seed: int) -> list[Ended]:
    """One trial; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return run_trial(seed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
