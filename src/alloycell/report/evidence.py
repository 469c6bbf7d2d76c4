"""What the figures rest on: assumptions, sources, closure of the ledger, corrections of curves, limits of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

import numpy as np

from alloycell.materials import Host
from alloycell.report.summary import found
from alloycell.report.wording import DASH, Column, Table, scalar, typeset
from alloycell.sources import Source
from alloycell.studies import Study

__all__ = [
    "SourceLine",
    "assumption_table",
    "corrections",
    "evidence_lines",
    "figure_table",
    "limits",
    "source_lines",
    "sources_told",
]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as texts, with the address of its DOI where it has one; no units."""

    text: str
    doi: str
    address: str


def source_lines(study: Study) -> tuple[SourceLine, ...]:
    """Every source of the study in the order of authors and years; no units."""
    return sources_told(study.sources)


def sources_told(sources: Iterable[Source]) -> tuple[SourceLine, ...]:
    """``sources`` in the order of authors and years; no units."""
    ordered = sorted(sources, key=lambda source: (source.author.lower(), source.year, source.title))
    return tuple(
        SourceLine(
            f"{source.author} ({source.year}). {source.title}." + (f" {source.where}." if source.where else ""),
            source.doi,
            f"https://doi.org/{source.doi}" if source.doi else "",
        )
        for source in ordered
    )


def assumption_table(study: Study) -> Table | None:
    """Every assumed value with its place and reason; None where nothing is assumed. Values carry their unit as text."""
    if not study.assumptions:
        return None
    heads = ("Where", "Assumed value", "Why, and what would replace it")
    rows = tuple((entry.where, typeset(entry.value), typeset(entry.note) or DASH) for entry in study.assumptions)
    return Table(tuple(Column(head, numbers=False) for head in heads), rows)


def corrections(study: Study) -> tuple[tuple[str, str], ...]:
    """By curve, the largest change that making it monotone cost [mV]; curves left as published are not listed."""
    library = study.cell.library
    names = [name for name in study.cell.material_names() if isinstance(library.record(name), Host)]
    changes = [(name, library.largest_change(name)) for name in names]
    return tuple((name, f"{1e3 * change:.2g} mV") for name, change in changes if change > 0)


def evidence_lines(study: Study) -> tuple[tuple[str, str], ...]:
    """Facts about this computation: closure of the ledger (dimensionless), curves, version, key of the design."""
    closure = found(study, "ledger_closure")
    closed = float(np.max(np.asarray(study.datasheet.ledger.closure))) if closure is None else scalar(closure)
    changed = corrections(study)
    said = "; ".join(f"{name} {change}" for name, change in changed) or "none, all curves are used as published"
    return (
        ("Lithium ledger", f"closes to {closed:.1e} of the lithium brought in, over all six states (demanded: 1e-12)"),
        ("Largest correction of a curve to make it monotone", typeset(said)),
        ("Version", f"alloycell {_version()}"),
        ("Key of the design", study.cell.key),
    )


def _version() -> str:
    try:
        return metadata.version("alloycell")
    except metadata.PackageNotFoundError:
        return "not installed"


def limits() -> tuple[str, ...]:
    """What these figures leave out, one sentence each; no units."""
    return (
        "Balance, dose, window and verdicts are at rest: all phases of an electrode share one potential.",
        "Simulated rates are at one temperature, of the first discharge; the solver's own error is not estimated yet.",
        "Room at full charge is necessary, not sufficient: whether lithium plates at a rate is not judged.",
        "Cells are as formed, after one cycle. Ageing, cracking and further growth of surface films are not counted.",
        "Temperature is that of the published curves, which end in walls and are never extrapolated.",
        "Mixing leaves volumes as they are; swelling is split between pores and thickness as stated or assumed.",
    )


def _formula(text: str) -> str:
    return text.replace(" x ", " × ").replace(" - ", " − ")


def figure_table(study: Study) -> Table:
    """Every figure of the study with symbol, value and uncertainty [unit in the text], meaning and formula."""
    columns = (
        Column("Figure", numbers=False), Column("Symbol", numbers=False), Column("Value"),
        Column("Meaning", numbers=False), Column("Formula", numbers=False),
    )  # fmt: skip
    rows = []
    for entry in study.figures:
        if entry.value is None or (isinstance(entry.value, float) and np.isnan(entry.value)):
            continue
        figure = entry.figure
        rows.append((figure.name, figure.symbol, typeset(entry.text), figure.meaning, _formula(figure.formula)))
    return Table(columns, tuple(rows))
