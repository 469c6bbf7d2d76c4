"""Both codes by turns, one thread each, same outputs: the goals of speed, with the error of each code beside.

PyBaMM's time is that of solving a built model again; ours is the kernel's call, which builds its tables anew each time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import ROOT, kernel_runs, pybamm_runs
from benchmarks.accuracy import LIMIT, agreement, cheapest_kernel, cheapest_pybamm, curve, worst
from benchmarks.goals import Goal
from benchmarks.pairs import alternate

__all__ = ["against_pybamm", "cycling", "driving", "first_curve", "many_designs", "single"]

CASES = {"chen": "Chen2020", "composite": "graphite + Si, mixed", "bilayer": "graphite | Si, layered"}
CYCLES, THEIR_CYCLES = 1000, 100
DESIGNS = 512
SECONDS = 1800


def milli(value: float, unit: str) -> str:
    """A value in thousandths of its unit, in words."""
    return f"{1e3 * value:.3g} m{unit}"


def single(case: str, pairs: int) -> Iterator[Goal]:
    """One 1C discharge on the same mesh, and at equal total accuracy."""
    ours, theirs = curve(kernel_runs.discharge(case, 160, 24, 1e-7)), pybamm_runs.reference(case)
    apart = agreement(ours, theirs)
    print(f"{CASES[case]}: references {milli(apart, 'V')} apart (0.2 mV allowed)", flush=True)
    run, solve = kernel_runs.discharge(case), pybamm_runs.discharge(case)
    errors = worst(curve(run), ours), worst(solve(), theirs)
    found = alternate(solve, run[0], pairs)
    name = f"1C discharge, {CASES[case]}"
    shown = (milli(found.ours, "s"), milli(found.theirs, "s"), found.ratio)
    yield Goal(f"{name}, x 20", ">= 50 x", *shown, found.ratio >= 50, *(milli(error, "V") for error in errors))
    mine, other = cheapest_kernel(case, ours), cheapest_pybamm(case, theirs)
    print(f"  at {milli(LIMIT, 'V')}: ours {mine.setting}; PyBaMM {other.setting}", flush=True)
    found = alternate(other.run, mine.run, pairs)
    shown = (milli(found.ours, "s"), milli(found.theirs, "s"), found.ratio)
    met = found.ratio >= 100 and max(mine.error, other.error) <= LIMIT and apart <= 2e-4
    yield Goal(f"{name}, equal error", ">= 100 x", *shown, met, milli(mine.error, "V"), milli(other.error, "V"))


def cycling(pairs: int) -> Goal:
    """1000 cycles of ours beside 100 of PyBaMM's, scaled by ten; errors are those of the first cycle's end in time."""
    run, solve = kernel_runs.cycles(CYCLES), pybamm_runs.cycles(THEIR_CYCLES)
    found = alternate(solve, run[0], pairs, share=CYCLES / THEIR_CYCLES)
    mine = abs(ended(kernel_runs.cycles(1)) / ended(kernel_runs.cycles(1, 1e-8)) - 1)
    ends = [float(pybamm_runs.cycles(1, tolerance)()[0][-1]) for tolerance in (1e-4, 1e-7)]
    other = abs(ends[0] / ends[1] - 1)
    met = found.ours <= 1.5 and found.ratio >= 60
    shown = (f"{found.ours:.2f} s", f"{found.theirs:.1f} s", found.ratio)
    return Goal("1000 CC-CV cycles, Chen2020, x 20", "<= 1.5 s, >= 60 x", *shown, met,
                f"{100 * mine:.1g} % of t", f"{100 * other:.1g} % of t")  # fmt: skip


def ended(run: kernel_runs.Run) -> float:
    """End of our run [s]."""
    return float(curve(run)[0][-1])


def profile() -> Any:
    """A made-up drive of 1800 s [A]: half of 1C on average, with two swings, charging pulses among them."""
    t = np.arange(SECONDS + 1.0)
    return 5 * (0.5 + 0.8 * np.sin(2 * np.pi * t / 97) + 0.6 * np.sin(2 * np.pi * t / 13))


def driving(pairs: int) -> Goal:
    """A current that is new every second: ours in stairs through the middles, PyBaMM's straight between the seconds.

    Errors are those in time, against the same mesh and stricter tolerances, at every second.
    """
    bends = profile()
    stairs = (bends[1:] + bends[:-1]) / 2
    run, solve = kernel_runs.drive(stairs), pybamm_runs.drive(bends)
    found = alternate(solve, run[0], pairs)
    mine = float(np.abs(at_ends(run) - at_ends(kernel_runs.drive(stairs, 1e-7))).max())
    other = float(np.abs(solve()[1] - pybamm_runs.drive(bends, 1e-6)()[1]).max())
    shown = (milli(found.ours, "s"), f"{found.theirs:.2f} s", found.ratio)
    return Goal("1800 s of a new current each second", ">= 100 x", *shown, found.ratio >= 100,
                milli(mine, "V"), milli(other, "V"))  # fmt: skip


def at_ends(run: kernel_runs.Run) -> Any:
    """Voltage [V] at the end of each step of our run."""
    run[0]()
    result = run[1]()[0]
    assert result.outcome == "finished", result.outcome
    return result.ends[:, 3]


def many_designs(pairs: int) -> Goal:
    """Designs side by side, by one thread, beside PyBaMM's re-solve of one."""
    run, solve = kernel_runs.designs(DESIGNS), pybamm_runs.discharge("chen")
    found = alternate(lambda: [solve() for _ in range(20)], run[0], pairs, share=DESIGNS / 20)
    rate = DESIGNS / found.ours
    shown = (f"{rate:.0f} per s", f"{DESIGNS / found.theirs:.0f} per s", found.ratio)
    return Goal("designs per second and core, 1C, x 20", ">= 5000 per s", *shown, rate >= 5000)


def first_curve(pairs: int) -> Goal:
    """From a design file to its first simulated curve, in a new process, beside PyBaMM's first solve in one."""
    design = str(ROOT / "examples" / "lg-m50.toml")
    ours = [sys.executable, "-m", "alloycell", "simulate", design, "--protocol", "Discharge at 1C"]
    script = "import pybamm; pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=pybamm.ParameterValues("
    theirs = [sys.executable, "-c", script + "'Chen2020')).solve([0, 3600])"]

    def ran(words: list[str]) -> None:
        subprocess.run(words, check=True, capture_output=True)

    found = alternate(lambda: ran(theirs), lambda: ran(ours), min(pairs, 3))
    shown = (f"{found.ours:.2f} s", f"{found.theirs:.2f} s", found.ratio)
    return Goal("design file to first curve, new process", "<= 1 s", *shown, found.ours <= 1.0)


def against_pybamm(pairs: int) -> list[Goal]:
    """All goals, each measured in ``pairs`` alternating pairs (a count)."""
    goals = [goal for case in CASES for goal in single(case, pairs)]
    for measure in (cycling, many_designs, driving, first_curve):
        goals.append(measure(pairs))
        print(f"{goals[-1].name}: {goals[-1].ours}", flush=True)
    return goals
