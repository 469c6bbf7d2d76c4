"""The solver's parts without Python: logarithm, tables, elimination, differences, and small cells under sanitizers.

Logarithm and exponential against the standard library, tables against the cubic they hold, block elimination against
Gauss with pivots, backward differences against polynomials; small cells (hysteresis, shells, lithium metal, a moving
temperature) through six steps, with output that runs full and currents beyond all sense. tests/kernel/parts.cpp is the
program. The slow test runs it with the address and the undefined-behaviour sanitizer: they watch every access.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from alloycell.simulate.kernel import fitting

ROOT = Path(__file__).parents[2]
COMPILER = shutil.which(os.environ.get("CXX", "c++")) or ""
FLAGS = ("-std=c++17", "-O1", "-Wall", "-Wextra", "-Wno-psabi", "-ffp-contract=off", f"-I{ROOT / 'kernel'}")
SANITIZERS = ("-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


def ended(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """How the program ends, compiled into ``folder`` with ``flags``; the test is left out where nothing compiles it."""
    program = folder / "parts"
    made = subprocess.run([COMPILER, *FLAGS, *flags, str(ROOT / "tests" / "kernel" / "parts.cpp"), "-o", str(program)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if made.returncode and "-fsanitize" in " ".join(flags) and "san" in made.stderr:
        pytest.skip("this compiler has no sanitizers")
    assert not made.returncode, made.stderr
    assert not made.stderr
    return subprocess.run([str(program)], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not COMPILER, reason="no C++ compiler")
def test_the_parts_of_the_solver_do_what_they_say(tmp_path):
    wide = [f"-march=x86-64-{fitting()[0]}"] if len(fitting()) > 1 else []
    program = ended(tmp_path, *wide)
    assert program.stdout == "all sentences hold\n"
    assert program.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not COMPILER, reason="no C++ compiler")
def test_sanitizers_find_nothing_in_the_solver(tmp_path, record_property):
    program = ended(tmp_path, *SANITIZERS)
    record_property("reports of the sanitizers, count", program.stderr.count("ERROR") + program.stderr.count("runtime"))
    assert not program.stderr
    assert program.stdout == "all sentences hold\n"
