"""``alloycell explain``: where a number comes from, and what an error code means."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply, Screen
from alloycell.files import read_toml

if TYPE_CHECKING:
    from alloycell.figure import Figure
    from alloycell.studies import Subject

__all__ = ["explain"]


def explain(
    subject: Annotated[
        str, typer.Argument(metavar="FIGURE|CODE", help="Figure, or error code such as E100.", show_default=False)
    ],
    design: Annotated[
        Path | None,
        typer.Argument(metavar="[DESIGN]", help="Design file (TOML) to take the numbers from.", show_default=False),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Explain a figure or an error code.

    With a design, the formula with its numbers; without, the definition; for a code, the page about that error.
    """
    if re.fullmatch(r"[Ee]\d{3}", subject):
        return _page(subject)
    if design is None:
        return _definition(subject)
    return _derivation(subject, design)


def _page(code: str) -> Reply:
    from alloycell.app.faults import error_page, error_pages
    from alloycell.errors import FormatError

    page = error_page(code)
    if page is None:
        raise FormatError(f"There is no error {code.upper()}. Known: {', '.join(error_pages())}.")
    name, text = page
    text = text.replace("``", "")
    return Reply(
        lambda screen: f"{code.upper()} {name}\n\n{text}", lambda: {"code": code.upper(), "kind": name, "page": text}
    )


def _definition(name: str) -> Reply:
    from alloycell.cell.figures import FIGURES
    from alloycell.check.figures import FIGURES as MEASURED
    from alloycell.electrode.figures import LAYER_FIGURES
    from alloycell.errors import RangeError, suggestion

    figures = {**LAYER_FIGURES, **MEASURED, **FIGURES}
    key = name if name in figures else name.rsplit(".", 1)[-1]
    if key not in figures:
        raise RangeError(f'There is no figure "{name}". {suggestion(name, tuple(figures))}')
    figure = figures[key]
    return Reply(lambda screen: _text(figure, (), None, screen), lambda: _described(figure))


def _derivation(name: str, path: Path) -> Reply:
    from alloycell.app.inputs import cell_in
    from alloycell.studies import Subject

    if read_toml(path).get("kind") == "particle":
        return _of_particle(name, path)
    subject = Subject(cell_in(path))
    figure, value = _figure_of(name, subject)
    terms = [_figure_of(term, subject) for term in figure.terms]
    return Reply(
        lambda screen: _text(figure, terms, value, screen, path.name),
        lambda: {
            **_described(figure),
            "value": value,
            "text": figure.text(value),
            "terms": [{**_described(term), "value": held, "text": term.text(held)} for term, held in terms],
        },
    )


def _of_particle(name: str, path: Path) -> Reply:
    """A figure of a particle file: definition, value with uncertainty, and where it comes from."""
    from alloycell.alloy import PARTICLE_FIGURES
    from alloycell.app.particles import subjects_of
    from alloycell.check.figures import known_figures
    from alloycell.errors import RangeError, suggestion

    (subject,) = subjects_of(path, None)
    if name not in PARTICLE_FIGURES:
        raise RangeError(f'A particle has no figure "{name}". {suggestion(name, PARTICLE_FIGURES)}')
    value = subject.sheet.figures([name]).get(name)
    known = known_figures()[name]
    told = subject.sheet.remarks.get(name, "as the file states it, or from the phases" if value is not None else "")
    figure = replace(known, formula=told or "not known", terms=())
    return Reply(
        lambda screen: _text(figure, (), value, screen, path.name),
        lambda: {**_described(figure), "value": value, "text": figure.text(value), "terms": []},
    )


def _figure_of(name: str, subject: Subject) -> tuple[Figure, Any]:
    """The figure called ``name`` and its value [SI], the measured one where the design's file gives it."""
    from alloycell.cell.figures import FIGURES, figure_at
    from alloycell.check.figures import known_figures

    measured = {} if subject.measured is None else subject.measured.figures
    if name in FIGURES or name not in known_figures():
        figure, value = figure_at(name, subject.sheet)
        if name not in measured:
            return figure, value
        return replace(figure, formula="measured", source="the design's table [measured]", terms=()), measured[name]
    return known_figures()[name], measured.get(name)


def _described(figure: Figure) -> dict[str, Any]:
    kind = figure.unit()
    told = {key: getattr(figure, key) for key in ("name", "symbol", "kind", "meaning", "formula", "source")}
    return {**told, "unit": None if kind is None else kind.si, "takes": list(figure.terms)}


def _text(figure: Figure, terms: Any, value: Any, screen: Screen, design: str = "") -> str:
    from alloycell.app.layout import blocks, heading, pairs

    symbol = figure.symbol if figure.symbol.strip("-") else ""
    kind = figure.unit()
    unit = "" if kind is None or kind.shown == "1" else f", in {kind.shown}"
    rows = [("What", f"{figure.meaning} ({figure.kind}{unit})"), ("Formula", figure.formula or "read from the design")]
    rows += [
        ("with" if index == 0 else "", f"{term.symbol or term.name} = {term.text(held)}: {term.meaning}")
        for index, (term, held) in enumerate(terms)
    ]
    if design:
        answer = "this design does not have it" if value is None else figure.text(value)
        rows.append(("gives", f"{symbol or figure.name} = {answer}" if value is not None else answer))
    rows.append(("Source", figure.source))
    if screen.quiet and design:
        return figure.text(value)
    title = f"{figure.name} ({symbol})" if symbol else figure.name
    return blocks(heading(title + (f" of {design}" if design else ""), screen), pairs(rows, screen))
