"""The table of goals: what was aimed at, what was measured, the error of each code, met or not."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Goal", "table"]

HEAD = ("goal", "aim", "alloycell", "PyBaMM", "ratio", "error of ours", "of theirs", "")


@dataclass(frozen=True)
class Goal:
    """One line: name, aim in words, measured times in words, ratio (None where there is none), errors in words."""

    name: str
    aim: str
    ours: str
    theirs: str
    ratio: float | None
    met: bool
    error: str = ""
    their_error: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as words; units are in them."""
        ratio = "" if self.ratio is None else f"{self.ratio:.0f} x"
        met = "met" if self.met else "NOT MET"
        return (self.name, self.aim, self.ours, self.theirs, ratio, self.error, self.their_error, met)


def table(goals: list[Goal]) -> str:
    """The goals as lines of text in columns; units are in the cells."""
    rows = [HEAD, *(goal.cells() for goal in goals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
