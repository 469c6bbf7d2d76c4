"""``make bench``: the commands, a million designs, and the solver beside PyBaMM, pair by pair.

Times are medians on this machine at this moment; they are printed, never asserted.
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from benchmarks import ROOT
from benchmarks.by_itself import commands, install_size, million
from benchmarks.goals import table

__all__ = ["main"]

LEGEND = """
Errors: largest difference of voltage from 1 s on, at a code's own output times, against its own converged run (x 160
and 24 modes; x 80 and 120 graded shells). "equal error": the quickest setting of each code under 1 mV. Errors of cycles
(end time of the first) and of the drive (voltage at every second) are those in time, against stricter tolerances.
PyBaMM: built once, IDAKLU, solved again with the outputs asked for; of its cycles 100 are run and scaled to 1000."""


def main() -> None:
    """Run every benchmark and print it (seconds, GB, MB, ratios)."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--pairs", type=int, default=9, help="alternating pairs of runs with PyBaMM")
    parser.add_argument("--only", choices=("solver",), help="leave the rest out")
    asked = parser.parse_args()
    if asked.only is None:
        commands()
        million()
        install_size()
    if find_spec("pybamm") is None:
        print("PyBaMM is not installed: nothing to compare the solver with. With a network: make bench")
        return
    sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("verification", "crosscheck")]
    from benchmarks.against_pybamm import against_pybamm

    print(f"\nBeside PyBaMM, {asked.pairs} alternating pairs, medians, one thread each:", flush=True)
    print(f"\n{table(against_pybamm(asked.pairs))}\n{LEGEND}")


if __name__ == "__main__":
    main()
