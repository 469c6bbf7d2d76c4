"""``alloycell dose``: how much lithium to add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alloycell.app.options import Debug, Design, Json, Quiet
from alloycell.app.reply import Reply, Screen

if TYPE_CHECKING:
    from alloycell.cell.planning import DosePlan, DoseRow

__all__ = ["dose", "dose_text"]


def dose(
    design: Design,
    target: Annotated[
        str | None,
        typer.Option(help='Lithium fraction wanted in the alloy when empty: 0.45 or "45 at%".', metavar="FRACTION"),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Say how much lithium to add.

    For a target content of the alloy layer when empty: as charge, mass and film of lithium, by formula (1), by the
    extended ledger and at equilibrium, and whether condition (D) allows it.
    """
    from alloycell.app.inputs import cell_in, quantity
    from alloycell.cell import Datasheet
    from alloycell.cell.planning import dose_plan

    aim = quantity("--target", target, "atom fraction")
    cell = cell_in(design)
    plan = dose_plan(Datasheet(cell), aim)
    return Reply(lambda screen: dose_text(plan, cell.name or design.name, aim, screen), lambda: plan)


def dose_text(plan: DosePlan, name: str, target: float | None, screen: Screen) -> str:
    """The dose card: rows by target (fraction 0 to 1) and method, what the present dose gives; units written out."""
    from alloycell.app.layout import Column, blocks, heading, pairs, paragraph, table
    from alloycell.quantities import KINDS

    areal, share = KINDS["charge per area"].text, KINDS["atom fraction"].text
    columns = (
        Column("Target"), Column("Method"), Column("Charge"), Column("Cell"), Column("Mass"), Column("Li film"),
        Column("(D)"), Column("Room by (D)"),
    )  # fmt: skip
    rows = [_cells(row) for row in plan.rows if target is None or not screen.quiet or row.target == target]
    card = table(columns, rows, screen)
    if screen.quiet:
        return card
    methods = {row.method for row in plan.rows}
    content = {
        method: "none left" if held is None else share(held)
        for method, held in plan.content_now.items()
        if method in methods
    }
    now = [("The design adds", areal(plan.charge_now)), *((f"  by {method}", text) for method, text in content.items())]
    if plan.slack_now is not None:
        now.append(("  room left by (D)", areal(plan.slack_now)))
    if plan.allowed_interval is not None:
        low, high = (areal(edge) for edge in plan.allowed_interval)
        now.append(("(1) and (D) allow", f"{low} to {high}"))
    elif plan.slack_now is not None:
        now.append(("(1) and (D) allow", "no dose for this window"))
    else:
        now.append(("Formula (1)", "needs a carbon layer and an alloy layer; not defined here"))
    now += [
        (f"  (D) with x_max {value:g} of {name}", areal(slack) if slack >= 0 else f"not met, short by {areal(-slack)}")
        for name, value, slack in plan.slack_by_x_max
    ]
    if plan.carbon_residual is not None and plan.carbon_residual_share is not None:
        share_text = KINDS["fraction"].text(plan.carbon_residual_share)
        now.append(("Left in the carbon", f"{areal(plan.carbon_residual)} when empty, {share_text} of Cb"))
    return blocks(
        heading(f"{name}: lithium on the {plan.surface}", screen),
        card,
        pairs(now, screen),
        paragraph(plan.warning, screen) if plan.warning else "",
        paragraph(plan.plating, screen) if plan.plating else "",
    )


def _allowed(row: DoseRow) -> str:
    """Whether (D) holds with a row's dose, and whether lithium then plates at rest; no units."""
    plates = "plates" if row.plated else ""
    if row.allowed is None:
        return plates
    return ", ".join(word for word in ("met" if row.allowed else "not met", plates) if word)


def _cells(row: DoseRow) -> list[str]:
    from alloycell.quantities import KINDS

    target = KINDS["atom fraction"].text(row.target)
    if row.charge is None:
        return [target, row.method, "no dose reaches it", *[""] * 5]
    return [
        target,
        row.method,
        KINDS["charge per area"].text(row.charge),
        "" if row.cell_charge is None else KINDS["charge"].text(row.cell_charge),
        "" if row.mass is None else KINDS["loading"].text(row.mass),
        "" if row.film is None else KINDS["length"].text(row.film),
        _allowed(row),
        "" if row.slack is None else KINDS["charge per area"].text(row.slack),
    ]
