"""``alloycell study``: everything that follows from a design."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Design, Json, Quiet, Specifications
from alloycell.app.reply import Reply, Screen, plain
from alloycell.files import write_text

if TYPE_CHECKING:
    from alloycell.figure import Figure
    from alloycell.simulate import SimulatedContents
    from alloycell.studies import Study

__all__ = ["study"]

_KEY_FIGURES = (
    "areal_capacity", "cell_capacity", "cell_energy", "mean_voltage", "specific_energy", "energy_density_charged",
    "cell_mass", "np_first_charge", "np_reversible", "np_after_dose", "first_cycle_efficiency", "lithium_added",
    "designed_lithium_fraction", "equilibrium_lithium_fraction", "plating_margin", "room_charged", "discharge_ended_by",
)  # fmt: skip


def study(
    design: Design,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the report; out/NAME of the design if left out.")
    ] = None,
    specification: Specifications = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Work out a design: figures, verdicts, report.

    Prints the verdict tables, key figures, the dose and simulated contents, and writes a report (HTML) and study.json.
    """
    from alloycell.app.inputs import cell_in, specifications_for
    from alloycell.app.progress import Progress
    from alloycell.app.verdicts import verdict_data
    from alloycell.report import write_report
    from alloycell.studies import study as work_out

    cell = cell_in(design)
    chosen = specifications_for(specification, cell.specifications, design.resolve().parent)
    folder = Path("out") / design.stem if out is None else out
    with Progress(len(chosen) + 5, wanted=not (quiet or as_json)) as progress:
        found = work_out(cell, chosen, progress)
        progress("report")
        page = write_report(found, folder)
    told: dict[str, Any] = plain(found.to_dict())
    told["verdicts"] = [plain(verdict_data(verdict, found.repairs)) for verdict in found.verdicts]
    told["report"] = str(page)
    write_text(folder / "study.json", json.dumps(told, indent=2, allow_nan=False) + "\n")
    return Reply(lambda screen: _text(found, page, screen), lambda: told)


def _text(found: Study, page: Path, screen: Screen) -> str:
    from alloycell.app.layout import blocks, heading, pairs, paragraph
    from alloycell.app.verdicts import verdicts_text

    if screen.quiet:
        return str(page)
    by_name = {entry.figure.name: entry for entry in found.figures}
    shown = [by_name[name] for name in _KEY_FIGURES if name in by_name and by_name[name].value is not None]
    rows = [(_label(entry.figure), entry.text) for entry in shown]
    assumed = f"{len(found.assumptions)} values are assumed; the report lists them." if found.assumptions else ""
    return blocks(
        heading(found.cell.name or "Study", screen),
        verdicts_text(found.verdicts, found.repairs, screen),
        pairs(rows, screen),
        _dose_line(found, screen),
        *_simulated(found, screen),
        *(paragraph(f"Note: {warning}", screen) for warning in found.warnings),
        paragraph(assumed, screen) if assumed else "",
        f"Report: {page}",
    )


def _label(figure: Figure) -> str:
    return figure.symbol if figure.symbol.startswith("N/P") else figure.name.replace("_", " ")


def _dose_line(found: Study, screen: Screen) -> str:
    from alloycell.app.layout import paragraph
    from alloycell.quantities import KINDS

    plan = found.dose
    if plan is None:
        return ""
    areal, share = KINDS["charge per area"].text, KINDS["atom fraction"].text
    held = ", ".join(f"{share(value)} by {method}" for method, value in plan.content_now.items() if value is not None)
    line = f"Dose: {areal(plan.charge_now)} of lithium on the {plan.surface} leaves the alloy with"
    line += f" {held or 'none'} when empty"
    if plan.allowed_interval is not None:
        low, high = (areal(edge) for edge in plan.allowed_interval)
        line += f"; (1) and (D) allow {low} to {high}"
    return paragraph(f"{line}.", screen)


def _simulated(found: Study, screen: Screen) -> list[str]:
    """The three contents of each alloy layer [at%], how near a charge is to plating, and runs that did not finish."""
    from alloycell.app.layout import paragraph

    held = found.simulated
    if held is None:
        return []
    runs = [("discharge", held.results), ("charge", held.charges)]
    failed = [
        f"Not finished: {step} at {rate}, {level} diffusivity: {run.outcome}"
        for step, results in runs for (rate, level), run in results.items() if not run.outcome.finished
    ]  # fmt: skip
    parts = [_contents(held, screen) if held.layers else "", *(paragraph(line, screen) for line in failed)]
    errors = held.error_text()
    told = paragraph(f"Numerical error of these runs, at most: {errors}.", screen) if errors else ""
    return [*parts, told, _plating(held, screen)]


def _share(value: float | None) -> str:
    from alloycell.quantities import KINDS

    return "-" if value is None else f"{float(KINDS['atom fraction'].in_shown(value)):.3g}"


def _contents(held: SimulatedContents, screen: Screen) -> str:
    """Designed, equilibrium and simulated content of each alloy layer [at%], with profiles and what they rest on."""
    from alloycell.app.layout import Column, blocks, paragraph, table

    told = [f"simulated {rate} {'/'.join(held.levels)}" for rate in held.rates]
    rows = [
        [layer.title, _share(layer.designed), _share(layer.equilibrium),
         *("/".join(_share(layer.at(rate, level).fraction) for level in held.levels) for rate in held.rates)]
        for layer in held.layers
    ]  # fmt: skip
    columns = [Column(name, wrap=True) for name in ("layer", "designed (1)", "equilibrium", *told)]
    through = []
    for layer in held.layers:
        ends = [(rate, layer.at(rate).profile) for rate in held.rates if layer.at(rate).profile.size]
        spans = [f"{_share(float(line[0]))} to {_share(float(line[-1]))} at% at {rate}" for rate, line in ends]
        if spans:
            told_spans = ", ".join(spans)
            through.append(f"Through {layer.title}, collector to separator, middle diffusivity: {told_spans}.")
    notes = "Low, middle and high are sourced diffusivities. That of silicon spans decades, so one simulated value is "
    notes += "never a verdict."
    wetted = [entry for entry in held.assumptions if "wetted share" in entry.where]
    notes += "".join(f" Assumed: {entry.where}, {entry.value}." for entry in wetted)
    return blocks(
        f"Lithium left in the alloy layer when empty [at%]\n\n{table(columns, rows, screen)}",
        *(paragraph(line, screen) for line in through),
        paragraph(notes, screen),
    )


def _plating(held: SimulatedContents, screen: Screen) -> str:
    """The least plating margin [mV] of the charge at each rate, and where it is."""
    from alloycell.app.layout import Column, paragraph, table

    margins = held.plating()
    rows = []
    for rate in held.rates:
        mine = [margins.get((rate, level)) for level in held.levels]
        known = [entry for entry in mine if entry is not None]
        if known:
            least = min(known, key=lambda entry: entry.margin)
            values = "/".join("-" if entry is None else f"{1000 * entry.margin:.3g}" for entry in mine)
            rows.append([f"at {rate}", values, least.place])
    if not rows:
        return ""
    columns = (Column("charge"), Column("/".join(held.levels) if held.layers else "margin"), Column("place", wrap=True))
    title = paragraph(
        "Least plating margin of the charge after the first discharge [mV]; lithium plates below 0", screen
    )
    return f"{title}\n\n{table(columns, rows, screen)}"
