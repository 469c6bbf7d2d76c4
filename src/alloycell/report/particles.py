"""The particle page: phase bar, balance of oxygen and nitrogen with the windows of the claims, section, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from alloycell.alloy import ParticleSheet
from alloycell.alloy.elements import ELEMENTS
from alloycell.alloy.micrograph import Micrograph
from alloycell.check import Verdict, load
from alloycell.check.clause import Window
from alloycell.files import write_text
from alloycell.pictures import Segment, canvas, inline_svg, panel, style
from alloycell.pictures.micrograph import micrograph_figure
from alloycell.pictures.particle import (
    ELEMENT_COLOURS,
    ContentColumn,
    ContentPart,
    draw_contents,
    draw_phase_bar,
    phase_ink,
)
from alloycell.report.clauses import VerdictPart, verdict_part
from alloycell.report.evidence import SourceLine, sources_told
from alloycell.report.particle_facts import (
    ContentRow,
    Fact,
    closure_sentence,
    composition_rows,
    content_rows,
    content_text,
    facts,
    limit_sentence,
    phase_rows,
    phases_sentence,
)
from alloycell.report.summary import Tile
from alloycell.report.templating import environment, file_name
from alloycell.report.wording import DASH, Column, Table, typeset
from alloycell.studies import Study

__all__ = [
    "ParticlePart",
    "particle_html",
    "particle_part",
    "particle_sections",
    "section_svg",
    "write_particle_report",
]

_SPECIFICATION: Final = "two-phase-particle"
_WIDTH: Final = 460.0


@dataclass(frozen=True, slots=True)
class ParticlePart:
    """One particle on the page: texts with units, tables, and pictures as inline SVG."""

    name: str
    result: str
    tiles: tuple[Tile, ...]
    warnings: tuple[str, ...]
    phases_from: str
    phase_picture: str
    phases: Table
    composition: Table
    partition: str
    balance_picture: str
    limit: str
    contents: Table | None
    closure: str
    capacities: Table
    section_title: str
    section_picture: str
    section_notes: tuple[str, ...]
    assumptions: tuple[str, ...]
    sources: tuple[SourceLine, ...]


def write_particle_report(
    name: str, question: str, sheet: ParticleSheet, verdicts: Sequence[Verdict], folder: Path, sweep: Any = None
) -> Path:
    """Write the report on the particle called ``name`` into ``folder`` and give its path; no units.

    A kill in between leaves the old file whole. Raises StoreError.
    """
    path = Path(folder) / file_name(name, "particle")
    write_text(path, particle_html(name, question, sheet, verdicts, sweep))
    return path


def particle_html(
    name: str, question: str, sheet: ParticleSheet, verdicts: Sequence[Verdict], sweep: Any = None
) -> str:
    """The report on one particle as one HTML text, pictures and styles inside; quantities carry their units.

    ``sweep`` is a map of compositions: its ``picture`` (SVG) and its ``lines``.
    """
    with style():
        part = particle_part(name or "Unnamed particle", sheet, verdicts[0] if verdicts else None, "particle")
        told = tuple(verdict_part(verdict, {}, f"margins-{index}") for index, verdict in enumerate(verdicts))
    content = {
        "name": part.name,
        "question": question,
        "particle": part,
        "verdicts": told,
        "sources": part.sources,
        "sweep": sweep,
        "version": metadata.version("alloycell"),
    }
    return str(environment().get_template("particle.html").render(content))


def particle_sections(study: Study) -> tuple[tuple[ParticlePart, tuple[VerdictPart, ...]], ...]:
    """Each particle of a studied design with the verdict on its phases; none for elements side by side. No units.

    The verdict on the only particle is left out where the design's own verdicts hold it.
    """
    told, above = [], {verdict.specification for verdict in study.verdicts}
    for index, entry in enumerate(study.particles):
        judged = entry.verdict if entry.sheet.particle.by_elements else None
        part = particle_part(entry.name, entry.sheet, judged, f"particle-{index}")
        shown = judged is not None and (len(study.particles) > 1 or judged.specification not in above)
        told.append((part, (verdict_part(judged, {}, f"particle-margins-{index}"),) if judged and shown else ()))
    return tuple(told)


def particle_part(name: str, sheet: ParticleSheet, verdict: Verdict | None, mark: str) -> ParticlePart:
    """Everything the page says about one particle; ``mark`` keeps its pictures apart from others, no units."""
    rows, told = content_rows(sheet), facts(sheet)
    micrograph = sheet.micrograph
    return ParticlePart(
        name=name,
        result="" if verdict is None else verdict.result,
        tiles=_tiles(sheet, rows, told),
        warnings=tuple(typeset(text) for text in sheet.warnings if text not in _section_notes(sheet)),
        phases_from=typeset(phases_sentence(sheet)),
        phase_picture=_phase_picture(sheet, mark),
        phases=_phase_table(sheet),
        composition=Table(
            (Column("Element", numbers=False), Column("By mass", "wt%"), Column("By atoms", "at%")),
            tuple((name, typeset(mass), atoms) for name, mass, atoms in composition_rows(sheet)),
        ),
        partition=typeset(f"{sheet.phases.partition[:1].upper()}{sheet.phases.partition[1:]}.") if rows else "",
        balance_picture=_balance_picture(sheet, rows, mark) if rows else "",
        limit=typeset(limit_sentence(sheet)),
        contents=_content_table(rows) if rows else None,
        closure=_closure(sheet) if rows else "",
        capacities=_fact_table(told),
        section_title="" if micrograph is None else _section_title(sheet),
        section_picture="" if micrograph is None else section_svg(micrograph, f"{mark}-section"),
        section_notes=tuple(typeset(text) for text in _section_notes(sheet)),
        assumptions=tuple(typeset(text) for text in sheet.assumptions),
        sources=sources_told(sheet.sources),
    )


def _closure(sheet: ParticleSheet) -> str:
    return typeset(closure_sentence(sheet)).replace("sum of f_k W_k", "Σ f_k W_k")


def _named(told: Sequence[Fact], name: str) -> Fact | None:
    return next((fact for fact in told if fact.name == name), None)


def _tiles(sheet: ParticleSheet, rows: Sequence[ContentRow], told: Sequence[Fact]) -> tuple[Tile, ...]:
    """The summary strip: capacity, first charge, phase B, oxygen and nitrogen of A, density, swelling, shell, size."""
    tiles = []
    for name, title, beside in (
        ("reversible capacity", "Reversible capacity", "reversible, per volume"),
        ("first charge", "First charge", "lost to oxygen"),
    ):
        fact, more = _named(told, name), _named(told, beside)
        if fact is not None:
            below: tuple[str, ...] = () if more is None else (typeset(more.text) + _lost(beside),)
            tiles.append(Tile(title, typeset(fact.text), below))
    volumes = sheet.phases.volume_fractions()
    share = 100 * float(np.asarray(sheet.phases.mass_fraction("B")))
    space = 100 * sum(float(np.asarray(volumes[p.formula])) for p in sheet.phases.on("B"))
    names = ", ".join(p.formula for p in sheet.phases.on("B")) or "none"
    tiles.append(Tile("Phase B", typeset(f"{share:.3g} % of mass"), (typeset(f"{space:.3g} % of volume"), names)))
    if rows:
        total = (
            "not known" if rows[0].total is None else content_text(rows[0].total, rows[0].total_uncertainty) + " wt%"
        )
        tiles.append(
            Tile("O + N in phase A", typeset(total), ("demanded: " + typeset(_window("phase_a_total").words()),))
        )
    for name, title in (
        ("density", "Density"),
        ("volume when full", "Volume when full"),
        ("shell of phase B", "Shell of phase B"),
        ("lithium when full", "Lithium when full"),
    ):
        fact = _named(told, name)
        if fact is not None:
            first, _, rest = fact.text.partition("; ")
            note, _, other = fact.note.partition("; ")
            below = (typeset(note), typeset(f"{rest} {other}".strip())) if rest else (typeset(note),)
            tiles.append(Tile(title, typeset(first), below))
    return tuple(tiles)


def _lost(name: str) -> str:
    return " lost to oxygen" if name == "lost to oxygen" else ""


def _phase_picture(sheet: ParticleSheet, mark: str) -> str:
    turns: dict[str, int] = {}
    segments = []
    for row in phase_rows(sheet):
        turn = turns.get(row.side, 0)
        turns[row.side] = turn + 1
        ink = phase_ink(row.side, turn, row.role != "undetermined" or row.side == "surface")
        word = "surface" if row.side == "surface" else row.role
        segments.append(Segment(f"{row.formula}, {word}", ink, 100.0 * np.array([row.mass, row.volume, row.atoms])))
    figure = canvas(_WIDTH, 172.0)
    axes = panel(figure, 62.0, 4.0, _WIDTH - 76.0, 96.0)
    draw_phase_bar(axes, ("by mass", "by volume", "by atoms"), segments, _WIDTH - 76.0)
    told = ", ".join(f"{segment.name} {segment.amounts[0]:.3g} % of mass" for segment in segments)
    return inline_svg(figure, f"{mark}-phases", f"Phases of the particle: {told}")


def _phase_table(sheet: ParticleSheet) -> Table:
    columns = (
        Column("Phase", numbers=False), Column("Side", numbers=False), Column("Takes lithium", numbers=False),
        Column("Mass", "%"), Column("Volume", "%"), Column("Atoms", "%"), Column("Density", "g/cm³"),
        Column("Because", numbers=False),
    )  # fmt: skip
    rows = tuple(
        (
            row.formula,
            row.side,
            {"active": "yes", "inactive": "no", "undetermined": "undetermined"}[row.role],
            *(f"{100 * share:.3g}" for share in (row.mass, row.volume, row.atoms)),
            f"{row.density / 1e3:.3g}",
            typeset(f"{row.reason} ({row.level})"),
        )
        for row in phase_rows(sheet)
    )
    return Table(columns, rows)


def _window(name: str) -> Window:
    """The window called ``name`` of the two-phase specification [SI]; no units."""
    for clause in load(_SPECIFICATION).clauses:
        if name in clause.edges:
            return clause.windows()[name]
    return Window("mass fraction")


def _balance_picture(sheet: ParticleSheet, rows: Sequence[ContentRow], mark: str) -> str:
    columns = [_column(sheet, row, name) for row, name in zip(rows, _WINDOWS, strict=True)]
    figure = canvas(_WIDTH, 330.0)
    draw_contents(panel(figure, 48.0, 8.0, _WIDTH - 56.0, 238.0), columns)
    told = "; ".join(f"{column.title} {column.total:.3g} wt%" for column in columns if not column.told)
    return inline_svg(figure, f"{mark}-balance", f"Oxygen and nitrogen: {told}")


_WINDOWS: Final = ("phase_a_total", "phase_b_total", "particle_total")


def _column(sheet: ParticleSheet, row: ContentRow, window: str) -> ContentColumn:
    edges, whole = _window(window), row.place == "whole particle"
    words = edges.words().replace("at least ", "at least\n").replace("below ", "below\n")
    below = "O + N" if whole else f"{100 * (row.mass or 0.0):.3g} % of mass"
    percent = [None if edge is None else 100.0 * edge for edge in (edges.low, edges.high)]
    told = "" if row.total is not None else "not known"
    parts = _whole_parts(sheet, row) if whole else _phase_parts(row)
    return ContentColumn(
        row.place, below, parts if row.total is not None else (), percent[0], percent[1], words,
        100.0 * row.total_uncertainty or None, told, None if row.total is None else 100.0 * row.total,
    )  # fmt: skip


def _phase_parts(row: ContentRow) -> tuple[ContentPart, ...]:
    side = row.place[-1]
    return tuple(ContentPart(x, side, 100.0 * (row.contents.get(x) or 0.0)) for x in ("O", "N"))


def _whole_parts(sheet: ParticleSheet, row: ContentRow) -> tuple[ContentPart, ...]:
    """Oxygen and nitrogen of the particle by the side that holds them; by none where that is not known [wt%]."""
    figures = sheet.figures()
    known = [x for x in ("O", "N") if sheet.contents_known and figures[f"phase_a_{ELEMENTS[x].name}"] is not None]
    parts = [ContentPart(x, "", 100.0 * (row.contents.get(x) or 0.0)) for x in ("O", "N") if x not in known]
    for side in ("A", "B", "surface"):
        for x in known:
            held = sum(float(np.asarray(phase.held.get(x, 0.0))) for phase in sheet.phases.on(side))
            parts.append(ContentPart(x, side, 100.0 * held))
    left = {x: float(np.asarray(sheet.phases.unassigned.get(x, 0.0))) for x in known}
    return (*parts, *(ContentPart(x, "", 100.0 * amount) for x, amount in left.items() if amount > 0))


def _content_table(rows: Sequence[ContentRow]) -> Table:
    shown = [x for x in ELEMENT_COLOURS if x in ("O", "N") or any(row.contents.get(x) for row in rows)]
    columns = (
        Column("Place", numbers=False), Column("Share of mass", "%"),
        *(Column({"O": "Oxygen", "N": "Nitrogen", "F": "Fluorine", "S": "Sulfur", "P": "Phosphorus"}[x], "wt%")
          for x in shown),
        Column("O + N", "wt%"), Column("How it is known", numbers=False),
    )  # fmt: skip
    told = []
    for row in rows:
        cells = [
            typeset(content_text(row.contents[x], row.uncertainties[x])) if x in row.contents else DASH for x in shown
        ]
        mass = DASH if row.mass is None else f"{100 * row.mass:.3g}"
        told.append(
            (row.place, mass, *cells, typeset(content_text(row.total, row.total_uncertainty)), typeset(row.method))
        )
    return Table(columns, tuple(told))


def _fact_table(told: Sequence[Fact]) -> Table:
    columns = (Column("Figure", numbers=False), Column("Value", numbers=False), Column("What it is", numbers=False))
    return Table(columns, tuple((fact.name, typeset(fact.text), typeset(fact.note)) for fact in told))


def section_svg(found: Micrograph, mark: str) -> str:
    """The three panels of a segmented map as inline SVG: content [wt%], phases, boundary of phase A.

    ``mark`` keeps its identifiers apart from those of other pictures.
    """
    symbol = _shown_element(found.maps.elements)
    values = found.maps.of_element(symbol).astype(np.float64)
    with style():
        figure = micrograph_figure(
            values, symbol, found.labels, found.boundary, found.boundary_lengths, found.maps.pixel_size
        )
        return inline_svg(figure, mark, f"Section: map of {symbol}, phases A and B, what the boundary of A touches")


def _shown_element(elements: Sequence[str]) -> str:
    """The element whose map is drawn: one that marks phase B."""
    return next((x for x in ("Ti", "Zr", *elements) if x in elements), elements[0])


def _section_title(sheet: ParticleSheet) -> str:
    found = sheet.micrograph
    assert found is not None
    size = f"{found.maps.shape[1]} x {found.maps.shape[0]} pixels of {1e9 * found.maps.pixel_size:.3g} nm"
    share = found.boundary_share.text("%")
    return typeset(f"Map of {size}; {share} of the boundary of phase A touches phase B.").replace(" x ", " × ")


def _section_notes(sheet: ParticleSheet) -> tuple[str, ...]:
    return () if sheet.micrograph is None else tuple(sheet.micrograph.findings().remarks)
