"""``alloycell materials``: the records, and one record with its values, sources and curve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply, Screen
from alloycell.errors import DesignError, Fault

if TYPE_CHECKING:
    from alloycell.app.records import RecordTable

__all__ = ["materials"]


def materials(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Record to show; all are listed if left out.", show_default=False),
    ] = None,
    folder: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder with records of your own.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the potential curve into an SVG file.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """List materials, or show one.

    A record is shown with its values, units, levels, sources and potential curve.
    """
    from alloycell.app.records import listing, record_table
    from alloycell.materials import Library

    library = Library.of(*([] if folder is None else [folder]))
    if name is None:
        if plot is not None:
            raise DesignError(
                Fault(
                    "--plot",
                    "is given without a material",
                    "one curve is drawn at a time",
                    "Name it: alloycell materials silicon --plot FILE",
                )
            )
        rows = listing(library)
        return Reply(lambda screen: _list_text(rows, screen), lambda: {"materials": rows})
    found = record_table(library, name)
    if plot is not None:
        _draw(found, plot)
    return Reply(lambda screen: _record_text(found, plot, screen), lambda: {**found.data(), "plot": plot})


def _draw(found: RecordTable, path: Path) -> None:
    from alloycell.app.curves import save_curve
    from alloycell.materials import Host

    if found.curve is None or not isinstance(found.record, Host):
        raise DesignError(
            Fault("--plot", f"is given for {found.record.name}", "only a material that takes lithium has a curve")
        )
    if path.suffix.lower() != ".svg":
        raise DesignError(Fault("--plot", f"is {path.name}", "the picture is an SVG file", "Name it FILE.svg"))
    save_curve(found.record, found.curve, path)


def _list_text(rows: list[dict[str, Any]], screen: Screen) -> str:
    from alloycell.app.layout import blocks, pairs, paragraph

    kinds = dict.fromkeys(row["kind"] for row in rows)
    if screen.quiet:
        return "\n".join(row["name"] for row in rows)
    groups = (
        f"{screen.strong(kind)}\n"
        + pairs([(f"  {row['name']}", row["title"]) for row in rows if row["kind"] == kind], screen)
        for kind in kinds
    )
    return blocks(*groups, paragraph("alloycell materials NAME shows one with its values and sources.", screen))


def _record_text(found: RecordTable, plot: Path | None, screen: Screen) -> str:
    from alloycell.app.layout import Column, blocks, heading, pairs, paragraph, table
    from alloycell.materials import Host

    record = found.record
    columns = (Column("Quantity", wrap=True), Column("Value", wrap=True), Column("Level"), Column("Source", wrap=True))
    rows = [[row.name, row.text, row.level, row.source] for row in found.rows]
    curve = ""
    if found.curve is not None and isinstance(record, Host):
        from alloycell.app.curves import curve_text

        curve = curve_text(record, found.curve, screen.width)
    notes = [] if screen.quiet else [paragraph(note, screen, "  ") for note in found.notes]
    sources = [(key, told) for key, told in found.sources]
    return blocks(
        heading(f"{record.name}: {record.title} ({found.kind})", screen),
        table(columns, rows, screen),
        curve,
        f"Curve drawn in {plot}" if plot is not None else "",
        "\n".join(notes),
        "" if screen.quiet else pairs(sources, screen),
    )
