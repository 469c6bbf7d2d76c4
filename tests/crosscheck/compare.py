"""The kernel against the other code's refined run: largest difference of voltage, end time, end stoichiometries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from flat import CURRENT, Result, Step, modes
from scipy.interpolate import CubicSpline
from sets import batch_of  # also finds flat.py

AREA, NOMINAL = 0.1027, 5.0


def run(case: str, rate: float, nodes: int = 80, count: int = 16, tolerance: float = 1e-6, **more: Any) -> Result:
    """One constant-current discharge to 2.5 V."""
    step = Step(CURRENT, NOMINAL * rate / AREA, duration=3600 / rate * 1.6, low_voltage=2.5)
    batch = batch_of(case, nodes, steps=[step], tolerance=tolerance, **more)
    for layer in batch.layers:
        for phase in layer.phases:
            phase.radial = modes(count)
    return batch.run()[0]


def difference(result: Result, reference: Any) -> dict[str, float]:
    """Largest and rms voltage difference [mV] over the reference's times, end time [relative], end contents."""
    once = np.r_[True, np.diff(result.time) > 0]
    own = CubicSpline(result.time[once], result.voltage[once])
    t, v = reference["time"], reference["voltage"]
    kept = t <= min(result.time[-1], t[-1])
    error = 1e3 * (own(t[kept]) - v[kept])
    found = {
        "max mV": np.abs(error).max(),
        "at s": t[kept][np.abs(error).argmax()],
        "rms mV": np.sqrt(np.mean(error**2)),
        "max mV after 1 s": np.abs(error[t[kept] > 1]).max(),
        "end %": 100 * (result.time[-1] / t[-1] - 1),
    }
    names = [k for k in ("Negative", "Negative primary", "Negative secondary", "Positive") if k in reference]
    for i, name in enumerate(names):
        found[name] = result.content(i)[-1] - float(reference[name])
    return found


def at_depth(result: Result, reference: Any) -> tuple[float, float]:
    """Largest voltage difference [mV] from 1 s on: at equal share of the end times, and at equal time to 99 % of it."""
    once = np.r_[True, np.diff(result.time) > 0]
    own = CubicSpline(result.time[once], result.voltage[once])
    other = CubicSpline(*(reference[name][np.r_[True, np.diff(reference["time"]) > 0]] for name in ("time", "voltage")))
    end = reference["time"][-1]
    t = np.linspace(1.0, end, 20_000)
    deep = np.abs(own(t / end * result.time[-1]) - other(t)).max()
    t = np.linspace(1.0, 0.99 * min(end, result.time[-1]), 20_000)
    return 1e3 * deep, 1e3 * np.abs(own(t) - other(t)).max()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        _, case, rate = Path(name).stem.split("_")
        got = run(case, float(rate))
        print(
            case,
            rate,
            got.outcome,
            got.counts["accepted"],
            {k: round(float(v), 6) for k, v in difference(got, np.load(name)).items()},
        )
