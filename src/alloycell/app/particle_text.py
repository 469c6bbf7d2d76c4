"""A particle as text for a terminal: phases, contents, figures, clauses, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alloycell.alloy.elements import ELEMENTS
from alloycell.alloy.findings import Findings
from alloycell.alloy.micrograph import Micrograph
from alloycell.app.layout import Column, blocks, heading, pairs, paragraph, table
from alloycell.app.particles import Subject
from alloycell.app.reply import Screen
from alloycell.app.verdicts import verdicts_text
from alloycell.check import Verdict
from alloycell.report.particle_facts import (
    ContentRow,
    content_rows,
    content_text,
    facts,
    limit_sentence,
    phase_rows,
    phases_sentence,
)

__all__ = ["map_text", "particle_text"]


def particle_text(
    subject: Subject, verdicts: Sequence[Verdict], lines: Sequence[str], files: Sequence[Path], screen: Screen
) -> str:
    """One particle with its verdicts, what a map of compositions says, and the files written; values with units."""
    sheet = subject.sheet
    rows = [(fact.name, f"{fact.text}{f' ({fact.note})' if fact.note else ''}") for fact in facts(sheet)]
    count = len(sheet.assumptions)
    assumed = f"{count} statements are assumed; --out DIR writes a report that lists them." if count else ""
    return blocks(
        heading(subject.name, screen),
        "\n".join([paragraph(phases_sentence(sheet), screen), _phase_table(subject, screen)]),
        _content_table(content_rows(sheet), screen),
        paragraph(limit_sentence(sheet), screen),
        pairs(rows, screen),
        verdicts_text(verdicts, {}, screen),
        "\n".join(paragraph(line.replace("\u00a0", " "), screen) for line in lines),
        *(paragraph(f"Note: {text}", screen) for text in dict.fromkeys((*sheet.warnings, *subject.remarks))),
        paragraph(assumed, screen) if assumed else "",
        _files_text(files),
    )


def _files_text(files: Sequence[Path]) -> str:
    words = {".html": "Report", ".svg": "Picture"}
    return "\n".join(f"{words.get(path.suffix, 'File')}: {path}" for path in files)


def _phase_table(subject: Subject, screen: Screen) -> str:
    columns = (
        Column("Phase"), Column("Side"), Column("Lithium"), Column("Mass", right=True), Column("Volume", right=True),
        Column("Atoms", right=True), Column("Density", right=True),
    )  # fmt: skip
    rows = [
        [
            row.formula, row.side, row.role, *(f"{100 * x:.3g} %" for x in (row.mass, row.volume, row.atoms)),
            f"{row.density / 1e3:.3g} g/cm3",
        ]
        for row in phase_rows(subject.sheet)
    ]  # fmt: skip
    return table(columns, rows, screen)


def _content_table(rows: Sequence[ContentRow], screen: Screen) -> str:
    if not rows:
        return ""
    shown = [x for x in rows[-1].contents if x in ("O", "N") or rows[-1].contents[x]]
    columns = (Column("Content"), *(Column(f"{ELEMENTS[x].name} [wt%]") for x in shown), Column("O + N [wt%]"),
               Column("How it is known", wrap=True))  # fmt: skip
    cells = [
        [
            row.place,
            *(content_text(row.contents[x], row.uncertainties[x]) if x in row.contents else "" for x in shown),
            content_text(row.total, row.total_uncertainty),
            row.method,
        ]
        for row in rows
    ]
    return table(columns, cells, screen)


def map_text(
    name: str, findings: Findings, found: Micrograph, verdict: Verdict, files: Sequence[Path], screen: Screen
) -> str:
    """What an element map shows by itself: contents, boundary and area shares with units, clauses, remarks."""
    if screen.quiet:
        return verdicts_text([verdict], {}, screen)
    symbols = list(dict.fromkeys([*findings.phase_a, *findings.phase_b]))
    columns = (Column("Element"), Column("Phase A"), Column("Phase B"), Column("Method", wrap=True))
    rows = []
    for x in symbols:
        held = [part.get(x) for part in (findings.phase_a, findings.phase_b)]
        texts = ["" if content is None else content.text() for content in held]
        method = next((content.method for content in held if content is not None), "")
        rows.append([x, *(text if len(text) < 26 else "unknown" for text in texts), method])
    shares = [("boundary of A that touches B", found.boundary_share.text("%")),
              ("area of B over A and B", found.area_share.text("%"))]  # fmt: skip
    return blocks(
        heading(f"{name}: {found.maps.shape[1]} x {found.maps.shape[0]} pixels", screen),
        table(columns, rows, screen),
        pairs(shares, screen),
        verdicts_text([verdict], {}, screen),
        *(paragraph(f"Note: {remark}", screen) for remark in findings.remarks),
        paragraph("A particle file adds the composition, so that phases and capacity follow.", screen),
        _files_text(files),
    )
