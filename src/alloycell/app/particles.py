"""What ``alloycell particle`` is given, read: a particle file or a design, maps, spots, powders, shares to sweep."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alloycell.alloy import PARTICLE_FIGURES, ParticleFile, ParticleSheet
from alloycell.alloy.elements import ELEMENTS, of_family, symbol_of
from alloycell.alloy.findings import Content, Findings
from alloycell.alloy.spots import Balance, SpotTable, phase_findings, reconciled
from alloycell.app.inputs import number_in, specifications_for
from alloycell.cell import Cell, Datasheet
from alloycell.check import Specification, Verdict, judge, load
from alloycell.check.partial import part_decided_by
from alloycell.errors import DesignError, Fault, FormatError, suggestion
from alloycell.explore import SweepAxis
from alloycell.files import read_toml
from alloycell.quantities import KINDS

__all__ = ["Subject", "subjects_of", "sweep_axis", "verdicts_on"]

_TWO_PHASE, _SILICON_TIN = "two-phase-particle", "silicon-tin-layer"
_SWEEP = re.compile(r"\s*([A-Za-z]+)\s*=\s*([^:]+?)\s*:\s*([^:]+?)\s*")
_UNIT = re.compile(r"[\d.]\s*([a-z]*%)$")


@dataclass(frozen=True)
class Subject:
    """One particle to judge: its name, question, sheet [SI], what to hold it against, and remarks on what was given.

    ``sole`` says that it comes from a particle file of its own.
    """

    name: str
    question: str
    sheet: ParticleSheet
    specifications: tuple[Specification, ...]
    remarks: tuple[str, ...] = ()
    sole: bool = True


def subjects_of(
    path: Path,
    asked: Sequence[str] | None,
    maps: Path | None = None,
    spots: SpotTable | None = None,
    powder: Path | None = None,
) -> tuple[Subject, ...]:
    """The particles of the file at ``path`` (SI inside), a particle file or a design; measurements replace its own.

    ``asked`` names specifications. Raises FormatError for measured figures, DesignError for what cannot be.
    """
    tables = read_toml(path)
    if tables.get("kind") == "measured":
        raise FormatError(f"{path} holds measured figures; alloycell check {path} is what it is for.")
    if tables.get("kind") == "particle":
        return (_from_file(path, tables, asked, maps, spots, powder),)
    options = {"--map": maps, "--spots": spots, "--powder": powder}
    given = [name for name, value in options.items() if value is not None]
    if given:
        needed = "measurements belong to one particle, which a particle file describes"
        raise DesignError([Fault(name, "is given with a design", needed) for name in given])
    return _from_design(path, tables, asked)


def _from_file(
    path: Path,
    tables: dict[str, Any],
    asked: Sequence[str] | None,
    maps: Path | None,
    spots: SpotTable | None,
    powder: Path | None,
) -> Subject:
    folder = path.resolve().parent
    for measured in (maps, powder):
        if measured is not None and not measured.exists():
            raise FormatError(f"{measured} does not exist. Name the file that was measured.")
    if maps is not None:
        tables = {**tables, "map": str(maps.resolve())}
    if powder is not None:
        tables = {key: value for key, value in tables.items() if key not in ("diameter", "diameter_spread")}
        tables["powder"] = str(powder.resolve())
    findings = None if spots is None else phase_findings(spots)
    if findings is not None:
        tables = _with_spots(tables, findings)
    file = ParticleFile.of(tables, folder=folder)
    sheet = file.sheet()
    remarks = () if findings is None else (*findings.remarks, *_contradictions(sheet, findings))
    named = specifications_for(asked, file.specifications, folder, (_TWO_PHASE,))
    return Subject(file.name or path.stem, file.question, sheet, named, remarks)


def _from_design(path: Path, tables: dict[str, Any], asked: Sequence[str] | None) -> tuple[Subject, ...]:
    folder = path.resolve().parent
    cell = Cell.of(tables, folder=folder)
    if not cell.particles:
        needed = "a particle file, or a design with a table [particles.NAME], is needed"
        raise DesignError(Fault(str(path), "holds no particle", needed))
    named = specifications_for(asked, (), folder, (_TWO_PHASE,))
    sheets: Mapping[str, ParticleSheet] = Datasheet(cell).particles
    return tuple(Subject(name, "", sheet, named, sole=False) for name, sheet in sheets.items())


def _with_spots(tables: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """``tables`` of a particle file with the contents of its phases from point analyses, and their method."""
    given = tables.get("contents")
    held = dict(given) if isinstance(given, Mapping) else {}
    methods = dict(held.get("methods", {})) if isinstance(held.get("methods", {}), Mapping) else {}
    for part in ("phase_a", "phase_b"):
        found: Mapping[str, Content] = getattr(findings, part)
        texts = {x: _text(content) for x, content in found.items() if x in of_family("non-metal")}
        known = {x: text for x, text in texts.items() if text}
        before = held.get(part)
        held[part] = {**(before if isinstance(before, Mapping) else {}), **known}
        methods |= {f"{part}_{ELEMENTS[x].name}": found[x].method for x in known}
    held = {key: value for key, value in held.items() if value}
    return {**tables, "contents": {**held, **({"methods": methods} if methods else {})}}


def _text(content: Content) -> str:
    if content.value is None:
        return ""
    value = min(max(content.value, 0.0), 1.0)
    spread = max(content.uncertainty, abs(content.value - value))
    return f"{100 * value:.6f} +- {100 * spread:.6f} wt%" if spread > 0 else f"{100 * value:.6f} wt%"


def _contradictions(sheet: ParticleSheet, findings: Findings) -> tuple[str, ...]:
    """What point analyses and the particle without its surface oxide say against each other, in sentences with wt%."""
    found = sheet.phases
    inside = float(found.mass_fraction("A", "B"))
    oxide = {x: sum(float(phase.held.get(x, 0.0)) for phase in found.on("surface")) for x in sheet.stated}
    whole = {
        x: Content((float(w) - oxide[x]) / inside, sheet.uncertainty.get(f"composition.{x}", 0.0) or 1e-5, "bulk")
        for x, w in sheet.stated.items()
    }
    share = Content(float(found.mass_fraction("B")) / inside, 0.02, "phases of lowest energy")
    joined = Findings(findings.phase_a, findings.phase_b, whole, share)
    held: Balance = reconciled(joined)
    return held.contradictions


def verdicts_on(subject: Subject) -> tuple[Verdict, ...]:
    """Every verdict on a particle by itself: all of the two-phase particle, of others what the particle alone decides.

    The particle clauses of the silicon-tin layer stand beside it where the particle holds silicon and tin. No units.
    """
    sheet, chosen = subject.sheet, list(subject.specifications)
    figures, spread = sheet.figures(), sheet.spread()
    named = {entry.name for entry in chosen}
    if figures.get("silicon_tin_particles") and _SILICON_TIN not in named:
        chosen.append(load(_SILICON_TIN))
    verdicts = []
    for entry in chosen:
        if entry.name == _TWO_PHASE and not sheet.particle.by_elements and len(chosen) > 1:
            continue
        verdict: Verdict | None = judge(entry, figures, spread, sheet.remarks)
        if entry.name != _TWO_PHASE and verdict is not None:
            verdict = part_decided_by(verdict, PARTICLE_FIGURES)
        if verdict is not None and entry.name != _TWO_PHASE:
            verdict = replace(verdict, title=f"{entry.title or entry.name}, as far as the particle alone decides")
        if verdict is not None:
            verdicts.append(verdict)
    return tuple(verdicts)


def sweep_axis(text: str, points: int) -> SweepAxis:
    """The axis that ``--sweep`` describes as ``Ti=0:50%`` (shares 0 to 1 inside), with ``points`` (a count).

    Raises DesignError.
    """
    found = _SWEEP.fullmatch(text)
    if found is None:
        needed = "an element and two shares are needed"
        raise DesignError(Fault("--sweep", f'is "{text[:40]}"', needed, "Write it as --sweep Ti=0:50%"))
    symbol = symbol_of(found[1])
    if symbol is None:
        near = suggestion(found[1], of_family("non-metal"))
        raise DesignError(Fault("--sweep", f'names "{found[1]}"', "the symbol of an element is needed", near))
    unit = _UNIT.search(found[3])
    texts = [found[2] + (f" {unit[1]}" if unit and "%" not in found[2] else ""), found[3]]
    ends = [_share(symbol, part) for part in texts]
    return SweepAxis.between(symbol, ends[0], ends[1], points)


def _share(symbol: str, text: str) -> float:
    return number_in(f"--sweep {symbol}", text, KINDS["atom fraction" if "at%" in text else "mass fraction"])
