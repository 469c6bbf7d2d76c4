"""Files that a step follows: CSV with a time and a current, power or rate, or one of the Battery Data Format.

Battery Data Alliance, Battery Data Format ontology 1.2 (2026), preferred labels and machine-readable names. There a
current that charges is positive, so its currents and powers change their sign here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path
from types import MappingProxyType

from alloycell.errors import Fault, ProtocolError, shown

__all__ = ["FOLLOWED", "TIMES", "followed_file"]

FOLLOWED: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "current_A": ("current", 1.0), "power_W": ("power", 1.0), "current_A_m2": ("current per area", 1.0),
        "c_rate": ("rate", 1.0),
        "Current / A": ("current", -1.0), "current_ampere": ("current", -1.0), "Power / W": ("power", -1.0),
        "power_watt": ("power", -1.0), "Current / A/m2": ("current per area", -1.0),
    }
)  # fmt: skip
"""Columns that a step can follow: kind of amount, and the sign that makes it positive for discharge [A, W, A/m2, 1]."""

TIMES = ("time_s", "test_time_s", "Test Time / s", "test_time_second")
"""Columns of time [s] in a file to follow."""


def followed_file(path: Path, where: str) -> tuple[str, tuple[tuple[float, float], ...]]:
    """What a step follows in the CSV file ``path``: kind of amount, and pairs of duration [s] and value [SI].

    A value holds from its own time to the next; of rows with one time the last counts. Values come out positive for
    discharge. ``where`` names the step in the ProtocolError for a file that cannot be followed.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not text"
        found = f"follows {shown(path.name)}"
        raise ProtocolError(Fault(where, found, f"that file cannot be read: {reason}")) from None
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    header = [cell.strip() for cell in next(csv.reader([rows[0][1]]))] if rows else []
    time = next((name for name in TIMES if name in header), None)
    value = next((name for name in FOLLOWED if name in header), None)
    here = f"{where}, {path.name}"
    if time is None or value is None:
        needed = f"a column {' or '.join(TIMES)} and one of {', '.join(FOLLOWED)} are needed"
        raise ProtocolError(Fault(here, f"has the columns {shown(', '.join(header)) if header else 'none'}", needed))
    columns = header.index(time), header.index(value)
    kind, sign = FOLLOWED[value]
    points = [_point(line, columns, f"{here}, line {number}") for number, line in rows[1:]]
    steps = []
    for (number, _), ((before, held), (after, _)) in zip(rows[2:], pairwise(points), strict=True):
        if after < before:
            found = f"goes back from {before:g} s to {after:g} s"
            raise ProtocolError(Fault(f"{here}, line {number}", found, "times that do not fall are needed"))
        if after > before:
            steps.append((after - before, sign * held + 0.0))
    if not steps:
        raise ProtocolError(Fault(here, "has no two different times", "two rows or more, with times that rise"))
    return kind, tuple(steps)


def _point(line: str, columns: tuple[int, int], where: str) -> tuple[float, float]:
    cells = next(csv.reader([line]))
    try:
        time, value = (float(cells[column]) for column in columns)
    except (ValueError, IndexError):
        time = value = float("nan")
    if not (isfinite(time) and isfinite(value)):
        raise ProtocolError(Fault(where, f"is {shown(line)}", "every row needs finite numbers under time and value"))
    return time, value
