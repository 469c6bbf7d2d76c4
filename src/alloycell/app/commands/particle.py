"""``alloycell particle``: what a particle is made of, what it holds, and whether it is inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet, Specifications
from alloycell.app.reply import Reply, Screen, plain
from alloycell.errors import DesignError, Fault

if TYPE_CHECKING:
    from alloycell.alloy.micrograph import Micrograph
    from alloycell.app.particles import Subject
    from alloycell.check import Verdict
    from alloycell.explore import CompositionSweep

__all__ = ["particle"]

_FINEST = 1000


@dataclass(frozen=True)
class _Told:
    """One particle with its verdicts, the files written about it, and its map of compositions."""

    subject: Subject
    verdicts: tuple[Verdict, ...]
    files: tuple[Path, ...] = ()
    sweep: CompositionSweep | None = None
    lines: tuple[str, ...] = ()


def particle(
    subject: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PARTICLE|DESIGN]", help="Particle file, or design file with particles (TOML).", show_default=False
        ),
    ] = None,
    maps: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE|DIR", help="Element maps of a section: NPZ, TIFF stack, folder of CSV."),
    ] = None,
    spots: Annotated[Path | None, typer.Option(metavar="FILE", help="Point analyses of the phases (CSV, wt%).")] = None,
    method: Annotated[
        str | None, typer.Option(metavar="TEXT", help="How the spots were measured; needed with --spots.")
    ] = None,
    powder: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Particle sizes from laser diffraction (CSV).")
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EL=LOW:HIGH", help="Move the share of an element, such as Ti=0:50%; once or twice, for a map."
        ),
    ] = None,
    points: Annotated[int, typer.Option(metavar="N", help="Points along each swept share.")] = 100,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write report and pictures into this folder.")] = None,
    specification: Specifications = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Say what a particle is made of and judge it.

    Phases, contents, capacities, clauses: from a particle file, a design, an element map. Exit status as of check: 0
    inside, 1 outside, 3 undecidable or unknown.
    """
    from alloycell.app.particles import subjects_of
    from alloycell.app.verdicts import combined_status

    table = _spot_table(spots, method)
    if subject is None:
        return _map_alone(maps, table, powder, sweep, out)
    found = subjects_of(subject, specification, maps, table, powder)
    told = [_told(entry, sweep or (), points, out) for entry in found]
    status = combined_status([verdict for entry in told for verdict in entry.verdicts])
    return Reply(
        lambda screen: _text(told, screen),
        lambda: {"exit_status": status, "particles": [_data(entry) for entry in told]},
        status,
    )


def _spot_table(spots: Path | None, method: str | None) -> Any:
    from alloycell.alloy.spots import SpotTable

    if spots is None:
        if method is not None:
            raise DesignError(Fault("--method", "is given without --spots", "it says how the spots were measured"))
        return None
    if method is None:
        needed = "the method of the point analyses is needed"
        raise DesignError(Fault("--method", "is missing", needed, 'Such as --method "wavelength-dispersive X-ray"'))
    return SpotTable.load(spots, method)


def _told(subject: Subject, sweep: Sequence[str], points: int, out: Path | None) -> _Told:
    from alloycell.app.particles import sweep_axis, verdicts_on
    from alloycell.explore import sweep_compositions

    verdicts = verdicts_on(subject)
    found: CompositionSweep | None = None
    lines: tuple[str, ...] = ()
    if sweep:
        from alloycell.report.compositions import sweep_lines

        if not 2 <= points <= _FINEST:
            raise DesignError(Fault("--points", f"is {points}", f"a number from 2 to {_FINEST} is needed"))
        axes = [sweep_axis(text, points) for text in sweep]
        found = sweep_compositions(subject.sheet, axes, subject.specifications[0])
        lines = sweep_lines(found, subject.specifications[0].name)
    files = () if out is None else tuple(_written(subject, verdicts, found, lines, out))
    return _Told(subject, verdicts, files, found, lines)


def _written(
    subject: Subject, verdicts: tuple[Verdict, ...], sweep: CompositionSweep | None, lines: tuple[str, ...], out: Path
) -> list[Path]:
    """The files written about one particle, the report last."""
    from alloycell.files import write_text
    from alloycell.report.compositions import sweep_picture
    from alloycell.report.particles import section_svg, write_particle_report
    from alloycell.report.templating import file_name

    stem, files, shown = file_name(subject.name, "particle").removesuffix(".html"), [], None
    if subject.sheet.micrograph is not None:
        files.append(out / f"{stem}-section.svg")
        write_text(files[-1], section_svg(subject.sheet.micrograph, "section") + "\n")
    if sweep is not None:
        own = {symbol: float(share) for symbol, share in subject.sheet.inputs.particle.symbols().items()}
        picture = sweep_picture(sweep, own)
        files.append(out / f"{stem}-compositions.svg")
        write_text(files[-1], picture + "\n")
        shown = {"picture": picture, "lines": lines}
    report = write_particle_report(subject.name, subject.question, subject.sheet, verdicts, out, shown)
    return [*files, report]


