"""How numbers and names are written on the page: unit text as typeset, absent values in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from alloycell.quantities import KINDS, FloatArray, Number

__all__ = ["DASH", "Column", "Table", "amount", "figure_words", "joined", "plain", "scalar", "typeset"]

DASH = "–"
"""What a table shows where a design does not have a figure; no units."""


_UNITS = "%|[aw]t%|[µmn]?m[²³]?\\b|cm|[mµ]?Ah|m?Wh|m?V\\b|m?g\\b|m?g/|µmol|°C"


@dataclass(frozen=True, slots=True)
class Column:
    """Head of one column: what it holds, its unit as text, and whether it is numbers; no units of its own."""

    title: str
    unit: str = ""
    numbers: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts: columns, rows, a last row of totals where there is one; no units of its own."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


def typeset(text: str) -> str:
    """``text`` of alloycell with units as printed: um, cm2, degC, +- and minus become µm, cm², °C, ±, −; no units."""
    text = re.sub(r"\bum\b", "µm", text)
    text = re.sub(r"\b([cmunk]?m)([23])\b", lambda found: found[1] + ("²" if found[2] == "2" else "³"), text)
    text = re.sub(r"\bdegC\b", "°C", text).replace("+-", "±").replace("->", "→").replace("umol", "µmol")
    text = re.sub(r"(?<![\w.)\]-])-(?=[\d.])", "−", text)
    return re.sub(rf"(?<=\d) (?=(?:{_UNITS}))", "\u00a0", text)


def joined(text: str) -> str:
    """``text`` such as "45 at% ± 2 at%" with a repeated unit written once; units unchanged."""
    return re.sub(r"^(\S+)\s(\S+) ± (\S+)\s\2$", "\\1 ± \\3\u00a0\\2", text)


def scalar(value: Number | FloatArray) -> float:
    """``value`` of one design as a plain float, unit unchanged."""
    return float(np.asarray(value))


def amount(kind: str, value: Number | None, digits: int = 4) -> str:
    """``value`` [SI of ``kind``] with its unit as printed; a dash where there is none, "not defined" for NaN."""
    return DASH if value is None else typeset(KINDS[kind].text(scalar(value), digits))


def plain(kind: str, value: Number | None, digits: int = 4) -> str:
    """``value`` [SI of ``kind``] in the unit a person is shown, without the unit text (the column head has it)."""
    if value is None:
        return DASH
    shown = scalar(KINDS[kind].in_shown(value))
    return "not defined" if np.isnan(shown) else typeset(f"{shown:.{digits}g}")


def figure_words(name: str) -> str:
    """The name of a figure as words; no units."""
    return name if name == "x_max" else name.replace("_", " ")
