"""Colours and hatches by role: the eight colours of Okabe and Ito and greys, never a colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["EDGE", "FAINT", "INK", "MARKS", "ROLES", "WINDOW", "Ink", "Mark", "ink_of", "lighter"]

INK = "#1c2126"
"""Colour of text and axes; no units."""

FAINT = "#6b737b"
"""Colour of remarks; no units."""

EDGE = "#b9bfc5"
"""Colour of grid lines and frames; no units."""

WINDOW = "#f7edc9"
"""Colour of the ground of a lithium window; no units."""


@dataclass(frozen=True, slots=True)
class Ink:
    """How a role is filled: colour, hatch of matplotlib and the colour of hatch and outline; no units."""

    fill: str
    hatch: str = ""
    line: str = "#ffffff"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a result looks: colour, marker of matplotlib, and whether the marker is filled; no units."""

    colour: str
    marker: str
    filled: bool = True


ROLES: Mapping[str, Ink] = MappingProxyType(
    {
        "positive": Ink("#0072B2"),
        "carbon": Ink("#595f66"),
        "alloy": Ink("#D55E00"),
        "blend": Ink("#E69F00", "", INK),
        "plated": Ink("#CC79A7", "xx", "#5b2545"),
        "lost": Ink("#e3e6e9", "////", "#7b838b"),
        "metal": Ink("#F0E442", "..", "#6e6700"),
        "negative foil": Ink("#d9b99b", "", INK),
        "positive foil": Ink("#cfd6dc", "", INK),
        "separator": Ink("#fbf8ee", "..", "#a59d7c"),
        "other": Ink("#56B4E9", "", INK),
    }
)
"""What each role is filled with; no units."""

MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "inside": Mark("#009E73", "o"),
        "outside": Mark("#D55E00", "X"),
        "undecidable": Mark("#E69F00", "D"),
        "unknown": Mark("#6b737b", "s", filled=False),
        "not applicable": Mark("#9aa1a8", "_"),
    }
)
"""How each result of a clause looks; no units."""

_HATCHES = ("", "\\\\\\", "xx", "oo", "++", "--")


def ink_of(role: str, turn: int = 0, dense: bool = False) -> Ink:
    """The ink of ``role``; the ``turn``-th of several of one role is lighter and hatched, a dense film is hatched.

    ``turn`` counts from 0; no units.
    """
    ink = ROLES.get(role, ROLES["other"])
    fill = lighter(ink.fill, min(0.22 * turn, 0.6)) if turn else ink.fill
    hatch = ink.hatch if turn == 0 else _HATCHES[turn % len(_HATCHES)]
    hatch = "////" if dense else hatch
    return Ink(fill, hatch, ink.line)


def lighter(colour: str, share: float) -> str:
    """``colour`` (#rrggbb) mixed with white; ``share`` of white is 0 to 1."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)
