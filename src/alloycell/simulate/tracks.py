"""Voltage along the protocol steps of a run, read between its rows; two runs held against each other.

docs/theory/error.md, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import ROWS, Raw

__all__ = ["STEEP", "Track", "apart", "carried", "track_of"]

STEEP = 5.0
"""Slope [V over the duration of a step] from which a stretch of a curve counts as steep."""

_TIME, _STEP, _VOLTAGE = (ROWS.index(name) for name in ("time", "step", "voltage"))


@dataclass(frozen=True, slots=True)
class Track:
    """A run that finished, row by row: number of the ``step``, time ``since`` its start [s], ``voltage`` [V].

    ``steep`` marks rows beside which the voltage moves by more than :data:`STEEP` in the time of the whole step;
    ``durations`` [s] has one entry a step.
    """

    step: NDArray[np.intp]
    since: FloatArray
    voltage: FloatArray
    steep: NDArray[np.bool_]
    durations: FloatArray


def track_of(raw: Raw) -> Track:
    """The track of a run that finished; SI."""
    ends = raw.ends[:, _TIME]
    starts = np.concatenate([[0.0], ends[:-1]])
    step = raw.rows[:, _STEP].astype(np.intp)
    since = np.maximum(raw.rows[:, _TIME] - starts[step], 0.0)
    voltage, durations = raw.rows[:, _VOLTAGE], ends - starts
    rise, run = np.abs(np.diff(voltage)), np.diff(since)
    sharp = (step[1:] == step[:-1]) & (run > 0.0) & (rise * durations[step[1:]] > STEEP * run)
    steep = np.concatenate([sharp, [False]]) | np.concatenate([[False], sharp])
    return Track(step, since, voltage, steep, durations)


def apart(one: Track, other: Track) -> FloatArray:
    """Distance [V] of the voltages at the rows of ``one``, at equal time since the start of each step.

    Where a step of ``other`` is over before, its last voltage counts.
    """
    longest = np.maximum(one.durations, other.durations)
    own, theirs = _places(one, longest), _places(other, longest)
    kept = np.concatenate([[True], np.diff(theirs) > 0.0])
    x, y = theirs[kept], other.voltage[kept]
    return np.abs(one.voltage - _between(x, y, other.step[kept], _within(own, one.step, x, other.step[kept])))


def carried(values: FloatArray, one: Track, other: Track) -> FloatArray:
    """``values`` at the rows of ``one`` as they are at the rows of ``other``, straight between rows; unit unchanged."""
    longest = np.maximum(one.durations, other.durations)
    own, theirs = _places(one, longest), _places(other, longest)
    kept = np.concatenate([[True], np.diff(own) > 0.0])
    x = own[kept]
    return np.asarray(np.interp(_within(theirs, other.step, x, one.step[kept]), x, values[kept]))


def _places(track: Track, longest: FloatArray) -> FloatArray:
    """One rising number a row: its step, plus up to a half for the root of the time in it (voltages start as roots)."""
    span = np.where(longest > 0.0, longest, 1.0)
    return np.asarray(track.step + 0.5 * np.sqrt(track.since / span[track.step]))


def _within(at: FloatArray, step: NDArray[np.intp], x: FloatArray, known: NDArray[np.intp]) -> FloatArray:
    """Places ``at`` held inside the first and the last of the places ``x`` of the same step; dimensionless."""
    first, last = np.searchsorted(known, step), np.searchsorted(known, step, side="right") - 1
    return np.asarray(np.clip(at, x[first], x[last]))


def _between(x: FloatArray, y: FloatArray, step: NDArray[np.intp], at: FloatArray) -> FloatArray:
    """Monotone cubic pieces through ``y`` at rising ``x``, apart in every step, read at ``at``; unit unchanged."""
    if x.size == 1:
        return np.full_like(at, y[0])
    width = np.diff(x)
    inside = step[1:] == step[:-1]
    secant = np.where(inside, np.diff(y) / width, 0.0)
    slope = _slopes(width, secant, inside)
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, x.size - 2)
    t, rise = (at - x[left]) / width[left], y[left + 1] - y[left]
    start, end = width[left] * slope[left], width[left] * slope[left + 1]
    return np.asarray(y[left] + t * (start + t * (3 * rise - 2 * start - end + t * (start + end - 2 * rise))))


def _slopes(width: FloatArray, secant: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
    """Slopes at all places that add no extremum (Fritsch and Butland 1984), from one side at ends of steps."""
    none, no = np.zeros(1), np.zeros(1, dtype=bool)
    before, after = np.concatenate([none, secant]), np.concatenate([secant, none])
    has_before, has_after = np.concatenate([no, inside]), np.concatenate([inside, no])
    near, far = np.concatenate([none, width]), np.concatenate([width, none])
    first, second = 2 * far + near, far + 2 * near
    bending = has_before & has_after & (before * after > 0.0)
    safe_before, safe_after = np.where(bending, before, 1.0), np.where(bending, after, 1.0)
    inner = (first + second) / (first / safe_before + second / safe_after)
    return np.asarray(
        np.where(has_before & has_after, np.where(bending, inner, 0.0), np.where(has_before, before, after))
    )
