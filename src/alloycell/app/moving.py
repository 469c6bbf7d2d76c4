"""What moves a simulated run most: fields of a design ranked by exact derivatives, as a table and as data."""

from __future__ import annotations

from pathlib import Path

from alloycell.app.layout import Column, blocks, heading, paragraph, table
from alloycell.app.reply import Reply, Screen
from alloycell.cell import Cell
from alloycell.simulate import Options, Sensitivities, sensitivities

__all__ = ["ALL", "moving_reply"]

ALL = "all"
"""Stands for every number of the design that moves the run; no units."""


def moving_reply(cell: Cell, fields: list[str], text: str, options: Options, folder: Path) -> Reply:
    """``cell`` through the steps ``text`` with derivatives by ``fields`` (dotted paths, or :data:`ALL`); SI in data."""
    found = sensitivities(cell, text, None if ALL in fields else fields, options, folder=folder)
    return Reply(
        lambda screen: _text(found, cell.name, screen), found.to_dict, 0 if found.result.outcome.finished else 4
    )


def _text(found: Sensitivities, name: str, screen: Screen) -> str:
    result = found.result
    columns = [Column("Field", wrap=True), Column("Value", right=True)]
    columns += [Column(_title(figure), right=True) for figure in found.figures]
    moves = [found.per_percent(slopes) for _, slopes in found.figures.values()]
    rows = []
    for number in found.ranking:
        field = found.fields[number]
        cells = [
            _cell(figure, value, float(move[number]))
            for (figure, (value, _)), move in zip(found.figures.items(), moves, strict=True)
        ]
        rows.append([field.path, field.kind.text(field.value), *cells])
    own = ", ".join(f"{_title(figure)} {_own(figure, value)}" for figure, (value, _) in found.figures.items())
    note = "For 1 % more of each field alone: derivatives of the run itself, good for small changes."
    return blocks(
        heading(f"{name}: what moves {result.protocol}".replace("\n", "; "), screen),
        table(columns, rows, screen),
        paragraph(f"Without a change: {own}.", screen),
        paragraph(str(result.outcome), screen),
        "" if screen.quiet else paragraph(note, screen),
        *(paragraph(warning, screen) for warning in result.warnings),
    )


def _share(figure: str) -> bool:
    return figure.startswith("lithium fraction")


def _title(figure: str) -> str:
    return figure.replace("lithium fraction of", "Li in") if _share(figure) else figure.partition(" [")[0]


def _cell(figure: str, value: float, move: float) -> str:
    """A change of one figure: points of at% for a lithium fraction, per cent of itself for all others."""
    if _share(figure):
        return f"{100 * move:+.3f} at%"
    return f"{100 * move / value:+.3f} %" if value else ""


def _own(figure: str, value: float) -> str:
    from alloycell.quantities import KINDS

    kinds = {"capacity [C/m2]": "charge per area", "discharge energy [J/m2]": "energy per area"}
    if figure in kinds:
        return KINDS[kinds[figure]].text(value)
    return KINDS["atom fraction"].text(value) if _share(figure) else f"{value / 3600:.4g} h"