def _text(told: Sequence[_Told], screen: Screen) -> str:
    from alloycell.app.layout import blocks
    from alloycell.app.particle_text import particle_text
    from alloycell.app.verdicts import verdicts_text

    if screen.quiet:
        return "\n".join(
            f"{entry.subject.name}, {line}" if len(told) > 1 else line
            for entry in told
            for line in verdicts_text(entry.verdicts, {}, screen).splitlines()
        )
    return blocks(
        *(particle_text(e.subject, e.verdicts, e.lines, e.files, screen) for e in told),
    )


def _data(told: _Told) -> dict[str, Any]:
    """One particle JSON-ready, SI units."""
    from alloycell.app.verdicts import verdict_data
    from alloycell.report.particle_facts import content_rows, facts, phase_rows

    sheet = told.subject.sheet
    found = sheet.phases
    data: dict[str, Any] = {
        "name": told.subject.name,
        "phases": phase_rows(sheet),
        "partition": found.partition,
        "contents": content_rows(sheet),
        "reversible_capacity": found.reversible_capacity(),
        "first_charge_capacity": found.first_charge_capacity(),
        "oxygen_loss": found.oxygen_loss(),
        "density": found.density(),
        "volume_ratio": found.volume_ratio(),
        "limit_total": sheet.limit_total,
        "facts": facts(sheet),
        "specifications": [verdict_data(verdict, {}) for verdict in told.verdicts],
        "assumptions": sheet.assumptions,
        "warnings": (*sheet.warnings, *told.subject.remarks),
        "sources": sheet.sources,
        "files": told.files,
    }
    if told.sweep is not None:
        data["sweep"] = {
            "axes": {axis.element: axis.values for axis in told.sweep.axes},
            "basis": told.sweep.basis,
            "reversible_capacity": told.sweep.reversible,
            "inside": told.sweep.holds(),
            "margins": told.sweep.margins,
            "told": told.lines,
        }
    return {key: plain(value) for key, value in data.items()}


def _map_alone(
    maps: Path | None, spots: Any, powder: Path | None, sweep: Sequence[str] | None, out: Path | None
) -> Reply:
    """A map without a particle file: segmented, and judged by what it shows."""
    if maps is None:
        found = "is missing" if spots is None else "is missing beside --spots"
        needed = "a particle file, a design or --map is needed"
        raise DesignError(Fault("PARTICLE", found, needed, "Begin with: alloycell new --template titanium-silicon"))
    options = {"--powder": powder, "--sweep": sweep or None}
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise DesignError([Fault(name, "is given with a map alone", "a particle file is needed") for name in given])
    from alloycell.alloy.maps import ElementMaps
    from alloycell.alloy.micrograph import segment

    found_map = segment(ElementMaps.load(maps))
    return _map_reply(maps, found_map, spots, out)


def _map_reply(maps: Path, found: Micrograph, spots: Any, out: Path | None) -> Reply:
    from alloycell.alloy.findings import measured_tables
    from alloycell.alloy.spots import phase_findings
    from alloycell.app.particle_text import map_text
    from alloycell.app.verdicts import combined_status, verdict_data
    from alloycell.check import Measured, judge, load
    from alloycell.files import write_text
    from alloycell.report.particles import section_svg

    findings = found.findings() if spots is None else phase_findings(spots).joined(found.findings())
    given = Measured.of(measured_tables(findings))
    verdict = judge(load("two-phase-particle"), given.figures, given.spread, given.remarks)
    files: tuple[Path, ...] = ()
    if out is not None:
        files = (out / f"{maps.stem}-section.svg",)
        write_text(files[0], section_svg(found, "section") + "\n")
    status = combined_status([verdict])
    return Reply(
        lambda screen: map_text(maps.name, findings, found, verdict, files, screen),
        lambda: {
            "exit_status": status,
            "findings": findings,
            "area_share": found.area_share,
            "specifications": [verdict_data(verdict, {})],
            "files": files,
        },
        status,
    )
