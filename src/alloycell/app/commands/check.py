"""``alloycell check``: is it inside, and by what margin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet, Specifications
from alloycell.app.reply import Reply
from alloycell.files import read_toml

if TYPE_CHECKING:
    from alloycell.app.reply import Screen
    from alloycell.check import Specification, Verdict

__all__ = ["check"]

_Judged = tuple[list["Verdict"], dict[tuple[str, str], Any], tuple[str, ...]]


def check(
    subject: Annotated[
        Path,
        typer.Argument(
            metavar="DESIGN|MEASURED",
            help="File of a design, of a particle, or of measured figures (TOML).",
            show_default=False,
        ),
    ],
    specification: Specifications = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Say whether it is inside, and by what margin.

    Holds a design, or measured figures, against specifications: its own, else all that are shipped. Exit status: 0
    inside, 1 outside, 3 undecidable or unknown.
    """
    from alloycell.app.verdicts import combined_status, verdict_data

    tables = read_toml(subject)
    judge = {"measured": _measured, "particle": _particle}.get(str(tables.get("kind")), _design)
    verdicts, repairs, notes = judge(subject, tables, specification)
    status = combined_status(verdicts)
    return Reply(
        lambda screen: _text(verdicts, repairs, notes, screen),
        lambda: {
            "exit_status": status,
            "specifications": [verdict_data(entry, repairs) for entry in verdicts],
            "notes": list(notes),
        },
        status,
    )


def _design(path: Path, tables: dict[str, Any], asked: list[str] | None) -> _Judged:
    from alloycell.app.inputs import specifications_for
    from alloycell.cell import Cell, Datasheet
    from alloycell.cell.provenance import plating_warning
    from alloycell.studies import check_cell, repairs_for

    folder = path.resolve().parent
    cell = Cell.of(tables, folder=folder)
    verdicts, repairs = [], {}
    for entry in specifications_for(asked, cell.specifications, folder):
        verdict = check_cell(cell, entry)
        verdicts.append(verdict)
        for clause, repair in repairs_for(cell, entry, verdict).items():
            repairs[entry.name, clause] = repair
    plating = plating_warning(Datasheet(cell))
    return verdicts, repairs, () if plating is None else (plating,)


def _text(verdicts: list[Verdict], repairs: Any, notes: tuple[str, ...], screen: Screen) -> str:
    from alloycell.app.layout import blocks, paragraph
    from alloycell.app.verdicts import verdicts_text

    return blocks(verdicts_text(verdicts, repairs, screen), *(paragraph(note, screen) for note in notes))


def _measured(path: Path, tables: dict[str, Any], asked: list[str] | None) -> _Judged:
    from alloycell.app.inputs import specifications_for
    from alloycell.check import Measured, judge, load, shipped

    given = Measured.of(tables)
    speaking = [name for name in shipped() if set(given.figures) & _figures(load(name))]
    chosen = specifications_for(asked, given.specifications, path.resolve().parent, speaking)
    return [judge(entry, given.figures, given.spread, given.remarks) for entry in chosen], {}, ()


def _particle(path: Path, tables: dict[str, Any], asked: list[str] | None) -> _Judged:
    from alloycell.app.particles import subjects_of, verdicts_on

    (subject,) = subjects_of(path, asked)
    return list(verdicts_on(subject)), {}, ()


def _figures(specification: Specification) -> set[str]:
    return {name for clause in specification.clauses for name in clause.parameters().values()}
