"""Curves from CSV files of a person's own: read, or refused with every fault by file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from alloycell.errors import Fault, MaterialError, shown
from alloycell.materials.potential import monotone_falling
from alloycell.quantities import FloatArray, frozen_array

__all__ = ["MOST_CHANGE", "read_curve", "read_diffusivity"]

MOST_CHANGE = 0.05
"""Most that a point of a published curve may be moved to make it fall [V], assumed; more is a fault of the file."""

_NARROWEST = 0.1
_MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands beside x: the header of its column, its symbol, unit, limits [of the unit], and fewest points."""

    name: str
    symbol: str
    unit: str
    low: float
    high: float
    fewest: int
    row: str

    @property
    def header(self) -> str:
        """The header of the file; no units of its own."""
        return f"x,{self.name}"

    @property
    def shape(self) -> str:
        """What a file must look like; no units of its own."""
        return f'the first line that is no remark must be "{self.header}", and every row two numbers such as {self.row}'


_POTENTIAL = _Column("U_V", "U", "V", -1.0, 6.0, 4, "0.25,0.132")
_DIFFUSIVITY = _Column("D_m2_s", "D", "m2/s", 1e-24, 1e-6, 2, "0.25,3e-14")


def read_curve(path: Path) -> tuple[FloatArray, FloatArray]:
    """The columns x (dimensionless, 0 to 1) and potential [V] of a curve file, each of shape (k,).

    The file is CSV: lines starting with ``#`` are remarks, then a header ``x,U_V``, then numbers, x rising, potential
    falling but for noise below :data:`MOST_CHANGE`. Raises MaterialError with file and line of every fault.
    """
    rows, faults = _read(path, _POTENTIAL)
    faults = faults or [*_rise_faults(path.name, rows), *_width_faults(path.name, rows)]
    return _columns(path.name, rows, faults)


def read_diffusivity(path: Path) -> tuple[FloatArray, FloatArray]:
    """The columns x (dimensionless, 0 to 1) and diffusivity [m2/s] of a file like that of :func:`read_curve`.

    The header is ``x,D_m2_s``. Raises MaterialError with file and line of every fault.
    """
    return _columns(path.name, *_read(path, _DIFFUSIVITY))


_Rows = Sequence[tuple[int, float, float]]


def _columns(name: str, rows: _Rows, faults: Sequence[Fault]) -> tuple[FloatArray, FloatArray]:
    if faults:
        more = len(faults) - _MOST_TOLD
        told = [Fault(name, f"has {more} more faults", "the first ones say what to mend")] if more > 0 else []
        raise MaterialError([*faults[:_MOST_TOLD], *told])
    table = np.array([row[1:] for row in rows])
    return frozen_array(table[:, 0]), frozen_array(table[:, 1])


