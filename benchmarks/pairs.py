"""Pairs of runs that alternate between two codes, so that a machine that slows down slows both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pairs", "alternate", "seconds"]

MOST = 25
"""How often the quicker code runs at most beside one run of the slower, a count."""


@dataclass(frozen=True)
class Pairs:
    """Median times [s] of both codes and the median of their ratio over the pairs (dimensionless)."""

    theirs: float
    ours: float
    ratio: float


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """Mean duration [s] of ``times`` runs of ``action``."""
    begin = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - begin) / times


def alternate(theirs: Callable[[], object], ours: Callable[[], object], pairs: int, share: float = 1.0) -> Pairs:
    """Time both by turns after one warm-up; the code that starts changes from pair to pair.

    The quicker one runs several times, up to a third of the other's time. ``share`` scales the time of theirs where
    they do a part of the work (dimensionless).
    """
    slow, quick = seconds(theirs), seconds(ours)
    often = int(min(MOST, max(1.0, slow / (3 * quick))))
    found = []
    for pair in range(pairs):
        gc.collect()
        if pair % 2:
            mine, other = seconds(ours, often), seconds(theirs)
        else:
            other, mine = seconds(theirs), seconds(ours, often)
        found.append((other * share, mine))
    return Pairs(
        statistics.median(other for other, _ in found),
        statistics.median(mine for _, mine in found),
        statistics.median(other / mine for other, mine in found),
    )
