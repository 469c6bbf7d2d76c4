"""``alloycell window``: which discharge cut-off keeps the alloy layer inside a lithium window."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from alloycell.app.options import Debug, Design, Json, Quiet
from alloycell.app.reply import Reply, Screen

if TYPE_CHECKING:
    from alloycell.cell.planning import OperatingWindow
    from alloycell.simulate.window import SimulatedWindow

__all__ = ["window"]


def window(
    design: Design,
    low: Annotated[str, typer.Option(help="Lower edge of the lithium fraction.", metavar="FRACTION")] = "31 at%",
    high: Annotated[str, typer.Option(help="Upper edge of the lithium fraction.", metavar="FRACTION")] = "67 at%",
    simulated: Annotated[
        str | None, typer.Option(help="Also at a rate, such as C/10 or 1C.", metavar="RATE", show_default=False)
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Say which cut-off keeps the alloy in a window.

    The discharge cut-off between which the alloy layer stays inside a lithium window, and the capacity it costs.
    """
    from alloycell.app.inputs import cell_in, quantity
    from alloycell.cell import Datasheet
    from alloycell.cell.planning import operating_window

    edges = (quantity("--low", low, "atom fraction"), quantity("--high", high, "atom fraction"))
    assert edges[0] is not None
    assert edges[1] is not None
    cell = cell_in(design)
    found = operating_window(Datasheet(cell), edges[0], edges[1])
    runs: tuple[SimulatedWindow, ...] = ()
    if simulated is not None:
        from alloycell.simulate.window import simulated_window

        runs = simulated_window(cell, simulated, edges[0], edges[1])
    return Reply(
        lambda screen: _all(found, runs, cell.name or design.name, screen),
        lambda: {**asdict(found), "simulated": [asdict(run) for run in runs]},
    )


def _all(found: OperatingWindow, runs: tuple[SimulatedWindow, ...], name: str, screen: Screen) -> str:
    from alloycell.app.layout import Column, blocks, heading, paragraph, table
    from alloycell.quantities import KINDS

    text = _text(found, name, screen)
    if not runs:
        return text
    volt, content = KINDS["potential"].text, KINDS["atom fraction"].text
    rows = [
        [
            run.level,
            run.outcome or ("the end of the run" if run.lowest is None else volt(run.lowest)),
            "no cut-off" if run.highest is None else volt(run.highest),
            "" if run.fraction is None else content(run.fraction),
        ]
        for run in runs
    ]
    columns = (Column("Diffusivity"), Column("Cut-off from", wrap=True), Column("up to"), Column("At own cut-off"))
    note = "Low, middle and high are sourced diffusivities of the alloying element; one alone is never a verdict."
    return blocks(
        text, heading(f"Simulated at {runs[0].rate}", screen), table(columns, rows, screen), paragraph(note, screen)
    )


def _text(found: OperatingWindow, name: str, screen: Screen) -> str:
    from alloycell.app.layout import Column, blocks, heading, paragraph, table
    from alloycell.app.plot import Line, text_plot
    from alloycell.quantities import KINDS

    if screen.quiet:
        return paragraph(found.sentence, screen)
    share, areal, volt = (KINDS[kind].text for kind in ("fraction", "charge per area", "potential"))
    content = KINDS["atom fraction"].text
    rows = [["the design's own", volt(found.voltage_now), content(found.fraction_now), "100 %", ""]]
    edges = zip(("lower edge", "upper edge"), (found.lowest_voltage, found.highest_voltage), (found.low, found.high),
                found.depths, found.costs, strict=True)  # fmt: skip
    for title, voltage, fraction, depth, cost in edges:
        if voltage is not None:
            rows.append(
                [
                    title,
                    volt(voltage),
                    content(fraction),
                    "" if depth is None else share(depth),
                    "" if cost is None else areal(cost),
                ]
            )
    columns = (
        Column("Cut-off"),
        Column("Voltage"),
        Column("Alloy holds"),
        Column("Discharge"),
        Column("Capacity given up"),
    )
    line = Line("*", "alloy layer, empty", found.voltages, 100.0 * found.fractions)
    return blocks(
        heading(f"{name}: discharge cut-off for {content(found.low)} to {content(found.high)}", screen),
        paragraph(found.sentence, screen),
        table(columns, rows, screen),
        text_plot([line], "discharge cut-off [V]", "lithium fraction [at%]", screen.width),
    )
