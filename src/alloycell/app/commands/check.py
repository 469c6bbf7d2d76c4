"""``alloycell check``: is it inside, and by what margin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet, Specifications
from alloycell.app.reply import Reply
from alloycell.files import read_toml

if TYPE_CHECKING:
    from alloycell.check import Specification, Verdict

__all__ = ["check"]

_Judged = tuple[list["Verdict"], dict[tuple[str, str], Any]]


def check(
    subject: Annotated[
        Path,
        typer.Argument(
            metavar="DESIGN|MEASURED", help="Design file, or file of measured figures (TOML).", show_default=False
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
    from alloycell.app.verdicts import combined_status, verdict_data, verdicts_text

    tables = read_toml(subject)
    judge = _measured if tables.get("kind") == "measured" else _design
    verdicts, repairs = judge(subject, tables, specification)
    status = combined_status(verdicts)
    return Reply(
        lambda screen: verdicts_text(verdicts, repairs, screen),
        lambda: {"exit_status": status, "specifications": [verdict_data(entry, repairs) for entry in verdicts]},
        status,
    )


def _design(path: Path, tables: dict[str, Any], asked: list[str] | None) -> _Judged:
    from alloycell.app.inputs import specifications_for
    from alloycell.cell import Cell
    from alloycell.studies import check_cell, repairs_for

    folder = path.resolve().parent
    cell = Cell.of(tables, folder=folder)
    verdicts, repairs = [], {}
    for entry in specifications_for(asked, cell.specifications, folder):
        verdict = check_cell(cell, entry)
        verdicts.append(verdict)
        for clause, repair in repairs_for(cell, entry, verdict).items():
            repairs[entry.name, clause] = repair
    return verdicts, repairs


def _measured(path: Path, tables: dict[str, Any], asked: list[str] | None) -> _Judged:
    from alloycell.app.inputs import specifications_for
    from alloycell.check import Measured, judge, load, shipped

    given = Measured.of(tables)
    speaking = [name for name in shipped() if set(given.figures) & _figures(load(name))]
    chosen = specifications_for(asked, given.specifications, path.resolve().parent, speaking)
    return [judge(entry, given.figures, given.spread, given.remarks) for entry in chosen], {}


def _figures(specification: Specification) -> set[str]:
    return {name for clause in specification.clauses for name in clause.parameters().values()}
