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
    """The three contents of each alloy layer [at%], what the simulated ones mean, and runs that did not finish."""
    from alloycell.app.layout import Column, paragraph, table
    from alloycell.quantities import KINDS

    held = found.simulated
    if held is None:
        return []

    def share(value: float | None) -> str:
        return "-" if value is None else f"{float(KINDS['atom fraction'].in_shown(value)):.3g}"

    rates = tuple(dict.fromkeys(rate for rate, _ in held.results))
    levels = tuple(dict.fromkeys(level for _, level in held.results))
    told = [f"simulated {rate} {'/'.join(levels)}" for rate in rates]
    rows = [
        [layer.title, share(layer.designed), share(layer.equilibrium),
         *("/".join(share(layer.at(rate, level).fraction) for level in levels) for rate in rates)]
        for layer in held.layers
    ]  # fmt: skip
    columns = [Column(name, wrap=True) for name in ("layer", "designed (1)", "equilibrium", *told)]
    notes = "Low, middle and high are sourced diffusivities. That of silicon spans decades, so one simulated value is "
    notes += "never a verdict."
    wetted = [entry for entry in held.assumptions if "wetted share" in entry.where]
    notes += "".join(f" Assumed: {entry.where}, {entry.value}." for entry in wetted)
    failed = [(name, run.outcome) for name, run in held.results.items() if not run.outcome.finished]
    return [
        f"Lithium left in the alloy layer when empty [at%]\n\n{table(columns, rows, screen)}",
        *(paragraph(f"Not finished at {rate}, {level} diffusivity: {end}", screen) for (rate, level), end in failed),
        paragraph(notes, screen),
    ]
