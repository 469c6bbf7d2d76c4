"""The page: sections gathered, put into the templates, and written as one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alloycell.errors import RangeError
from alloycell.files import write_text
from alloycell.pictures import style
from alloycell.report import clauses, construction, evidence, lithium, planning, simulation, summary
from alloycell.report.particles import particle_sections
from alloycell.report.templating import environment, file_name
from alloycell.report.wording import scalar, typeset
from alloycell.studies import Study

__all__ = ["report_html", "write_report"]


def write_report(study: Study, folder: Path) -> Path:
    """Write the report into ``folder`` and give its path; a kill in between leaves the old file whole. No units.

    Raises RangeError for a batch, StoreError where the file cannot be written.
    """
    text = report_html(study)
    path = Path(folder) / file_name(study.cell.name)
    write_text(path, text)
    return path


def report_html(study: Study) -> str:
    """The report as one HTML text with all pictures and styles inside; quantities carry their units.

    The same study gives the same text, byte by byte. Raises RangeError for a batch of designs.
    """
    if study.cell.shape:
        raise RangeError("A report is about one design; this study holds a batch. Study the designs one by one.")
    with style():
        content = _content(study)
    return str(environment().get_template("page.html").render(content))


def _content(study: Study) -> dict[str, Any]:
    return {
        "name": study.cell.name or "Unnamed cell",
        "question": study.cell.question,
        "tiles": summary.tiles(study),
        "warnings": [typeset(warning) for warning in study.warnings],
        "verdicts": clauses.verdict_parts(study),
        "section_picture": construction.cross_section(study),
        "layers": construction.layer_table(study),
        "actives": construction.particle_rows(study),
        "ledger_picture": lithium.ledger_bars(study),
        "ledger_notes": lithium.ledger_notes(study),
        "ledger": lithium.ledger_table(study),
        "states": lithium.states_table(study),
        "voltage_picture": lithium.voltage_curves(study),
        "alloyed": bool(study.datasheet.alloy_layers),
        "content_picture": lithium.content_curves(study),
        "content_window": lithium.window_text(study),
        "rates": simulation.rate_card(study),
        "particles": particle_sections(study),
        "dose": planning.dose_card(study),
        "window": planning.window_card(study),
        "bill": construction.bill_table(study),
        "figures": evidence.figure_table(study),
        "assumptions": evidence.assumption_table(study),
        "sources": evidence.source_lines(study),
        "evidence": evidence.evidence_lines(study),
        "limits": evidence.limits(),
        "sides": study.cell.negative.sides,
        "facing_area": None if study.datasheet.build is None else scalar(study.datasheet.build.facing_area),
    }
