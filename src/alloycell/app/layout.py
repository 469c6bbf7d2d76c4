"""Plain text that fits a terminal: paragraphs, lists of pairs, tables that turn into cards where it is narrow."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from alloycell.app.reply import Screen

__all__ = ["Column", "blocks", "clean", "glued", "heading", "pairs", "paragraph", "table"]

_GAP = 2
_NARROWEST = 14
_TIED = "\N{NO-BREAK SPACE}"
_UNIT = re.compile(r"(?<=\d) (?=(?!to\b|and\b|or\b)[A-Za-z%])|(?<=\+-) ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, whether it may wrap, stands right, names a result; no units."""

    title: str
    wrap: bool = False
    right: bool = False
    result: bool = False


def clean(text: str) -> str:
    """``text`` on one line without anything that would steer a terminal; no units."""
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "?" for letter in text)


def glued(text: str) -> str:
    """``text`` with numbers tied to their units, so that no line ends between them (units unchanged)."""
    return _UNIT.sub(_TIED, text)


def heading(text: str, screen: Screen) -> str:
    """``text`` as a title, wrapped; no units."""
    return "\n".join(screen.strong(line) for line in _wrapped(clean(text), screen.width))


def paragraph(text: str, screen: Screen, indent: str = "") -> str:
    """``text`` wrapped to the screen, following lines moved in as far as the first; no units."""
    return textwrap.fill(clean(text), max(screen.width, 20), initial_indent=indent, subsequent_indent=indent)


def pairs(rows: Sequence[tuple[str, str]], screen: Screen) -> str:
    """Names and values in two columns; long values wrap under themselves; no units of its own."""
    if not rows:
        return ""
    names = [clean(name) for name, _ in rows]
    width = min(max(map(len, names)), max(screen.width // 2, 10))
    lines = []
    for name, (_, value) in zip(names, rows, strict=True):
        indent = " " * (len(name) - len(name.lstrip()))
        left = [indent + part for part in _wrapped(name.lstrip(), width - len(indent))]
        right = _wrapped(clean(value), max(screen.width - width - _GAP, 16))
        for one, other in zip_longest(left, right, fillvalue=""):
            lines.append(f"{one:<{width}}{' ' * _GAP}{other}".rstrip())
    return "\n".join(lines)


def blocks(*parts: str) -> str:
    """The parts that are not empty with a blank line between them; no units."""
    return "\n\n".join(part for part in parts if part)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], screen: Screen) -> str:
    """A table that fits the screen; where it cannot, one card a row; no units of its own.

    Columns without an entry are left out.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    kept = [index for index in range(len(columns)) if any(row[index] for row in cells)]
    columns = [columns[index] for index in kept]
    cells = [[row[index] for index in kept] for row in cells]
    widths = _widths(columns, cells, screen.width)
    if widths is None:
        return _cards(columns, cells, screen)
    lines = _row([column.title for column in columns], columns, widths, screen)
    lines.append("  ".join("-" * width for width in widths))
    for row in cells:
        lines += _row(row, columns, widths, screen)
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    return [line.replace(_TIED, " ") for line in textwrap.wrap(glued(text), max(width, 1))]


def _widths(columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int) -> list[int] | None:
    natural = [
        max(len(text) for text in (column.title, *(row[i] for row in cells))) for i, column in enumerate(columns)
    ]
    room = width - _GAP * (len(columns) - 1)
    if sum(natural) <= room:
        return natural
    wrapping = sorted((i for i, column in enumerate(columns) if column.wrap), key=lambda i: natural[i])
    room -= sum(natural[i] for i, column in enumerate(columns) if not column.wrap)
    if room < sum(min(natural[i], _NARROWEST) for i in wrapping) or not wrapping:
        return None
    for place, index in enumerate(wrapping):
        natural[index] = min(natural[index], room // (len(wrapping) - place))
        room -= natural[index]
    return natural


def _row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int], screen: Screen) -> list[str]:
    wrapped = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
    lines = []
    for parts in zip_longest(*wrapped, fillvalue=""):
        texts = []
        for part, column, width in zip(parts, columns, widths, strict=True):
            padded = f"{part:>{width}}" if column.right else f"{part:<{width}}"
            texts.append(screen.mark(padded) if column.result else padded)
        lines.append((" " * _GAP).join(texts).rstrip())
    return lines


def _cards(columns: Sequence[Column], cells: Sequence[Sequence[str]], screen: Screen) -> str:
    cards = []
    for row in cells:
        told = [(column.title, text) for column, text in zip(columns, row, strict=True) if text]
        lines = pairs(told[1:], Screen(screen.width - 2)).splitlines()
        marked = [text for column, text in zip(columns, row, strict=True) if column.result]
        lines = [
            line.replace(word, screen.mark(word)) if line.endswith(word) else line
            for line in lines
            for word in (marked or ["\0"])
        ]
        cards.append("\n".join([*_wrapped(told[0][1] if told else "", screen.width), *(f"  {line}" for line in lines)]))
    return "\n".join(cards)
