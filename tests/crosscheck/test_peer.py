"""The kernel against the other code's refined mesh (x 80, r 60 graded, 1e-8), each run of it in a process of its own.

At C/10 and 1C both codes are converged to 0.1 mV at 80 control volumes. At 3C the salt runs out and neither is: the
voltage then falls off a cliff, at its foot by 120 mV/s, whose time shifts by 0.06 % from 80 to 160 control volumes in
either code (second order in both). So voltages at 3C are compared on equal meshes and at equal depth of discharge, the
share of each code's own end time, from 1 s on and to the very end; the end time is compared by itself. The other code
has 80 shells there: with 60 its end time is 0.01 % shorter.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compare import at_depth, difference, run
from flat import Record

pytestmark = pytest.mark.slow

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
    """Runs the other code once per case and mesh, on 80 control volumes each in electrodes and separator."""
    pytest.importorskip("pybamm")
    folder = tmp_path_factory.mktemp("peers")

    def solved(case: str, rate: float, shells: int = 60, tolerance: float = 1e-8) -> Any:
        out = folder / f"{case}_{rate:g}_{shells}.npz"
        if not out.exists():
            command = [
                sys.executable,
                str(Path(__file__).with_name("peer.py")),
                str(out),
                case,
                f"{rate:g}",
                "80",
                str(shells),
                f"{tolerance:g}",
                "graded",
            ]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        return np.load(out)

    return solved


@pytest.mark.parametrize(("case", "rate"), CASES)
def test_voltage_end_and_contents_agree(peers: Any, case: str, rate: float, record_property: Record) -> None:
    found = difference(run(case, rate), peers(case, rate))
    where = f"{case} at {rate:g}C: "
    record_property(where + "voltage [mV]", (found["max mV"], "< 1"))
    record_property("end time [%]", (abs(found["end %"]), "< 0.05"))
    record_property("mean contents at the end", (max(abs(found[k]) for k in CONTENTS if k in found), "< 1e-3"))
    assert found["max mV"] < 1.0
    assert abs(found["end %"]) < 0.05
    assert all(abs(found[name]) < 1e-3 for name in CONTENTS if name in found)


@pytest.mark.parametrize("case", ["chen", "bilayer"])
def test_discharges_at_three_c_agree_depth_for_depth(peers: Any, case: str, record_property: Record) -> None:
    result, peer = run(case, 3, count=24, tolerance=1e-7), peers(case, 3, 80, 1e-7)
    found, (deep, equal) = difference(result, peer), at_depth(result, peer)
    record_property(f"{case}: voltage at equal depth [mV]", (deep, "< 3"))
    record_property("at equal time, up to 99 % of it [mV]", equal)
    record_property("end time [%]", (abs(found["end %"]), "< 0.05"))
    record_property("mean contents at the end", (max(abs(found[k]) for k in CONTENTS if k in found), "< 1e-3"))
    assert deep < 3.0
    assert abs(found["end %"]) < 0.05
    assert all(abs(found[name]) < 1e-3 for name in CONTENTS if name in found)