def _read(path: Path, column: _Column) -> tuple[_Rows, list[Fault]]:
    """Line, x and value of every row of the file, and what is wrong with them."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        needed = f"a curve is a CSV file in UTF-8 with columns {column.header}"
        raise MaterialError(Fault(path.name, f"cannot be read: {problem}", needed)) from None
    used = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and line.lstrip()[0] != "#"]
    if used and _cells(used[0][1]) != column.header.split(","):
        raise MaterialError(_header_fault(path.name, *used[0], column))
    rows: list[tuple[int, float, float]] = []
    faults: list[Fault] = []
    for number, line in used[1:]:
        point = _point(line)
        if point is None:
            remedy = "Write a decimal point, and a comma between the two" if ";" in line or line.count(",") > 1 else ""
            found = f"is {shown(line)}, not two numbers {column.header}"
            faults.append(Fault(f"{path.name}, line {number}", found, column.shape, remedy))
        else:
            rows.append((number, *point))
    faults += [*_range_faults(path.name, rows, column)] or [*_order_faults(path.name, rows)]
    if not faults and len(rows) < column.fewest:
        found = f"has {len(rows)} points"
        faults.append(Fault(path.name, found, f"a curve needs at least {column.fewest}, better twenty"))
    return rows, faults


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]))]


def _header_fault(name: str, number: int, line: str, column: _Column) -> Fault:
    found = f"has {shown(line)} as the header"
    cells = _cells(line)
    remedy = ""
    if ";" in line or "\t" in line:
        remedy = "Part the columns by commas"
    elif _point(line) is not None:
        remedy = "Write the header above the first row"
    elif "mV" in line:
        remedy = "Give volts, not millivolts"
    elif cells[::-1] == column.header.split(","):
        remedy = "Exchange the two columns"
    elif len(cells) > 2:
        remedy = f"Keep two columns: x, the share of the capacity from 0 to 1, and {column.name}"
    return Fault(f"{name}, line {number}", found, column.shape, remedy)


def _point(line: str) -> tuple[float, float] | None:
    try:
        x, potential = (float(cell) for cell in _cells(line))
    except ValueError:
        return None
    return x, potential


def _range_faults(name: str, rows: _Rows, column: _Column) -> Iterator[Fault]:
    """Points outside the limits, or not finite; where most are, the unit that they seem to have."""
    far = [row for row in rows if not (0 <= row[1] <= 1 and column.low < row[2] < column.high)]
    remedy = ""
    if 2 * len(far) > len(rows) > 2:
        remedy = _wrong_unit([x for _, x, _ in far], [value for *_, value in far], column)
    needed = f"x must lie in 0 to 1, {column.symbol} in {column.low:g} to {column.high:g} {column.unit}"
    for number, x, value in far:
        found = f"holds x = {x:g}, {column.symbol} = {value:g} {column.unit}"
        yield Fault(f"{name}, line {number}", found, needed, remedy)


def _wrong_unit(x: Sequence[float], values: Sequence[float], column: _Column) -> str:
    """What to do about points that all look like another unit; empty where they do not."""
    if column is _POTENTIAL and all(6 <= value < 6000 for value in values):
        return "These look like millivolts: divide them by 1000"
    if not all(share > 1 for share in x):
        return ""
    if max(x) <= 100:
        return "These look like percent: divide x by 100"
    return "These look like mAh/g: divide x by the capacity at which the curve ends"


def _order_faults(name: str, rows: _Rows) -> Iterator[Fault]:
    """Points whose x does not rise: given twice, or out of order."""
    x = [row[1] for row in rows]
    if len(x) > 1 and all(after < before for before, after in pairwise(x)):
        found = f"has x = {x[1]:g}, which does not rise, nor does any after it"
        yield Fault(f"{name}, line {rows[1][0]}", found, "rows must run from empty to full", "Turn their order round")
        return
    for (_, before, _), (number, here, _) in pairwise(rows):
        if here == before:
            found, remedy = (
                f"has x = {here:g}, which does not rise: it is there twice",
                "Keep one of the two rows, or their mean",
            )
        elif here < before:
            found, remedy = (
                f"has x = {here:g}, which does not rise: {before:g} stands before it",
                "Sort the rows by rising x",
            )
        else:
            continue
        yield Fault(f"{name}, line {number}", found, "every x must be above the one before", remedy)


def _rise_faults(name: str, rows: _Rows) -> Iterator[Fault]:
    """Where the potential rises by more than noise: the row with the largest step up."""
    u = np.array([row[2] for row in rows])
    change = float(np.max(np.abs(monotone_falling(u) - u))) if u.size else 0.0
    if change <= MOST_CHANGE:
        return
    steps = np.diff(u)
    worst = int(np.argmax(steps))
    found = f"has a potential that rises from {u[worst]:g} V to {u[worst + 1]:g} V"
    needed = f"it must fall while lithium is taken; noise below {1000 * MOST_CHANGE:g} mV is made falling"
    turned = bool(np.mean(steps > 0) > 0.5)
    remedy = (
        "x must count lithium in the material, 0 without any: give 1 - x" if turned else "Mend or leave out the row"
    )
    yield Fault(f"{name}, line {rows[worst + 1][0]}", found, needed, remedy)


def _width_faults(name: str, rows: _Rows) -> Iterator[Fault]:
    """Points on too little of the capacity."""
    if rows[-1][1] - rows[0][1] < _NARROWEST:
        found = f"covers x from {rows[0][1]:g} to {rows[-1][1]:g}"
        yield Fault(name, found, f"a curve needs at least {_NARROWEST:g} of the capacity", "Is x the share of it?")
