"""The kernel against the other code's refined mesh (x 80, r 60 graded, 1e-8), each run of it in a process of its own.

The other code converges with first order in x, the kernel with second. At C/10 and 1C both are converged to 0.1 mV at
80 control volumes. At 3C the salt runs out and they are not: there both are extrapolated from 80 and 160.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compare import difference, run
from flat import Result
from scipy.interpolate import CubicSpline

CASES = [
    ("chen", 0.1),
    ("chen", 1),
    ("composite", 0.1),
    ("composite", 1),
    ("sigmoid", 0.1),
    ("sigmoid", 1),
    ("one-state", 0.1),
    ("one-state", 1),
    ("bilayer", 0.5),
    ("bilayer", 1),
]
CONTENTS = ("Negative", "Negative primary", "Negative secondary", "Positive")


@pytest.fixture(scope="session")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs the other code once per case and mesh."""
    pytest.importorskip("pybamm")
    folder = tmp_path_factory.mktemp("peers")

    def solved(case: str, rate: float, nodes: int) -> Any:
        out = folder / f"{case}_{rate:g}_{nodes}.npz"
        if not out.exists():
            command = [
                sys.executable,
                str(Path(__file__).with_name("peer.py")),
                str(out),
                case,
                f"{rate:g}",
                str(nodes),
                "60",
                "1e-8",
                "graded",
            ]
            subprocess.run(
                command, check=True, env={**os.environ, "PYBAMM_DISABLE_TELEMETRY": "true"}, capture_output=True
            )
        return np.load(out)

    return solved


@pytest.mark.parametrize(("case", "rate"), CASES)
def test_voltage_end_and_contents_agree(peers: Any, case: str, rate: float) -> None:
    found = difference(run(case, rate), peers(case, rate, 80))
    assert found["max mV"] < 1.0
    assert abs(found["end %"]) < 0.05
    assert all(abs(found[name]) < 1e-3 for name in CONTENTS if name in found)


def spline(t: Any, v: Any) -> CubicSpline:
    once = np.r_[True, np.diff(t) > 0]
    return CubicSpline(t[once], v[once])


def both(result: Result) -> tuple[Any, Any]:
    return result.time, result.voltage


@pytest.mark.parametrize("case", ["chen", "bilayer"])
def test_both_codes_converge_to_one_discharge_at_three_c(peers: Any, case: str) -> None:
    coarse, fine = peers(case, 3, 80), peers(case, 3, 160)
    own = [run(case, 3, nodes=n) for n in (80, 160)]
    end_peer = 2 * fine["time"][-1] - coarse["time"][-1]
    end_own = (4 * own[1].time[-1] - own[0].time[-1]) / 3
    assert end_own == pytest.approx(end_peer, rel=5e-4)
    t = np.linspace(1.0, 0.99 * coarse["time"][-1], 500)
    peer = 2 * spline(fine["time"], fine["voltage"])(t) - spline(coarse["time"], coarse["voltage"])(t)
    ours = (4 * spline(*both(own[1]))(t) - spline(*both(own[0]))(t)) / 3
    assert 1e3 * np.abs(ours - peer).max() < 3.0
    for i, name in enumerate(k for k in CONTENTS if k in fine):
        assert (4 * own[1].content(i)[-1] - own[0].content(i)[-1]) / 3 == pytest.approx(
            2 * fine[name] - coarse[name], abs=1e-3
        )
