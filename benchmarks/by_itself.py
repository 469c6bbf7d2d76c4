"""Start-up of the commands, a million designs on one core, size of the installation.

Times are medians of several runs on this machine at this moment; they are printed, never asserted.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.check import load, margins, shipped
from alloycell.check.repair import needed_figures
from benchmarks import ROOT

__all__ = ["commands", "install_size", "million"]

DESIGN = ROOT / "examples" / "layered-silicon.toml"
CELL = ROOT / "examples" / "lg-m50.toml"
RUNS = 7
DESIGNS = 1_000_000
SLICE = 100_000


def _median(action: Callable[[], object], runs: int = RUNS) -> float:
    """Median duration [s] of ``action`` after one warm-up."""
    action()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def commands() -> None:
    """Print the duration [s] of each command in a new process beside its goal."""
    door = Path(sys.executable).with_name("alloycell")
    with tempfile.TemporaryDirectory() as folder:
        cases = (
            ("alloycell --help", 0.3, ["--help"]),
            ("alloycell check", 0.8, ["check", str(DESIGN), "--specification", "layered-negative"]),
            ("alloycell dose", 0.8, ["dose", str(DESIGN), "--target", "0.45"]),
            ("alloycell simulate", 1.0, ["simulate", str(CELL), "--protocol", "Discharge at 1C"]),
            ("alloycell study", 2.5, ["study", str(DESIGN), "--out", folder]),
        )
        bare = _median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
        print(f"{'python -c pass':28s} {bare:6.2f} s")
        for name, goal, words in cases:
            spent = _median(lambda w=words: subprocess.run([door, *w], capture_output=True, check=False))  # type: ignore[misc]
            print(f"{name:28s} {spent:6.2f} s   goal {goal} s")


def million() -> None:
    """Print the duration [s] of a million designs: balance, ledger, values and margins of all clauses; peak memory."""
    cell = Cell.load(DESIGN)
    specifications = [load(name) for name in shipped()]
    names = {name for specification in specifications for name in needed_figures(specification)}
    draw = np.random.default_rng(1)
    moved = {
        "negative.layers[0].thickness": draw.uniform(30e-6, 70e-6, DESIGNS),
        "negative.layers[1].thickness": draw.uniform(1e-6, 4e-6, DESIGNS),
        "positive.layers[0].thickness": draw.uniform(60e-6, 140e-6, DESIGNS),
        "negative.layers[0].active.graphite.first_cycle_efficiency": draw.uniform(0.85, 0.97, DESIGNS),
        "lithium.target": draw.uniform(0.3, 0.7, DESIGNS),
        "operation.discharge_voltage": draw.uniform(2.5, 3.2, DESIGNS),
    }
    cell = cell.with_("case", None)
    begin, inside, worst = time.perf_counter(), 0, 0.0
    for first in range(0, DESIGNS, SLICE):
        sheet = Datasheet(cell.with_all({path: values[first : first + SLICE] for path, values in moved.items()}))
        figures = {name: FIGURES[name].of(sheet) for name in names if name in FIGURES}  # type: ignore[misc]
        worst = max(worst, float(np.max(sheet.ledger.closure)))
        judged = [margins(specification, figures) for specification in specifications]
        inside += int(np.count_nonzero(np.asarray(judged[0]["claim 13"][1]) >= 0))
    spent = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{DESIGNS} designs: {spent:.1f} s (goal 20 s), peak memory {peak:.2f} GB (goal 2 GB)")
    print(f"  worst closure of the lithium ledger {worst:.1e}; {inside} designs inside layered-negative claim 13")


def install_size() -> None:
    """Print the size [MB] of the installed packages of this environment."""
    site = Path(np.__file__).parent.parent
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    own = sum(path.stat().st_size for path in (ROOT / "src").rglob("*") if path.is_file() and path.suffix != ".pyc")
    print(f"installed packages {size / 1e6:.0f} MB (development tools included), alloycell itself {own / 1e6:.1f} MB")
