"""Small CSV tables with a header line, every fault with its line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alloycell.errors import FormatError, shown

__all__ = ["Table", "read_table"]

_LARGEST, _LONGEST, _WIDEST = 20_000_000, 20_000, 200
"""Most bytes, rows and columns of a table, counts."""


@dataclass(frozen=True)
class Table:
    """A table of texts: its ``path``, ``header``, ``rows`` of equal length, and the line of each row; no units."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    decimal: str = "."

    def number(self, row: int, column: int) -> float:
        """The number in a cell, unit unchanged. Raises FormatError with line and column."""
        text = self.rows[row][column].strip()
        try:
            value = float(text.replace(self.decimal, ".")) if "_" not in text and len(text) <= 40 else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            where = f"{self.path}, line {self.lines[row]}, column {column + 1}"
            raise FormatError(f"{where}: {shown(text[:40])} is no number; a plain number is needed.")
        return value


def read_table(path: Path, what: str) -> Table:
    """The CSV table at ``path``; ``what`` it should be is for messages. No unit is applied. Raises FormatError.

    Columns are parted by comma, semicolon or tab; lines that start with # are remarks. With semicolons the decimal
    sign may be a comma.
    """
    text = _text(path, what)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if len(lines) < 2:
        raise FormatError(f"{path} has {len(lines)} lines; {what} needs a header and at least one row.")
    if len(lines) > _LONGEST:
        raise FormatError(f"{path} has {len(lines)} lines; {what} has at most {_LONGEST}.")
    mark = next((sign for sign in (";", "\t", ",") if sign in lines[0][1]), ",")
    cells = _cells(path, [line for _, line in lines], mark)
    width = len(cells[0])
    if width > _WIDEST:
        raise FormatError(f"{path} has {width} columns; {what} has at most {_WIDEST}.")
    for (number, _), row in zip(lines, cells, strict=True):
        if len(row) != width:
            raise FormatError(f"{path}, line {number}, column 1: {len(row)} columns; the header has {width}.")
    rows = tuple(tuple(row) for row in cells[1:])
    header = tuple(cell.strip() for cell in cells[0])
    return Table(path, header, rows, tuple(number for number, _ in lines[1:]), "," if mark != "," else ".")


def _cells(path: Path, lines: Sequence[str], mark: str) -> list[list[str]]:
    try:
        return [next(csv.reader([line], delimiter=mark, strict=True)) for line in lines]
    except csv.Error as problem:
        raise FormatError(f"{path} is no CSV table: {problem}.") from None


def _text(path: Path, what: str) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise FormatError(f"{path} has more than {_LARGEST // 1_000_000} MB; {what} has a few kB.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise FormatError(f"{path} does not exist; {what} is needed.") from None
    except UnicodeDecodeError as problem:
        raise FormatError(f"{path}, byte {problem.start}: not UTF-8 text; save {what} as UTF-8.") from None
    except (OSError, ValueError) as problem:
        raise FormatError(f"{path} cannot be read: {problem}.") from None
