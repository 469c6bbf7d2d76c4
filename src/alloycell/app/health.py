"""Checks of an installation, each with what it found in one line."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alloycell.alloy import ParticleFile
from alloycell.alloy.thermochemistry import shipped_thermochemistry
from alloycell.app.commands.new import template_path
from alloycell.app.release import PACKAGES, installed, release
from alloycell.cell import Cell
from alloycell.errors import AlloycellError, MaterialError, RunError, StoreError
from alloycell.files import write_text
from alloycell.materials import Branch, Host, Library
from alloycell.studies import check_particle, study

__all__ = ["EXAMPLE", "PARTICLE", "Finding", "findings"]

EXAMPLE = "layered-silicon"
"""The template that is studied."""

PARTICLE = "titanium-silicon"
"""The template of a particle that is judged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it passed, and what was found; no units."""

    name: str
    passed: bool
    told: str


def findings() -> tuple[Finding, ...]:
    """Every check in order, each with what it found; no units."""
    checks: dict[str, Callable[[], str]] = {
        "versions": _versions,
        "records": _records,
        "curves": _curves,
        "writing": _writing,
        "example": _example,
        "particle": _particle,
    }
    return tuple(_finding(name, check) for name, check in checks.items())


def _finding(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except AlloycellError as problem:
        return Finding(name, False, " ".join(str(problem).split()))


def _versions() -> str:
    missing = [name for name in PACKAGES if installed(name) is None]
    if missing:
        raise RunError(f"{', '.join(missing)} is missing; python -m pip install {' '.join(missing)}")
    told = ", ".join(f"{name} {installed(name)}" for name in PACKAGES)
    return f"alloycell {release()}, Python {platform.python_version()}, {told}"


def _records() -> str:
    library = Library.of()
    names = library.names()
    for name in names:
        library.record(name)
    return f"{len(names)} records load, each value with unit, source and level"


def _curves() -> str:
    library = Library.of()
    hosts = [name for name in library.names() if isinstance(library.record(name), Host)]
    for name in hosts:
        curve = library.hysteresis(name)
        if not (_falls(curve.lithiation) and _falls(curve.delithiation)):
            raise MaterialError(f"the potential of {name} rises with its lithium content")
    changes = {name: library.largest_change(name) for name in hosts}
    worst = max(changes, key=lambda name: changes[name])
    corrected = (
        f"the largest correction is {1000 * changes[worst]:.3g} mV ({worst})"
        if changes[worst]
        else "none was corrected"
    )
    return f"{len(hosts)} potential curves fall with lithium content, {corrected}"


def _falls(branch: Branch) -> bool:
    return bool(np.all(np.diff(branch.content) >= 0) and np.all(np.diff(branch.potential) <= 0))


def _writing() -> str:
    here = Path.cwd()
    try:
        with tempfile.TemporaryDirectory(prefix=".alloycell-", dir=here) as folder:
            write_text(Path(folder) / "report.html", "")
    except OSError as problem:
        raise StoreError(f"{here} cannot be written ({problem.strerror}); reports need --out elsewhere") from None
    return f"reports can be written to {here}"


def _example() -> str:
    found = study(Cell.load(template_path(EXAMPLE)))
    results = ", ".join(f"{verdict.specification} {verdict.result}" for verdict in found.verdicts)
    return f"{EXAMPLE} studied: {results}"


def _particle() -> str:
    records = shipped_thermochemistry()
    file = ParticleFile.load(template_path(PARTICLE))
    verdict = check_particle(file)
    count = f"{len(records.compounds)} phases and {len(records.pairs)} pairs of elements load"
    return f"{count}; {PARTICLE} judged: {verdict.specification} {verdict.result}"
