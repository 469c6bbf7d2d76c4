"""A cell that warms by its own heat against the other code's, which runs in a process of its own (1C, LG M50).

Heat of mixing comes at other moments (here by the mean content of a particle, there by its profile), so temperatures
part by up to 0.7 K on the way and agree at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from flat import CURRENT, Record, Step, modes
from sets import chen

pytestmark = pytest.mark.slow

GAS, AREA = 8.31446261815324, 0.1027


def test_a_warming_cell_agrees_in_temperature_and_voltage(tmp_path: Path, record_property: Record) -> None:
    pytest.importorskip("pybamm")
    out = tmp_path / "warm.npz"
    command = [sys.executable, str(Path(__file__).with_name("peer_heat.py")), str(out), "40", "60", "1e-7"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    peer = np.load(out)
    batch = chen(
        40, steps=[Step(CURRENT, 5 / AREA, duration=3500.0)], tolerance=1e-6,
        heat_capacity=float(peer["capacity"]), heat_transfer=float(peer["transfer"]),
    )  # fmt: skip
    for layer, energy in ((batch.layers[0], 35000.0), (batch.layers[2], 17800.0)):
        layer.phases[0].rate_energy, layer.phases[0].radial = energy / GAS, modes(16)
    result = batch.run()[0]
    volts = np.abs(np.interp(peer["time"], result.time, result.voltage) - peer["voltage"])[1:].max()
    warm = np.abs(np.interp(peer["time"], result.time, result.temperature) - peer["temperature"])
    rise = float(peer["temperature"][-1] - 298.15)
    record_property("chen at 1C, lumped: voltage [mV]", (1e3 * volts, "< 1"))
    record_property("temperature on the way [K]", (warm.max(), "< 1"))
    record_property("temperature at the end, share of the rise", (warm[-1] / rise, "< 0.01"))
    assert volts < 1e-3
    assert warm.max() < 1.0
    assert warm[-1] < 0.01 * rise
