"""The cell as built: cross-section to scale, table of layers, bill of materials."""

from __future__ import annotations

from alloycell.cell import Datasheet
from alloycell.cell.drawing import SHOWN_STATES, stacks
from alloycell.cell.section import layer_name
from alloycell.electrode import Coating, reversible_capacity
from alloycell.pictures import canvas, draw_section, inline_svg, panel
from alloycell.quantities import Number
from alloycell.report.wording import Column, Table, amount, plain, scalar
from alloycell.studies import Study

__all__ = ["bill_table", "cross_section", "layer_table", "particle_rows"]


def cross_section(study: Study) -> str:
    """The cross-section as inline SVG [um, one scale]: one side, as made, discharged and charged."""
    sheet, width, height = study.datasheet, 460.0, 380.0
    shown = stacks(sheet)
    figure = canvas(width, height)
    draw_section(panel(figure, 0.0, 0.0, width, height), shown, width, height)
    told = ", ".join(f"{stack.title} {1e6 * stack.thickness:.4g} µm" for stack in shown)
    return inline_svg(figure, "section", f"Cross-section of the cell to scale: {told}")


def layer_table(study: Study) -> Table:
    """Every layer: recipe, thickness and porosity in three states, loading, density, capacity; units in the head."""
    sheet = study.datasheet
    columns = (
        Column("Layer", numbers=False), Column("Recipe by mass", "wt%", numbers=False),
        Column("Thickness made / discharged / charged", "µm"), Column("Pores made / discharged / charged", "%"),
        Column("Loading", "mg/cm²"), Column("Density", "g/cm³"),
        Column("Reversible", "mAh/g"), Column("per area", "mAh/cm²"), Column("per volume", "mAh/cm³"),
    )  # fmt: skip
    rows = tuple(_layer_row(sheet, made) for made in (*sheet.negative, *sheet.positive))
    return Table(columns, rows)


def _layer_row(sheet: Datasheet, made: Coating) -> tuple[str, ...]:
    sizes = [sheet.size(made, state) for _, state in SHOWN_STATES]
    capacity: Number = sheet.areal((made,), "reversible")
    per_volume = capacity / made.size.thickness
    pores = " / ".join(plain("fraction", size.porosity, 3) for size in sizes)
    return (
        layer_name(made),
        ", ".join(f"{part.label}\u00a0{100 * scalar(part.mass_fraction):.4g}" for part in made.constituents),
        " / ".join(plain("length", size.thickness) for size in sizes),
        "dense" if scalar(made.size.porosity) < 1e-9 else pores,
        plain("loading", made.size.loading),
        plain("density", made.size.density),
        plain("specific capacity", capacity / made.size.loading),
        plain("charge per area", capacity),
        plain("volumetric capacity", per_volume),
    )


def particle_rows(study: Study) -> tuple[str, ...]:
    """One line an active material: reversible capacity [mAh/g], and its diameter [um] where the design states one."""
    lines = []
    for made in (*study.datasheet.negative, *study.datasheet.positive):
        for part in made.hosts():
            size = "" if part.use.diameter is None else f", D50 {amount('length', part.use.diameter, 3)}"
            capacity = amount("specific capacity", reversible_capacity(part, study.datasheet.library))
            lines.append(f"{part.label}: {capacity} reversible{size}")
    return tuple(dict.fromkeys(lines))


def bill_table(study: Study) -> Table | None:
    """The bill of materials [g, % of the cell] with its total; None for a design without a case."""
    if not study.bill:
        return None
    words = (Column("Part", numbers=False), Column("Material", numbers=False))
    columns = (*words, Column("Mass", "g"), Column("Share", "%"))
    rows = tuple(
        (line.part, line.material, plain("mass", line.mass), f"{100 * scalar(line.share):.2f}") for line in study.bill
    )
    total = sum(scalar(line.mass) for line in study.bill)
    share = sum(scalar(line.share) for line in study.bill)
    return Table(columns, rows, ("whole cell", "", plain("mass", total), f"{100 * share:.2f}"))
