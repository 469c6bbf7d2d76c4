"""``make`` names what the machine lacks, with the line that installs it, and leaves nothing half made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import REPOSITORY

TOOLS = ("sh", "basename", "awk", "tr", "sed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds what ``make`` reads before there is an environment."""
    folder = tmp_path / "a clone"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", ".ci/requirements", "pyproject.toml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def fake_python(folder: Path, told: str, answer: str) -> Path:
    """An interpreter that runs ``answer`` (shell) for code with ``told`` in it, else the real one."""
    path = folder / "python3.99"
    path.write_text(f'#!/bin/sh\ncase "$2" in *{told}*) {answer};; *) exec "{sys.executable}" "$@";; esac\n')
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What ``make`` in ``folder`` ends with, untouched by a make that runs these tests."""
    surroundings = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )


def requirements(folder: Path, kernel: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """What the look at the machine ends with when it sees no tools but the few that it uses itself."""
    tools = folder / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    told = {"PATH": str(tools), "PYTHON": sys.executable, "KERNEL": kernel, **surroundings}
    script = str(folder / ".ci" / "requirements")
    return subprocess.run([str(tools / "sh"), script], env=told, capture_output=True, text=True, check=False)


def test_make_alone_lists_every_target(clone):
    lines = (clone / "Makefile").read_text(encoding="utf-8").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY:")).split()[1:]
    listed = [line.split()[0] for line in make(clone).stdout.splitlines()[1:]]
    assert listed == [target for target in phony if target != "again"]
    assert {"demo", "check", "test", "verify", "bench", "clean"} <= set(listed)


def test_a_missing_python_is_named_with_the_line_that_installs_it(clone):
    ended = make(clone, "PYTHON=/nowhere/python3", "check")
    assert ended.returncode != 0
    assert "/nowhere/python3 is not there" in ended.stderr
    assert "sudo apt-get install -y python3 python3-venv python3-dev\n" in ended.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_is_too_old_is_named_with_its_version(clone):
    old = fake_python(clone, "version", 'case "$2" in *platform*) echo 3.9.2;; *) exit 1;; esac')
    ended = make(clone, f"PYTHON={old}", "test")
    assert ended.returncode != 0
    assert "is 3.9.2" in ended.stderr
    assert "make PYTHON=python3.11" in ended.stderr


def test_a_missing_venv_is_named_after_the_interpreter(clone):
    ended = make(clone, f"PYTHON={fake_python(clone, 'ensurepip', 'exit 1')}", "demo")
    assert ended.returncode != 0
    assert "sudo apt-get install -y python3.99-venv python3.99-dev\n" in ended.stderr
    assert "dnf install -y python3.99 python3.99-devel\n" in ended.stderr
    assert not (clone / ".venv").exists()


def test_a_compiler_is_asked_for_only_once_there_is_a_kernel(clone):
    ended = requirements(clone, kernel="", CXX="nowhere")
    assert (ended.returncode, ended.stderr) == (0, "")
    shutil.rmtree(clone / "tools")
    ended = requirements(clone, kernel="kernel/run.hpp", CXX="nowhere")
    assert ended.returncode == 1
    assert "a C++ compiler" in ended.stderr
    assert "g++" in ended.stderr


def test_headers_are_asked_for_only_once_there_is_a_kernel(clone):
    bare = fake_python(clone, "Python.h", "exit 1")
    assert requirements(clone, kernel="", PYTHON=str(bare)).returncode == 0
    shutil.rmtree(clone / "tools")
    ended = requirements(clone, kernel="CMakeLists.txt", PYTHON=str(bare), CXX="sh")
    assert "Missing: Python.h" in ended.stderr
    assert "sudo apt-get install -y python3.99-dev\n" in ended.stderr


def test_a_kernel_in_the_tree_is_what_asks_for_it(clone):
    bare = fake_python(clone, "Python.h", "exit 1")
    (clone / "CMakeLists.txt").write_text("")
    assert "Missing: Python.h" in make(clone, f"PYTHON={bare}", "check").stderr


def test_without_a_network_the_comparison_with_pybamm_is_left_out_and_that_is_said(clone):
    (clone / ".venv").mkdir()
    stamp = clone / ".venv" / ".stamp"
    stamp.touch()
    ended = make(clone, "-o", ".venv/.stamp", "AGAIN=", "PIP=false", ".venv/.peer")
    assert ended.returncode == 0
    assert "the comparison with it is left out" in ended.stdout
    assert sorted((clone / ".venv").iterdir()) == [stamp]


def test_ci_runs_what_people_run():
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)
    assert script.index("make check") < script.index("make test")
    assert "set -euo pipefail" in script
